package tidy

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// matchers are functions and methods that ask what a text holds.
var matchers = []string{
	"Contains", "ContainsAny", "ContainsFunc", "HasPrefix", "HasSuffix", "EqualFold", "Index", "LastIndex", "Count",
	"Cut", "CutPrefix", "CutSuffix", "MatchString", "FindString", "FindStringSubmatch", "FindStringIndex",
}

// errorText refuses decisions taken on the text of an error.
func errorText(t *tree) []finding {
	return judge(t, t.shipped(), func(_ *file, n ast.Node) string {
		if !slices.ContainsFunc(asked(n), textOfError) {
			return ""
		}
		return "the text of an error is for people; decide by errors.Is, errors.As, a code or settlement.KindOf"
	})
}

// asked are the expressions whose text n decides on.
func asked(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		if selector, ok := n.Fun.(*ast.SelectorExpr); ok && slices.Contains(matchers, selector.Sel.Name) {
			return n.Args
		}
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			return []ast.Expr{n.X, n.Y}
		}
	case *ast.SwitchStmt:
		return []ast.Expr{n.Tag}
	}
	return nil
}

// textOfError reports whether expr is a call of Error without arguments.
func textOfError(expr ast.Expr) bool {
	call, ok := expr.(*ast.CallExpr)
	if !ok || len(call.Args) > 0 {
		return false
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "Error"
}

// exits keeps the end of the program in main, where it can be seen: no panic
// outside functions named must…, no exit outside func main.
func exits(t *tree) []finding {
	var found []finding
	for _, f := range t.shipped() {
		for _, fn := range functions(f) {
			found = append(found, t.exitsOf(f, fn)...)
		}
	}
	return found
}

func (t *tree) exitsOf(f *file, fn *ast.FuncDecl) []finding {
	var found []finding
	ast.Inspect(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		callee, plain := call.Fun.(*ast.Ident)
		if plain && callee.Name == "panic" && !strings.HasPrefix(strings.ToLower(fn.Name.Name), "must") {
			found = append(found, t.at(f, n.Pos(), "return an error; only a must… function that makes a constant may panic"))
		}
		if leaves(f.names(call.Fun)) && (f.syntax.Name.Name != "main" || fn.Name.Name != "main") {
			found = append(found, t.at(f, n.Pos(), "return an error; only func main ends the program"))
		}
		return true
	})
	return found
}

// leaves reports whether a call of name ends the program.
func leaves(name string) bool {
	return name == "os.Exit" || strings.HasPrefix(name, "log.Fatal") || strings.HasPrefix(name, "log.Panic")
}

var errorTextExamples = []example{
	{
		name: "decided by kind; the text goes to the log",
		files: map[string]string{
			"api/a.go":      "package api\n\nfunc a() { if errors.Is(err, b) { log(err.Error()) } }\n",
			"api/a_test.go": "package api\n\nfunc a() { _ = strings.Contains(err.Error(), secret) }\n",
		},
	},
	{
		name: "decided by text",
		files: map[string]string{"api/a.go": `package api

func a() bool { return strings.Contains(err.Error(), "duplicate") }
func b() bool { return err.Error() == "gone" }
func c() bool { return duplicate.MatchString(wrapped.Cause.Error()) }
func d() { switch err.Error() { case "gone": } }
`},
		breaks: []string{"api/a.go:3", "api/a.go:4", "api/a.go:5", "api/a.go:6"},
	},
}

var exitsExamples = []example{
	{
		name: "main ends the program, a constant may panic while it is made",
		files: map[string]string{
			"cmd/onestop/main.go": "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(1) }\n",
			"settlement/a.go":     "package settlement\n\nfunc mustRatio() { panic(0) }\n",
			"api/a_test.go":       "package api\n\nimport \"os\"\n\nfunc TestMain() { os.Exit(m.Run()) }\n",
		},
	},
	{
		name: "anything else returns its error",
		files: map[string]string{
			"api/a.go":           "package api\n\nimport \"log\"\n\nfunc main() { log.Fatalf(\"\") }\nfunc a() { func() { panic(0) }() }\n",
			"cmd/onestop/run.go": "package main\n\nimport \"os\"\n\nfunc run() { os.Exit(1) }\n",
		},
		breaks: []string{"api/a.go:5", "api/a.go:6", "cmd/onestop/run.go:5"},
	},
}
