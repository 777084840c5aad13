package settlement_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

// policyText is a policy of two versions with every kind of rule in it.
const policyText = `{
 "title": "A county",
 "aliases": {"five_guarantee": "tekun"},
 "versions": [
  {"id": "c/1", "effective_from": "2020-01-01", "effective_to": "2020-12-31",
   "payers_before": ["commercial"], "payers_after": ["charity"],
   "uninsured": {"covered": false, "source": "u1"},
   "provider": {"unreferred": {"rule": "covered"}, "source": "p1"},
   "critical_illness": null,
   "categories": [{"id": "tekun", "fund": "rural", "rules": [
     {"mode": "inpatient", "disease_class": "any", "deductible": {"kind": "none"},
      "ratio": {"kind": "flat", "rate": "1"}, "caps": [{"bucket": "total", "limit": 30000}], "source": "r1"}]}]},
  {"id": "c/2", "effective_from": "2021-01-01", "effective_to": null,
   "prior_year_income": {"2021": "30000", "2022": "31000.50"},
   "payers_before": ["commercial", "hospital_derate", "special_care"], "payers_after": ["charity"],
   "uninsured": {"covered": true, "factor": "0.5", "overrides": {"tekun": "1.00"}, "source": "u2"},
   "provider": {"unreferred": {"rule": "minus", "points": "0.2"}, "source": "p2"},
   "critical_illness": {"schemes": ["ncms", "resident_bmi"], "deductible_income_rate": "0.5",
     "tilt": {"deductible_factor": "0.5", "extra_rate": "0.05", "uncapped": true},
     "bands": [{"up_to": "50000", "rate": "0.6"}, {"up_to": null, "rate": "0.7"}], "cap": "300000", "source": "ci"},
   "inclined": {"auto": true, "threshold": "6000", "rate": "0.6", "caps": [{"bucket": "inclined", "limit": "20000"}], "source": "in"},
   "categories": [
    {"id": "tekun", "fund": "by_residence", "ci_tilt": true, "rules": [
     {"mode": "inpatient", "disease_class": "general", "deductible": {"kind": "per_stay", "amount": "100"},
      "ratio": {"kind": "marginal", "bands": [{"up_to": "1000", "rate": "0.5"}, {"up_to": "2000", "rate": "0.6"}, {"up_to": null, "rate": "0.7"}]},
      "caps": [{"bucket": "outpatient", "limit": null}, {"bucket": "total", "limit": "60000.00"}], "source": "r2"},
     {"mode": "inpatient", "disease_class": "serious", "deductible": {"kind": "per_year", "income_rate": "0.1"},
      "ratio": {"kind": "slab", "bands": [{"up_to": null, "rate": "0.7"}]}, "caps": [{"bucket": "total", "limit": null}], "source": "r3"},
     {"mode": "care", "diseases": ["uremia", "leukemia"], "amount": "1000", "source": "r4"},
     {"mode": "care", "diseases": ["gout"], "amount": "500", "source": "r5"}]},
    {"id": "marginal", "fund": "urban", "ci_tilt": false, "rules": [
     {"mode": "inclined", "disease_class": "any", "deductible": {"kind": "per_stay", "amount": "10000"},
      "ratio": {"kind": "flat", "rate": "0.3"}, "caps": [{"bucket": "inclined", "limit": "20000"}], "source": "r6"}]}]}]}`

func TestDecodePolicyKeepsEveryFigure(t *testing.T) {
	policy, err := settlement.DecodePolicy("c", nodeOf(policyText))
	if err != nil {
		t.Fatal(err)
	}
	aliases := map[settlement.CategoryID]settlement.CategoryID{"five_guarantee": "tekun"}
	want := &settlement.Policy{ID: "c", Title: "A county", Aliases: aliases, Versions: []settlement.Version{firstVersion(), secondVersion()}}
	for i := range want.Versions {
		want.Versions[i].Aliases, want.Versions[i].Vocabulary = aliases, settlement.Vocabulary
	}
	if diff := cmp.Diff(want, policy); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func firstVersion() settlement.Version {
	return settlement.Version{
		ID: "c/1", Effective: settlement.Period{From: day("2020-01-01"), To: day("2020-12-31")},
		Before: []settlement.Source{settlement.Commercial}, After: []settlement.Source{settlement.Charity},
		Uninsured: settlement.UninsuredRule{Article: "u1"},
		Facility:  settlement.FacilityRule{Unreferred: settlement.UnreferredCovered, Article: "p1"},
		Categories: []settlement.CategoryRules{{ID: "tekun", Fund: settlement.FundRural, Rules: []settlement.Rule{{
			Mode: settlement.Inpatient, DiseaseClass: settlement.AnyDisease, Deductible: noDeductible, Ratio: flat("1.00"),
			Caps: []settlement.Cap{capAt("total", "30000")}, Article: "r1",
		}}}},
	}
}

func secondVersion() settlement.Version {
	return settlement.Version{
		ID: "c/2", Effective: settlement.Period{From: day("2021-01-01")},
		PriorYearIncome: map[int]settlement.Money{2021: yuan("30000"), 2022: yuan("31000.50")},
		Before:          []settlement.Source{settlement.Commercial, settlement.HospitalDerate, settlement.SpecialCare},
		After:           []settlement.Source{settlement.Charity},
		Uninsured: settlement.UninsuredRule{
			Covered: true, Factor: rate("0.50"), Overrides: map[settlement.CategoryID]settlement.Ratio{"tekun": rate("1")}, Article: "u2",
		},
		Facility: settlement.FacilityRule{Unreferred: settlement.UnreferredMinus, Points: rate("0.20"), Article: "p2"},
		CriticalIllness: &settlement.CriticalIllnessRule{
			Schemes: []settlement.Scheme{settlement.SchemeNCMS, settlement.SchemeResident}, DeductibleIncomeRate: part("0.5"),
			Tilt:  settlement.Tilt{DeductibleFactor: rate("0.5"), ExtraRate: rate("0.05"), Uncapped: true},
			Bands: bands("50000@0.6 @0.7"), Cap: yuan("300000"), Article: "ci",
		},
		Inclined: &settlement.InclinedRule{
			Threshold: yuan("6000"), Rate: rate("0.6"), Caps: []settlement.Cap{capAt("inclined", "20000")}, Article: "in",
		},
		Categories: []settlement.CategoryRules{
			{ID: "tekun", Fund: settlement.FundByResidence, Tilt: true, Rules: []settlement.Rule{
				{
					Mode: settlement.Inpatient, DiseaseClass: settlement.General, Deductible: perStay("100"),
					Ratio: banded(settlement.RatioMarginal, "1000@0.5 2000@0.6 @0.7"),
					Caps:  []settlement.Cap{capAt("outpatient"), capAt("total", "60000")}, Article: "r2",
				},
				{
					Mode: settlement.Inpatient, DiseaseClass: settlement.Serious, Deductible: tenthOfYear,
					Ratio: banded(settlement.RatioSlab, "@0.7"), Caps: []settlement.Cap{capAt("total")}, Article: "r3",
				},
				{
					Mode: settlement.Care, DiseaseClass: settlement.AnyDisease, Deductible: noDeductible,
					Diseases: []string{"uremia", "leukemia"}, Grant: yuan("1000"), Article: "r4",
				},
				{
					Mode: settlement.Care, DiseaseClass: settlement.AnyDisease, Deductible: noDeductible,
					Diseases: []string{"gout"}, Grant: yuan("500"), Article: "r5",
				},
			}},
			{ID: "marginal", Fund: settlement.FundUrban, Rules: []settlement.Rule{{
				Mode: settlement.Inclined, DiseaseClass: settlement.AnyDisease, Deductible: perStay("10000"), Ratio: flat("0.3"),
				Caps: []settlement.Cap{capAt("inclined", "20000")}, Article: "r6",
			}}},
		},
	}
}

// flaw is one edit of a sound document and what must be said of it.
type flaw struct {
	says     string
	old, new string
	path     string
	problem  string
}

func checkFlaws(t *testing.T, flaws []flaw) {
	t.Helper()
	for _, f := range flaws {
		t.Run(f.says, func(t *testing.T) {
			text := strings.Replace(policyText, f.old, f.new, 1)
			if text == policyText {
				t.Fatalf("%q is not in the document", f.old)
			}
			_, err := settlement.DecodePolicy("c", nodeOf(text))
			var problems settlement.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want problems", err)
			}
			if problems[0].Path != f.path || !strings.Contains(problems[0].Says, f.problem) {
				t.Errorf("\n got %v\nwant %s: %s", err, f.path, f.problem)
			}
			var house *settlement.Error
			if !errors.As(err, &house) || house.Kind != settlement.KindInvalid || house.Reason != settlement.ReasonBadDocument || house.Field != f.path {
				t.Errorf("as an error of the house: %v", house)
			}
		})
	}
}

func TestDecodePolicyFindsAllProblems(t *testing.T) {
	text := strings.NewReplacer(`"rate": "1"`, `"rate": "1.01"`, `"factor": "0.5"`, `"factor": "-0.5"`, `"source": "r6"`, `"sauce": "r6"`).Replace(policyText)
	_, err := settlement.DecodePolicy("c", nodeOf(text))
	var problems settlement.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v", err)
	}
	var paths []string
	for _, problem := range problems {
		paths = append(paths, problem.Path)
	}
	want := []string{
		"versions[0].categories[0].rules[0].ratio.rate",
		"versions[1].uninsured.factor",
		"versions[1].categories[1].rules[0].source",
		"versions[1].categories[1].rules[0].sauce",
	}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDecodePolicies(t *testing.T) {
	two := `{"b": ` + policyText + `, "c": ` + strings.ReplaceAll(policyText, `"id": "c/`, `"id": "d/`) + `}`
	top := settlement.Top("policies", nodeOf(two))
	policies := settlement.DecodePolicies(top, nil)
	if err := top.Err(); err != nil || len(policies) != 2 || policies[0].ID != "b" || policies[1].ID != "c" {
		t.Errorf("%v, %v", policies, err)
	}

	top = settlement.Top("policies", nodeOf(`{"b": `+policyText+`, "c": `+policyText+`}`))
	settlement.DecodePolicies(top, nil)
	if err := top.Err(); err == nil || !strings.Contains(err.Error(), "policies.c.versions[0].id: another version has this id") {
		t.Errorf("the same version ids in two policies: %v", err)
	}

	top = settlement.Top("policies", nodeOf(`{"c": `+policyText+`}`))
	settlement.DecodePolicies(top, []settlement.CategoryID{"tekun", "marginal"})
	if err := top.Err(); err == nil || !strings.Contains(err.Error(), "policies.c.aliases.five_guarantee: five_guarantee is not a category") {
		t.Errorf("a vocabulary of the document's own: %v", err)
	}
}

func TestDecodePolicyID(t *testing.T) {
	named := strings.Replace(policyText, `{`, `{"id": "own", `, 1)
	if policy, err := settlement.DecodePolicy("", nodeOf(named)); err != nil || policy.ID != "own" {
		t.Errorf("the document's own id: %v", err)
	}
	if _, err := settlement.DecodePolicy("", nodeOf(policyText)); err == nil || err.Error() != "id: is missing" {
		t.Errorf("no id anywhere: %v", err)
	}
	if _, err := settlement.DecodePolicy("other", nodeOf(named)); err == nil || err.Error() != `id: is not the id the policy is filed under, other: "own"` {
		t.Errorf("two ids: %v", err)
	}
	if _, err := settlement.DecodePolicy("c", nodeOf(`[]`)); err == nil || err.Error() != "must be a map" {
		t.Errorf("no map at all: %v", err)
	}
}

func TestInclinedSwitchedOffIsNoRule(t *testing.T) {
	off := strings.Replace(policyText, `{"auto": true, "threshold": "6000"`, `{"auto": false, "threshold": "6000"`, 1)
	bare := strings.Replace(policyText, `{"auto": true, "threshold": "6000", "rate": "0.6", "caps": [{"bucket": "inclined", "limit": "20000"}], "source": "in"}`, `{"auto": false}`, 1)
	for _, text := range []string{off, bare} {
		policy, err := settlement.DecodePolicy("c", nodeOf(text))
		if err != nil || policy.Versions[1].Inclined != nil {
			t.Errorf("%v", err)
		}
	}
	wrong := strings.Replace(off, `"threshold": "6000"`, `"threshold": "lots"`, 1)
	if _, err := settlement.DecodePolicy("c", nodeOf(wrong)); err == nil {
		t.Error("a figure that is none was let through because the rule is off")
	}
}

func TestGapBetweenVersionsThatShareNothing(t *testing.T) {
	text := strings.NewReplacer(
		`"effective_to": "2020-12-31"`, `"effective_to": "2020-06-30"`, // a gap of half a year
		`"aliases": {"five_guarantee": "tekun"},`, ``,
		`[{"id": "tekun", "fund": "rural"`, `[{"id": "three_no", "fund": "rural"`,
	).Replace(policyText)
	if _, err := settlement.DecodePolicy("c", nodeOf(text)); err != nil {
		t.Errorf("no category has rules on both sides of the gap, and yet: %v", err)
	}
}

func TestVersionsAreKeptInOrderOfTheirDates(t *testing.T) {
	text := strings.NewReplacer(
		`"effective_from": "2020-01-01", "effective_to": "2020-12-31"`, `"effective_from": "2030-01-01", "effective_to": null`,
		`"effective_to": null,
   "prior`, `"effective_to": "2029-12-31",
   "prior`,
		`"2022": "31000.50"`, `"2022": "1", "2023": "1", "2024": "1", "2025": "1", "2026": "1", "2027": "1", "2028": "1", "2029": "1"`,
	).Replace(policyText)
	policy, err := settlement.DecodePolicy("c", nodeOf(text))
	if err != nil {
		t.Fatal(err)
	}
	if policy.Versions[0].ID != "c/2" || policy.Versions[1].ID != "c/1" {
		t.Errorf("%s comes before %s", policy.Versions[0].ID, policy.Versions[1].ID)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	many := strings.Repeat(`"a", `, 500) + `"a"`
	text := strings.Replace(policyText, `["commercial"]`, `[`+many+`]`, 1)
	_, err := settlement.DecodePolicy("c", nodeOf(text))
	var problems settlement.Problems
	if !errors.As(err, &problems) || len(problems) != 100 {
		t.Errorf("%d problems remembered", len(problems))
	}
}
