package settlement

// candidate is what one category in force would give.
type candidate struct {
	category   *CategoryRules // nil: no category in force has rules here
	rule       *Rule          // nil: none for the mode, the illness and the facility
	base       Money
	floored    bool // payers before paid more than the base
	deductible Money
	climbed    Money // what bands over the year were climbed by
	ordinary   Money
	inclined   Money
	cut        bool   // by a cap, even to nothing
	squeezed   bool   // it is less, or nothing, because others hold room
	reason     Reason // why ordinary assistance is nothing, or OK
	decided    int    // the step that decided the reason
	from, to   int    // its part of the working
}

// benefit is what is compared between categories: all assistance of this
// settlement, ordinary and inclined together (A10).
func (c *candidate) benefit() Money { return c.ordinary + c.inclined }

// choose settles with each category in force and keeps the one with the
// largest benefit; a tie goes to the one the policy lists first; benefits are
// never added (A10). Only the chosen one's steps stay in the working.
func (w *working) choose() (candidate, error) {
	var chosen candidate
	common := len(w.trace)
	for i := range w.version.Categories {
		category := &w.version.Categories[i]
		if !w.inForce(category.ID) || w.waived(category.ID) {
			continue
		}
		next, err := w.consider(category)
		if err != nil {
			return candidate{}, err
		}
		w.result.Candidates = append(w.result.Candidates, Candidate{category.ID, next.benefit(), next.reason})
		if chosen.category == nil || next.benefit() > chosen.benefit() {
			chosen = next
		}
	}
	if chosen.category == nil {
		return w.consider(nil)
	}
	w.trace = append(w.trace[:common], w.trace[chosen.from:chosen.to]...)
	chosen.decided -= chosen.from - common
	return chosen, nil
}

// consider settles with one category, or with none.
func (w *working) consider(category *CategoryRules) (candidate, error) {
	c := candidate{category: category, from: len(w.trace)}
	id := w.identify(&c)
	w.base(&c, id)
	if w.entitle(&c) {
		if err := w.assist(&c); err != nil {
			return candidate{}, err
		}
	}
	w.conclude(&c, id)
	c.to = len(w.trace)
	return c, nil
}

// identify shows the category and finds its rule.
func (w *working) identify(c *candidate) CategoryID {
	if c.category == nil {
		w.step(Step{Rule: StepCategory, Article: "A09"})
		return ""
	}
	c.rule, c.reason = w.ruleFor(c.category)
	article := "A10"
	if c.rule != nil {
		article = c.rule.Article
	}
	w.step(Step{Rule: StepCategory, Subject: string(c.category.ID), Article: article})
	return c.category.ID
}

// entitle goes down the first half of A15's precedence: what stops assistance
// before any amount is looked at.
func (w *working) entitle(c *candidate) bool {
	c.decided = c.from
	switch {
	case c.category == nil:
		c.reason = ReasonNotEligible
	case c.rule == nil: // ruleFor said why
	case w.facility.refused:
		c.reason = ReasonProvider
		w.step(Step{Rule: StepFacility, Article: w.facility.article})
		c.decided = w.last()
	case uninsured(w.claim, w.coverage) && !w.version.Uninsured.Covered:
		c.reason = ReasonUninsured
		c.decided = w.last() // the base, reported as zero
	default:
		return true
	}
	return false
}

// assist computes the amounts of the claim's mode.
func (w *working) assist(c *candidate) (err error) {
	if !w.facility.minus.Zero() && c.rule.Mode != Care {
		w.step(Step{Rule: StepFacility, Article: w.facility.article, Ratio: w.facility.minus.String()})
	}
	switch w.claim.Mode {
	case Care:
		w.grant(c)
	case Inclined:
		c.inclined, err = w.ordinary(c)
	case Inpatient:
		c.ordinary, err = w.ordinary(c)
		w.inclineAutomatically(c)
	default:
		c.ordinary, err = w.ordinary(c)
	}
	return err
}

// conclude settles the reason: one that stopped everything stays; where
// anything is paid it is CAP_LIMITED if a cap cut, else OK (A15).
func (w *working) conclude(c *candidate, id CategoryID) {
	benefit := c.benefit()
	w.step(Step{Rule: StepBenefit, Subject: string(id), Article: "A14", Input: c.base, Output: benefit})
	if benefit == 0 {
		return
	}
	if c.cut {
		c.reason = ReasonCapLimited
		return
	}
	c.reason = ReasonOK
	c.decided = w.last()
}
