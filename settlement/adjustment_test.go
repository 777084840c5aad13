package settlement

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// adjusting is an adjustment of paid by payer A, which bears 4,800 fen of it.
func adjusting(to Money) Adjustment {
	return Adjustment{
		ID: "r1/1", Payer: "A", From: 4_800, To: to, Document: "赣医保函〔2026〕7号", Cause: "类别更正",
		By: "operator/li", Approver: "operator/wang", At: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC),
	}
}

func committed() Settlement {
	s := paid()
	s.State, s.Decision = StateCommitted, Commit
	return s
}

func TestAdjustmentIsPostedAgainstItsOwnAccount(t *testing.T) {
	grant := Settlement{
		Beneficiary: Beneficiary{ID: "b1", Region: "360827"}, Facility: "H1", Year: 2026, Claim: Claim{Mode: Care},
		State: StateCommitted, Adjudication: &Adjudication{Fund: RuralFund, Benefit: 100_000},
	}
	tests := []struct {
		name       string
		s          Settlement
		payer      PayerCode
		from, to   Money
		want       []Entry
		bearsAfter Money
	}{
		{"a payer bears more", committed(), "A", 4_800, 4_900, []Entry{{"payer/A/adjustment", 100, 0}, {"adjustment/payer/A", 0, 100}}, 4_900},
		{"a payer bears less", committed(), "A", 4_800, 4_799, []Entry{{"adjustment/payer/A", 1, 0}, {"payer/A/adjustment", 0, 1}}, 4_799},
		{
			"assistance bears less", committed(), "", 2_520, 2_000,
			[]Entry{{"adjustment/fund/rural/360827/2026", 520, 0}, {"fund/rural/360827/2026/adjustment", 0, 520}}, 2_000,
		},
		{
			"a grant was larger", grant, "", 100_000, 150_000,
			[]Entry{{"fund/rural/360827/2026/adjustment", 50_000, 0}, {"adjustment/grant/fund/rural/360827/2026", 0, 50_000}}, 150_000,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := adjusting(test.to)
			a.Payer, a.From = test.payer, test.from
			before := test.s.Entries()
			next, err := test.s.Adjusted(a)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, next.AdjustingEntries(&a)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(append(before, test.want...), next.Booked()); diff != "" {
				t.Error(diff)
			}
			if got := next.Borne(test.payer); got != test.bearsAfter || len(test.s.Adjustments) != 0 {
				t.Errorf("bears %s; the record before has %d", got, len(test.s.Adjustments))
			}
			if diff := cmp.Diff(test.s.Adjudication, next.Adjudication); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAdjustmentIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Settlement, *Adjustment)
		kind   Kind
	}{
		"nothing speaks for it":        {func(_ *Settlement, a *Adjustment) { a.Document = "" }, KindInvalid},
		"one person only":              {func(_ *Settlement, a *Adjustment) { a.Approver = a.By }, KindInvalid},
		"nobody approved":              {func(_ *Settlement, a *Adjustment) { a.Approver = "" }, KindInvalid},
		"without a name":               {func(_ *Settlement, a *Adjustment) { a.ID = "" }, KindInvalid},
		"of nothing":                   {func(_ *Settlement, a *Adjustment) { a.To = a.From }, KindInvalid},
		"below nothing":                {func(_ *Settlement, a *Adjustment) { a.To = -1 }, KindInvalid},
		"more than the bill":           {func(_ *Settlement, a *Adjustment) { a.To = 10_001 }, KindInvalid},
		"not of what is booked":        {func(_ *Settlement, a *Adjustment) { a.From = 4_801 }, KindBlocked},
		"of a payer it has not":        {func(_ *Settlement, a *Adjustment) { a.Payer = "B" }, KindBlocked},
		"of a payer it has twice":      {func(s *Settlement, _ *Adjustment) { s.Legs = append(s.Legs, Leg{Payer: "A"}) }, KindBlocked},
		"of assistance that none gave": {func(s *Settlement, a *Adjustment) { a.Payer, s.Adjudication.Fund = "", "" }, KindBlocked},
		"of what is reversed":          {func(s *Settlement, _ *Adjustment) { s.State = StateReversed }, KindBlocked},
		"of what is being reversed":    {func(s *Settlement, _ *Adjustment) { s.State = StateReversing }, KindBlocked},
		"of what people look at":       {func(s *Settlement, _ *Adjustment) { s.State = StateAttention }, KindBlocked},
	} {
		t.Run(name, func(t *testing.T) {
			s, a := committed(), adjusting(4_700)
			c.change(&s, &a)
			next, err := s.Adjusted(a)
			if KindOf(err) != c.kind || err == nil || len(next.Adjustments) != 0 {
				t.Errorf("%v, %d adjustments", err, len(next.Adjustments))
			}
		})
	}
}

// However often it is adjusted, the ledger sums to zero, each part is what was
// said of it last, and a reversal leaves nothing in any account.
func TestAdjustmentsSumToZero(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := committed()
		for i := range rapid.IntRange(1, 6).Draw(t, "adjustments") {
			a := adjusting(Money(rapid.IntRange(0, 10_000).Draw(t, "to")))
			a.ID, a.Payer = AdjustmentID(rune('a'+i)), rapid.SampledFrom([]PayerCode{"", "A"}).Draw(t, "payer")
			a.From = s.Borne(a.Payer)
			next, err := s.Adjusted(a)
			if a.To == a.From {
				continue
			}
			if err != nil || next.Borne(a.Payer) != a.To || next.Adjustment(a.ID) == nil {
				t.Fatalf("%s to %s: %s, %v", a.From, a.To, next.Borne(a.Payer), err)
			}
			s = next
		}
		booked := s.Booked()
		accounts := map[string]Money{}
		for _, e := range append(booked, Counter(booked)...) {
			accounts[e.Account] += e.Debit - e.Credit
		}
		for account, left := range accounts {
			if left != 0 {
				t.Errorf("%s is left in %s", left, account)
			}
		}
		if !Balanced(booked) {
			t.Error("the entries do not sum to zero")
		}
	})
}
