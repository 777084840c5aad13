package tidy

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree is what the rules read.
type tree struct {
	module string // path of the module, as go.mod names it
	files  []*file
	fset   *token.FileSet
}

// file is one tracked text file. Generated Go and Go under a testdata folder
// have no syntax: the rules of hand-written code pass them by.
type file struct {
	path    string // from the root, with forward slashes
	text    []byte
	syntax  *ast.File
	imports map[string]string // local name -> import path
	test    bool              // a _test.go file
}

// newTree parses files, a map from path to content, into a tree. Files that
// are not text are left out.
func newTree(files map[string][]byte) (*tree, error) {
	t := &tree{fset: token.NewFileSet()}
	for name, text := range files {
		if bytes.IndexByte(text, 0) >= 0 {
			continue
		}
		f := &file{path: name, text: text, test: strings.HasSuffix(name, "_test.go")}
		if err := t.parse(f); err != nil {
			return nil, err
		}
		if name == "go.mod" {
			t.module = modulePath(text)
		}
		t.files = append(t.files, f)
	}
	slices.SortFunc(t.files, func(a, b *file) int { return strings.Compare(a.path, b.path) })
	return t, nil
}

// parse gives f its syntax where it is Go written by hand.
func (t *tree) parse(f *file) error {
	if !strings.HasSuffix(f.path, ".go") || slices.Contains(strings.Split(f.path, "/"), "testdata") {
		return nil
	}
	syntax, err := parser.ParseFile(t.fset, f.path, f.text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parsing: %w", err)
	}
	if ast.IsGenerated(syntax) {
		return nil
	}
	f.syntax, f.imports = syntax, map[string]string{}
	for _, spec := range syntax.Imports {
		target, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return fmt.Errorf("parsing %s: %w", f.path, err)
		}
		f.imports[localName(spec, target)] = target
	}
	return nil
}

// localName is the name a file knows an import by: the one it gives, or the
// last element of the path that is not a major version.
func localName(spec *ast.ImportSpec, target string) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	dir, name := path.Split(target)
	if rest, ok := strings.CutPrefix(name, "v"); ok && dir != "" {
		if _, err := strconv.Atoi(rest); err == nil {
			return path.Base(dir)
		}
	}
	return name
}

// modulePath is the module line of a go.mod.
func modulePath(text []byte) string {
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "module "); ok {
			return strings.TrimSpace(name)
		}
	}
	return ""
}

// written is all Go written by hand, tests included.
func (t *tree) written() []*file {
	return t.pick(func(f *file) bool { return f.syntax != nil })
}

// shipped is all Go written by hand except tests.
func (t *tree) shipped() []*file {
	return t.pick(func(f *file) bool { return f.syntax != nil && !f.test })
}

func (t *tree) pick(want func(*file) bool) []*file {
	var picked []*file
	for _, f := range t.files {
		if want(f) {
			picked = append(picked, f)
		}
	}
	return picked
}

// at is a finding at a position of f.
func (t *tree) at(f *file, pos token.Pos, text string) finding {
	return finding{path: f.path, line: t.line(pos), text: text}
}

func (t *tree) line(pos token.Pos) int { return t.fset.PositionFor(pos, false).Line }

// span is the number of lines a node covers.
func (t *tree) span(n ast.Node) int { return t.line(n.End()) - t.line(n.Pos()) + 1 }

// lines is the number of lines of f.
func (f *file) lines() int { return bytes.Count(f.text, []byte("\n")) }

// dir is the folder f lies in.
func (f *file) dir() string { return path.Dir(f.path) }

// names gives "import/path.Name" where expr selects a name of an imported
// package, and "" for anything else.
func (f *file) names(expr ast.Expr) string {
	selector, ok := expr.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	local, ok := selector.X.(*ast.Ident)
	if !ok || f.imports[local.Name] == "" {
		return ""
	}
	return f.imports[local.Name] + "." + selector.Sel.Name
}

func TestLocalNamesOfImports(t *testing.T) {
	tr := sample(t, map[string]string{"api/a.go": `package api

import (
	"time"
	r "math/rand/v2"
	"math/rand/v2"
	"go.yaml.in/yaml/v3"
	_ "embed"
)
`})
	want := map[string]string{
		"time": "time", "r": "math/rand/v2", "rand": "math/rand/v2", "yaml": "go.yaml.in/yaml/v3", "_": "embed",
	}
	if diff := cmp.Diff(want, tr.written()[0].imports); diff != "" {
		t.Errorf("imports (-want +got):\n%s", diff)
	}
}

func TestNewTreeLeavesOutWhatIsNotHandWritten(t *testing.T) {
	tr := sample(t, map[string]string{
		"api/a.go":            "package api\n",
		"api/a_test.go":       "package api\n",
		"api/testdata/bad.go": "this is no Go\n",
		"api/logo.png":        "\x89PNG\x00",
	})
	var all, shipped []string
	for _, f := range tr.files {
		all = append(all, f.path)
	}
	for _, f := range tr.shipped() {
		shipped = append(shipped, f.path)
	}
	if diff := cmp.Diff([]string{"api/a.go", "api/a_test.go", "api/testdata/bad.go", "go.mod"}, all); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"api/a.go"}, shipped); diff != "" {
		t.Errorf("shipped (-want +got):\n%s", diff)
	}
}

func TestNewTreeRefusesBrokenGo(t *testing.T) {
	if _, err := newTree(map[string][]byte{"api/a.go": []byte("package\n")}); err == nil {
		t.Error("a file that does not parse was accepted")
	}
}
