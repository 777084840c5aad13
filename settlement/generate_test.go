package settlement_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

// Generators of whole encounters: lawful policies of every kind of rule, and
// claims under them that are free of input errors.

var held = []settlement.CategoryID{"five_guarantee", "three_no", "urban_dibao", "rural_dibao", "marginal"}

func genMoney(most int64) *rapid.Generator[settlement.Money] {
	return rapid.Custom(func(t *rapid.T) settlement.Money {
		if rapid.IntRange(0, 3).Draw(t, "size") == 0 { // small amounts meet the edges of rounding
			return settlement.Money(rapid.Int64Range(0, min(most, 500)).Draw(t, "fen"))
		}
		return settlement.Money(rapid.Int64Range(0, most).Draw(t, "fen"))
	})
}

func genRatio() *rapid.Generator[settlement.Ratio] {
	return rapid.Map(rapid.IntRange(0, 10_000), func(parts int) settlement.Ratio {
		return rate(fmt.Sprintf("%d.%04d", parts/10_000, parts%10_000))
	})
}

func genBands() *rapid.Generator[[]settlement.Band] {
	return rapid.Custom(func(t *rapid.T) (all []settlement.Band) {
		var limit settlement.Money
		for range rapid.IntRange(0, 3).Draw(t, "closed bands") {
			limit += 1 + genMoney(3_000_000).Draw(t, "width")
			end := limit
			all = append(all, settlement.Band{UpTo: &end, Rate: genRatio().Draw(t, "rate")})
		}
		return append(all, settlement.Band{Rate: genRatio().Draw(t, "rate")})
	})
}

func genCaps(buckets ...settlement.BucketID) *rapid.Generator[[]settlement.Cap] {
	return rapid.Custom(func(t *rapid.T) (caps []settlement.Cap) {
		for _, bucket := range rapid.Permutation(buckets).Draw(t, "buckets")[:rapid.IntRange(1, len(buckets)).Draw(t, "how many")] {
			c := settlement.Cap{Bucket: bucket}
			if rapid.Bool().Draw(t, "limited") {
				limit := genMoney(6_000_000).Draw(t, "limit")
				c.Limit = &limit
			}
			caps = append(caps, c)
		}
		return caps
	})
}

func genRule(mode settlement.Mode) *rapid.Generator[settlement.Rule] {
	return rapid.Custom(func(t *rapid.T) settlement.Rule {
		if mode == settlement.Care {
			return care((1 + genMoney(200_000).Draw(t, "grant")).String(), "uremia")
		}
		d := settlement.Deductible{Kind: rapid.SampledFrom([]settlement.DeductibleKind{
			settlement.DeductibleNone, settlement.DeductiblePerStay, settlement.DeductiblePerYear, settlement.DeductibleThreshold,
		}).Draw(t, "deductible")}
		if d.Kind != settlement.DeductibleNone && rapid.Bool().Draw(t, "of income") {
			part := genRatio().Draw(t, "part")
			d.IncomeRate = &part
		} else if d.Kind != settlement.DeductibleNone {
			d.Amount = genMoney(2_000_000).Draw(t, "amount")
		}
		r := settlement.RatioRule{Kind: rapid.SampledFrom([]settlement.RatioKind{
			settlement.RatioFlat, settlement.RatioMarginal, settlement.RatioSlab,
		}).Draw(t, "ratio")}
		if r.Kind == settlement.RatioFlat {
			r.Rate = genRatio().Draw(t, "rate")
		} else {
			r.Bands = genBands().Draw(t, "bands")
			if r.Kind == settlement.RatioMarginal && rapid.Bool().Draw(t, "over the year") {
				r.Over, r.Bucket = settlement.OverYear, "climbed"
			}
		}
		return terms(mode, settlement.AnyDisease, d, r, genCaps("total", "part", "other").Draw(t, "caps")...)
	})
}

func genVersion() *rapid.Generator[settlement.Version] {
	return rapid.Custom(func(t *rapid.T) settlement.Version {
		v := county().Versions[0]
		v.Aliases = nil
		v.PriorYearIncome = map[int]settlement.Money{2020: genMoney(5_000_000).Draw(t, "income")}
		v.Uninsured = settlement.UninsuredRule{Covered: rapid.Bool().Draw(t, "uninsured covered"), Article: "a"}
		if v.Uninsured.Covered {
			v.Uninsured.Factor = genRatio().Draw(t, "factor")
			v.Uninsured.Overrides = map[settlement.CategoryID]settlement.Ratio{"marginal": genRatio().Draw(t, "override")}
		}
		v.Facility = settlement.FacilityRule{Article: "a", Unreferred: rapid.SampledFrom([]settlement.UnreferredRule{
			settlement.UnreferredCovered, settlement.UnreferredNotCovered, settlement.UnreferredMinus,
		}).Draw(t, "unreferred")}
		if v.Facility.Unreferred == settlement.UnreferredMinus {
			v.Facility.Points = genRatio().Draw(t, "points")
		}
		v.CriticalIllness.Bands = genBands().Draw(t, "critical bands")
		v.CriticalIllness.Deductible = genMoney(2_000_000).Draw(t, "critical deductible")
		v.CriticalIllness.Cap = genMoney(5_000_000).Draw(t, "critical cap")
		v.CriticalIllness.Tilt = settlement.Tilt{DeductibleFactor: genRatio().Draw(t, "tilt"), Uncapped: rapid.Bool().Draw(t, "uncapped")}
		if rapid.Bool().Draw(t, "automatic inclined") {
			v.Inclined = &settlement.InclinedRule{
				Threshold: genMoney(1_000_000).Draw(t, "threshold"), Rate: genRatio().Draw(t, "rate"),
				Caps: genCaps("inclined", "total").Draw(t, "caps"), Article: "a",
			}
		}
		v.Categories = genCategories().Draw(t, "categories")
		genLocal(t, &v)
		return v
	})
}

func genCategories() *rapid.Generator[[]settlement.CategoryRules] {
	return rapid.Custom(func(t *rapid.T) (all []settlement.CategoryRules) {
		for _, id := range rapid.Permutation(held).Draw(t, "order")[:rapid.IntRange(1, len(held)).Draw(t, "how many")] {
			c := settlement.CategoryRules{ID: id, Fund: settlement.FundByResidence, Tilt: rapid.Bool().Draw(t, "tilt")}
			c.Base = settlement.BaseRule{Article: "a", Of: rapid.SampledFrom([]settlement.BaseOf{
				"", settlement.BaseEligible, settlement.BaseWithFirstSelf, settlement.BaseFullCost,
			}).Draw(t, "base of")}
			for _, mode := range []settlement.Mode{settlement.Inpatient, settlement.Outpatient, settlement.Inclined, settlement.Care} {
				if rapid.IntRange(0, 3).Draw(t, "has rule") > 0 {
					c.Rules = append(c.Rules, genRule(mode).Draw(t, string(mode)))
				}
			}
			all = append(all, c)
		}
		return all
	})
}

// genEncounter draws an encounter whose claim has no input error.
func genEncounter() *rapid.Generator[*encounter] {
	return rapid.Custom(func(t *rapid.T) *encounter {
		people := rapid.SliceOfNDistinct(rapid.SampledFrom(held), 0, 4, rapid.ID).Draw(t, "held")
		e := stay("0", people...)
		e.policy = &settlement.Policy{ID: "random", Versions: []settlement.Version{genVersion().Draw(t, "version")}}
		e.mode(rapid.SampledFrom([]settlement.Mode{
			settlement.Inpatient, settlement.Inpatient, settlement.Inpatient, settlement.Outpatient, settlement.Inclined, settlement.Care,
		}).Draw(t, "mode"))
		e.claim.Disease = rapid.SampledFrom([]string{"", "uremia"}).Draw(t, "disease")
		e.claim.Treatment = settlement.Treatment{
			Designated: rapid.IntRange(0, 9).Draw(t, "designated") > 0, Emergency: rapid.IntRange(0, 9).Draw(t, "emergency") == 0,
			InArea: rapid.IntRange(0, 3).Draw(t, "in area") > 0, Referral: settlement.ReferralNone,
		}
		e.used = settlement.Accumulator{
			Used:          map[settlement.BucketID]settlement.Money{},
			DeductibleMet: genMoney(1_000_000).Draw(t, "met"), CareGrants: rapid.IntRange(0, 1).Draw(t, "grants"),
			CriticalIllnessBase: genMoney(9_000_000).Draw(t, "critical base"), CriticalIllnessPaid: genMoney(4_000_000).Draw(t, "critical paid"),
		}
		for _, bucket := range []settlement.BucketID{"total", "part", "climbed", "again"} {
			e.used.Used[bucket] = genMoney(6_000_000).Draw(t, string(bucket))
		}
		if e.claim.Mode != settlement.Care {
			e.pay(t)
		}
		return e
	})
}

// pay draws the bill and who pays of it, together never more than the bill.
func (e *encounter) pay(t *rapid.T) {
	part := func(name string) settlement.Money { return genMoney(10_000_000).Draw(t, name) }
	b := settlement.Bill{SelfFunded: part("self-funded"), FirstSelfPay: part("first self-pay"), OverLimit: part("over limit"), Eligible: part("eligible")}
	b.Submitted = b.SelfFunded + b.FirstSelfPay + b.OverLimit + b.Eligible
	e.claim.Bill = b
	e.scheme(rapid.SampledFrom([]settlement.Scheme{
		settlement.SchemeResident, settlement.SchemeNCMS, settlement.SchemeEmployee, settlement.SchemeNone,
	}).Draw(t, "scheme"))
	left := b.Submitted
	take := func(name string) settlement.Money {
		amount := settlement.Money(rapid.Int64Range(0, int64(left)/3).Draw(t, name))
		left -= amount
		return amount
	}
	if e.coverage.Scheme != settlement.SchemeNone {
		e.coverage.Basic = take("basic")
		if rapid.Bool().Draw(t, "compute") {
			e.compute()
			left = min(left, b.Submitted-b.Eligible) // the most that is sure to be left by what it pays
		} else {
			e.coverage.CriticalIllness = take("given")
		}
	}
	e.coverage.Others = []settlement.Share{
		{Source: settlement.Commercial, Amount: take("commercial")},
		{Source: settlement.HospitalDerate, Amount: take("derate")},
		{Source: settlement.Charity, Amount: part("charity")},
	}
}

// slabbed reports whether any ratio of the person's could be chosen by size.
func (e *encounter) slabbed() bool {
	return slices.ContainsFunc(e.policy.Versions[0].Categories, func(c settlement.CategoryRules) bool {
		return slices.ContainsFunc(c.Rules, func(r settlement.Rule) bool { return r.Ratio.Kind == settlement.RatioSlab })
	})
}
