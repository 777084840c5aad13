package tidy

import (
	"go/ast"
	"go/token"
)

// tables keeps package variables of settlement to documented tables that
// nothing writes to: what could change between two calls would make them
// answer differently.
func tables(t *tree) []finding {
	var found []finding
	for dir, files := range byFolder(t.heart()) {
		names := map[string]bool{}
		for _, f := range files {
			found = append(found, t.variables(f, names)...)
		}
		for _, f := range t.shipped() {
			found = append(found, t.writes(f, dir, names)...)
		}
	}
	return found
}

// variables notes the package variables of f in names and reports those that
// are no documented table.
func (t *tree) variables(f *file, names map[string]bool) []finding {
	var found []finding
	for _, decl := range f.syntax.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.VAR {
			continue
		}
		for _, spec := range group.Specs {
			value := spec.(*ast.ValueSpec)
			for _, name := range value.Names {
				if name.Name == "_" {
					continue
				}
				names[name.Name] = true
				if len(value.Values) == 0 || group.Doc == nil && value.Doc == nil && value.Comment == nil {
					found = append(found, t.at(f, name.Pos(),
						"a package variable of settlement is a table: give "+name.Name+" its value and its comment here, or pass it as an argument"))
				}
			}
		}
	}
	return found
}

// writes reports assignments in f to the variables names of the package in
// dir.
func (t *tree) writes(f *file, dir string, names map[string]bool) []finding {
	return judge(t, []*file{f}, func(f *file, n ast.Node) string {
		for _, target := range targets(n) {
			switch root := f.root(target).(type) {
			case *ast.Ident:
				if f.dir() == dir && names[root.Name] {
					return root.Name + " never changes; work on a copy (or rename the local variable that hides it)"
				}
			case *ast.SelectorExpr:
				if names[root.Sel.Name] && f.names(root) == t.module+"/"+dir+"."+root.Sel.Name {
					return root.Sel.Name + " of " + dir + " never changes; work on a copy"
				}
			}
		}
		return ""
	})
}

// targets are the expressions that n writes to or lets others write to.
func targets(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return n.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return []ast.Expr{n.X}
		}
	}
	return nil
}

// root strips indexes, pointers and fields off expr, down to a name of this
// package or of an imported one.
func (f *file) root(expr ast.Expr) ast.Expr {
	for {
		switch e := expr.(type) {
		case *ast.IndexExpr:
			expr = e.X
		case *ast.StarExpr:
			expr = e.X
		case *ast.ParenExpr:
			expr = e.X
		case *ast.SelectorExpr:
			if f.names(e) != "" {
				return e
			}
			expr = e.X
		default:
			return expr
		}
	}
}

// byFolder groups files by the folder they lie in.
func byFolder(files []*file) map[string][]*file {
	groups := map[string][]*file{}
	for _, f := range files {
		groups[f.dir()] = append(groups[f.dir()], f)
	}
	return groups
}

var tablesExamples = []example{
	{
		name: "documented and only read",
		files: map[string]string{"settlement/a.go": `package settlement

// a is the table of all there is.
var a = map[string]int{"x": 1}

var (
	b = []int{1} // known from birth
	_ error = nil
)

func read(c int) int { c = a["x"]; c++; a := b; return a[0] + c }
`},
	},
	{
		name: "no comment, no value",
		files: map[string]string{"settlement/a.go": `package settlement

var a = 1

// b comes later.
var b int
`},
		breaks: []string{"settlement/a.go:3", "settlement/a.go:6"},
	},
	{
		name: "written to, here and from another room",
		files: map[string]string{
			"settlement/a.go": `package settlement

// Table is one.
var Table = []struct{ X int }{{1}}

func a() { Table = nil }
func b() { Table[0].X = 2 }
func c() { Table[0].X++ }
func d() *[]struct{ X int } { return &Table }
`,
			"cmd/onestop/main.go": `package main

import "example.org/house/settlement"

func main() { settlement.Table[0].X = 3 }
`,
		},
		breaks: []string{
			"cmd/onestop/main.go:5", "settlement/a.go:6", "settlement/a.go:7", "settlement/a.go:8", "settlement/a.go:9",
		},
	},
}
