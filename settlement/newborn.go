package settlement

// NewbornRule gives a newborn registered in time what it is entitled to from
// birth.
type NewbornRule struct {
	Days    int // from the day of birth to the last day of registration
	Article string
}

// inTime reports whether the claim is of a newborn registered within the days
// of the rule.
func (r *NewbornRule) inTime(claim *Claim) bool {
	return r != nil && claim.Registered != 0 && claim.Registered <= claim.Born.Plus(r.Days)
}

// checkNewborn refuses a registration before the birth.
func checkNewborn(claim *Claim) error {
	if claim.Registered != 0 && (claim.Born == 0 || claim.Registered < claim.Born) {
		return invalid(ReasonDateOrder, "registered", claim.Registered.String())
	}
	return nil
}

// entitled is the period of an entitlement as it counts for the claim: that of
// a newborn registered in time begins with the birth, if it was begun in time
// itself.
func (w *working) entitled(period Period) Period {
	rule := w.version.Newborn
	if rule.inTime(w.claim) && period.From <= w.claim.Born.Plus(rule.Days) {
		period.From = min(period.From, w.claim.Born)
	}
	return period
}
