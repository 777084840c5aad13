package settlement_test

import "testing"

func TestVersionFlaws(t *testing.T) {
	v1, v2 := "versions[0].", "versions[1]."
	checkFlaws(t, []flaw{
		{"no title", `"title": "A county",`, ``, "title", "is missing"},
		{"an unknown key at the top", `"title"`, `"tittle": "x", "title"`, "tittle", "unknown key"},
		{"no versions", `"versions": [`, `"versions": [], "x": [`, "x", "unknown key"},
		{"versions is no list", `"versions": [`, `"versions": {}, "x": [`, "x", "unknown key"},
		{"the same id twice", `"id": "c/2"`, `"id": "c/1"`, v2 + "id", "another version has this id"},
		{"an id that is no name", `"id": "c/2"`, `"id": "c 2"`, v2 + "id", "is not a name"},
		{"no first day", `"effective_from": "2021-01-01", `, ``, v2 + "effective_from", "is missing"},
		{"a day that does not exist", `"2020-12-31"`, `"2020-11-31"`, v1 + "effective_to", "is not a day"},
		{"no last day, not even null", `, "effective_to": null`, ``, v2 + "effective_to", "is missing"},
		{"last day before the first", `"effective_to": "2020-12-31"`, `"effective_to": "2019-12-31"`, v1 + "effective_to", "is before effective_from"},
		{"overlap by a day", `"effective_to": "2020-12-31"`, `"effective_to": "2021-01-01"`, v2 + "effective_from", "overlaps version c/1"},
		{"overlap by an open end", `"effective_to": "2020-12-31"`, `"effective_to": null`, v2 + "effective_from", "overlaps version c/1"},
		{"a day between that no version covers", `"effective_to": "2020-12-31"`, `"effective_to": "2020-12-30"`, v2 + "effective_from", "leaves days without rules"},
		{"no sources before", `"payers_before": ["commercial"], `, ``, v1 + "payers_before", "is missing"},
		{"a source unheard of", `["commercial"]`, `["lottery"]`, v1 + "payers_before[0]", "is not one of"},
		{"a source twice", `["commercial"]`, `["commercial", "commercial"]`, v1 + "payers_before[1]", "stands here twice"},
		{"a source before and after", `"payers_after": ["charity"]`, `"payers_after": ["commercial"]`, v1 + "payers_after[0]", "stands in payers_before too"},
		{"an alias to a category without rules", `"five_guarantee": "tekun"`, `"five_guarantee": "dibao"`, "aliases.five_guarantee", "no version has rules for"},
		{"an alias of a stranger", `{"five_guarantee"`, `{"stranger"`, "aliases.stranger", "is not a category"},
		{"an alias to a stranger", `"five_guarantee": "tekun"`, `"five_guarantee": "stranger"`, "aliases.five_guarantee", "is not one of"},
		{"an alias that hides rules", `"five_guarantee": "tekun"`, `"marginal": "tekun"`, "aliases.marginal", "hides the rules"},
		{"an alias of an alias", `"five_guarantee": "tekun"`, `"three_no": "five_guarantee", "five_guarantee": "tekun"`, "aliases.three_no", "leads to an alias"},
		{"a misspelt key of a version", `"payers_before": ["commercial"], `, `"payers_befor": ["commercial"], "payers_before": [], `, v1 + "payers_befor", "unknown key"},
	})
}

func TestRuleSectionFlaws(t *testing.T) {
	v1, v2 := "versions[0].", "versions[1]."
	checkFlaws(t, []flaw{
		{"uninsured without source", `"covered": false, "source": "u1"`, `"covered": false`, v1 + "uninsured.source", "is missing"},
		{"uninsured neither covered nor not", `"covered": false`, `"covered": "no"`, v1 + "uninsured.covered", "true or false"},
		{"a factor for the uncovered", `"covered": false`, `"covered": false, "factor": "0.5"`, v1 + "uninsured.factor", "has no meaning"},
		{"no factor for the covered", `"factor": "0.5", `, ``, v2 + "uninsured.factor", "is missing"},
		{"a factor above one", `"factor": "0.5"`, `"factor": "1.5"`, v2 + "uninsured.factor", "is more than 1"},
		{"an override for a stranger", `"overrides": {"tekun"`, `"overrides": {"stranger"`, v2 + "uninsured.overrides.stranger", "is not a category"},
		{"an unreferred rule unheard of", `"rule": "covered"`, `"rule": "maybe"`, v1 + "provider.unreferred.rule", "is not one of"},
		{"points without minus", `"rule": "covered"`, `"rule": "covered", "points": "0.2"`, v1 + "provider.unreferred.points", "has no meaning"},
		{"minus without points", `, "points": "0.2"`, ``, v2 + "provider.unreferred.points", "is missing"},
		{"provider without source", `, "source": "p1"`, ``, v1 + "provider.source", "is missing"},
		{"critical illness left unsaid", `"critical_illness": null,`, ``, v1 + "critical_illness", "is missing"},
		{"no schemes", `["ncms", "resident_bmi"]`, `[]`, v2 + "critical_illness.schemes", "at least one"},
		{"a scheme of the uninsured", `["ncms", "resident_bmi"]`, `["none"]`, v2 + "critical_illness.schemes[0]", "is not one of"},
		{"two deductibles", `"deductible_income_rate": "0.5"`, `"deductible_income_rate": "0.5", "deductible": "1"`, v2 + "critical_illness", "must have one of"},
		{"no deductible", `"deductible_income_rate": "0.5",`, ``, v2 + "critical_illness", "must have one of"},
		{"no cap", `"cap": "300000", `, ``, v2 + "critical_illness.cap", "is missing"},
		{"no tilt", `"tilt": {"deductible_factor": "0.5", "extra_rate": "0.05", "uncapped": true},`, ``, v2 + "critical_illness.tilt", "is missing"},
		{"tilt above one", `"extra_rate": "0.05"`, `"extra_rate": "0.31"`, v2 + "critical_illness.bands[1].rate", "with the tilt's extra rate"},
		{"critical illness without source", `, "source": "ci"`, ``, v2 + "critical_illness.source", "is missing"},
		{"no tilt of a category where critical illness is computed", `"ci_tilt": false, `, ``, v2 + "categories[1].ci_tilt", "is missing"},
		{"inclined without threshold", `"threshold": "6000", `, ``, v2 + "inclined.threshold", "is missing"},
		{"inclined without caps", `"caps": [{"bucket": "inclined", "limit": "20000"}], "source": "in"`, `"source": "in"`, v2 + "inclined.caps", "is missing"},
		{"no table of income", `"prior_year_income": {"2021": "30000", "2022": "31000.50"},`, ``, v2 + "categories[0].rules[1].deductible.income_rate", "needs prior_year_income"},
		{"a table with a hole", `{"2021": "30000", "2022": "31000.50"}`, `{"2021": "30000", "2023": "31000.50"}`, v2 + "prior_year_income", "no income for discharges in 2022"},
		{"a table that begins too late", `{"2021": "30000", "2022"`, `{"2022"`, v2 + "prior_year_income", "no income for discharges in 2021"},
		{"a year that is none", `{"2021"`, `{"21": "1", "2021"`, v2 + "prior_year_income.21", "is not a year"},
	})
}

func TestCategoryFlaws(t *testing.T) {
	r1, r2, r3 := "versions[0].categories[0].rules[0].", "versions[1].categories[0].rules[0].", "versions[1].categories[0].rules[1]."
	rules, second := "versions[1].categories[0].rules", "versions[1].categories[1]."
	checkFlaws(t, []flaw{
		{"a stranger", `"id": "marginal"`, `"id": "stranger"`, second + "id", "is not one of"},
		{"the same category twice", `"id": "marginal"`, `"id": "tekun"`, second + "id", "another entry"},
		{"a fund unheard of", `"fund": "urban"`, `"fund": "city"`, second + "fund", "is not one of"},
		{"no mode", `{"mode": "inclined", `, `{`, second + "rules[0].disease_class", "unknown key"},
		{"a mode unheard of", `"mode": "inclined"`, `"mode": "dental"`, second + "rules[0].mode", "is not one of"},
		{"no class of disease", `"disease_class": "any", "deductible": {"kind": "none"}`, `"deductible": {"kind": "none"}`, r1 + "disease_class", "is missing"},
		{"no source", `, "source": "r1"`, ``, r1 + "source", "is missing"},
		{"an empty source", `"source": "r1"`, `"source": " "`, r1 + "source", "must not be empty"},
		{"no deductible", `"deductible": {"kind": "none"},`, ``, r1 + "deductible", "is missing"},
		{"a deductible unheard of", `{"kind": "none"}`, `{"kind": "monthly"}`, r1 + "deductible.kind", "is not one of"},
		{"an amount with the kind none", `{"kind": "none"}`, `{"kind": "none", "amount": "1"}`, r1 + "deductible.amount", "has no meaning"},
		{"no amount per stay", `{"kind": "per_stay", "amount": "100"}`, `{"kind": "per_stay"}`, r2 + "deductible", "must have one of"},
		{"an amount below zero", `"amount": "100"`, `"amount": "-100"`, r2 + "deductible.amount", "must not be negative"},
		{"an amount finer than a fen", `"amount": "100"`, `"amount": "100.001"`, r2 + "deductible.amount", "more than two decimals"},
		{"an amount in words", `"amount": "100"`, `"amount": "hundred"`, r2 + "deductible.amount", "is not an amount"},
		{"both amount and income", `"income_rate": "0.1"`, `"income_rate": "0.1", "amount": "1"`, r3 + "deductible", "must have one of"},
		{"no ratio", `"ratio": {"kind": "flat", "rate": "1"}, `, ``, r1 + "ratio", "is missing"},
		{"no rate", `{"kind": "flat", "rate": "1"}`, `{"kind": "flat"}`, r1 + "ratio.rate", "is missing"},
		{"bands with the kind flat", `{"kind": "flat", "rate": "1"}`, `{"kind": "flat", "rate": "1", "bands": []}`, r1 + "ratio.bands", "has no meaning"},
		{"a rate with bands", `{"kind": "slab", `, `{"kind": "slab", "rate": "1", `, r3 + "ratio.rate", "has no meaning"},
		{"a ratio above one", `"rate": "1"`, `"rate": "1.0001"`, r1 + "ratio.rate", "is more than 1"},
		{"a ratio in percent", `"rate": "1"`, `"rate": "70%"`, r1 + "ratio.rate", "is not a plain decimal"},
		{"no bands", `"bands": [{"up_to": null, "rate": "0.7"}]}, "caps"`, `"bands": []}, "caps"`, r3 + "ratio.bands", "at least one band"},
		{"the last band closed", `{"up_to": null, "rate": "0.7"}]},
      "caps"`, `{"up_to": "3000", "rate": "0.7"}]}, "caps"`, r2 + "ratio.bands[2].up_to", "must be open"},
		{"a band open in the middle", `{"up_to": "2000", "rate": "0.6"}`, `{"up_to": null, "rate": "0.6"}`, r2 + "ratio.bands[1].up_to", "only the last band"},
		{"bands out of order", `{"up_to": "2000", "rate": "0.6"}`, `{"up_to": "900", "rate": "0.6"}`, r2 + "ratio.bands[1].up_to", "must be more than 1000.00"},
		{"the same limit twice", `{"up_to": "2000", "rate": "0.6"}`, `{"up_to": "1000.00", "rate": "0.6"}`, r2 + "ratio.bands[1].up_to", "must be more than 1000.00"},
		{"a band without limit, not even null", `{"up_to": "2000", "rate": "0.6"}`, `{"rate": "0.6"}`, r2 + "ratio.bands[1].up_to", "is missing"},
		{"no caps", `"caps": [{"bucket": "total", "limit": 30000}], `, ``, r1 + "caps", "is missing"},
		{"an empty list of caps", `[{"bucket": "total", "limit": 30000}]`, `[]`, r1 + "caps", "at least one bucket"},
		{"a cap without limit, not even null", `{"bucket": "total", "limit": 30000}`, `{"bucket": "total"}`, r1 + "caps[0].limit", "is missing"},
		{"a cap below zero", `"limit": 30000`, `"limit": -1`, r1 + "caps[0].limit", "must not be negative"},
		{"a bucket twice", `{"bucket": "outpatient", "limit": null}`, `{"bucket": "total", "limit": null}`, r2 + "caps[1].bucket", "stands here twice"},
		{"the same mode and class twice", `"disease_class": "serious"`, `"disease_class": "general"`, rules + "[1]", "overlaps rules[0]"},
		{"any class beside a certain one", `"disease_class": "serious"`, `"disease_class": "any"`, rules + "[1]", "overlaps rules[0]"},
		{"two grants for one disease", `["gout"]`, `["gout", "uremia"]`, rules + "[3]", "overlaps rules[2]"},
		{"a disease twice", `["gout"]`, `["gout", "gout"]`, rules + "[3].diseases[1]", "stands here twice"},
		{"a grant of nothing", `"amount": "500"`, `"amount": "0"`, rules + "[3].amount", "is nothing"},
		{"a grant with a ratio", `"amount": "500"`, `"amount": "500", "ratio": {}`, rules + "[3].ratio", "unknown key"},
	})
}
