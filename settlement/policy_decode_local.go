package settlement

// The rules most regions do not have. Each is left out where a region is as
// the assumptions say, and names its source where it is not.

// decodeIdentityRule reads on which days of a stay a category counts; left out,
// any day does (A09).
func decodeIdentityRule(p *Place) (rule IdentityRule) {
	if p == nil || !p.Map("counts", "source") {
		return rule
	}
	return IdentityRule{
		Counts:  Word(p.Need("counts"), IdentityAnyDay, IdentityAtAdmission, IdentityAtDischarge),
		Article: p.Need("source").Text(),
	}
}

// decodeRounding reads how assistance is rounded; left out, it is paid to the
// fen.
func decodeRounding(p *Place) *Rounding {
	if p == nil || !p.Map("to", "source") {
		return nil
	}
	return &Rounding{To: Word(p.Need("to"), RoundDown, RoundHalfUp), Article: p.Need("source").Text()}
}

// decodeBase reads what a category's base starts from; left out, the eligible
// amount (A04).
func decodeBase(p *Place) (rule BaseRule) {
	if p == nil || !p.Map("of", "source") {
		return rule
	}
	return BaseRule{
		Of:      Word(p.Need("of"), BaseEligible, BaseWithFirstSelf, BaseFullCost),
		Article: p.Need("source").Text(),
	}
}

// decodeWhen reads what narrows a rule; left out, it is for everybody
// everywhere.
func decodeWhen(p *Place) (when When) {
	if p == nil || !p.Map("levels", "in_area", "schemes", "residence") {
		return when
	}
	if levels := p.Get("levels"); levels != nil {
		for _, place := range levels.Items() {
			when.Levels = append(when.Levels, place.Text())
		}
		if len(when.Levels) == 0 {
			levels.Refuse("must hold at least one level")
		}
	}
	if area := p.Get("in_area"); area != nil {
		inArea := area.Bool()
		when.InArea = &inArea
	}
	if schemes := p.Get("schemes"); schemes != nil {
		when.Schemes = decodeWords(schemes, SchemeNCMS, SchemeResident, SchemeEmployee, SchemeNone)
	}
	if residence := p.Get("residence"); residence != nil {
		when.Residence = Word(residence, Urban, Rural)
	}
	return when
}

// choice reads the categories a person must choose between.
func (d *policyDecoder) choice(p *Place) *Choice {
	if p == nil || !p.Map("between", "source") {
		return nil
	}
	choice := &Choice{Article: p.Need("source").Text()}
	if between := p.Need("between"); between != nil {
		choice.Between = decodeWords(between, d.vocabulary...)
		if len(choice.Between) == 1 {
			between.Refuse("leaves nothing to choose")
		}
	}
	return choice
}

// decodeLate reads until when a claim counts to the year of its discharge.
func decodeLate(p *Place) *LateRule {
	if p == nil || !p.Map("until", "after", "source") {
		return nil
	}
	rule := &LateRule{After: Word(p.Need("after"), LateToCurrent, LateRefused), Article: p.Need("source").Text()}
	if until := p.Need("until"); until != nil {
		day, err := ParseDate("2001-" + until.Text()) // no leap year: every year has the day
		if err != nil {
			until.Refuse("is not a day of every year written as 03-31")
		}
		rule.Month, rule.Day = day.Month(), day.Day()
	}
	return rule
}

// decodeCrossYear reads how a stay across 31 December is settled; left out, it
// is one settlement of the year of discharge (A08).
func decodeCrossYear(p *Place) (rule CrossYearRule) {
	if p == nil || !p.Map("settle", "deductible", "source") {
		return rule
	}
	rule.Article = p.Need("source").Text()
	rule.Split = Word(p.Need("settle"), "as_one", "split") == "split"
	if !rule.Split {
		p.Get("deductible").Refuse("has no meaning where the stay is one")
		return rule
	}
	rule.Deductible = Word(p.Need("deductible"), "once", "each") == "each"
	return rule
}

// newbornDaysMost bounds the days of registration: none is known above 90.
const newbornDaysMost = 366

// decodeNewborn reads within how many days a newborn must be registered.
func decodeNewborn(p *Place) *NewbornRule {
	if p == nil || !p.Map("register_within_days", "source") {
		return nil
	}
	days := p.Need("register_within_days")
	rule := &NewbornRule{Days: days.Count(), Article: p.Need("source").Text()}
	if days != nil && (rule.Days < 1 || rule.Days > newbornDaysMost) {
		days.Refuse("must be 1 to %d days", newbornDaysMost)
	}
	return rule
}
