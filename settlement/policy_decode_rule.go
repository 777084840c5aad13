package settlement

import "slices"

// categories reads the entries of a version. Their order is part of the
// policy: on a tie the first listed wins (A10).
func (d *policyDecoder) categories(p *Place, tiltNeeded bool) (categories []CategoryRules) {
	places := p.Items()
	if p != nil && len(places) == 0 {
		p.Refuse("must hold at least one category")
	}
	for _, place := range places {
		category := d.category(place, tiltNeeded)
		for _, earlier := range categories {
			if earlier.ID == category.ID && category.ID != "" {
				place.Get("id").Refuse("another entry of this version has this category")
			}
		}
		categories = append(categories, category)
	}
	return categories
}

// category reads one entry. Whether critical illness tilts to it must be said
// where the version computes critical illness, and only there: left out, it
// would silently mean no.
func (d *policyDecoder) category(p *Place, tiltNeeded bool) (category CategoryRules) {
	if !p.Map("id", "fund", "ci_tilt", "base", "rules") {
		return category
	}
	category.ID = Word(p.Need("id"), d.vocabulary...)
	category.Fund = Word(p.Need("fund"), FundUrban, FundRural, FundByResidence)
	category.Base = decodeBase(p.Get("base"))
	switch tilt := p.Get("ci_tilt"); {
	case tilt != nil:
		category.Tilt = tilt.Bool()
	case tiltNeeded:
		p.Need("ci_tilt")
	}
	rules := p.Need("rules")
	places := rules.Items()
	if rules != nil && len(places) == 0 {
		rules.Refuse("must hold at least one rule")
	}
	for _, place := range places {
		rule := d.rule(place)
		for i := range category.Rules {
			if overlap := category.Rules[i].overlaps(&rule); overlap != "" {
				place.Refuse("overlaps rules[%d]: both cover %s", i, overlap)
			}
		}
		category.Rules = append(category.Rules, rule)
	}
	return category
}

// rule reads one rule. What it may hold depends on its mode, so without a mode
// nothing else of it can be judged.
func (d *policyDecoder) rule(p *Place) (rule Rule) {
	if p.Get("mode") == nil {
		p.Map("mode")
		p.Need("mode")
		return rule
	}
	rule.Mode = Word(p.Get("mode"), Outpatient, Inpatient, Inclined, Care)
	rule.Article = p.Need("source").Text()
	rule.When = decodeWhen(p.Get("when"))
	if asked := p.Get("approval"); asked != nil {
		rule.Approved = Word(asked, "required", "none") == "required"
	}
	if rule.Mode == Care {
		d.careTerms(p, &rule)
	} else {
		d.terms(p, &rule)
	}
	return rule
}

// careTerms reads a flat yearly grant for listed diseases (A19).
func (d *policyDecoder) careTerms(p *Place, rule *Rule) {
	p.Map("mode", "when", "diseases", "disease_list", "amount", "approval", "source")
	rule.DiseaseClass = AnyDisease
	rule.Deductible.Kind = DeductibleNone
	diseases, list := p.Get("diseases"), p.Get("disease_list")
	if oneOf(p, diseases, list, "diseases", "disease_list") && list != nil {
		rule.List = Name[ListID](list)
	}
	places := diseases.Items()
	if diseases != nil && len(places) == 0 {
		diseases.Refuse("must list at least one disease")
	}
	for _, place := range places {
		disease := place.Text()
		if slices.Contains(rule.Diseases, disease) {
			place.Refuse("stands here twice")
		}
		rule.Diseases = append(rule.Diseases, disease)
	}
	rule.Grant = p.Need("amount").Amount()
	if rule.Grant == 0 {
		p.Get("amount").Refuse("is nothing; a grant gives something")
	}
}

// terms reads deductible, ratio and caps of every other mode.
func (d *policyDecoder) terms(p *Place, rule *Rule) {
	p.Map("mode", "disease_class", "when", "deductible", "ratio", "caps", "approval", "source")
	rule.DiseaseClass = Word(p.Need("disease_class"), General, Serious, Special, FreeTreatment, AnyDisease)
	rule.Deductible = d.deductible(p.Need("deductible"))
	rule.Ratio = decodeRatio(p.Need("ratio"))
	rule.Caps = decodeCaps(p.Need("caps"))
}

// deductible reads what the person bears first. The kind none with an amount
// beside it is refused: one of the two must be a mistake.
func (d *policyDecoder) deductible(p *Place) (deductible Deductible) {
	if !p.Map("kind", "amount", "income_rate") {
		return deductible
	}
	deductible.Kind = Word(p.Need("kind"), DeductibleNone, DeductiblePerStay, DeductiblePerYear, DeductibleThreshold)
	amount, rate := p.Get("amount"), p.Get("income_rate")
	if deductible.Kind == DeductibleNone {
		amount.Refuse("has no meaning with the kind none")
		rate.Refuse("has no meaning with the kind none")
		return deductible
	}
	if oneOf(p, amount, rate, "amount", "income_rate") {
		deductible.Amount, deductible.IncomeRate = d.amountOrIncome(amount, rate)
	}
	return deductible
}

// decodeRatio reads a ratio: a rate or bands, as the kind asks, never both.
func decodeRatio(p *Place) (rule RatioRule) {
	if !p.Map("kind", "rate", "bands", "over", "bucket") {
		return rule
	}
	rule.Kind = Word(p.Need("kind"), RatioFlat, RatioMarginal, RatioSlab)
	if rule.Kind == RatioMarginal {
		rule.Over, rule.Bucket = decodeSpan(p, p.Get("over"))
	} else {
		p.Get("over").Refuse("has no meaning with the kind %s", rule.Kind)
		p.Get("bucket").Refuse("has no meaning with the kind %s", rule.Kind)
	}
	switch rule.Kind {
	case RatioFlat:
		p.Get("bands").Refuse("has no meaning with the kind flat")
		rule.Rate = p.Need("rate").Ratio()
	case RatioMarginal, RatioSlab:
		p.Get("rate").Refuse("has no meaning with the kind %s", rule.Kind)
		rule.Bands = decodeBands(p.Need("bands"))
	}
	return rule
}

// decodeBands reads bands whose limits rise and of which the last, and only
// the last, is open: then every amount has exactly one ratio.
func decodeBands(p *Place) (bands []Band) {
	places := p.Items()
	if p != nil && len(places) == 0 {
		p.Refuse("must hold at least one band")
	}
	var floor Money
	for i, place := range places {
		if !place.Map("up_to", "rate") {
			continue
		}
		band := Band{Rate: place.Need("rate").Ratio()}
		limit, last := place.Need("up_to"), i == len(places)-1
		switch {
		case limit.Null() && limit != nil && !last:
			limit.Refuse("only the last band may be open")
		case !limit.Null() && last:
			limit.Refuse("the last band must be open, up_to: null")
		case !limit.Null():
			upTo := limit.Amount()
			if upTo <= floor {
				limit.Refuse("must be more than %s, where the band begins", floor)
			}
			band.UpTo, floor = &upTo, upTo
		}
		bands = append(bands, band)
	}
	return bands
}

// decodeCaps reads annual caps. A bucket that is counted without limiting says
// so by a limit of null; leaving the limit out refuses.
func decodeCaps(p *Place) (caps []Cap) {
	places := p.Items()
	if p != nil && len(places) == 0 {
		p.Refuse("must hold at least one bucket")
	}
	for _, place := range places {
		if !place.Map("bucket", "limit") {
			continue
		}
		bucket := Cap{Bucket: Name[BucketID](place.Need("bucket"))}
		if limit := place.Need("limit"); !limit.Null() {
			amount := limit.Amount()
			bucket.Limit = &amount
		}
		for _, earlier := range caps {
			if earlier.Bucket == bucket.Bucket {
				place.Get("bucket").Refuse("stands here twice")
			}
		}
		caps = append(caps, bucket)
	}
	return caps
}
