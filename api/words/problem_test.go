package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestProblem(t *testing.T) {
	placed := settlement.Wrong("unpacks to more than %d times its size", 200)
	placed.Line, placed.Column = 3, 7
	valued := settlement.Wrong("not UTF-8")
	valued.Line, valued.Value = 3, "x"
	for _, c := range []struct {
		problem *settlement.Problem
		want    Text
	}{
		{settlement.Wrong("not JSON"), Text{"不是合法的 JSON", "not JSON"}},
		{settlement.Wrong("expected one of %s", "A, B"), Text{"应为 A, B 之一", "expected one of A, B"}},
		{placed, Text{"第 3 行第 7 列：解压后超过压缩大小的 200 倍", "line 3 column 7: unpacks to more than 200 times its size"}},
		{valued, Text{"第 3 行：不是 UTF-8 编码：\"x\"", "line 3: not UTF-8: \"x\""}},
		{&settlement.Problem{Line: 4, Says: "must be earlier"}, Text{"第 4 行", "line 4: must be earlier"}},
		{&settlement.Problem{Says: "must be earlier"}, Text{"", "must be earlier"}},
		{&settlement.Problem{Says: "100 % or %d"}, Text{"", "100 % or %d"}},
	} {
		if got := Problem(c.problem); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// verb is a place of a form that a figure fills.
var verb = regexp.MustCompile(`%[a-z]`)

// Every form in which a body or a list is refused is read from the source that
// refuses, so that a new one without its Chinese fails here.
func TestEveryFormHasItsChinese(t *testing.T) {
	used := refusalForms(t, "../jsoncheck.go", "../json.go", "../../adapters/payer/statement/*.go", "../../adapters/payer/inbox/*.go")
	for form := range used {
		if problemForms[form] == "" {
			t.Errorf("%q is told in English only", form)
		}
	}
	for form, chinese := range problemForms {
		if !used[form] {
			t.Errorf("%q is said by nobody", form)
		}
		if !slices.Equal(verb.FindAllString(form, -1), verb.FindAllString(chinese, -1)) {
			t.Errorf("%q and %q have not the same figures", form, chinese)
		}
	}
	if len(used) < 30 {
		t.Errorf("only %d forms were found", len(used))
	}
}

// refusalForms are the forms that the files matching the patterns refuse with:
// the first text of a call that makes a Problem, or the constant that holds it.
func refusalForms(t *testing.T, patterns ...string) map[string]bool {
	t.Helper()
	forms := map[string]bool{}
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				formsOf(t, file, forms)
			}
		}
	}
	return forms
}

func formsOf(t *testing.T, file string, forms map[string]bool) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec: // what several places say
			for i, name := range n.Names {
				if strings.HasPrefix(name.Name, "say") && i < len(n.Values) {
					if text, ok := literal(n.Values[i]); ok {
						forms[text] = true
					}
				}
			}
		case *ast.CallExpr:
			name := ""
			switch called := n.Fun.(type) {
			case *ast.Ident:
				name = called.Name
			case *ast.SelectorExpr:
				name = called.Sel.Name
			}
			if !slices.Contains([]string{"refused", "fail", "Wrong"}, name) {
				break
			}
			for _, argument := range n.Args {
				if text, ok := literal(argument); ok {
					forms[text] = true
					break
				}
			}
		}
		return true
	})
}
