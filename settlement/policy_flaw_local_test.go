package settlement_test

import "testing"

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
