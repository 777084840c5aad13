package tidy

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// impureNames are names of the pure packages that look at the machine.
var impureNames = []string{
	"time.Now", "time.Since", "time.Until", "time.Sleep", "time.After", "time.AfterFunc", "time.Tick",
	"time.NewTimer", "time.NewTicker", "time.Local", "time.LoadLocation",
	"fmt.Print", "fmt.Printf", "fmt.Println", "fmt.Scan", "fmt.Scanf", "fmt.Scanln",
}

// floatNames are functions and methods that pass through a float.
var floatNames = []string{
	"Float64", "InexactFloat64", "NewFromFloat", "NewFromFloat32", "NewFromFloatWithExponent",
	"ParseFloat", "FormatFloat", "AppendFloat",
}

var integerBound = regexp.MustCompile(`^math\.(Max|Min)(Int|Uint)`)

// purity keeps settlement a function of its arguments.
func purity(t *tree) []finding {
	return judge(t, t.heart(), impurity)
}

// heart is the shipped code of settlement without lifecycle.
func (t *tree) heart() []*file {
	return t.pick(func(f *file) bool {
		return f.syntax != nil && !f.test && roomOf(f.dir()) == "settlement"
	})
}

// impurity says what is impure about n itself, or "".
func impurity(f *file, n ast.Node) string {
	switch n := n.(type) {
	case *ast.GoStmt, *ast.ChanType, *ast.SendStmt, *ast.SelectStmt:
		return "no goroutine or channel in settlement; hand out what must happen as data"
	case *ast.BasicLit:
		if n.Kind == token.FLOAT || n.Kind == token.IMAG {
			return "no float literal in settlement; write an integer in full (1_000_000 for 1e6), or use Money or Ratio"
		}
	case *ast.Ident:
		if floatType(n) {
			return "no float in settlement; use Money, Ratio or an integer"
		}
	case *ast.Field:
		if n.Tag != nil {
			return "no wire or database tags in settlement; the adapter translates"
		}
	case *ast.SelectorExpr:
		return impureSelector(f, n)
	case *ast.CallExpr:
		if name, ok := n.Fun.(*ast.Ident); ok && (name.Name == "print" || name.Name == "println") {
			return "settlement prints nothing; return it"
		}
	case *ast.FuncDecl:
		if n.Recv == nil && n.Name.Name == "init" {
			return "no init in settlement; make the value where it is declared"
		}
	}
	return ""
}

func impureSelector(f *file, n *ast.SelectorExpr) string {
	if slices.Contains(floatNames, n.Sel.Name) {
		return n.Sel.Name + " passes through a float; stay with Money, Ratio or an integer"
	}
	name := f.names(n)
	if slices.Contains(impureNames, name) {
		return name + " looks at the machine; let the caller hand the value in"
	}
	if strings.HasPrefix(name, "math.") && !integerBound.MatchString(name) {
		return name + " is a float; of math only the bounds of integers are of use here"
	}
	return ""
}

// floatType reports whether expr names a type of inexact numbers.
func floatType(expr ast.Expr) bool {
	name, ok := expr.(*ast.Ident)
	return ok && slices.Contains([]string{"float32", "float64", "complex64", "complex128"}, name.Name)
}

var purityExamples = []example{
	{
		name: "arithmetic on values handed in",
		files: map[string]string{"settlement/a.go": `package settlement

import ("fmt"; "math"; "time")

const day = 24 * time.Hour

func next(now time.Time) string { return fmt.Sprint(now.Add(day), int64(math.MaxInt64)) }
`},
	},
	{
		name: "the clock, the machine's zone and the screen",
		files: map[string]string{"settlement/a.go": `package settlement

import ("fmt"; clock "time")

func a() { _ = clock.Now() }
func b() { clock.Sleep(1) }
func c(x clock.Time) { _ = clock.Since(x) }
func d() { fmt.Println() }
func e() { _ = clock.Local }
func f() { println() }
`},
		breaks: []string{
			"settlement/a.go:10", "settlement/a.go:5", "settlement/a.go:6", "settlement/a.go:7", "settlement/a.go:8", "settlement/a.go:9",
		},
	},
	{
		name: "floats in every disguise",
		files: map[string]string{"settlement/a.go": `package settlement

import ("math"; "github.com/shopspring/decimal")

var a float64
const b = 0.7
const c = 1e6
var d = decimal.NewFromFloat(b)
var e = decimal.Zero.InexactFloat64()
var f = math.Sqrt(2)
`},
		breaks: []string{
			"settlement/a.go:10", "settlement/a.go:5", "settlement/a.go:6", "settlement/a.go:7", "settlement/a.go:8", "settlement/a.go:9",
		},
	},
	{
		name: "goroutines, channels, init and tags",
		files: map[string]string{"settlement/worked/a.go": `package worked

type a struct { b int ` + "`json:\"b\"`" + ` }
func c() { go c() }
func d(e chan int) { }
func f() { select {} }
func init() { }
`},
		breaks: []string{
			"settlement/worked/a.go:3", "settlement/worked/a.go:4", "settlement/worked/a.go:5",
			"settlement/worked/a.go:6", "settlement/worked/a.go:7",
		},
	},
	{
		name: "other rooms and tests live in time",
		files: map[string]string{
			"settlement/lifecycle/a.go": "package lifecycle\n\nimport \"time\"\n\nvar a = time.Now()\n",
			"settlement/a_test.go":      "package settlement\n\nimport \"time\"\n\nvar a = time.Now()\n",
		},
	},
}
