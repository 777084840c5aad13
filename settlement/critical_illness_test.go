package settlement_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

// accumulated is what the year holds of critical illness before the claim.
func accumulated(base, paid string) func(*settlement.Accumulator) {
	return func(a *settlement.Accumulator) {
		a.CriticalIllnessBase, a.CriticalIllnessPaid = yuan(base), yuan(paid)
	}
}

func TestCriticalIllness(t *testing.T) { // A16
	byIncome := func(v *settlement.Version) {
		v.CriticalIllness.Deductible, v.CriticalIllness.DeductibleIncomeRate = 0, part("0.50")
	}
	check(t, []spec{
		{"two bands above the deductible, which is inside the first",
			stay("70000", "rural_dibao").basic("10000").compute(),
			"ok OK rural_dibao rural, critical 26000.00, base 34000.00, ordinary 23800.00, patient 10200.00"},
		{"tilted: half the deductible, five points more",
			stay("70000", "urban_dibao").basic("10000").compute(),
			"ok OK urban_dibao urban, critical 31250.00, base 28750.00, ordinary 20125.00, patient 8625.00"},
		{"tilted by any category in force, not only the one applied",
			stay("70000", "urban_dibao", "tekun").basic("10000").compute(),
			"ok OK tekun rural, critical 31250.00, base 28750.00, ordinary 28750.00, patient 0.00"},
		{"tilt ends with the category",
			stay("70000", "urban_dibao").held("2019-01-01", "2020-02-29").basic("10000").compute(),
			"zero NOT_ELIGIBLE, critical 26000.00, base 34000.00, patient 34000.00"},
		{"tilted through an alias",
			stay("70000", "three_no").basic("10000").compute(),
			"ok OK tekun rural, critical 31250.00, base 28750.00, ordinary 28750.00, patient 0.00"},
		{"at the deductible", stay("10000").compute(),
			"zero NOT_ELIGIBLE, base 10000.00, patient 10000.00"},
		{"a fen above: 0.005 is a fen", stay("10000.01").compute(),
			"zero NOT_ELIGIBLE, critical 0.01, base 10000.00, patient 10000.00"},
		{"a later stay pays the difference", stay("20000").compute().year(accumulated("40000", "15000")),
			"zero NOT_ELIGIBLE, critical 11000.00, base 9000.00, patient 9000.00"},
		{"the difference of two rounded sums, not a rounded difference", stay("0.01").compute().year(accumulated("10000.01", "0.01")),
			"zero NOT_ELIGIBLE, base 0.01, patient 0.01"},
		{"what the cap has left", stay("70000").basic("10000").compute().year(accumulated("0", "35000")),
			"zero NOT_ELIGIBLE, critical 5000.00, base 55000.00, patient 55000.00"},
		{"a cap more than used up", stay("70000").basic("10000").compute().year(accumulated("0", "45000")),
			"zero NOT_ELIGIBLE, base 60000.00, patient 60000.00"},
		{"no cap for the tilted", stay("70000", "urban_dibao").basic("10000").compute().year(accumulated("0", "45000")),
			"ok OK urban_dibao urban, critical 31250.00, base 28750.00, ordinary 20125.00, patient 8625.00"},
		{"tilted but capped where the policy says so",
			stay("70000", "urban_dibao").basic("10000").compute().year(accumulated("0", "35000")).
				under(func(v *settlement.Version) { v.CriticalIllness.Tilt.Uncapped = false }),
			"ok OK urban_dibao urban, critical 5000.00, base 55000.00, ordinary 38500.00, patient 16500.00"},
		{"half of prior-year income, 15000.025, rounds half-up", stay("16000.03").compute().under(byIncome),
			"zero NOT_ELIGIBLE, critical 500.00, base 15500.03, patient 15500.03"},
		{"half of that again, 7500.015, rounds once more", stay("8500.02", "tekun").compute().under(byIncome),
			"ok OK tekun rural, critical 550.00, base 7950.02, ordinary 7950.02, patient 0.00"},
		{"the income of the year is not known", stay("100").compute().under(byIncome).dates("2021-01-01", "2021-01-01"),
			"error NO_POLICY_VERSION"},
		{"an insurer's own figure is taken as it is", stay("70000", "rural_dibao").basic("10000").given("1234.56"),
			"ok OK rural_dibao rural, critical 1234.56, base 58765.44, ordinary 41135.81, patient 17629.63"},
		{"and plays no part where the policy computes", stay("10000").compute().given("1234.56"),
			"zero NOT_ELIGIBLE, base 10000.00, patient 10000.00"},
		{"not for a scheme the rule does not name", stay("70000").scheme(settlement.SchemeEmployee).compute(),
			"zero NOT_ELIGIBLE, base 70000.00, patient 70000.00"},
		{"not where the version computes none", stay("70000").compute().under(func(v *settlement.Version) { v.CriticalIllness = nil }),
			"zero NOT_ELIGIBLE, base 70000.00, patient 70000.00"},
		{"outpatient care counts too", stay("70000").mode(settlement.Outpatient).compute(),
			"zero NOT_ELIGIBLE, critical 32000.00, base 38000.00, patient 38000.00"},
		{"an application's bill was counted by the stay", stay("70000", "urban_dibao").mode(settlement.Inclined).compute(),
			"ok OK urban_dibao urban, base 70000.00, deductible 10000.00, inclined 18000.00, patient 52000.00"},
		{"sources before that leave no room for it are an error", stay("70000").other(settlement.Commercial, "60000").compute(),
			"error PAYERS_EXCEED_TOTAL"},
	})
}

func TestCriticalIllnessAccumulates(t *testing.T) { // A11, A16
	for _, test := range []struct {
		says     string
		e        *encounter
		want     settlement.Accumulator
		computed bool
	}{
		{"grows by what basic insurance leaves", stay("70000").basic("10000").compute(),
			settlement.Accumulator{CriticalIllnessBase: yuan("60000"), CriticalIllnessPaid: yuan("26000")}, true},
		{"also below the deductible", stay("500").basic("100").compute(),
			settlement.Accumulator{CriticalIllnessBase: yuan("400")}, true},
		{"never by less than nothing", stay("500").basic("600").beyond("200", "0", "0").compute(),
			settlement.Accumulator{}, false},
		{"not by an insurer's own figure", stay("500").given("100"), settlement.Accumulator{}, false},
		{"not for a scheme the rule does not name", stay("500").scheme(settlement.SchemeEmployee).compute(), settlement.Accumulator{}, false},
	} {
		t.Run(test.says, func(t *testing.T) {
			a, err := test.e.adjudicate()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, a.Delta); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if a.Accumulated != test.computed {
				t.Errorf("computed %v, want %v", a.Accumulated, test.computed)
			}
		})
	}
}
