package tidy

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
)

// drawers are names of packages, folders and files that say nothing about
// what is inside, so that everything ends up there.
var drawers = []string{
	"util", "utils", "common", "helper", "helpers", "model", "models", "manager", "managers",
	"misc", "pkg", "internal", "shared", "lib",
}

// packageName refuses drawers as packages and folders; "base" is a word of
// the domain, but no name for a package.
func packageName(t *tree) []finding {
	var found []finding
	for _, f := range t.written() {
		names := append(strings.Split(f.dir(), "/"), strings.TrimSuffix(f.syntax.Name.Name, "_test"))
		for _, name := range names {
			if name == "base" || slices.Contains(drawers, name) {
				found = append(found, t.at(f, f.syntax.Name.Pos(), fmt.Sprintf(
					"%q says nothing; name the package for what it holds", name)))
				break
			}
		}
	}
	return found
}

// fileName refuses drawers as Go files.
func fileName(t *tree) []finding {
	var found []finding
	for _, f := range t.written() {
		name := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.path), ".go"), "_test")
		if slices.Contains(drawers, name) {
			found = append(found, finding{path: f.path, line: 1, text: fmt.Sprintf(
				"%q says nothing; name the file for its one concept", name)})
		}
	}
	return found
}

// vague are words that no declared name carries; foreignWords are the words
// of other trades that the glossary replaces, refused in exported names.
var (
	vague        = regexp.MustCompile(`(^(util|helper|manager)|Util|Helper|Manager)s?([^a-z]|$)`)
	foreignWords = regexp.MustCompile(`(?i)calculat|refund|rollback|preview`)
)

// identifier keeps declared names to the glossary.
func identifier(t *tree) []finding {
	return judge(t, t.written(), func(f *file, n ast.Node) string {
		for _, name := range declared(n) {
			if vague.MatchString(name) && !(f.test && name == "Helper") { // testing.TB's own word
				return name + " says nothing; name what it holds or does"
			}
			if ast.IsExported(name) && foreignWords.MatchString(name) {
				return name + " is not a word of this house: adjudicate, quote, reverse, settle"
			}
		}
		return ""
	})
}

// declared are the names that n gives to functions, types, fields, variables
// or constants.
func declared(n ast.Node) []string {
	var names []*ast.Ident
	switch n := n.(type) {
	case *ast.FuncDecl:
		if isTest(n) {
			return nil
		}
		names = []*ast.Ident{n.Name}
	case *ast.TypeSpec:
		names = []*ast.Ident{n.Name}
	case *ast.ValueSpec:
		names = n.Names
	case *ast.Field:
		names = n.Names
	}
	var words []string
	for _, name := range names {
		words = append(words, name.Name)
	}
	return words
}

var packageNameExamples = []example{
	{name: "what it holds", files: map[string]string{"api/console/a.go": "package console\n"}},
	{
		name: "a drawer as package or folder, tests too",
		files: map[string]string{
			"api/a.go":             "package util\n",
			"api/internal/x/a.go":  "package x\n",
			"settlement/base/a.go": "package base\n",
			"api/b_test.go":        "package helpers_test\n",
		},
		breaks: []string{"api/a.go:1", "api/b_test.go:1", "api/internal/x/a.go:1", "settlement/base/a.go:1"},
	},
}

var fileNameExamples = []example{
	{name: "one concept; base is a word of the domain", files: map[string]string{"settlement/base.go": "package settlement\n"}},
	{
		name: "a drawer",
		files: map[string]string{
			"api/common.go": "package api\n", "api/helpers_test.go": "package api\n",
		},
		breaks: []string{"api/common.go:1", "api/helpers_test.go:1"},
	},
}

var identifierExamples = []example{
	{
		name: "words of the house",
		files: map[string]string{
			"settlement/a.go": "package settlement\n\nfunc Adjudicate() {}\nvar utilization, refundable int\ntype Quote struct { Utilization int }\n",
			"api/a_test.go":   "package api\n\nfunc TestRefundIsNoWord() { t.Helper() }\ntype tb interface { Helper() }\n",
		},
	},
	{
		name: "words that say nothing, exported or not",
		files: map[string]string{"api/a.go": `package api

type HTTPManager struct{}
func helperOf() {}
var jsonUtil, ok int
type a struct { utils int }
`},
		breaks: []string{"api/a.go:3", "api/a.go:4", "api/a.go:5", "api/a.go:6"},
	},
	{
		name: "words of other trades, exported",
		files: map[string]string{"api/a.go": `package api

func CalculateShare() {}
type B interface { Refund(); Other() }
func (x X) RollBack() {}
const PreviewMax = 1
func PreCalculation() {}
func (x X) Rollback() {}
`},
		breaks: []string{"api/a.go:3", "api/a.go:4", "api/a.go:5", "api/a.go:6", "api/a.go:7", "api/a.go:8"},
	},
}
