package tidy

import (
	"fmt"
	"go/ast"
	"strings"
	"testing"
)

// The limits of size. A file or function near its limit wants splitting by
// concept, not by line count.
const (
	fileLines      = 400
	functionLines  = 100
	functionGoal   = 70 // lines that goalShare of all functions keep within
	goalShare      = 95 // per cent
	interfaceDoors = 8
	parametersMost = 5 // the context included
)

// fileLength bounds hand-written files, tests included.
func fileLength(t *tree) []finding {
	var found []finding
	for _, f := range t.written() {
		if n := f.lines(); n > fileLines {
			found = append(found, finding{path: f.path, line: 1, text: fmt.Sprintf(
				"%d lines; split it by concept into files of at most %d", n, fileLines)})
		}
	}
	return found
}

// functionLength bounds every function, tests included.
func functionLength(t *tree) []finding {
	return judge(t, t.written(), func(_ *file, n ast.Node) string {
		fn, ok := n.(*ast.FuncDecl)
		if !ok || t.span(fn) <= functionLines {
			return ""
		}
		return fmt.Sprintf("%s has %d lines; split it by step into functions of at most %d", fn.Name.Name, t.span(fn), functionLines)
	})
}

// functionShare wants 95 in 100 shipped functions within the goal.
func functionShare(t *tree) []finding {
	var long []finding
	total := 0
	for _, f := range t.shipped() {
		for _, fn := range functions(f) {
			total++
			if n := t.span(fn); n > functionGoal {
				long = append(long, t.at(f, fn.Pos(), fmt.Sprintf(
					"%s has %d lines and too many functions exceed %d; shorten the easiest of them", fn.Name.Name, n, functionGoal)))
			}
		}
	}
	if (total-len(long))*100 >= total*goalShare {
		return nil
	}
	return long
}

// functions are the functions and methods that f declares.
func functions(f *file) []*ast.FuncDecl {
	var declared []*ast.FuncDecl
	for _, decl := range f.syntax.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			declared = append(declared, fn)
		}
	}
	return declared
}

// parameters bounds the arguments of functions and of interface methods.
func parameters(t *tree) []finding {
	return judge(t, t.written(), func(_ *file, n ast.Node) string {
		name, signature := "", (*ast.FuncType)(nil)
		switch n := n.(type) {
		case *ast.FuncDecl:
			name, signature = n.Name.Name, n.Type
		case *ast.Field:
			if method, ok := n.Type.(*ast.FuncType); ok && len(n.Names) == 1 {
				name, signature = n.Names[0].Name, method
			}
		}
		if signature == nil || used(signature.Params) <= parametersMost {
			return ""
		}
		return fmt.Sprintf("%s takes %d parameters; pass at most %d, the context included: name the rest in a struct",
			name, used(signature.Params), parametersMost)
	})
}

// used counts parameters without those called _, which stand there only
// because somebody else's signature demands them.
func used(params *ast.FieldList) int {
	n := 0
	for _, field := range params.List {
		n += max(1, len(field.Names))
		for _, name := range field.Names {
			if name.Name == "_" {
				n--
			}
		}
	}
	return n
}

// interfaceWidth bounds the methods of an interface, counting those of
// embedded interfaces of the same package; one from elsewhere counts as one.
func interfaceWidth(t *tree) []finding {
	var found []finding
	for _, files := range byFolder(t.written()) {
		local := interfaces(files)
		found = append(found, judge(t, files, func(_ *file, n ast.Node) string {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || local[spec.Name.Name] == nil {
				return ""
			}
			if n := width(local[spec.Name.Name], local); n > interfaceDoors {
				return fmt.Sprintf("%s has %d methods; split it by role, at most %d each", spec.Name.Name, n, interfaceDoors)
			}
			return ""
		})...)
	}
	return found
}

// interfaces are the interfaces declared in files, by name.
func interfaces(files []*file) map[string]*ast.InterfaceType {
	byName := map[string]*ast.InterfaceType{}
	for _, f := range files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if declared, ok := spec.Type.(*ast.InterfaceType); ok {
					byName[spec.Name.Name] = declared
				}
			}
			return true
		})
	}
	return byName
}

func width(declared *ast.InterfaceType, local map[string]*ast.InterfaceType) int {
	n := 0
	for _, member := range declared.Methods.List {
		switch embedded := member.Type.(type) {
		case *ast.FuncType:
			n += len(member.Names)
		case *ast.Ident:
			if local[embedded.Name] != nil {
				n += width(local[embedded.Name], local)
			}
		case *ast.SelectorExpr:
			n++
		}
	}
	return n
}

// isTest reports whether fn is run by the go command as a test of some kind.
func isTest(fn *ast.FuncDecl) bool {
	if fn.Recv != nil {
		return false
	}
	for _, kind := range []string{"Test", "Fuzz", "Benchmark", "Example"} {
		if strings.HasPrefix(fn.Name.Name, kind) {
			return true
		}
	}
	return false
}

// function is a declaration of n lines in all.
func function(name string, n int) string {
	return "func " + name + "() {\n" + lines(n-2, "\t_ = 0") + "}\n"
}

var fileLengthExamples = []example{
	{name: "at the limit", files: map[string]string{"api/a.go": "package api\n" + lines(fileLines-1, "//")}},
	{
		name: "one line more, tests too",
		files: map[string]string{
			"api/a.go":      "package api\n" + lines(fileLines, "//"),
			"api/a_test.go": "package api\n" + lines(fileLines, "//"),
		},
		breaks: []string{"api/a.go:1", "api/a_test.go:1"},
	},
}

var functionLengthExamples = []example{
	{name: "at the limit", files: map[string]string{"api/a.go": "package api\n" + function("a", functionLines)}},
	{
		name:   "one line more",
		files:  map[string]string{"api/a.go": "package api\n\n" + function("a", functionLines+1)},
		breaks: []string{"api/a.go:3"},
	},
}

// functionsOf is a file with so many short functions and one above the goal.
func functionsOf(short int) string {
	var b strings.Builder
	b.WriteString("package api\n" + function("long", functionGoal+1))
	for i := range short {
		fmt.Fprintf(&b, "func f%d() {}\n", i)
	}
	return b.String()
}

var functionShareExamples = []example{
	{name: "one long in twenty", files: map[string]string{"api/a.go": functionsOf(19)}},
	{name: "one long in nineteen", files: map[string]string{"api/a.go": functionsOf(18)}, breaks: []string{"api/a.go:2"}},
}

var interfaceWidthExamples = []example{
	{
		name: "eight doors, one of them borrowed",
		files: map[string]string{"api/a.go": `package api

import "io"

type Wide interface { Half; E(); F(); G(); io.Reader }
type Half interface { A(); B(); C(); D() }
`},
	},
	{
		name: "nine, counting those of this package",
		files: map[string]string{"api/a.go": `package api

type Wide interface { Half; E(); F(); G(); H(); I() }
`, "api/b.go": `package api

type Half interface { A(); B(); C(); D() }
`},
		breaks: []string{"api/a.go:3"},
	},
}

var parametersExamples = []example{
	{
		name: "five, beside what a foreign signature demands",
		files: map[string]string{
			"api/a.go": "package api\n\nfunc a(b, c, d, e, f int, _ string, _, _ bool) {}\ntype g interface { H(int, int, int, int, int) }\n",
		},
	},
	{
		name: "six, on a function, a method and a port",
		files: map[string]string{"api/a.go": `package api

func a(b, c, d int, e, f, g string) {}
func (x X) b(b, c, d int, e, f, g string) {}
type X interface { A(b, c, d, e, f, g int) }
`},
		breaks: []string{"api/a.go:3", "api/a.go:4", "api/a.go:5"},
	},
}

func TestIsTest(t *testing.T) {
	tr := sample(t, map[string]string{"api/a_test.go": `package api

func TestA() {}
func FuzzB() {}
func BenchmarkC() {}
func ExampleD() {}
func (x X) TestE() {}
func other() {}
`})
	var got []string
	for _, f := range tr.written() {
		for _, fn := range functions(f) {
			got = append(got, fmt.Sprint(fn.Name.Name, isTest(fn)))
		}
	}
	if want := "TestAtrue FuzzBtrue BenchmarkCtrue ExampleDtrue TestEfalse otherfalse"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, " "), want)
	}
}
