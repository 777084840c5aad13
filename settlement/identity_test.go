package settlement_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestCategoryInForce(t *testing.T) { // A09
	paid := "ok OK rural_dibao rural, base 1000.00, ordinary 700.00, patient 300.00"
	unpaid := "zero NOT_ELIGIBLE, base 1000.00, patient 1000.00"
	check(t, []spec{
		{"throughout", stay("1000", "rural_dibao").held("2019-01-01", ""), paid},
		{"ended the day before admission", stay("1000", "rural_dibao").held("2019-01-01", "2020-02-29"), unpaid},
		{"ended on the day of admission", stay("1000", "rural_dibao").held("2019-01-01", "2020-03-01"), paid},
		{"begun on the day of discharge", stay("1000", "rural_dibao").held("2020-03-10", ""), paid},
		{"begun the day after discharge", stay("1000", "rural_dibao").held("2020-03-11", ""), unpaid},
		{"begun and ended within the stay", stay("1000", "rural_dibao").held("2020-03-04", "2020-03-05"), paid},
		{"one day in all, and that one", stay("1000", "rural_dibao").held("2020-03-10", "2020-03-10"), paid},
		{"known to the vocabulary, without rules here", stay("1000", "new_four"), unpaid},
	})
}

func TestVersionByDischarge(t *testing.T) { // A07, A08
	two := func(e *encounter) *encounter {
		second := e.policy.Versions[0]
		second.ID, second.Effective = "county/2", settlement.Period{From: day("2020-03-10")}
		second.Categories = []settlement.CategoryRules{{
			ID: "rural_dibao", Fund: settlement.FundRural, Rules: []settlement.Rule{
				terms(settlement.Inpatient, settlement.AnyDisease, noDeductible, flat("0.90"), capAt("total")),
			},
		}}
		e.policy.Versions[0].Effective.To = day("2020-03-09")
		e.policy.Versions = append(e.policy.Versions, second)
		return e
	}
	check(t, []spec{
		{"the version of the day of discharge, not of admission", two(stay("1000", "rural_dibao")),
			"ok OK rural_dibao rural, base 1000.00, ordinary 900.00, patient 100.00"},
		{"the last day of the version before", two(stay("1000", "rural_dibao")).dates("2020-03-01", "2020-03-09"),
			"ok OK rural_dibao rural, base 1000.00, ordinary 700.00, patient 300.00"},
		{"the first day of all", stay("1000", "rural_dibao").dates("2019-12-20", "2020-01-01"),
			"ok OK rural_dibao rural, base 1000.00, ordinary 700.00, patient 300.00"},
		{"the day before it", stay("1000", "rural_dibao").dates("2019-12-20", "2019-12-31"),
			"error NO_POLICY_VERSION"},
	})
	e := stay("1000", "rural_dibao").dates("2019-12-20", "2020-01-08")
	if got := e.claim.Year(); got != 2020 {
		t.Errorf("a stay over New Year belongs to %d, want the year of discharge, 2020", got)
	}
}

func TestSeveralCategories(t *testing.T) { // A10
	check(t, []spec{
		{
			"the largest wins, wherever it is listed: 3300 of special care over 2500",
			stay("6000", "marginal", "special_care").basic("0"),
			"ok OK special_care rural, base 6000.00, deductible 500.00, ordinary 3300.00, patient 2700.00",
		},
		{
			"equal benefits: the one the policy lists first, which decides the fund",
			stay("1000", "rural_dibao", "urban_dibao"),
			"ok OK urban_dibao urban, base 1000.00, ordinary 700.00, patient 300.00",
		},
		{
			"the same category twice is one",
			stay("1000", "rural_dibao", "rural_dibao"),
			"ok OK rural_dibao rural, base 1000.00, ordinary 700.00, patient 300.00",
		},
		{
			"a category and its alias are one",
			stay("1000", "three_no", "tekun").urban(),
			"ok OK tekun urban, base 1000.00, ordinary 1000.00, patient 0.00",
		},
		{
			"nothing from any, the first without a rule for the disease, the second granted before",
			stay("0", "urban_dibao", "tekun").mode(settlement.Care).class(settlement.General, "leukemia").
				year(func(a *settlement.Accumulator) { a.CareGrants = 1 }),
			"zero ALREADY_GRANTED tekun, patient 0.00",
		},
		{
			"a tie at nothing goes to the first listed though only the second has a rule",
			stay("0", "rural_dibao", "urban_dibao").mode(settlement.Inclined).class(settlement.General, "").
				under(func(v *settlement.Version) { v.Categories[1], v.Categories[2] = v.Categories[2], v.Categories[1] }),
			"zero MODE_NOT_COVERED rural_dibao, patient 0.00",
		},
		{
			"the one that is cut by a cap loses to a smaller whole one",
			stay("10000", "marginal", "special_care").drawn("total", "19000"),
			"ok OK special_care rural, base 10000.00, deductible 500.00, ordinary 5700.00, patient 4300.00",
		},
	})
}

func TestCandidatesAreShownNeverAdded(t *testing.T) { // A10
	e := stay("6000", "special_care", "marginal", "rural_dibao")
	a, err := e.adjudicate()
	if err != nil {
		t.Fatal(err)
	}
	want := []settlement.Candidate{
		{Category: "rural_dibao", Benefit: yuan("4200"), Reason: settlement.ReasonOK},
		{Category: "marginal", Benefit: yuan("2500"), Reason: settlement.ReasonOK},
		{Category: "special_care", Benefit: yuan("3300"), Reason: settlement.ReasonOK},
	}
	if diff := cmp.Diff(want, a.Candidates); diff != "" {
		t.Errorf("candidates (-want +got):\n%s", diff)
	}
	delta := settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{"total": yuan("4200")}}
	if diff := cmp.Diff(delta, a.Delta); diff != "" {
		t.Errorf("only the chosen one draws and meets a deductible (-want +got):\n%s", diff)
	}
}

func TestFund(t *testing.T) { // A22
	check(t, []spec{
		{"the category's own, against residence", stay("10", "urban_dibao"),
			"ok OK urban_dibao urban, base 10.00, ordinary 7.00, patient 3.00"},
		{"the category's own, rural", stay("10", "rural_dibao").urban(),
			"ok OK rural_dibao rural, base 10.00, ordinary 7.00, patient 3.00"},
		{"by residence, urban", stay("10", "tekun").urban(),
			"ok OK tekun urban, base 10.00, ordinary 10.00, patient 0.00"},
		{"by residence, rural", stay("10", "tekun"),
			"ok OK tekun rural, base 10.00, ordinary 10.00, patient 0.00"},
		{"no assistance, no fund", stay("10", "marginal"),
			"zero BELOW_DEDUCTIBLE marginal, base 10.00, deductible 10.00, patient 10.00"},
	})
}
