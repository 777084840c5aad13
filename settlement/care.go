package settlement

// grant is the flat yearly grant for a listed disease, paid to the person and
// outside caps, once a year (A19).
func (w *working) grant(c *candidate) {
	if w.used.CareGrants+w.used.GrantsHeld > 0 {
		c.squeezed = w.used.CareGrants == 0
		c.reason = ReasonAlreadyGranted
		w.step(Step{Rule: StepGrants, Article: "A19"})
		c.decided = w.last()
		return
	}
	c.ordinary = c.rule.Grant
	w.step(Step{Rule: StepGrant, Subject: w.claim.Disease, Article: c.rule.Article, Input: c.rule.Grant, Output: c.rule.Grant})
}
