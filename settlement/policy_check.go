package settlement

import (
	"slices"
	"strconv"
)

// datedVersion is a version with the place it was read from.
type datedVersion struct {
	version Version
	place   *Place
}

// checkDates refuses versions that overlap, and days without a rule between
// two versions that both know a category. dated is in order of the first day.
func checkDates(dated []datedVersion) {
	for i := 1; i < len(dated); i++ {
		before, after := &dated[i-1].version, &dated[i].version
		from := dated[i].place.Get("effective_from")
		switch {
		case before.Effective.From == 0 || after.Effective.From == 0:
			continue // one is unreadable and complained of already
		case before.Effective.Overlaps(after.Effective):
			from.Refuse("overlaps version %s", before.ID)
		case before.Effective.To.Next() != after.Effective.From && before.sharesCategory(after):
			from.Refuse("leaves days without rules after version %s, which ends on %s", before.ID, before.Effective.To)
		}
	}
}

// sharesCategory reports whether both versions have rules for some category.
func (v *Version) sharesCategory(other *Version) bool {
	return slices.ContainsFunc(v.Categories, func(c CategoryRules) bool { return other.category(c.ID) != nil })
}

// category is the version's entry for a category, or nil.
func (v *Version) category(id CategoryID) *CategoryRules {
	for i := range v.Categories {
		if v.Categories[i].ID == id {
			return &v.Categories[i]
		}
	}
	return nil
}

// checkAliases refuses an alias that leads nowhere, that leads on to another
// alias, or that hides a category with rules of its own.
func checkAliases(p *Place, policy *Policy) {
	has := func(id CategoryID) bool {
		return slices.ContainsFunc(policy.Versions, func(v Version) bool { return v.category(id) != nil })
	}
	if p == nil {
		return
	}
	for _, place := range p.Fields() {
		from := CategoryID(place.Key())
		to := policy.Aliases[from]
		_, chained := policy.Aliases[to]
		switch {
		case to == "":
		case chained:
			place.Refuse("leads to an alias")
		case !has(to):
			place.Refuse("leads to a category no version has rules for")
		case has(from):
			place.Refuse("hides the rules a version has for %s", from)
		}
	}
}

// checkNamed refuses a rule that names a category by an alias: people count
// under the name the alias leads to, so that the rule would meet nobody.
func checkNamed(p *Place, v *Version) {
	refuse := func(place *Place, id CategoryID) {
		if to, alias := v.Aliases[id]; alias {
			place.Refuse("is an alias: people count as %s", to)
		}
	}
	if v.Choice != nil {
		for i, place := range p.Get("choice").Get("between").Items() {
			refuse(place, v.Choice.Between[i])
		}
	}
	for i, place := range p.Get("stages").Items() {
		for j, id := range v.Stages[i].Categories {
			refuse(place.Get("categories").Items()[j], id)
		}
	}
	if len(v.Uninsured.Overrides) > 0 {
		for _, place := range p.Get("uninsured").Get("overrides").Fields() {
			refuse(place, CategoryID(place.Key()))
		}
	}
}

// checkSources refuses a source that would pay both before and after.
func checkSources(p *Place, v *Version) {
	for i, place := range p.Get("payers_after").Items() {
		if i < len(v.After) && v.After[i] != "" && slices.Contains(v.Before, v.After[i]) {
			place.Refuse("stands in payers_before too")
		}
	}
}

// checkIncome refuses a version that derives a figure from prior-year income
// without the income of each year from its first, up to its last if it has
// one.
func (d *policyDecoder) checkIncome(p *Place, v *Version) {
	if d.derived == nil || v.Effective.From == 0 {
		return
	}
	table := p.Get("prior_year_income")
	if len(v.PriorYearIncome) == 0 {
		d.derived.Refuse("needs prior_year_income, which is missing")
		return
	}
	last := v.Effective.To.Year()
	for year := range v.PriorYearIncome {
		last = max(last, year)
	}
	for year := v.Effective.From.Year(); year <= last; year++ {
		if _, ok := v.PriorYearIncome[year]; !ok {
			table.Refuse("has no income for discharges in %s", strconv.Itoa(year))
		}
	}
}

// overlaps says what both rules would cover, or "".
func (r *Rule) overlaps(other *Rule) string {
	if r.Mode != other.Mode || r.Mode == "" || !r.When.meets(&other.When) {
		return ""
	}
	if r.Mode == Care {
		if r.List != "" && r.List == other.List {
			return string(r.List)
		}
		for _, disease := range r.Diseases {
			if slices.Contains(other.Diseases, disease) {
				return disease
			}
		}
		return ""
	}
	switch {
	case r.DiseaseClass == "" || other.DiseaseClass == "":
		return ""
	case r.DiseaseClass == other.DiseaseClass, r.DiseaseClass == AnyDisease, other.DiseaseClass == AnyDisease:
		return string(r.Mode) + " of the same class of disease"
	}
	return ""
}
