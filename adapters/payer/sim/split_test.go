package sim

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

func termsOf(t *testing.T, p Person) benefits {
	t.Helper()
	terms, err := p.terms()
	if err != nil {
		t.Fatal(err)
	}
	return terms
}

// Worked by hand.
func TestSplit(t *testing.T) {
	stated := settlement.Bill{Submitted: 3000_00, SelfFunded: 200_00, OverLimit: 99_95, FirstSelfPay: 100_05, Eligible: 2600_00}
	for _, test := range []struct {
		name   string
		person Person
		bill   settlement.Bill
		stated bool
		use    bool
		want   amounts
	}{
		// 2,600 - 400 = 2,200 x 0.65 = 1,430; 2,600 - 1,430 - 500 = 670 x 0.6 = 402.
		{"parts stated", listed, stated, true, true, amounts{
			Total: 3000_00, SelfFunded: 200_00, OverLimit: 99_95, FirstSelfPay: 100_05, Eligible: 2600_00, Deductible: 400_00,
			Pooled: 1430_00, CriticalIllness: 402_00, SpecialCare: 20_00, Commercial: 10_01, Hospital: 50_00,
			Fund: 1862_01, PersonPays: 1087_99, Account: 30_00,
		}},
		// 3,000 x 0.05 = 150, x 0.03 = 90; (2,760 - 400) x 0.65 = 1,534; (2,760 - 1,534 - 500) x 0.6 = 435.60.
		{"only the total", listed, settlement.Bill{Submitted: 3000_00}, false, false, amounts{
			Total: 3000_00, SelfFunded: 150_00, FirstSelfPay: 90_00, Eligible: 2760_00, Deductible: 400_00,
			Pooled: 1534_00, CriticalIllness: 435_60, SpecialCare: 20_00, Commercial: 10_01, Hospital: 50_00,
			Fund: 1999_61, PersonPays: 950_39,
		}},
		{"below the deductible", Person{Ratio: "0.9", Deductible: "400"}, settlement.Bill{Submitted: 399_99}, false, false, amounts{
			Total: 399_99, Eligible: 399_99, Deductible: 399_99, PersonPays: 399_99,
		}},
		{"more offered than left", Person{Ratio: "0.9", SpecialCare: "8", Commercial: "8", HospitalDerate: "8", Balance: "8"},
			settlement.Bill{Submitted: 100_00}, false, true, amounts{
				Total: 100_00, Eligible: 100_00, Pooled: 90_00, SpecialCare: 8_00, Commercial: 2_00, Fund: 100_00,
			}},
		{"half a fen goes up", Person{Ratio: "0.5"}, settlement.Bill{Submitted: 1}, false, false, amounts{
			Total: 1, Eligible: 1, Pooled: 1, Fund: 1,
		}},
		{"assistance of what is left", Person{Ratio: "0.5", AssistanceRatio: "0.2"}, settlement.Bill{Submitted: 100_00}, false, false, amounts{
			Total: 100_00, Eligible: 100_00, Pooled: 50_00, Assistance: 10_00, Fund: 60_00, PersonPays: 40_00,
		}},
	} {
		got := termsOf(t, test.person).split(test.bill, 0, test.stated, test.use)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// However odd the terms, nothing is negative and the bill is shared out whole.
func TestSplitAddsUp(t *testing.T) {
	ratio := rapid.SampledFrom([]string{"", "0", "0.005", "0.1", "0.333", "0.5", "0.65", "1"})
	money := rapid.SampledFrom([]string{"", "0", "0.01", "9.99", "400", "5000", "99999999"})
	rapid.Check(t, func(t *rapid.T) {
		person := Person{
			Ratio: ratio.Draw(t, "ratio"), CriticalRatio: ratio.Draw(t, "critical"), AssistanceRatio: ratio.Draw(t, "assistance"),
			SelfFundedRatio: rapid.SampledFrom([]string{"", "0.5", "1"}).Draw(t, "self-funded"),
			Deductible:      money.Draw(t, "deductible"), CriticalAbove: money.Draw(t, "above"), SpecialCare: money.Draw(t, "care"),
			Commercial: money.Draw(t, "commercial"), HospitalDerate: money.Draw(t, "derate"), Balance: money.Draw(t, "balance"),
		}
		terms, err := person.terms()
		if err != nil {
			t.Fatal(err)
		}
		total := settlement.Money(rapid.Int64Range(1, 100_000_000_00).Draw(t, "total"))
		a := terms.split(settlement.Bill{Submitted: total}, 0, false, rapid.Bool().Draw(t, "account"))
		if min(a.SelfFunded, a.FirstSelfPay, a.Eligible, a.Deductible, a.Pooled, a.CriticalIllness, a.Assistance,
			a.SpecialCare, a.Commercial, a.Hospital, a.Fund, a.PersonPays, a.Account) < 0 {
			t.Fatalf("negative: %+v", a)
		}
		if !a.bill().Balanced() || a.Fund+a.Hospital+a.PersonPays != total || a.Account > a.PersonPays {
			t.Fatalf("does not add up: %+v", a)
		}
		if a.Fund != a.Pooled+a.CriticalIllness+a.Assistance+a.SpecialCare+a.Commercial {
			t.Fatalf("the funds do not add up: %+v", a)
		}
	})
}

func TestTermsAreChecked(t *testing.T) {
	for name, person := range map[string]Person{
		"a ratio above 1":    {Ratio: "1.01"},
		"a ratio in percent": {Ratio: "65%"},
		"parts above all":    {SelfFundedRatio: "0.6", FirstPayRatio: "0.5"},
		"a fen's fraction":   {Deductible: "0.001"},
		"a debt":             {Balance: "-1"},
	} {
		if _, err := person.terms(); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
