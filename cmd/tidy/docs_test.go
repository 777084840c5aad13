package tidy

import (
	"go/ast"
	"go/token"
)

// documented wants a comment on every exported type, function, method,
// constant and variable, and on every method of an exported interface that
// has several. A group of constants or variables may share one comment.
func documented(t *tree) []finding {
	var found []finding
	for _, f := range t.shipped() {
		for _, decl := range f.syntax.Decls {
			for _, name := range undocumented(decl) {
				found = append(found, t.at(f, name.Pos(), name.Name+
					" is exported: say what it promises, its units and the kinds of error, in sentences"))
			}
		}
	}
	return found
}

// undocumented are the exported names of decl without a comment.
func undocumented(decl ast.Decl) []*ast.Ident {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Doc == nil && decl.Name.IsExported() && exportedReceiver(decl) {
			return []*ast.Ident{decl.Name}
		}
	case *ast.GenDecl:
		var names []*ast.Ident
		for _, spec := range decl.Specs {
			names = append(names, undocumentedSpec(decl, spec)...)
		}
		return names
	}
	return nil
}

// exportedReceiver reports whether fn is a function, or a method of an
// exported type.
func exportedReceiver(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	receiver := fn.Recv.List[0].Type
	for {
		switch r := receiver.(type) {
		case *ast.StarExpr:
			receiver = r.X
		case *ast.IndexExpr:
			receiver = r.X
		case *ast.IndexListExpr:
			receiver = r.X
		case *ast.Ident:
			return r.IsExported()
		default:
			return false
		}
	}
}

func undocumentedSpec(group *ast.GenDecl, spec ast.Spec) []*ast.Ident {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if !spec.Name.IsExported() {
			return nil
		}
		// The comment of a group of types says what they share, not what each is.
		if spec.Doc == nil && spec.Comment == nil && (group.Doc == nil || group.Lparen != token.NoPos) {
			return []*ast.Ident{spec.Name}
		}
		return undocumentedMethods(spec)
	case *ast.ValueSpec:
		if group.Doc != nil || spec.Doc != nil || spec.Comment != nil {
			return nil
		}
		return exported(spec.Names)
	}
	return nil
}

// undocumentedMethods are the methods without a comment of an interface that
// has several: the comment of each is the contract its implementers read.
func undocumentedMethods(spec *ast.TypeSpec) []*ast.Ident {
	port, ok := spec.Type.(*ast.InterfaceType)
	if !ok || len(port.Methods.List) < 2 {
		return nil
	}
	var names []*ast.Ident
	for _, method := range port.Methods.List {
		if method.Doc == nil && method.Comment == nil {
			names = append(names, exported(method.Names)...)
		}
	}
	return names
}

func exported(names []*ast.Ident) []*ast.Ident {
	var public []*ast.Ident
	for _, name := range names {
		if name.IsExported() {
			public = append(public, name)
		}
	}
	return public
}

// packageDoc wants one file of each package to say what the package is and
// what it may not do.
func packageDoc(t *tree) []finding {
	var found []finding
	for _, files := range byFolder(t.shipped()) {
		has := false
		for _, f := range files {
			has = has || f.syntax.Doc != nil
		}
		if !has {
			first := files[0]
			found = append(found, t.at(first, first.syntax.Name.Pos(), "package "+first.syntax.Name.Name+
				" has no comment; say in doc.go (or main.go) what it holds and what it may not do"))
		}
	}
	return found
}

var documentedExamples = []example{
	{
		name: "everything exported says what it promises",
		files: map[string]string{"api/a.go": `package api

// A does.
func A() {}

// B is.
type B struct{}

// C does.
func (b *B) C() {}

// The kinds.
const (
	D = 1
	E = 2
)

var F = 1 // so many

// G has one method, which its comment covers.
type G interface{ Do() }

type hidden struct{}

func (h hidden) H() {}
func inner() {}
`},
	},
	{
		name: "a bare name of each kind",
		files: map[string]string{"api/a.go": `package api

func A() {}
type B struct{}
func (b *B) C() {}
const D = 1
var f, F = 1, 2

// These types have one comment among them.
type (
	G int
	H int // fine
)

// I is a port.
type I interface {
	// J does.
	J()
	K()
}

// L is generic.
type L[T any] struct{}

func (l L[T]) M() {}
`},
		breaks: []string{
			"api/a.go:11", "api/a.go:19", "api/a.go:25",
			"api/a.go:3", "api/a.go:4", "api/a.go:5", "api/a.go:6", "api/a.go:7",
		},
	},
	{
		name:  "tests need none",
		files: map[string]string{"api/a_test.go": "package api\n\nfunc TestA() {}\n"},
	},
}

var packageDocExamples = []example{
	{
		name: "one file of the package says it",
		files: map[string]string{
			"api/doc.go": "// Package api is a room.\npackage api\n", "api/a.go": "package api\n", "loadtest/a_test.go": "package loadtest\n",
		},
	},
	{
		name:   "nobody says it; a test does not count",
		files:  map[string]string{"api/a.go": "package api\n", "api/b.go": "package api\n", "api/a_test.go": "// Package api is tested.\npackage api\n"},
		breaks: []string{"api/a.go:1"},
	},
}
