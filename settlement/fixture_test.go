package settlement_test

import (
	"fmt"
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// The fixtures of the arithmetic's tests: a county's policy with one category
// for each kind of rule, and a stay that reads as a sentence.

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func yuan(text string) settlement.Money { return must(settlement.ParseMoney(text)) }
func rate(text string) settlement.Ratio { return must(settlement.ParseRatio(text)) }
func day(text string) settlement.Date   { return must(settlement.ParseDate(text)) }

func upTo(text string) *settlement.Money { limit := yuan(text); return &limit }
func part(text string) *settlement.Ratio { ratio := rate(text); return &ratio }

// capAt is a bucket's annual cap; without a limit it is counted only.
func capAt(bucket string, limit ...string) settlement.Cap {
	c := settlement.Cap{Bucket: settlement.BucketID(bucket)}
	if len(limit) > 0 {
		c.Limit = upTo(limit[0])
	}
	return c
}

func flat(text string) settlement.RatioRule {
	return settlement.RatioRule{Kind: settlement.RatioFlat, Rate: rate(text)}
}

// banded reads bands as "10000@0.5 30000@0.6 @0.7".
func banded(kind settlement.RatioKind, text string) settlement.RatioRule {
	return settlement.RatioRule{Kind: kind, Bands: bands(text)}
}

func bands(text string) (all []settlement.Band) {
	for _, each := range strings.Fields(text) {
		limit, ratio, _ := strings.Cut(each, "@")
		band := settlement.Band{Rate: rate(ratio)}
		if limit != "" {
			band.UpTo = upTo(limit)
		}
		all = append(all, band)
	}
	return all
}

func perStay(amount string) settlement.Deductible {
	return settlement.Deductible{Kind: settlement.DeductiblePerStay, Amount: yuan(amount)}
}

func perYear(amount string) settlement.Deductible {
	return settlement.Deductible{Kind: settlement.DeductiblePerYear, Amount: yuan(amount)}
}

var (
	noDeductible = settlement.Deductible{Kind: settlement.DeductibleNone}
	tenthOfYear  = settlement.Deductible{Kind: settlement.DeductiblePerYear, IncomeRate: part("0.10")}
)

func terms(mode settlement.Mode, class settlement.DiseaseClass, d settlement.Deductible, r settlement.RatioRule, caps ...settlement.Cap) settlement.Rule {
	return settlement.Rule{
		Mode: mode, DiseaseClass: class, Deductible: d, Ratio: r, Caps: caps,
		Article: fmt.Sprintf("art. %s %s", mode, class),
	}
}

func care(grant string, diseases ...string) settlement.Rule {
	return settlement.Rule{
		Mode: settlement.Care, DiseaseClass: settlement.AnyDisease, Deductible: noDeductible,
		Diseases: diseases, Grant: yuan(grant), Article: "art. care",
	}
}

// county is a policy of one version, from 2020 on, that knows every kind of
// rule; its one alias is three_no for tekun.
func county() *settlement.Policy {
	aliases := map[settlement.CategoryID]settlement.CategoryID{"three_no": "tekun"}
	return &settlement.Policy{ID: "county", Title: "A county", Aliases: aliases, Versions: []settlement.Version{{
		ID:              "county/1",
		Effective:       settlement.Period{From: day("2020-01-01")},
		Aliases:         aliases,
		PriorYearIncome: map[int]settlement.Money{2020: yuan("30000.05")},
		Before:          []settlement.Source{settlement.Commercial, settlement.HospitalDerate, settlement.SpecialCare},
		After:           []settlement.Source{settlement.Charity},
		Uninsured: settlement.UninsuredRule{
			Covered: true, Factor: rate("0.50"), Article: "art. uninsured",
			Overrides: map[settlement.CategoryID]settlement.Ratio{"tekun": rate("1.00")},
		},
		Facility:        settlement.FacilityRule{Unreferred: settlement.UnreferredCovered, Article: "art. facility"},
		CriticalIllness: criticalIllness(),
		Categories:      categories(),
	}}}
}

func criticalIllness() *settlement.CriticalIllnessRule {
	return &settlement.CriticalIllnessRule{
		Schemes:    []settlement.Scheme{settlement.SchemeNCMS, settlement.SchemeResident},
		Deductible: yuan("10000"),
		Tilt:       settlement.Tilt{DeductibleFactor: rate("0.50"), ExtraRate: rate("0.05"), Uncapped: true},
		Bands:      bands("50000@0.50 100000@0.60 @0.70"),
		Cap:        yuan("40000"),
		Article:    "art. critical illness",
	}
}

func categories() []settlement.CategoryRules {
	in, out, class := settlement.Inpatient, settlement.Outpatient, settlement.AnyDisease
	total := capAt("total", "60000")
	return []settlement.CategoryRules{
		{ID: "tekun", Fund: settlement.FundByResidence, Tilt: true, Rules: []settlement.Rule{
			terms(in, class, noDeductible, flat("1.00"), capAt("total")),
			terms(out, class, noDeductible, flat("1.00"), capAt("outpatient", "3000"), capAt("total")),
			care("1000", "uremia", "leukemia"),
		}},
		{ID: "urban_dibao", Fund: settlement.FundUrban, Tilt: true, Rules: []settlement.Rule{
			terms(in, settlement.General, noDeductible, flat("0.70"), total),
			terms(in, settlement.Serious, noDeductible, flat("0.80"), capAt("serious", "30000"), total),
			terms(out, class, noDeductible, flat("0.50"), capAt("outpatient", "2000"), total),
			terms(settlement.Inclined, class, perStay("10000"), flat("0.30"), capAt("inclined", "20000"), total),
			care("1000", "uremia"),
		}},
		{ID: "rural_dibao", Fund: settlement.FundRural, Rules: []settlement.Rule{
			terms(in, class, noDeductible, flat("0.70"), total),
		}},
		{ID: "marginal", Fund: settlement.FundByResidence, Rules: []settlement.Rule{
			terms(in, class, perStay("1000"), banded(settlement.RatioMarginal, "10000@0.50 30000@0.60 @0.70"), capAt("total", "20000")),
		}},
		{ID: "special_care", Fund: settlement.FundByResidence, Rules: []settlement.Rule{
			terms(in, class, perYear("500"), banded(settlement.RatioSlab, "5000@0.50 @0.60"), capAt("total", "30000")),
		}},
		{ID: "illness_poverty", Fund: settlement.FundByResidence, Rules: []settlement.Rule{
			terms(in, class, tenthOfYear, flat("0.60"), capAt("total", "30000")),
		}},
	}
}

// inclinedRule is an automatic second assistance for the tests that want one.
func inclinedRule(caps ...settlement.Cap) *settlement.InclinedRule {
	return &settlement.InclinedRule{Threshold: yuan("6000"), Rate: rate("0.60"), Caps: caps, Article: "art. inclined"}
}
