package settlement_test

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// BenchmarkAdjudicate measures one settlement with more than ten steps of
// working: computed critical illness over two bands, a deductible that is a
// part of income, three marginal bands, a cap and automatic inclined
// assistance. Goal: at most 10 µs and 40 allocations.
func BenchmarkAdjudicate(b *testing.B) {
	e := stay("160000", "illness_poverty").basic("80000").beyond("9000", "4000", "1000").compute()
	e.other(settlement.Commercial, "1500").other(settlement.Charity, "500").drawn("total", "1000")
	e.under(func(v *settlement.Version) {
		v.Inclined = inclinedRule(capAt("inclined", "20000"))
		v.Categories[5].Rules[0].Ratio = banded(settlement.RatioMarginal, "5000@0.30 10000@0.40 @0.50")
	})
	a, err := e.adjudicate()
	if err != nil || len(a.Trace) < 10 {
		b.Fatalf("%d steps, error %v; the measure wants at least ten", len(a.Trace), err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.adjudicate(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(a.Trace)), "steps")
}

// BenchmarkTimes measures the one rounding of money.
func BenchmarkTimes(b *testing.B) {
	amount, ratio := yuan("12345678.91"), rate("0.6875")
	b.ReportAllocs()
	var sum settlement.Money
	for b.Loop() {
		sum += amount.Times(ratio)
	}
	if sum == 0 {
		b.Fatal("nothing was multiplied")
	}
}
