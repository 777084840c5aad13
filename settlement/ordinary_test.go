package settlement_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestDeductible(t *testing.T) { // A12
	met := func(amount string) func(*settlement.Accumulator) {
		return func(a *settlement.Accumulator) { a.DeductibleMet = yuan(amount) }
	}
	check(t, []spec{
		{"per stay, in full every time, whatever the year has met",
			stay("3000", "marginal").year(met("1000")),
			"ok OK marginal rural, base 3000.00, deductible 1000.00, ordinary 1000.00, patient 2000.00"},
		{"per year, nothing met yet", stay("3000", "special_care"),
			"ok OK special_care rural, base 3000.00, deductible 500.00, ordinary 1250.00, patient 1750.00"},
		{"per year, part met", stay("3000", "special_care").year(met("300")),
			"ok OK special_care rural, base 3000.00, deductible 200.00, ordinary 1400.00, patient 1600.00"},
		{"per year, all met", stay("3000", "special_care").year(met("500")),
			"ok OK special_care rural, base 3000.00, ordinary 1500.00, patient 1500.00"},
		{"per year, more met than asked: never a bonus", stay("3000", "special_care").year(met("900")),
			"ok OK special_care rural, base 3000.00, ordinary 1500.00, patient 1500.00"},
		{"the base equals it", stay("1000", "marginal"),
			"zero BELOW_DEDUCTIBLE marginal, base 1000.00, deductible 1000.00, patient 1000.00"},
		{"a fen above it: 0.005 is a fen", stay("1000.01", "marginal"),
			"ok OK marginal rural, base 1000.01, deductible 1000.00, ordinary 0.01, patient 1000.00"},
		{"below it", stay("999.99", "marginal"),
			"zero BELOW_DEDUCTIBLE marginal, base 999.99, deductible 999.99, patient 999.99"},
		{"a tenth of prior-year income, 3000.005, rounds half-up", stay("5000", "illness_poverty"),
			"ok OK illness_poverty rural, base 5000.00, deductible 3000.01, ordinary 1199.99, patient 3800.01"},
		{"the income of the year of discharge is not known", stay("5000", "illness_poverty").dates("2021-01-01", "2021-01-02"),
			"error NO_POLICY_VERSION"},
		{"an unknown income is nobody's business who does not need it", stay("5000", "rural_dibao").dates("2021-01-01", "2021-01-02"),
			"ok OK rural_dibao rural, base 5000.00, ordinary 3500.00, patient 1500.00"},
	})
}

func TestRatioKinds(t *testing.T) { // A13, A01
	slab := banded(settlement.RatioSlab, "5000@0.50 @0.60")
	whole := func(v *settlement.Version) {
		v.Categories[4].Rules[0].Deductible, v.Categories[4].Rules[0].Ratio = noDeductible, slab
	}
	check(t, []spec{
		{"flat, half-up on the tie", stay("0.05", "rural_dibao"), // 0.035
			"ok OK rural_dibao rural, base 0.05, ordinary 0.04, patient 0.01"},
		{"flat, below the tie", stay("0.02", "rural_dibao"), // 0.014
			"ok OK rural_dibao rural, base 0.02, ordinary 0.01, patient 0.01"},
		{"marginal, up to the first limit inclusive", stay("11000", "marginal"),
			"ok OK marginal rural, base 11000.00, deductible 1000.00, ordinary 5000.00, patient 6000.00"},
		{"marginal, a fen beyond, in the next band: 0.006 is a fen", stay("11000.01", "marginal"),
			"ok OK marginal rural, base 11000.01, deductible 1000.00, ordinary 5000.01, patient 6000.00"},
		{"marginal, all three bands", stay("31500", "marginal"),
			"ok OK marginal rural, base 31500.00, deductible 1000.00, ordinary 17350.00, patient 14150.00"},
		{"slab, at the limit", stay("5000", "special_care").under(whole),
			"ok OK special_care rural, base 5000.00, ordinary 2500.00, patient 2500.00"},
		{"slab, a fen above: the whole at the higher ratio", stay("5000.01", "special_care").under(whole),
			"ok OK special_care rural, base 5000.01, ordinary 3000.01, patient 2000.00"},
		{"a ratio of nothing", stay("100", "rural_dibao").under(func(v *settlement.Version) { v.Categories[2].Rules[0].Ratio = flat("0") }),
			"zero NOTHING_TO_ASSIST rural_dibao, base 100.00, patient 100.00"},
		{"each band is rounded on its own: 0.005 + 0.005 is two fen",
			stay("1000.02", "marginal").under(func(v *settlement.Version) {
				v.Categories[3].Rules[0].Ratio = banded(settlement.RatioMarginal, "0.01@0.50 @0.50")
			}),
			"ok OK marginal rural, base 1000.02, deductible 1000.00, ordinary 0.02, patient 1000.00"},
	})
}

func TestCaps(t *testing.T) { // A14, A15
	out := settlement.Outpatient
	check(t, []spec{
		{"exactly what remains is no cut", stay("1000", "rural_dibao").drawn("total", "59300"),
			"ok OK rural_dibao rural, base 1000.00, ordinary 700.00, patient 300.00"},
		{"a fen less remains", stay("1000", "rural_dibao").drawn("total", "59300.01"),
			"ok CAP_LIMITED rural_dibao rural, base 1000.00, ordinary 699.99, patient 300.01"},
		{"nothing remains", stay("1000", "rural_dibao").drawn("total", "60000"),
			"zero CAP_EXHAUSTED rural_dibao, base 1000.00, patient 1000.00"},
		{"less than nothing remains, after a cap was lowered", stay("1000", "rural_dibao").drawn("total", "70000"),
			"zero CAP_EXHAUSTED rural_dibao, base 1000.00, patient 1000.00"},
		{"the smallest of several", stay("5000", "urban_dibao").mode(out).drawn("outpatient", "500").drawn("total", "59000"),
			"ok CAP_LIMITED urban_dibao urban, base 5000.00, ordinary 1000.00, patient 4000.00"},
		{"the other way round", stay("5000", "urban_dibao").mode(out).drawn("outpatient", "1200").drawn("total", "58000"),
			"ok CAP_LIMITED urban_dibao urban, base 5000.00, ordinary 800.00, patient 4200.00"},
		{"a bucket without a limit never limits", stay("900000", "tekun").drawn("total", "5000000"),
			"ok OK tekun rural, base 900000.00, ordinary 900000.00, patient 0.00"},
		{"buckets are shared by categories and modes", stay("1000", "special_care").drawn("total", "29900"),
			"ok CAP_LIMITED special_care rural, base 1000.00, deductible 500.00, ordinary 100.00, patient 900.00"},
	})
}

func TestWhatIsDrawn(t *testing.T) { // A11, A12, A14
	used := func(buckets map[settlement.BucketID]settlement.Money) settlement.Accumulator {
		return settlement.Accumulator{Used: buckets}
	}
	money := func(pairs ...string) map[settlement.BucketID]settlement.Money {
		m := map[settlement.BucketID]settlement.Money{}
		for i := 0; i < len(pairs); i += 2 {
			m[settlement.BucketID(pairs[i])] = yuan(pairs[i+1])
		}
		return m
	}
	for _, test := range []struct {
		says string
		e    *encounter
		want settlement.Accumulator
	}{
		{"every bucket of the rule, limited or not", stay("200", "tekun").mode(settlement.Outpatient), used(money("outpatient", "200", "total", "200"))},
		{"nothing paid draws nothing", stay("0", "tekun"), settlement.Accumulator{}},
		{"a yearly deductible is met though nothing is paid", stay("300", "special_care"), settlement.Accumulator{DeductibleMet: yuan("300")}},
		{"also where the cap is exhausted", stay("900", "special_care").drawn("total", "30000"), settlement.Accumulator{DeductibleMet: yuan("500")}},
		{"a deductible per stay is nobody's to remember", stay("300", "marginal"), settlement.Accumulator{}},
		{"a care grant is counted outside caps", stay("0", "tekun").mode(settlement.Care).class(settlement.General, "uremia"), settlement.Accumulator{CareGrants: 1}},
		{"an application draws on its own rule's buckets", stay("20000", "urban_dibao").mode(settlement.Inclined), used(money("inclined", "3000", "total", "3000"))},
		{
			"automatic inclined assistance draws on its own rule's buckets only",
			stay("30000", "rural_dibao").under(func(v *settlement.Version) { v.Inclined = inclinedRule(capAt("inclined")) }),
			used(money("total", "21000", "inclined", "1800")),
		},
		{
			"a bucket both rules name is drawn on by both",
			stay("30000", "rural_dibao").under(func(v *settlement.Version) { v.Inclined = inclinedRule(capAt("total")) }),
			used(money("total", "22800")),
		},
	} {
		t.Run(test.says, func(t *testing.T) {
			a, err := test.e.adjudicate()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, a.Delta); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReasonPrecedence(t *testing.T) { // A15
	undesignated := func(c *settlement.Treatment) { c.Designated = false }
	uncovered := func(v *settlement.Version) { v.Uninsured = settlement.UninsuredRule{} }
	check(t, []spec{
		{"NOT_ELIGIBLE before MODE_NOT_COVERED and all below",
			stay("0", "new_four").mode(settlement.Inclined).at(undesignated),
			"zero NOT_ELIGIBLE, patient 0.00"},
		{"MODE_NOT_COVERED before PROVIDER_NOT_COVERED",
			stay("100", "marginal").mode(settlement.Outpatient).at(undesignated),
			"zero MODE_NOT_COVERED marginal, base 100.00, patient 100.00"},
		{"MODE_NOT_COVERED for the class of disease",
			stay("100", "urban_dibao").class(settlement.Serious, "").
				under(func(v *settlement.Version) { v.Categories[1].Rules = v.Categories[1].Rules[:1] }),
			"zero MODE_NOT_COVERED urban_dibao, base 100.00, patient 100.00"},
		{"PROVIDER_NOT_COVERED before UNINSURED_NOT_COVERED",
			stay("100", "rural_dibao").at(undesignated).scheme(settlement.SchemeNone).under(uncovered),
			"zero PROVIDER_NOT_COVERED rural_dibao, patient 100.00"},
		{"PROVIDER_NOT_COVERED before ALREADY_GRANTED",
			stay("0", "tekun").at(undesignated).mode(settlement.Care).class(settlement.General, "uremia").
				year(func(a *settlement.Accumulator) { a.CareGrants = 1 }),
			"zero PROVIDER_NOT_COVERED tekun, patient 0.00"},
		{"UNINSURED_NOT_COVERED before NOTHING_TO_ASSIST",
			stay("0", "rural_dibao").scheme(settlement.SchemeNone).under(uncovered),
			"zero UNINSURED_NOT_COVERED rural_dibao, patient 0.00"},
		{"NOTHING_TO_ASSIST on a base of nothing before BELOW_DEDUCTIBLE",
			stay("0", "marginal"), "zero NOTHING_TO_ASSIST marginal, patient 0.00"},
		{"NOTHING_TO_ASSIST where the product rounds to nothing, before CAP_EXHAUSTED",
			stay("10000.01", "urban_dibao").mode(settlement.Inclined).drawn("total", "60000"),
			"zero NOTHING_TO_ASSIST urban_dibao, base 10000.01, deductible 10000.00, patient 10000.01"},
		{"BELOW_DEDUCTIBLE before CAP_EXHAUSTED",
			stay("900", "marginal").drawn("total", "20000"),
			"zero BELOW_DEDUCTIBLE marginal, base 900.00, deductible 900.00, patient 900.00"},
	})
}
