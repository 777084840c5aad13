package oracle

import (
	"fmt"
	"slices"
)

// Policies invents so many lawful policies, by id.
func (a *Author) Policies(count int) map[string]*Policy {
	all := map[string]*Policy{}
	for i := range count {
		id := fmt.Sprintf("p%02d", i)
		all[id] = a.policy(id)
	}
	return all
}

// policy invents up to three versions that follow each other without a gap,
// and sometimes aliases.
func (a *Author) policy(id string) *Policy {
	p := &Policy{Title: "Invented " + id}
	held := []string{"five_guarantee", "three_no", "urban_dibao", "rural_dibao", "marginal", "special_care", "illness_poverty"}
	if a.chance(40) {
		p.Aliases = map[string]string{"five_guarantee": "tekun", "three_no": "tekun", "urban_dibao": "dibao"}
		held = []string{"tekun", "dibao", "rural_dibao", "marginal", "special_care", "illness_poverty"}
	}
	var starts []int // of versions, in days after the first of 2020
	for start := 0; len(starts) < 3 && (len(starts) == 0 || a.chance(50)); start += 100 + a.r.IntN(400) {
		starts = append(starts, start)
	}
	for i, start := range starts {
		v := a.version(some(a, 2, held...))
		v.ID, v.From = fmt.Sprintf("%s/%d", id, i+1), dayAfter(start)
		if i+1 < len(starts) {
			end := dayAfter(starts[i+1] - 1)
			v.To = &end
		}
		p.Versions = append(p.Versions, v)
	}
	first := p.Versions[0] // every alias must lead to a category with rules
	for _, target := range []string{"tekun", "dibao"} {
		if p.Aliases != nil && !slices.ContainsFunc(first.Categories, func(c *Category) bool { return c.ID == target }) {
			first.Categories = append(first.Categories, a.category(target))
		}
	}
	return p
}

// version invents one version. The table of income ends with 2023, so that
// late discharges meet a figure nobody knows.
func (a *Author) version(held []string) *Version {
	v := &Version{
		Income: map[string]string{"2020": a.text(3_000_000 + a.r.Int64N(999_999)), "2021": a.text(a.fen()), "2022": a.text(3_780_137), "2023": "40000"},
		Before: []string{"commercial", "hospital_derate", "special_care"}, After: []string{"charity"},
		Uninsured: Uninsured{Covered: a.chance(60), Source: "invented"},
		Provider:  ProviderRule{Source: "invented"},
	}
	if a.chance(25) { // other places for the same sources, and none for one of them
		sources := some(a, 3, "commercial", "hospital_derate", "special_care", "charity")
		cut := a.r.IntN(len(sources) + 1)
		v.Before, v.After = sources[:cut:cut], sources[cut:]
	}
	if v.Uninsured.Covered {
		v.Uninsured.Factor = a.ratio(100)
		v.Uninsured.Overrides = map[string]string{pick(a, held...): a.ratio(100)}
	}
	v.Provider.Unreferred.Rule = pick(a, "covered", "not_covered", "minus")
	if v.Provider.Unreferred.Rule == "minus" {
		v.Provider.Unreferred.Points = a.ratio(60)
	}
	if a.chance(70) {
		v.Critical = a.critical()
	}
	if a.chance(50) {
		v.Inclined = &Inclined{
			Auto: a.chance(90), Threshold: a.text(a.fen()), Rate: a.ratio(100),
			Caps: a.caps("inclined", "total", "other"), Source: "invented",
		}
	}
	a.local(v, held)
	for _, id := range held {
		v.Categories = append(v.Categories, a.category(id))
	}
	if v.Lists != nil && a.chance(50) {
		v.grantByList(v.Lists[0].ID)
	}
	return v
}

// critical invents critical-illness insurance; its highest rate leaves room
// for the tilt's extra one.
func (a *Author) critical() *Critical {
	c := &Critical{
		Schemes: some(a, 1, "ncms", "resident_bmi", "employee_bmi"), Bands: a.bands(90), Cap: a.text(a.fen()), Source: "invented",
		Tilt: Tilt{Factor: a.ratio(100), Extra: a.ratio(10), Uncapped: a.chance(50)},
	}
	if a.chance(50) {
		c.Deductible = a.text(a.fen())
	} else {
		c.IncomeRate = a.ratio(100)
	}
	return c
}

// bands invents up to three closed bands and the open one.
func (a *Author) bands(most int) (all []Band) {
	var limit int64
	for range a.r.IntN(4) {
		limit += 1 + a.fen()
		upTo := a.text(limit)
		all = append(all, Band{UpTo: &upTo, Rate: a.ratio(most)})
	}
	return append(all, Band{Rate: a.ratio(most)})
}

// caps invents caps on some of the buckets, a quarter of them without limit.
// Buckets are few, so that rules come to share them.
func (a *Author) caps(buckets ...string) (all []Cap) {
	for _, bucket := range some(a, 1, buckets...) {
		c := Cap{Bucket: bucket}
		if a.chance(75) {
			limit := a.text(a.fen())
			c.Limit = &limit
		}
		all = append(all, c)
	}
	return all
}

// category invents rules for some modes, and for one or both classes of
// disease.
func (a *Author) category(id string) *Category {
	c := &Category{ID: id, Fund: pick(a, "urban", "rural", "by_residence"), Tilt: a.chance(40)}
	if a.chance(30) {
		c.Base = &BaseOf{Of: pick(a, "in_scope", "in_scope_and_pre_self_pay", "full_cost"), Source: "invented"}
	}
	classes := pick(a, []string{"any"}, []string{"any"}, []string{"general"}, []string{"serious", "general"}, []string{"special", "free_treatment", "general"})
	for _, class := range classes {
		rule := a.rule("inpatient", class)
		if a.chance(20) {
			c.Rules = append(c.Rules, a.narrow(rule)...)
		} else {
			c.Rules = append(c.Rules, rule)
		}
	}
	if a.chance(70) {
		c.Rules = append(c.Rules, a.rule("outpatient", "any"))
	}
	if a.chance(50) {
		c.Rules = append(c.Rules, a.rule("inclined", "any"))
	}
	if a.chance(50) {
		c.Rules = append(c.Rules, &Rule{Mode: "care", Diseases: some(a, 1, "uremia", "leukemia"), Grant: a.text(1 + a.fen()), Source: "invented"})
	}
	return c
}

// rule invents deductible, ratio and caps of every kind.
func (a *Author) rule(mode, class string) *Rule {
	r := &Rule{Mode: mode, Class: class, Caps: a.caps("total", "part", "other"), Source: "invented"}
	r.Deductible = &Deductible{Kind: pick(a, "none", "per_stay", "per_year", "threshold")}
	switch {
	case r.Deductible.Kind == "none":
	case a.chance(30):
		r.Deductible.IncomeRate = a.ratio(40)
	default:
		r.Deductible.Amount = a.text(a.fen())
	}
	r.Ratio = &Ratio{Kind: pick(a, "flat", "flat", "marginal", "slab")}
	if r.Ratio.Kind == "flat" {
		r.Ratio.Rate = a.ratio(100)
	} else {
		r.Ratio.Bands = a.bands(100)
		if r.Ratio.Kind == "marginal" && a.chance(40) {
			r.Ratio.Over, r.Ratio.Bucket = "year", "climbed"
		}
	}
	return r
}
