package settlement_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

// The rules most regions do not have, each against the same stay without it.

func TestThresholdIsAllOrNothing(t *testing.T) {
	above := func(amount string) func(*settlement.Version) {
		return func(v *settlement.Version) {
			v.Categories[2].Rules[0].Deductible = settlement.Deductible{Kind: settlement.DeductibleThreshold, Amount: yuan(amount)}
		}
	}
	check(t, []spec{
		{"below", stay("1999.99", "rural_dibao").under(above("2000")),
			"zero BELOW_DEDUCTIBLE rural_dibao, base 1999.99, deductible 1999.99, patient 1999.99"},
		{"at it", stay("2000", "rural_dibao").under(above("2000")),
			"zero BELOW_DEDUCTIBLE rural_dibao, base 2000.00, deductible 2000.00, patient 2000.00"},
		{"a fen above, the whole is assisted", stay("2000.01", "rural_dibao").under(above("2000")),
			"ok OK rural_dibao rural, base 2000.01, ordinary 1400.01, patient 600.00"},
		{"a threshold of nothing", stay("0.01", "rural_dibao").under(above("0")),
			"ok OK rural_dibao rural, base 0.01, ordinary 0.01, patient 0.00"},
	})
}

func TestBaseOf(t *testing.T) {
	of := func(start settlement.BaseOf) func(*settlement.Version) {
		return func(v *settlement.Version) {
			v.Categories[2].Base = settlement.BaseRule{Of: start, Article: "art. base"}
		}
	}
	bill := func() *encounter { return stay("1000", "rural_dibao").beyond("100", "50", "20").basic("400") }
	check(t, []spec{
		{"in scope, as everywhere", bill().under(of(settlement.BaseEligible)),
			"ok OK rural_dibao rural, base 600.00, ordinary 420.00, patient 350.00"},
		{"first self-pay counts", bill().under(of(settlement.BaseWithFirstSelf)),
			"ok OK rural_dibao rural, base 650.00, ordinary 455.00, patient 315.00"},
		{"the whole bill counts", bill().under(of(settlement.BaseFullCost)),
			"ok OK rural_dibao rural, base 770.00, ordinary 539.00, patient 231.00"},
		{"the uninsured on their part of it: 1170 × 50 %", stay("1000", "rural_dibao").beyond("100", "50", "20").scheme(settlement.SchemeNone).under(of(settlement.BaseFullCost)),
			"ok OK rural_dibao rural, base 585.00, ordinary 409.50, patient 760.50"},
		{"another category keeps its own", stay("1000", "tekun").beyond("100", "50", "20").under(of(settlement.BaseFullCost)),
			"ok OK tekun rural, base 1000.00, ordinary 1000.00, patient 170.00"},
	})
}

func TestIdentityDays(t *testing.T) {
	counts := func(days settlement.IdentityDay) func(*settlement.Version) {
		return func(v *settlement.Version) {
			v.Identity = settlement.IdentityRule{Counts: days, Article: "art. identity"}
		}
	}
	const paid = "ok OK rural_dibao rural, base 1000.00, ordinary 700.00, patient 300.00"
	const none = "zero NOT_ELIGIBLE, base 1000.00, patient 1000.00"
	lost := func() *encounter { return stay("1000", "rural_dibao").held("2000-01-01", "2020-03-05") }
	won := func() *encounter { return stay("1000", "rural_dibao").held("2020-03-05", "") }
	check(t, []spec{
		{"lost in the middle, any day counts", lost().under(counts(settlement.IdentityAnyDay)), paid},
		{"lost in the middle, admission counts", lost().under(counts(settlement.IdentityAtAdmission)), paid},
		{"lost in the middle, discharge counts", lost().under(counts(settlement.IdentityAtDischarge)), none},
		{"won in the middle, any day counts", won().under(counts(settlement.IdentityAnyDay)), paid},
		{"won in the middle, admission counts", won().under(counts(settlement.IdentityAtAdmission)), none},
		{"won in the middle, discharge counts", won().under(counts(settlement.IdentityAtDischarge)), paid},
		{"ended on the day of death, which is the discharge", stay("1000", "rural_dibao").held("2000-01-01", "2020-03-10").under(counts(settlement.IdentityAtDischarge)), paid},
	})
}

func TestWholeYuan(t *testing.T) {
	to := func(kind settlement.RoundingKind) func(*settlement.Version) {
		return func(v *settlement.Version) { v.Rounding = &settlement.Rounding{To: kind, Article: "art. yuan"} }
	}
	check(t, []spec{
		{"down: 7.99 × 70 % = 5.59", stay("7.99", "rural_dibao").under(to(settlement.RoundDown)),
			"ok OK rural_dibao rural, base 7.99, ordinary 5.00, patient 2.99"},
		{"half up: the same", stay("7.99", "rural_dibao").under(to(settlement.RoundHalfUp)),
			"ok OK rural_dibao rural, base 7.99, ordinary 6.00, patient 1.99"},
		{"half up: 5.49 goes down", stay("7.84", "rural_dibao").under(to(settlement.RoundHalfUp)),
			"ok OK rural_dibao rural, base 7.84, ordinary 5.00, patient 2.84"},
		{"never beyond what is assisted: 0.99 in full", stay("0.99", "tekun").under(to(settlement.RoundHalfUp)),
			"zero NOTHING_TO_ASSIST tekun, base 0.99, patient 0.99"},
		{"less than a yuan is nothing", stay("1.40", "rural_dibao").under(to(settlement.RoundDown)),
			"zero NOTHING_TO_ASSIST rural_dibao, base 1.40, patient 1.40"},
		{"a cap that leaves fen leaves whole yuan", stay("100", "rural_dibao").drawn("total", "59998.60").under(to(settlement.RoundDown)),
			"ok CAP_LIMITED rural_dibao rural, base 100.00, ordinary 1.00, patient 99.00"},
		{"a cap that leaves only fen is exhausted", stay("100", "rural_dibao").drawn("total", "59999.60").under(to(settlement.RoundHalfUp)),
			"zero CAP_EXHAUSTED rural_dibao, base 100.00, patient 100.00"},
		{"each kind of assistance on its own: 1234.70 and (30000 − 1234) × 60 %",
			stay("30000.01", "rural_dibao").drawn("total", "58765.30").under(to(settlement.RoundDown)).under(func(v *settlement.Version) {
				v.Inclined = inclinedRule(capAt("inclined"))
			}),
			"ok CAP_LIMITED rural_dibao rural, base 30000.01, ordinary 1234.00, inclined 13659.00, patient 15107.01"},
	})
}

func TestBandsOverTheYear(t *testing.T) {
	year := func(v *settlement.Version) {
		ratio := banded(settlement.RatioMarginal, "10000@0.50 30000@0.60 @0.70")
		ratio.Over, ratio.Bucket = settlement.OverYear, "scope"
		v.Categories[2].Rules[0].Ratio = ratio
	}
	check(t, []spec{
		{"the first of the year", stay("8000", "rural_dibao").under(year),
			"ok OK rural_dibao rural, base 8000.00, ordinary 4000.00, patient 4000.00"},
		{"the second climbs on: 2000 × 50 % + 4000 × 60 %", stay("6000", "rural_dibao").drawn("scope", "8000").under(year),
			"ok OK rural_dibao rural, base 6000.00, ordinary 3400.00, patient 2600.00"},
		{"far up", stay("100", "rural_dibao").drawn("scope", "50000").under(year),
			"ok OK rural_dibao rural, base 100.00, ordinary 70.00, patient 30.00"},
	})
	a, err := stay("6000", "rural_dibao").drawn("scope", "8000").under(year).adjudicate()
	if err != nil || a.Delta.Used["scope"] != yuan("6000") || !a.Accumulated {
		t.Errorf("%v; the year grew by %s, accumulated %v", err, a.Delta.Used["scope"], a.Accumulated)
	}
	refused, err := stay("6000", "rural_dibao").at(func(c *settlement.Treatment) { c.Designated = false }).under(year).adjudicate()
	if err != nil || !refused.Delta.Zero() || refused.Accumulated {
		t.Errorf("%v; a refused stay accumulates %+v", err, refused.Delta)
	}
}

// Over the year bands pay in all what they would pay on the sum, however it is
// cut into stays.
func TestBandsOverTheYearForgetTheCuts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := settlement.RatioRule{Kind: settlement.RatioMarginal, Bands: genBands().Draw(t, "bands"), Over: settlement.OverYear, Bucket: "scope"}
		under := func(v *settlement.Version) {
			v.Categories[2].Rules[0].Ratio, v.Categories[2].Rules[0].Caps = rule, []settlement.Cap{capAt("total")}
		}
		var used settlement.Accumulator
		var apart, whole settlement.Money
		for _, eligible := range rapid.SliceOfN(genMoney(3_000_000), 1, 5).Draw(t, "stays") {
			whole += eligible
			e := stay(eligible.String(), "rural_dibao").under(under)
			e.used = used
			a, err := e.adjudicate()
			if err != nil {
				t.Fatal(err)
			}
			apart += a.Benefit
			used = used.Plus(a.Delta)
		}
		a, err := stay(whole.String(), "rural_dibao").under(under).adjudicate()
		if err != nil || a.Benefit != apart {
			t.Errorf("%v: apart %s, in one %s", err, apart, a.Benefit)
		}
	})
}

// Whole yuan are whole, are at most a yuan from the fen and never more than
// the base; nobody else's share moves but the patient's and charity's.
func TestWholeYuanConservesTheBill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := genEncounter().Draw(t, "encounter")
		e.under(func(v *settlement.Version) {
			v.Rounding, v.Stages, v.After = nil, nil, []settlement.Source{settlement.Charity}
		})
		exact, err := e.adjudicate()
		if err != nil {
			t.Fatal(err)
		}
		kind := rapid.SampledFrom([]settlement.RoundingKind{settlement.RoundDown, settlement.RoundHalfUp}).Draw(t, "kind")
		e.under(func(v *settlement.Version) { v.Rounding = &settlement.Rounding{To: kind, Article: "a"} })
		whole, err := e.adjudicate()
		if err != nil {
			t.Fatal(err)
		}
		if e.claim.Mode == settlement.Care {
			return // a grant is the amount the policy names
		}
		if whole.Benefit%100 != 0 || whole.Benefit > whole.Base {
			t.Errorf("%s of %s", whole.Benefit, whole.Base)
		}
		before := exact.Benefit + exact.PatientPays + shareOf(exact, settlement.Charity)
		after := whole.Benefit + whole.PatientPays + shareOf(whole, settlement.Charity)
		if before != after {
			t.Errorf("%s and %s of the bill are left to assistance, charity and patient", before, after)
		}
		if kind == settlement.RoundDown && e.claim.Mode != settlement.Inpatient && whole.Benefit > exact.Benefit {
			t.Errorf("%s rounded down to %s", exact.Benefit, whole.Benefit)
		}
	})
}
