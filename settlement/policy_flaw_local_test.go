package settlement_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// What can be wrong with the rules most regions do not have.
func TestLocalRuleFlaws(t *testing.T) {
	const at, v1 = `"critical_illness": null,`, "versions[0]."
	with := func(more string) string { return at + " " + more + "," }
	const stage = `"stages": [{"payer": "critical_again", "schemes": ["ncms"], "above": "30000",
		"bands": [{"up_to": null, "rate": "0.5"}], "over": "stay", "caps": [{"bucket": "again", "limit": null}], "source": "s"}]`
	checkFlaws(t, []flaw{
		{"identity on a day unheard of", at, with(`"identity": {"counts": "sometimes", "source": "x"}`), v1 + "identity.counts", "is not one of"},
		{"identity without source", at, with(`"identity": {"counts": "at_discharge"}`), v1 + "identity.source", "is missing"},
		{"identity with a key too many", at, with(`"identity": {"counts": "at_discharge", "source": "x", "also": "y"}`), v1 + "identity.also", "unknown key"},
		{"rounding to what is not money", at, with(`"rounding": {"to": "jiao", "source": "x"}`), v1 + "rounding.to", "is not one of"},
		{"rounding without source", at, with(`"rounding": {"to": "yuan_down"}`), v1 + "rounding.source", "is missing"},
		{"a stage without a place", at, with(stage), v1 + "stages[0].payer", "has no place in payers_after"},
		{"a place without a stage", `"payers_after": ["charity"]`, `"payers_after": ["charity", "critical_again"]`, v1 + "payers_after[1]", "no stage for it"},
		{"what is computed before assistance", `["commercial"]`, `["critical_again"]`, v1 + "payers_before[0]", "is not one of"},
		{"a stage that is an offer", at, with(`"stages": [{"payer": "charity"}]`), v1 + "stages[0].payer", "is not one of"},
		{"a base unheard of", `"id": "marginal", `, `"id": "marginal", "base": {"of": "everything", "source": "x"}, `, "versions[1].categories[1].base.of", "is not one of"},
		{"a base without source", `"id": "marginal", `, `"id": "marginal", "base": {"of": "full_cost"}, `, "versions[1].categories[1].base.source", "is missing"},
		{"a threshold of no amount", `{"kind": "none"}`, `{"kind": "threshold"}`, v1 + "categories[0].rules[0].deductible", "must have one of"},
		{"a flat ratio over the year", `"rate": "1"}`, `"rate": "1", "over": "year"}`, v1 + "categories[0].rules[0].ratio.over", "has no meaning"},
		{"a span unheard of", `"kind": "marginal",`, `"kind": "marginal", "over": "life",`, "versions[1].categories[0].rules[0].ratio.over", "is not one of"},
		{"bands over the year without a bucket", `"kind": "marginal",`, `"kind": "marginal", "over": "year",`, "versions[1].categories[0].rules[0].ratio.bucket", "is missing"},
		{"a bucket over a stay", `"kind": "marginal",`, `"kind": "marginal", "over": "stay", "bucket": "b",`, "versions[1].categories[0].rules[0].ratio.bucket", "only with over: year"},
		{"a bucket that accumulates and caps", `"kind": "marginal",`, `"kind": "marginal", "over": "year", "bucket": "total",`, "versions[1].id", "bucket total accumulates"},
	})
}

// A rule that names a category by an alias would meet nobody: people count under
// the name it leads to. The aliases are those of the policy, {"five_guarantee": "tekun"}.
func TestRulesNameNoAlias(t *testing.T) {
	const at, v1 = `"critical_illness": null,`, "versions[0]."
	with := func(more string) string { return at + " " + more + "," }
	checkFlaws(t, []flaw{
		{"a choice", at, with(`"choice": {"between": ["urban_dibao", "five_guarantee"], "source": "x"}`), v1 + "choice.between[1]", "people count as tekun"},
		{"a stage", `"payers_after": ["charity"],`, `"payers_after": ["charity", "critical_again"],
			"stages": [{"payer": "critical_again", "schemes": ["ncms"], "categories": ["five_guarantee"], "above": "30000",
			"bands": [{"up_to": null, "rate": "0.5"}], "over": "stay", "caps": [{"bucket": "again", "limit": null}], "source": "s"}],`,
			v1 + "stages[0].categories[0]", "people count as tekun"},
		{"the uninsured", `"overrides": {"tekun": "1.00"}`, `"overrides": {"five_guarantee": "1.00"}`, "versions[1].uninsured.overrides.five_guarantee", "people count as tekun"},
	})
}

// What can be wrong with disease lists and with what narrows a rule.
func TestListAndWhenFlaws(t *testing.T) {
	const at, v1, rule = `"critical_illness": null,`, "versions[0].", "versions[0].categories[0].rules[0]."
	with := func(more string) string { return at + " " + more + "," }
	list := func(codes string) string {
		return with(`"disease_lists": [{"id": "a", "class": "serious", "effective_from": "2020-01-01", "effective_to": null, "codes": ` + codes + `, "source": "x"}]`)
	}
	codes := v1 + "disease_lists[0].codes"
	when := func(what string) string { return `{"mode": "inpatient", "when": ` + what + `, "disease_class": "any"` }
	const first = `{"mode": "inpatient", "disease_class": "any"`
	checkFlaws(t, []flaw{
		{"no codes", at, list(`[]`), codes, "at least one code"},
		{"a name for a code", at, list(`["uremia"]`), codes + "[0]", "is not an ICD-10 code"},
		{"a range of half a code", at, list(`["C00-"]`), codes + "[0]", "is not an ICD-10 code"},
		{"a range that ends before it begins", at, list(`["C97-C00"]`), codes + "[0]", "ends before it begins"},
		{"a list for any class", at, with(`"disease_lists": [{"id": "a", "class": "any"}]`), v1 + "disease_lists[0].class", "is not one of"},
		{"a list without dates", at, with(`"disease_lists": [{"id": "a", "class": "serious", "codes": ["C00"], "source": "x"}]`), v1 + "disease_lists[0].effective_from", "is missing"},
		{"a grant for a list that is not there", `"diseases": ["gout"]`, `"disease_list": "gout"`, "versions[1].categories[0].rules[3].disease_list", "is no list"},
		{"a grant for a list and for diseases", `"diseases": ["gout"]`, `"diseases": ["gout"], "disease_list": "gout"`, "versions[1].categories[0].rules[3]", "must have one of"},
		{"no levels", first, when(`{"levels": []}`), rule + "when.levels", "at least one level"},
		{"an area that is neither", first, when(`{"in_area": "near"}`), rule + "when.in_area", "true or false"},
		{"a scheme unheard of", first, when(`{"schemes": ["lottery"]}`), rule + "when.schemes[0]", "is not one of"},
		{"a key unheard of", first, when(`{"weather": "fine"}`), rule + "when.weather", "unknown key"},
		{"two rules that meet in one person", `"disease_class": "serious", "deductible"`,
			`"disease_class": "general", "when": {"levels": ["二级"], "residence": "urban"}, "deductible"`, "versions[1].categories[0].rules[1]", "overlaps rules[0]"},
	})
}

// What can be wrong with choices, late claims, years and newborns.
func TestPersonAndYearFlaws(t *testing.T) {
	const at, v1 = `"critical_illness": null,`, "versions[0]."
	with := func(more string) string { return at + " " + more + "," }
	checkFlaws(t, []flaw{
		{"a choice of one", at, with(`"choice": {"between": ["tekun"], "source": "x"}`), v1 + "choice.between", "nothing to choose"},
		{"a choice of the same", at, with(`"choice": {"between": ["tekun", "tekun"], "source": "x"}`), v1 + "choice.between[1]", "stands here twice"},
		{"a choice of strangers", at, with(`"choice": {"between": ["tekun", "martian"], "source": "x"}`), v1 + "choice.between[1]", "is not one of"},
		{"a cut-off that no year has", at, with(`"late_claims": {"until": "02-30", "after": "refused", "source": "x"}`), v1 + "late_claims.until", "is not a day"},
		{"a cut-off that only some years have", at, with(`"late_claims": {"until": "02-29", "after": "refused", "source": "x"}`), v1 + "late_claims.until", "is not a day"},
		{"a late claim left to chance", at, with(`"late_claims": {"until": "03-31", "source": "x"}`), v1 + "late_claims.after", "is missing"},
		{"half a stay", at, with(`"cross_year": {"settle": "half", "source": "x"}`), v1 + "cross_year.settle", "is not one of"},
		{"a split that does not say who pays the deductible", at, with(`"cross_year": {"settle": "split", "source": "x"}`), v1 + "cross_year.deductible", "is missing"},
		{"a deductible of a stay that is one", at, with(`"cross_year": {"settle": "as_one", "deductible": "once", "source": "x"}`), v1 + "cross_year.deductible", "has no meaning"},
		{"a newborn of no days", at, with(`"newborn": {"register_within_days": 0, "source": "x"}`), v1 + "newborn.register_within_days", "1 to 366"},
		{"a newborn without source", at, with(`"newborn": {"register_within_days": 90}`), v1 + "newborn.source", "is missing"},
	})
}

// Two grants of one category are for lists that share no code, or the amount
// would depend on their order.
func TestGrantsForListsThatShareACode(t *testing.T) {
	for _, c := range []struct {
		name, codes, from, when string
		refused                 bool
	}{
		{"a code within the other's range", "C50.9", "2020-01-01", "", true},
		{"a range around the other's code", "A00-D48", "2020-01-01", "", true},
		{"no code of the other's", "D00-D48", "2020-01-01", "", false},
		{"on other days", "C50.9", "2022-01-01", "", false},
		{"for other people", "C50.9", "2020-01-01", `"when": {"residence": "urban"}, `, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.NewReplacer(
				`"diseases": ["uremia", "leukemia"]`, `"when": {"residence": "rural"}, "disease_list": "a"`, `"diseases": ["gout"]`, c.when+`"disease_list": "b"`,
				`"inclined": {"auto"`, `"disease_lists": [
					{"id": "a", "class": "serious", "effective_from": "2020-01-01", "effective_to": "2021-12-31", "codes": ["C00-C97"], "source": "x"},
					{"id": "b", "class": "serious", "effective_from": "`+c.from+`", "effective_to": null, "codes": ["`+c.codes+`"], "source": "x"}],
				 "inclined": {"auto"`).Replace(policyText)
			_, err := settlement.DecodePolicy("c", nodeOf(text))
			var problems settlement.Problems
			if errors.As(err, &problems) != c.refused {
				t.Fatalf("got %v", err)
			}
			if c.refused && (problems[0].Path != "versions[1].categories[0].rules[3].disease_list" || !strings.Contains(problems[0].Says, "shares a code with the list of rules[2]")) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A grant by name and one by code are never for one code, however it is
// written; a name that is none may stand beside a list.
func TestGrantsThatNameAListedCode(t *testing.T) {
	for _, c := range []struct {
		name, first, second string
		refused             bool
	}{
		{"a name that is a listed code", `"diseases": ["C50.9", "leukemia"]`, `"disease_list": "a"`, true},
		{"a listed code that is a name", `"disease_list": "a"`, `"diseases": ["gout", "c509"]`, true},
		{"a code that is not listed", `"diseases": ["N18.0"]`, `"disease_list": "a"`, false},
		{"for other people", `"when": {"residence": "rural"}, "diseases": ["C50.9"]`, `"when": {"residence": "urban"}, "disease_list": "a"`, false},
		{"words", `"diseases": ["leukemia"]`, `"disease_list": "a"`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := settlement.DecodePolicy("c", nodeOf(twoGrants(c.first, c.second)))
			var problems settlement.Problems
			if errors.As(err, &problems) != c.refused {
				t.Fatalf("got %v", err)
			}
			if c.refused && (problems[0].Path != "versions[1].categories[0].rules[3]" || !strings.Contains(problems[0].Says, "shares a code with rules[2]")) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// twoGrants is the policy with two care grants of different amounts and a list
// of tumours.
func twoGrants(first, second string) string {
	return strings.NewReplacer(
		`"diseases": ["uremia", "leukemia"]`, first, `"diseases": ["gout"]`, second,
		`"inclined": {"auto"`, `"disease_lists": [
			{"id": "a", "class": "serious", "effective_from": "2020-01-01", "effective_to": null, "codes": ["C00-C97"], "source": "x"}],
		 "inclined": {"auto"`).Replace(policyText)
}
