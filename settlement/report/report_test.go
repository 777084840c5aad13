package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

// assisted is a settlement that stands: so much of a fund's for a person.
func assisted(person settlement.BeneficiaryID, fund settlement.Fund, category settlement.CategoryID, mode settlement.Mode, amount settlement.Money) settlement.Settlement {
	return settlement.Settlement{
		State: settlement.StateCommitted, Beneficiary: settlement.Beneficiary{ID: person}, Claim: settlement.Claim{Mode: mode},
		Adjudication: &settlement.Adjudication{Fund: fund, Category: category, Benefit: amount},
	}
}

func year(t testing.TB, settlements ...settlement.Settlement) Year {
	t.Helper()
	a := NewAdder()
	for i := range settlements {
		if err := a.Add(&settlements[i]); err != nil {
			t.Fatal(err)
		}
	}
	return a.Year()
}

func TestYear(t *testing.T) {
	aided := assisted("p1", settlement.UrbanFund, "urban_dibao", settlement.Inpatient, 100_00)
	aided.Adjudication.After = []settlement.Share{{Source: settlement.Charity, Amount: 20_00}, {Source: settlement.SecondAssistance}}
	aided.Adjudication.Before = []settlement.Share{{Source: settlement.SpecialCare, Amount: 5_00}}
	split := assisted("p2", settlement.RuralFund, "rural_dibao", settlement.Inpatient, 10_01)
	split.Adjudication.Funding = []settlement.Funded{{Level: settlement.City, Amount: 10_01}, {Level: settlement.County}}
	reversed := assisted("p2", settlement.RuralFund, "rural_dibao", settlement.Inpatient, 7_00)
	reversed.State = settlement.StateReversed
	// Adjusted is what a fund bears, not what persons were granted; a payer's part is
	// not a fund's, and what was reversed has none.
	reversed.Adjustments = []settlement.Adjustment{{From: 7_00, To: 1_00}}
	split.Adjustments = []settlement.Adjustment{{From: 10_01, To: 9_00}, {Payer: "A", From: 1, To: 2}, {From: 9_00, To: 9_50}}
	emptied := assisted("p3", settlement.UrbanFund, "", settlement.Inpatient, 0)
	emptied.Adjustments = []settlement.Adjustment{{To: 3_00}}
	nothing := assisted("p2", settlement.NoFund, "", settlement.Inpatient, 0)
	got := year(t,
		aided,
		assisted("p1", settlement.UrbanFund, "urban_dibao", settlement.Inpatient, 50_00),
		assisted("p1", settlement.UrbanFund, "five_guarantee", settlement.Outpatient, 1_00),
		split, reversed, nothing, settlement.Settlement{State: settlement.StateSettling}, emptied,
		assisted("p3", settlement.RuralFund, "rural_dibao", settlement.Inpatient, 2_00),
	)
	want := Year{
		Total: Count{3, 5, 163_01},
		Lines: []Line{
			{settlement.RuralFund, "rural_dibao", settlement.Inpatient, Count{2, 2, 12_01}},
			{settlement.UrbanFund, "five_guarantee", settlement.Outpatient, Count{1, 1, 1_00}},
			{settlement.UrbanFund, "urban_dibao", settlement.Inpatient, Count{1, 2, 150_00}},
		},
		Funds:      []Part[settlement.Fund]{{settlement.RuralFund, Count{2, 2, 12_01}}, {settlement.UrbanFund, Count{1, 3, 151_00}}},
		Categories: []Part[settlement.CategoryID]{{"five_guarantee", Count{1, 1, 1_00}}, {"rural_dibao", Count{2, 2, 12_01}}, {"urban_dibao", Count{1, 2, 150_00}}},
		Modes:      []Part[settlement.Mode]{{settlement.Inpatient, Count{3, 4, 162_01}}, {settlement.Outpatient, Count{1, 1, 1_00}}},
		Sources:    []Part[settlement.Source]{{settlement.Charity, Count{1, 1, 20_00}}, {settlement.SpecialCare, Count{1, 1, 5_00}}},
		Levels:     []Part[settlement.Level]{{settlement.City, Count{1, 1, 10_01}}},
		Adjusted:   []Part[settlement.Fund]{{settlement.RuralFund, Count{1, 1, -51}}, {settlement.UrbanFund, Count{1, 1, 3_00}}},
		Average:    54_34,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingIsReportedOfNothing(t *testing.T) {
	got := year(t)
	if got.Total != (Count{}) || got.Average != 0 || len(got.Lines)+len(got.Funds)+len(got.Levels) != 0 {
		t.Errorf("%+v", got)
	}
}

// Out of order a person would be counted twice.
func TestPersonsComeInOrder(t *testing.T) {
	a := NewAdder()
	first, second := assisted("p2", settlement.RuralFund, "d", settlement.Inpatient, 1), assisted("p1", settlement.RuralFund, "d", settlement.Inpatient, 1)
	if err := a.Add(&first); err != nil {
		t.Fatal(err)
	}
	if settlement.KindOf(a.Add(&second)) != settlement.KindInvalid {
		t.Error("a person out of order was counted")
	}
}

// However a year is cut into funds, categories and modes, the parts have the
// whole's times and amount, and no part more persons.
func TestPartsSumToTheWhole(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var all []settlement.Settlement
		for n := range rapid.IntRange(0, 30).Draw(r, "persons") {
			for range rapid.IntRange(1, 4).Draw(r, "times") {
				all = append(all, assisted(settlement.BeneficiaryID([]byte{'a' + byte(n/26), 'a' + byte(n%26)}),
					rapid.SampledFrom([]settlement.Fund{settlement.UrbanFund, settlement.RuralFund}).Draw(r, "fund"),
					rapid.SampledFrom([]settlement.CategoryID{"a", "b"}).Draw(r, "category"),
					rapid.SampledFrom([]settlement.Mode{settlement.Inpatient, settlement.Care}).Draw(r, "mode"),
					settlement.Money(rapid.IntRange(1, 1000).Draw(r, "amount"))))
			}
		}
		y := year(t, all...)
		sum := func(name string, counts ...Count) {
			whole := Count{}
			for _, one := range counts {
				whole.Times, whole.Amount = whole.Times+one.Times, whole.Amount+one.Amount
				if one.Persons > y.Total.Persons || one.Persons > one.Times {
					r.Fatalf("%s: %d persons of %d", name, one.Persons, y.Total.Persons)
				}
			}
			if whole.Times != y.Total.Times || whole.Amount != y.Total.Amount {
				r.Fatalf("%s sum to %+v, the whole is %+v", name, whole, y.Total)
			}
		}
		sum("funds", counts(y.Funds)...)
		sum("categories", counts(y.Categories)...)
		sum("modes", counts(y.Modes)...)
		var lines []Count
		for _, line := range y.Lines {
			lines = append(lines, line.Count)
		}
		sum("lines", lines...)
	})
}

func counts[T ~string](parts []Part[T]) (counts []Count) {
	for _, part := range parts {
		counts = append(counts, part.Count)
	}
	return counts
}
