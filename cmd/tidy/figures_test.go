package tidy

import (
	"fmt"
	"go/ast"
	"slices"
	"testing"
)

// figures are the size and habits of the tree, to be laid beside another.
type figures struct {
	files, tests, functions   []int // lines of each
	commentLines              int
	exported, documentedNames int
	testFunctions             int
}

// figuresOf measures hand-written Go.
func figuresOf(t *tree) figures {
	var g figures
	for _, f := range t.written() {
		if f.test {
			g.tests = append(g.tests, f.lines())
			g.testFunctions += countTests(f)
			continue
		}
		g.files = append(g.files, f.lines())
		for _, fn := range functions(f) {
			g.functions = append(g.functions, t.span(fn))
		}
		for _, comment := range f.syntax.Comments {
			g.commentLines += t.span(comment)
		}
		for _, decl := range f.syntax.Decls {
			g.exported += len(exportedNames(decl))
			g.documentedNames += len(exportedNames(decl)) - len(undocumented(decl))
		}
	}
	return g
}

func countTests(f *file) int {
	n := 0
	for _, fn := range functions(f) {
		if isTest(fn) {
			n++
		}
	}
	return n
}

// exportedNames are the names documented looks at.
func exportedNames(decl ast.Decl) []*ast.Ident {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if exportedReceiver(decl) {
			return exported([]*ast.Ident{decl.Name})
		}
	case *ast.GenDecl:
		var names []*ast.Ident
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, spec.Name)
			case *ast.ValueSpec:
				names = append(names, spec.Names...)
			}
		}
		return exported(names)
	}
	return nil
}

// String is the figures as a person reads them.
func (g figures) String() string {
	code, test := sum(g.files), sum(g.tests)
	return fmt.Sprintf("files      %d of %d lines: median %d, nine in ten within %d, longest %d\n",
		len(g.files), code, quantile(g.files, 50), quantile(g.files, 90), quantile(g.files, 100)) +
		fmt.Sprintf("functions  %d: median %d, nine in ten within %d, longest %d; %d %% within %d\n",
			len(g.functions), quantile(g.functions, 50), quantile(g.functions, 90), quantile(g.functions, 100),
			percent(countWithin(g.functions, functionGoal), len(g.functions)), functionGoal) +
		fmt.Sprintf("comments   %d %% of lines; %d of %d exported names documented\n",
			percent(g.commentLines, code), g.documentedNames, g.exported) +
		fmt.Sprintf("tests      %d in %d files; %d lines per 100 of code\n",
			g.testFunctions, len(g.tests), percent(test, code))
}

// quantile is the smallest value that at least p per cent do not exceed; 0 of
// nothing.
func quantile(values []int, p int) int {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

func countWithin(values []int, limit int) int {
	n := 0
	for _, v := range values {
		if v <= limit {
			n++
		}
	}
	return n
}

func sum(values []int) int {
	total := 0
	for _, v := range values {
		total += v
	}
	return total
}

// percent is part of whole, cut to whole per cents; 0 of nothing.
func percent(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return part * 100 / whole
}

func TestFigures(t *testing.T) {
	tr := sample(t, map[string]string{
		"api/a.go":      "// Package api is a room.\npackage api\n\n// A does.\nfunc A() {\n}\n\nfunc b() {}\n\ntype C int\n",
		"api/b.go":      "package api\n\n// D and E are.\nconst D, E = 1, 2\n",
		"api/a_test.go": "package api\n\nfunc TestA() {}\n\nfunc put() {}\n",
	})
	want := "files      2 of 14 lines: median 4, nine in ten within 10, longest 10\n" +
		"functions  2: median 1, nine in ten within 2, longest 2; 100 % within 70\n" +
		"comments   21 % of lines; 3 of 4 exported names documented\n" +
		"tests      1 in 1 files; 35 lines per 100 of code\n"
	if got := figuresOf(tr).String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestFiguresOfNothing(t *testing.T) {
	want := "files      0 of 0 lines: median 0, nine in ten within 0, longest 0\n" +
		"functions  0: median 0, nine in ten within 0, longest 0; 0 % within 70\n" +
		"comments   0 % of lines; 0 of 0 exported names documented\n" +
		"tests      0 in 0 files; 0 lines per 100 of code\n"
	if got := figuresOf(sample(t, nil)).String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestQuantile(t *testing.T) {
	ten := []int{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}
	for p, want := range map[int]int{0: 1, 10: 1, 50: 5, 51: 6, 90: 9, 100: 10} {
		if got := quantile(ten, p); got != want {
			t.Errorf("quantile(1…10, %d) = %d, want %d", p, got, want)
		}
	}
}
