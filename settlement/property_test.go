package settlement_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

// settleAny draws an encounter and settles it.
func settleAny(t *rapid.T) (*encounter, settlement.Adjudication) {
	e := genEncounter().Draw(t, "encounter")
	a, err := e.adjudicate()
	if err != nil {
		t.Fatalf("a claim free of input errors: %v", err)
	}
	return e, a
}

// Shares and patient make the bill, and nobody pays less than nothing.
func TestSharesAndPatientMakeTheBill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, a := settleAny(t)
		paid := e.coverage.Basic + a.CriticalIllness + a.PatientPays
		for _, source := range e.policy.Versions[0].Before {
			paid += e.coverage.Other(source)
		}
		for _, share := range a.After {
			paid += share.Amount
		}
		if e.claim.Mode != settlement.Care { // a grant is paid to the person, beside the bill
			paid += a.Benefit
		}
		if paid != e.claim.Bill.Submitted {
			t.Errorf("all pay %s of %s", paid, e.claim.Bill.Submitted)
		}
		for name, amount := range map[string]settlement.Money{
			"patient": a.PatientPays, "critical illness": a.CriticalIllness, "ordinary": a.Ordinary, "inclined": a.Inclined,
			"base": a.Base, "deductible": a.Deductible,
		} {
			if amount < 0 {
				t.Errorf("%s is %s", name, amount)
			}
		}
	})
}

// Assistance is never above the base less nothing, and never above a cap.
func TestNeverAboveBaseOrCap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, a := settleAny(t)
		if e.claim.Mode != settlement.Care && a.Benefit > a.Base {
			t.Errorf("benefit %s above the base %s", a.Benefit, a.Base)
		}
		if a.Deductible > a.Base {
			t.Errorf("deductible %s above the base %s", a.Deductible, a.Base)
		}
		v := e.policy.Versions[0]
		for _, c := range v.Categories {
			for _, r := range c.Rules {
				if c.ID == a.Category && r.Mode == settlement.Inpatient && e.claim.Mode == r.Mode {
					withinCaps(t, e, r.Caps, func(settlement.BucketID) settlement.Money { return a.Ordinary })
				}
				if c.ID == a.Category && r.Mode == e.claim.Mode && r.Mode != settlement.Inpatient {
					withinCaps(t, e, r.Caps, func(b settlement.BucketID) settlement.Money { return a.Delta.Used[b] })
				}
			}
		}
		for _, stage := range v.Stages {
			withinCaps(t, e, stage.Caps, func(b settlement.BucketID) settlement.Money { return a.Delta.Used[b] })
		}
		if v.Inclined != nil && e.claim.Mode == settlement.Inpatient && a.Inclined > 0 { // it sees what ordinary assistance drew
			withinCaps(t, e, v.Inclined.Caps, func(b settlement.BucketID) settlement.Money { return a.Delta.Used[b] })
		}
	})
}

// withinCaps wants each limited bucket to have had room for what was drawn.
func withinCaps(t *rapid.T, e *encounter, caps []settlement.Cap, drawn func(settlement.BucketID) settlement.Money) {
	for _, c := range caps {
		if c.Limit == nil {
			continue
		}
		if room := max(0, *c.Limit-e.used.Used[c.Bucket]); drawn(c.Bucket) > room {
			t.Errorf("%s: %s drawn, %s was left", c.Bucket, drawn(c.Bucket), room)
		}
	}
}

// Settling and reversing leaves the year as it was.
func TestReversingUndoesSettling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, a := settleAny(t)
		after := e.used.Plus(a.Delta).Minus(a.Delta)
		if diff := cmp.Diff(e.used, after, cmp.Comparer(sameYear)); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
	})
}

// sameYear takes an absent bucket for an empty one.
func sameYear(a, b settlement.Accumulator) bool { return a.Minus(b).Zero() }

// The benefit does not fall when the eligible amount grows by an amount nobody
// else pays, for whatever mode, category and caps. It may fall where a ratio
// is chosen by size (slab), for a larger amount may meet a smaller ratio; such
// versions are left out. It may also not be asked of a care grant, whose bill
// is nothing. That the others together pay no less is no law where a whole
// base or a whole yuan is won at once, by a threshold or by rounding.
func TestBenefitGrowsWithTheBill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, before := settleAny(t)
		if e.slabbed() || e.claim.Mode == settlement.Care {
			t.Skip("no law here")
		}
		grown := genMoney(2_000_000).Draw(t, "grown by")
		e.claim.Bill.Eligible += grown
		e.claim.Bill.Submitted += grown
		after, err := e.adjudicate()
		if err != nil {
			t.Fatal(err)
		}
		if after.Benefit < before.Benefit {
			t.Errorf("eligible grew by %s and the benefit fell from %s to %s", grown, before.Benefit, after.Benefit)
		}
		left := func(a settlement.Adjudication) (sum settlement.Money) {
			for _, share := range a.After {
				sum += share.Amount
			}
			return sum + a.PatientPays
		}
		if !e.leaps() && left(after) < left(before) {
			t.Errorf("eligible grew by %s and patient and those after assistance together pay less", grown)
		}
	})
}

func shareOf(a settlement.Adjudication, source settlement.Source) (amount settlement.Money) {
	for _, share := range a.After {
		if share.Source == source {
			amount += share.Amount
		}
	}
	return amount
}

// Slab bands are the exception, and this is what it looks like.
func TestSlabMayFallWithTheBill(t *testing.T) {
	falling := func(v *settlement.Version) {
		v.Categories[4].Rules[0].Deductible = noDeductible
		v.Categories[4].Rules[0].Ratio = banded(settlement.RatioSlab, "5000@0.60 @0.50")
	}
	check(t, []spec{
		{"at the limit", stay("5000", "special_care").under(falling), "ok OK special_care rural, base 5000.00, ordinary 3000.00, patient 2000.00"},
		{"a fen more", stay("5000.01", "special_care").under(falling), "ok OK special_care rural, base 5000.01, ordinary 2500.01, patient 2500.00"},
	})
}

// The same input gives the same answer, and is left as it was.
func TestSameInputSameAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, first := settleAny(t)
		used, others, entitled := maps.Clone(e.used.Used), slices.Clone(e.coverage.Others), slices.Clone(e.who.Entitlements)
		second, err := e.adjudicate()
		if diff := cmp.Diff(first, second); diff != "" || err != nil {
			t.Errorf("%v, (-first +second):\n%s", err, diff)
		}
		direct, err := e.policy.Versions[0].Adjudicate(e.who, e.claim, e.coverage, e.used)
		if diff := cmp.Diff(first, direct); diff != "" || err != nil {
			t.Errorf("by the version itself: %v, (-policy +version):\n%s", err, diff)
		}
		if !maps.Equal(used, e.used.Used) || !slices.Equal(others, e.coverage.Others) || !slices.Equal(entitled, e.who.Entitlements) {
			t.Error("the input was changed")
		}
	})
}

// In which order a registry lists a person's categories plays no part, nor
// does listing one twice.
func TestOrderOfCategoriesPlaysNoPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, first := settleAny(t)
		e.who.Entitlements = rapid.Permutation(e.who.Entitlements).Draw(t, "order")
		if len(e.who.Entitlements) > 0 {
			e.who.Entitlements = append(e.who.Entitlements, e.who.Entitlements[0])
		}
		second, err := e.adjudicate()
		if diff := cmp.Diff(first, second); diff != "" || err != nil {
			t.Errorf("%v, (-first +second):\n%s", err, diff)
		}
	})
}

// Whatever happens, the working adds up to the result.
func TestWorkingAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, a := settleAny(t)
		if faults := audit(a); len(faults) > 0 {
			t.Errorf("%q in %+v", faults, a)
		}
	})
}

// The largest amounts a message may carry do not overflow.
func TestLargestAmounts(t *testing.T) {
	e := stay("0", "tekun", "marginal", "special_care").compute().under(func(v *settlement.Version) {
		v.Inclined = inclinedRule(capAt("inclined"))
	})
	e.claim.Bill = settlement.Bill{Submitted: settlement.MoneyMax, Eligible: settlement.MoneyMax}
	e.year(accumulated("99999999999999.99", "99999999999999.99"))
	a, err := e.adjudicate()
	if err != nil {
		t.Fatal(err)
	}
	if a.CriticalIllness+a.Benefit+a.PatientPays != settlement.MoneyMax || a.PatientPays < 0 {
		t.Errorf("critical illness %s, benefit %s, patient %s", a.CriticalIllness, a.Benefit, a.PatientPays)
	}
	if faults := audit(a); len(faults) > 0 {
		t.Errorf("%q", faults)
	}
}

// Nor do more shares of the largest amount than any bill can bear.
func TestManyLargestShares(t *testing.T) {
	e := stay("10", "tekun")
	for range 2000 {
		e.other(settlement.Commercial, "99999999999999.99")
	}
	check(t, []spec{{"before assistance", e, "error PAYERS_EXCEED_TOTAL"}})
	for i := range e.coverage.Others {
		e.coverage.Others[i].Source = settlement.Charity
	}
	check(t, []spec{{"after it", e.under(func(v *settlement.Version) { v.Categories = v.Categories[1:] }),
		"zero NOT_ELIGIBLE, base 10.00, charity 10.00, patient 0.00"}})
}
