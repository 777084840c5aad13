package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// declared are the text constants of a file whose names begin with prefix, by
// name: what the domain declares is read from its source, so that a new word
// without a sentence fails here.
func declared(t *testing.T, file, prefix string) map[string]string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), "../../settlement/"+file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, name := range spec.Names {
			if strings.HasPrefix(name.Name, prefix) && i < len(spec.Values) {
				if text, ok := literal(spec.Values[i]); ok {
					found[name.Name] = text
				}
			}
		}
		return true
	})
	if len(found) == 0 {
		t.Fatalf("no constants %s… in %s", prefix, file)
	}
	return found
}

func literal(expr ast.Expr) (string, bool) {
	basic, ok := expr.(*ast.BasicLit)
	if !ok || basic.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(basic.Value)
	return text, err == nil
}

// sentence reports what is wrong with a text a person is to read, or "".
func sentence(text Text) string {
	switch {
	case text.Zh == "" || text.En == "":
		return "one language is missing"
	case !strings.ContainsFunc(text.Zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		return "the Chinese is not Chinese"
	case strings.ContainsFunc(text.En, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		return "the English is not English"
	case !strings.HasSuffix(text.Zh, "。") || !strings.HasSuffix(text.En, "."):
		return "it is no whole sentence"
	case strings.ContainsAny(text.Zh+text.En, "{}"):
		return "a place was not filled"
	}
	return ""
}
