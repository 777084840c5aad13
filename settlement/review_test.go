package settlement_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestReviewAfterReversal(t *testing.T) { // A21
	reversed := settlement.Posting{ID: "r", Person: "p", Year: 2020, Sequence: 5, CapLimited: true, Reversed: true}
	cut := func(id string, change func(*settlement.Posting)) settlement.Posting {
		p := settlement.Posting{ID: settlement.SettlementID(id), Person: "p", Year: 2020, Sequence: 6, CapLimited: true}
		change(&p)
		return p
	}
	others := []settlement.Posting{
		reversed,
		cut("earlier", func(p *settlement.Posting) { p.Sequence = 4 }),
		cut("later, cut by a cap", func(*settlement.Posting) {}),
		cut("another person", func(p *settlement.Posting) { p.Person = "q" }),
		cut("another year", func(p *settlement.Posting) { p.Year = 2021 }),
		cut("later, neither", func(p *settlement.Posting) { p.CapLimited = false }),
		cut("later, computed critical illness", func(p *settlement.Posting) { p.CapLimited, p.Accumulated = false, true }),
		cut("later, reversed itself", func(p *settlement.Posting) { p.Reversed = true }),
	}
	want := []settlement.SettlementID{"later, cut by a cap", "later, computed critical illness"}
	if diff := cmp.Diff(want, settlement.ReviewAfterReversal(reversed, others)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsFlaggedAsCut(t *testing.T) { // A21: by a cap, even to nothing
	for _, test := range []struct {
		says string
		e    *encounter
		want bool
	}{
		{"whole", stay("1000", "rural_dibao"), false},
		{"exactly what remains", stay("1000", "rural_dibao").drawn("total", "59300"), false},
		{"cut", stay("1000", "rural_dibao").drawn("total", "59301"), true},
		{"cut to nothing", stay("1000", "rural_dibao").drawn("total", "60000"), true},
		{"inclined assistance cut to nothing, ordinary below its deductible",
			stay("500", "special_care").drawn("i", "9").under(func(v *settlement.Version) {
				v.Inclined = inclinedRule(capAt("i", "9"))
				v.Inclined.Threshold = 0
			}), true},
		{"nothing to cut", stay("0", "rural_dibao").drawn("total", "60000"), false},
	} {
		a, err := test.e.adjudicate()
		if err != nil {
			t.Fatal(err)
		}
		if a.CapLimited != test.want {
			t.Errorf("%s: %v", test.says, a.CapLimited)
		}
	}
}

func TestReversalTakesOffTheDifference(t *testing.T) { // A21: never a snapshot
	first := stay("1000", "special_care").compute()
	one, err := first.adjudicate()
	if err != nil {
		t.Fatal(err)
	}
	second := stay("2000", "special_care").compute()
	second.used = settlement.Accumulator{}.Plus(one.Delta)
	two, err := second.adjudicate()
	if err != nil {
		t.Fatal(err)
	}
	after := second.used.Plus(two.Delta).Minus(one.Delta)
	want := settlement.Accumulator{
		Used:                map[settlement.BucketID]settlement.Money{"total": yuan("1000")},
		CriticalIllnessBase: yuan("2000"),
	}
	if diff := cmp.Diff(want, after); diff != "" {
		t.Errorf("what the second settlement added stays, as it was computed (-want +got):\n%s", diff)
	}
}
