package settlement

// uninsured reads the rule for people without insurance (A06). Overrides may
// name categories this version has no rules for: the list is often copied from
// one version to the next.
func (d *policyDecoder) uninsured(p *Place) (rule UninsuredRule) {
	if !p.Map("covered", "factor", "overrides", "source") {
		return rule
	}
	rule.Article = p.Need("source").Text()
	rule.Covered = p.Need("covered").Bool()
	if !rule.Covered {
		p.Get("factor").Refuse("has no meaning where the uninsured are not covered")
		p.Get("overrides").Refuse("has no meaning where the uninsured are not covered")
		return rule
	}
	rule.Factor = p.Need("factor").Ratio()
	if overrides := p.Get("overrides"); overrides != nil {
		rule.Overrides = map[CategoryID]Ratio{}
		for _, place := range overrides.Fields() {
			d.known(place)
			rule.Overrides[CategoryID(place.Key())] = place.Ratio()
		}
	}
	return rule
}

// decodeFacility reads how unreferred care out of area is treated (A25). The
// rest of the facility rule is no region's choice.
func decodeFacility(p *Place) (rule FacilityRule) {
	if !p.Map("unreferred", "source") {
		return rule
	}
	rule.Article = p.Need("source").Text()
	unreferred := p.Need("unreferred")
	if !unreferred.Map("rule", "points") {
		return rule
	}
	rule.Unreferred = Word(unreferred.Need("rule"), UnreferredCovered, UnreferredNotCovered, UnreferredMinus)
	if rule.Unreferred != UnreferredMinus {
		unreferred.Get("points").Refuse("has no meaning with the rule %s", rule.Unreferred)
		return rule
	}
	rule.Points = unreferred.Need("points").Ratio()
	return rule
}

// criticalIllness reads critical-illness insurance (A16). That a region
// computes none must be said with null. With the tilt's extra rate no band may
// pay more than the whole.
func (d *policyDecoder) criticalIllness(p *Place) *CriticalIllnessRule {
	if p.Null() || !p.Map("schemes", "deductible", "deductible_income_rate", "tilt", "bands", "cap", "source") {
		return nil
	}
	rule := &CriticalIllnessRule{
		Schemes: decodeSchemes(p.Need("schemes")),
		Tilt:    decodeTilt(p.Need("tilt")),
		Bands:   decodeBands(p.Need("bands")),
		Cap:     p.Need("cap").Amount(),
		Article: p.Need("source").Text(),
	}
	amount, rate := p.Get("deductible"), p.Get("deductible_income_rate")
	if oneOf(p, amount, rate, "deductible", "deductible_income_rate") {
		rule.Deductible, rule.DeductibleIncomeRate = d.amountOrIncome(amount, rate)
	}
	for i, place := range p.Need("bands").Items() {
		if i < len(rule.Bands) && !rule.Bands[i].Rate.Plus(rule.Tilt.ExtraRate).AtMostOne() {
			place.Get("rate").Refuse("is more than 1 with the tilt's extra rate")
		}
	}
	return rule
}

// decodeSchemes reads insurances that have critical illness; being without
// insurance is not one of them.
func decodeSchemes(p *Place) (schemes []Scheme) {
	places := p.Items()
	if p != nil && len(places) == 0 {
		p.Refuse("must hold at least one scheme")
	}
	for _, place := range places {
		schemes = append(schemes, Word(place, SchemeNCMS, SchemeResident, SchemeEmployee))
	}
	return schemes
}

// decodeTilt reads what the poor are granted on top; all three parts must be
// said, for "nothing" is a figure too (0.00, 1.00, false).
func decodeTilt(p *Place) (tilt Tilt) {
	if !p.Map("deductible_factor", "extra_rate", "uncapped") {
		return tilt
	}
	return Tilt{
		DeductibleFactor: p.Need("deductible_factor").Ratio(),
		ExtraRate:        p.Need("extra_rate").Ratio(),
		Uncapped:         p.Need("uncapped").Bool(),
	}
}

// decodeInclined is nil where no automatic assistance is asked for; figures
// that stand there all the same must still be sound.
func decodeInclined(p *Place) *InclinedRule {
	if p.Null() || !p.Map("auto", "threshold", "rate", "caps", "source") {
		return nil
	}
	need := p.Need
	auto := p.Need("auto").Bool()
	if !auto {
		need = p.Get
	}
	rule := &InclinedRule{
		Threshold: need("threshold").Amount(),
		Rate:      need("rate").Ratio(),
		Caps:      decodeCaps(need("caps")),
		Article:   need("source").Text(),
	}
	if !auto {
		return nil
	}
	return rule
}

// amountOrIncome reads a deductible that is an amount or a part of prior-year
// income, and remembers that the version needs a table of income.
func (d *policyDecoder) amountOrIncome(amount, rate *Place) (Money, *Ratio) {
	if rate == nil {
		return amount.Amount(), nil
	}
	d.derived = rate
	part := rate.Ratio()
	return 0, &part
}

// oneOf refuses a place that has both or neither of two keys.
func oneOf(p, a, b *Place, first, second string) bool {
	if (a == nil) == (b == nil) {
		p.Refuse("must have one of %s and %s", first, second)
		return false
	}
	return true
}
