package settlement

// record makes the chosen candidate the result: its figures, its reason on the
// step that decided it, and what it adds to the year. Nothing is drawn by the
// others, nor is their deductible met (A10, A11).
func (w *working) record(c candidate) {
	r := &w.result
	r.Version = w.version.ID
	r.Outcome, r.Reason = OutcomeZero, c.reason
	r.Base, r.Deductible = c.base, c.deductible
	r.Ordinary, r.Inclined, r.Benefit = c.ordinary, c.inclined, c.benefit()
	r.CapLimited = c.cut
	if c.category != nil {
		r.Category = c.category.ID
	}
	if r.Benefit > 0 {
		r.Outcome = OutcomeOK
		r.Fund = c.category.fund(w.who.Residence)
	}
	if c.floored {
		r.Warnings = append(r.Warnings, WarnBaseFloored)
	}
	if c.squeezed {
		r.Warnings = append(r.Warnings, WarnRoomHeld)
	}
	w.trace[c.decided].Reason = c.reason
	if c.rule != nil {
		w.accumulate(&c)
	}
}

// accumulate adds what the settlement uses of the year. A yearly deductible is
// met even where nothing is then paid (A12); a care grant is counted, outside
// caps (A19); each amount draws on its own rule's buckets only (A14).
func (w *working) accumulate(c *candidate) {
	delta := &w.result.Delta
	if c.rule.Deductible.Kind == DeductiblePerYear {
		delta.DeductibleMet = c.deductible
	}
	w.accumulateYear(c.rule.Ratio.Bucket, c.climbed)
	switch w.claim.Mode {
	case Care:
		if c.ordinary > 0 {
			delta.CareGrants = 1
		}
	case Inclined:
		delta.draw(c.rule.Caps, c.inclined)
	default:
		delta.draw(c.rule.Caps, c.ordinary)
		if c.inclined > 0 {
			delta.draw(w.version.Inclined.Caps, c.inclined)
		}
	}
}
