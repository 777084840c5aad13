package settlement_test

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestAutomaticInclined(t *testing.T) { // A17
	auto := func(caps ...settlement.Cap) func(*settlement.Version) {
		return func(v *settlement.Version) { v.Inclined = inclinedRule(caps...) }
	}
	open := auto(capAt("inclined"))
	low := func(v *settlement.Version) {
		v.Inclined = inclinedRule(capAt("inclined", "20000"))
		v.Inclined.Threshold = yuan("100")
	}
	check(t, []spec{
		{"on what ordinary assistance leaves above the threshold", stay("30000", "rural_dibao").under(open),
			"ok OK rural_dibao rural, base 30000.00, ordinary 21000.00, inclined 1800.00, patient 7200.00"},
		{"the threshold itself: nothing", stay("20000", "rural_dibao").under(open),
			"ok OK rural_dibao rural, base 20000.00, ordinary 14000.00, patient 6000.00"},
		{"a fen above it: 0.006 is a fen", stay("20000.04", "rural_dibao").under(open),
			"ok OK rural_dibao rural, base 20000.04, ordinary 14000.03, inclined 0.01, patient 6000.00"},
		{"inpatients only", stay("900000", "tekun").mode(settlement.Outpatient).under(open),
			"ok CAP_LIMITED tekun rural, base 900000.00, ordinary 3000.00, patient 897000.00"},
		{"though the ordinary cap is exhausted", stay("30000", "rural_dibao").under(open).drawn("total", "60000"),
			"ok CAP_LIMITED rural_dibao rural, base 30000.00, inclined 14400.00, patient 15600.00"},
		{"an exhausted cap and too little above the threshold: the ordinary reason", stay("6000", "rural_dibao").under(open).drawn("total", "60000"),
			"zero CAP_EXHAUSTED rural_dibao, base 6000.00, patient 6000.00"},
		{"the deductible plays no part", stay("500", "special_care").under(low),
			"ok OK special_care rural, base 500.00, deductible 500.00, inclined 240.00, patient 260.00"},
		{"below the deductible and its own cap exhausted: the ordinary reason", stay("500", "special_care").under(low).drawn("inclined", "20000"),
			"zero BELOW_DEDUCTIBLE special_care, base 500.00, deductible 500.00, patient 500.00"},
		{"cut by its own cap", stay("30000", "rural_dibao").under(auto(capAt("inclined", "1000"))),
			"ok CAP_LIMITED rural_dibao rural, base 30000.00, ordinary 21000.00, inclined 1000.00, patient 8000.00"},
		{"its own cap exhausted beside whole ordinary assistance", stay("30000", "rural_dibao").under(auto(capAt("inclined", "1000"))).drawn("inclined", "1000"),
			"ok CAP_LIMITED rural_dibao rural, base 30000.00, ordinary 21000.00, patient 9000.00"},
		{"a bucket of both rules has been drawn on by ordinary assistance", stay("30000", "rural_dibao").under(auto(capAt("total", "22000"))),
			"ok CAP_LIMITED rural_dibao rural, base 30000.00, ordinary 21000.00, inclined 1000.00, patient 8000.00"},
		{"not without an eligible category", stay("30000").under(open),
			"zero NOT_ELIGIBLE, base 30000.00, patient 30000.00"},
		{"not without a rule", stay("30000", "urban_dibao").under(open).under(func(v *settlement.Version) { v.Categories[1].Rules = v.Categories[1].Rules[1:] }),
			"zero MODE_NOT_COVERED urban_dibao, base 30000.00, patient 30000.00"},
		{"not at a facility that is not covered", stay("30000", "rural_dibao").under(open).at(func(c *settlement.Treatment) { c.Designated = false }),
			"zero PROVIDER_NOT_COVERED rural_dibao, base 30000.00, patient 30000.00"},
		{"counts for which category is best: less ordinary, more in all",
			stay("30000", "rural_dibao", "special_care").under(auto(capAt("total", "21000"))).under(func(v *settlement.Version) {
				v.Categories[4].Rules[0].Caps = []settlement.Cap{capAt("other", "30000")}
			}),
			"ok OK special_care rural, base 30000.00, deductible 500.00, ordinary 17700.00, inclined 3780.00, patient 8520.00"},
	})
}

func TestInclinedOnApplication(t *testing.T) { // A18
	ask := func(eligible string) *encounter { return stay(eligible, "urban_dibao").mode(settlement.Inclined) }
	check(t, []spec{
		{"the rule's own deductible is the threshold", ask("25000.55").beyond("2999.45", "0", "0"),
			"ok OK urban_dibao urban, base 25000.55, deductible 10000.00, inclined 4500.17, patient 23499.83"},
		{"at the threshold", ask("10000"),
			"zero BELOW_DEDUCTIBLE urban_dibao, base 10000.00, deductible 10000.00, patient 10000.00"},
		{"within its caps", ask("40000").drawn("inclined", "18000"),
			"ok CAP_LIMITED urban_dibao urban, base 40000.00, deductible 10000.00, inclined 2000.00, patient 38000.00"},
		{"no rule, no application", stay("40000", "rural_dibao").mode(settlement.Inclined),
			"zero MODE_NOT_COVERED rural_dibao, base 40000.00, patient 40000.00"},
		{"no second, automatic assistance on top", ask("40000").under(func(v *settlement.Version) { v.Inclined = inclinedRule(capAt("more")) }),
			"ok OK urban_dibao urban, base 40000.00, deductible 10000.00, inclined 9000.00, patient 31000.00"},
	})
}

func TestCareGrant(t *testing.T) { // A19
	ask := func(disease string, held ...settlement.CategoryID) *encounter {
		return stay("0", held...).mode(settlement.Care).class(settlement.General, disease)
	}
	granted := func(a *settlement.Accumulator) { a.CareGrants = 1 }
	check(t, []spec{
		{"a listed disease", ask("uremia", "urban_dibao"), "ok OK urban_dibao urban, ordinary 1000.00, patient 0.00"},
		{"outside caps", ask("uremia", "urban_dibao").drawn("total", "60000"), "ok OK urban_dibao urban, ordinary 1000.00, patient 0.00"},
		{"once a year, whatever the disease", ask("leukemia", "tekun").year(granted), "zero ALREADY_GRANTED tekun, patient 0.00"},
		{"a disease that is not listed", ask("gout", "tekun"), "zero MODE_NOT_COVERED tekun, patient 0.00"},
		{"no disease named", ask("", "tekun"), "zero MODE_NOT_COVERED tekun, patient 0.00"},
		{"listed for one of two categories", ask("leukemia", "urban_dibao", "tekun"), "ok OK tekun rural, ordinary 1000.00, patient 0.00"},
		{"points of the facility rule leave a flat grant alone",
			ask("uremia", "urban_dibao").at(func(c *settlement.Treatment) { c.InArea = false }).
				under(func(v *settlement.Version) {
					v.Facility.Unreferred, v.Facility.Points = settlement.UnreferredMinus, rate("0.20")
				}),
			"ok OK urban_dibao urban, ordinary 1000.00, patient 0.00"},
		{"charity has nothing to pay", ask("uremia", "urban_dibao").other(settlement.Charity, "100"),
			"ok OK urban_dibao urban, ordinary 1000.00, charity 0.00, patient 0.00"},
	})
}

func TestSourcesAfter(t *testing.T) { // A20
	check(t, []spec{
		{"an offer below what is owed is taken", stay("1000", "rural_dibao").other(settlement.Charity, "299.99"),
			"ok OK rural_dibao rural, base 1000.00, ordinary 700.00, charity 299.99, patient 0.01"},
		{"exactly what is owed", stay("1000", "rural_dibao").other(settlement.Charity, "300"),
			"ok OK rural_dibao rural, base 1000.00, ordinary 700.00, charity 300.00, patient 0.00"},
		{"the rest of an offer is not taken", stay("1000", "rural_dibao").other(settlement.Charity, "5000"),
			"ok OK rural_dibao rural, base 1000.00, ordinary 700.00, charity 300.00, patient 0.00"},
		{"it also pays what no assistance is for", stay("1000", "tekun").beyond("50", "0", "0").other(settlement.Charity, "5000"),
			"ok OK tekun rural, base 1000.00, ordinary 1000.00, charity 50.00, patient 0.00"},
		{"and where there is no assistance", stay("1000").other(settlement.Charity, "400"),
			"zero NOT_ELIGIBLE, base 1000.00, charity 400.00, patient 600.00"},
	})
}
