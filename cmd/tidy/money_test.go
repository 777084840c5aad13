package tidy

import (
	"go/ast"
	"regexp"
	"strings"
)

// moneyWords are the words a name for an amount is made of.
var moneyWords = regexp.MustCompile(`(?i)money|amount|fen$|yuan|fee|price|submitted|eligible|benefit|deductible|self_?funded|over_?limit|selfpay|patient_?pays|annual_?cap`)

// floatMoney refuses a float wherever an amount is held: a declared name of
// float type that speaks of money, a conversion of such a name, and the ways
// of the decimal library through a float.
func floatMoney(t *tree) []finding {
	return judge(t, t.shipped(), func(_ *file, n ast.Node) string {
		switch n := n.(type) {
		case *ast.Field:
			return floatNamed(n.Type, n.Names)
		case *ast.ValueSpec:
			return floatNamed(n.Type, n.Names)
		case *ast.CallExpr:
			return floatCall(n)
		}
		return ""
	})
}

func floatNamed(declared ast.Expr, names []*ast.Ident) string {
	if declared == nil || !floatType(declared) {
		return ""
	}
	for _, name := range names {
		if moneyWords.MatchString(name.Name) {
			return name.Name + " is money; declare it settlement.Money (fen) or settlement.Ratio"
		}
	}
	return ""
}

func floatCall(call *ast.CallExpr) string {
	if floatType(call.Fun) && len(call.Args) == 1 && moneyWords.MatchString(lastName(call.Args[0])) {
		return lastName(call.Args[0]) + " is money; it never becomes a float"
	}
	if name := lastName(call.Fun); strings.HasPrefix(name, "NewFromFloat") || name == "InexactFloat64" {
		return name + " passes a decimal through a float; use its exact sibling"
	}
	return ""
}

// lastName is the name at the end of expr: x.y.Amount, Amount and Amount() all
// end in Amount.
func lastName(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.Ident:
		return expr.Name
	case *ast.SelectorExpr:
		return expr.Sel.Name
	case *ast.CallExpr:
		return lastName(expr.Fun)
	}
	return ""
}

var floatMoneyExamples = []example{
	{
		name: "floats that measure the machine",
		files: map[string]string{
			"loadtest/a.go":      "package loadtest\n\nvar seconds float64\nfunc share(hits, all int) float64 { return float64(hits) / float64(all) }\n",
			"loadtest/a_test.go": "package loadtest\n\nvar amount float64\n",
		},
	},
	{
		name: "an amount held in a float, or turned into one",
		files: map[string]string{"api/a.go": `package api

type a struct { TotalAmount float64 }
func b(feeFen float32) {}
var c = float64(bill.PatientPays)
var d = decimal.NewFromFloat(0.7)
var e = x.InexactFloat64()
func f() (deductible float64) { return }
`},
		breaks: []string{"api/a.go:3", "api/a.go:4", "api/a.go:5", "api/a.go:6", "api/a.go:7", "api/a.go:8"},
	},
}
