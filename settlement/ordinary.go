package settlement

// ordinary computes a rule's assistance on the base: deductible, ratio, caps.
// In mode inclined the rule is that of an application, its deductible the
// threshold (A12, A18). c.reason says why nothing is paid, by the second half
// of A15's precedence.
func (w *working) ordinary(c *candidate) (Money, error) {
	if c.base == 0 {
		c.reason, c.decided = ReasonNothingToAssist, w.last()
		return 0, nil
	}
	var err error
	if c.deductible, err = w.deductible(c.rule, c.base); err != nil {
		return 0, err
	}
	amount := c.base - c.deductible
	if amount == 0 {
		c.reason, c.decided = ReasonBelowDeductible, w.last()
		return 0, nil
	}
	if c.rule.Ratio.Over == OverYear {
		c.climbed = amount
	}
	calculated := w.whole(StepWhole, w.reimburse(c.rule, amount), amount)
	c.decided = w.last()
	if calculated == 0 {
		c.reason = ReasonNothingToAssist
		return 0, nil
	}
	paid := w.limit(c, StepCap, capped{c.rule.Caps, c.rule.Article, calculated})
	if paid < calculated { // a cap may leave fen
		paid = w.whole(StepWhole, paid, paid)
	}
	if paid == 0 {
		c.reason = ReasonCapExhausted
	}
	return paid, nil
}

// deductible is what the person bears of the base before any ratio: per stay
// in full every time, per year less what the year has met (A12), a threshold
// wholly or not at all.
func (w *working) deductible(rule *Rule, base Money) (Money, error) {
	kind := rule.Deductible.Kind
	if kind == DeductibleNone || kind == DeductiblePerStay && w.continued() {
		return 0, nil
	}
	amount, err := w.deductibleAmount(rule)
	if err != nil {
		return 0, err
	}
	if rule.Deductible.Kind == DeductiblePerYear {
		amount = amount.Less(w.used.DeductibleMet)
	}
	applied := min(base, amount)
	if rule.Deductible.Kind == DeductibleThreshold {
		if base > amount {
			applied = 0
		}
		w.step(Step{Rule: StepThreshold, Article: rule.Article, Input: amount, Output: applied})
		return applied, nil
	}
	w.step(Step{Rule: StepDeductible, Article: rule.Article, Input: base, Output: applied})
	return applied, nil
}

func (w *working) deductibleAmount(rule *Rule) (Money, error) {
	if rule.Deductible.IncomeRate == nil {
		return rule.Deductible.Amount, nil
	}
	income, err := w.priorIncome()
	if err != nil {
		return 0, err
	}
	return w.times(StepDeductibleIncome, rule.Article, income, *rule.Deductible.IncomeRate), nil
}

// priorIncome is the income of the year before the discharge (A07). A figure
// that is not published yet blocks the settlement: it is never taken as zero.
func (w *working) priorIncome() (Money, error) {
	income, ok := w.version.PriorYearIncome[w.claim.Year()]
	if !ok {
		return 0, &Error{
			Kind: KindBlocked, Reason: ReasonNoPolicyVersion, Field: "prior_year_income",
			Value: w.claim.Discharge.String(), Object: string(w.version.ID),
		}
	}
	return income, nil
}

// reimburse applies a rule's ratio to an amount, each product rounded on its
// own (A13), every ratio less the points of the facility rule.
func (w *working) reimburse(rule *Rule, amount Money) (sum Money) {
	switch rule.Ratio.Kind {
	case RatioFlat:
		return w.times(StepFlat, rule.Article, amount, rule.Ratio.Rate.Less(w.facility.minus))
	case RatioSlab:
		for _, band := range rule.Ratio.Bands {
			if band.UpTo == nil || amount <= *band.UpTo {
				return w.times(StepSlab, rule.Article, amount, band.Rate.Less(w.facility.minus))
			}
		}
	case RatioMarginal:
		return w.climb(rule, amount)
	}
	return sum
}

// climb applies marginal bands to an amount, or over the year to what the
// amount adds to the settlements before it.
func (w *working) climb(rule *Rule, amount Money) Money {
	scale := scale{bands: rule.Ratio.Bands, minus: w.facility.minus, article: rule.Article}
	if rule.Ratio.Over != OverYear {
		return w.along(scale, StepBand, amount)
	}
	old := w.used.Used[rule.Ratio.Bucket]
	w.step(Step{Rule: StepBandYear, Subject: string(rule.Ratio.Bucket), Article: rule.Article, Input: old, Output: old + amount})
	return w.along(scale, StepBand, old+amount) - w.along(scale, StepBandPrior, old)
}

// slice is the part of amount that lies above from and within the band, whose
// limit is inclusive.
func (b Band) slice(from, amount Money) Money {
	if b.UpTo != nil {
		amount = min(amount, *b.UpTo)
	}
	return amount.Less(from)
}

// end is where the next band starts.
func (b Band) end(from Money) Money {
	if b.UpTo == nil {
		return from
	}
	return max(from, *b.UpTo)
}
