package settlement

// inclineAutomatically adds the second assistance on what still burdens an
// inpatient: the base less ordinary assistance, above the threshold, at a
// ratio, within its own caps (A17). It runs for a covered category and
// facility even where ordinary assistance came to nothing, and knows no
// deductible. It leaves a reason ordinary assistance gave as it is, unless it
// pays.
func (w *working) inclineAutomatically(c *candidate) {
	rule := w.version.Inclined
	if rule == nil {
		return
	}
	residual := c.base - c.ordinary
	excess := residual.Less(rule.Threshold)
	w.step(Step{Rule: StepInclinedThreshold, Article: rule.Article, Input: residual, Output: excess})
	if excess == 0 {
		return
	}
	calculated := w.times(StepInclined, rule.Article, excess, rule.Rate.Less(w.facility.minus))
	calculated = w.whole(StepInclinedWhole, calculated, excess)
	if calculated == 0 {
		return
	}
	decided := c.decided
	c.inclined = w.limit(c, StepInclinedCap, capped{rule.Caps, rule.Article, calculated})
	if c.inclined < calculated {
		c.inclined = w.whole(StepInclinedWhole, c.inclined, c.inclined)
	}
	if c.benefit() == 0 {
		c.decided = decided
	}
}
