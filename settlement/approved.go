package settlement

// checkApproval refuses, Blocked, a claim that names no approval where a rule
// that could apply asks for one (审批). It looks at every category in force, not
// at the one that gives most: which that is depends on amounts, and what is
// refused before any payer is asked must not turn up after they have paid.
// Whether the approval named is good is for whoever keeps approvals to say.
func (w *working) checkApproval() error {
	if w.claim.Approval != "" {
		return nil
	}
	for i := range w.version.Categories {
		category := &w.version.Categories[i]
		if !w.inForce(category.ID) || w.waived(category.ID) {
			continue
		}
		if rule, _ := w.ruleFor(category); rule != nil && rule.Approved {
			return &Error{Kind: KindBlocked, Reason: ReasonApprovalRequired, Field: "approval"}
		}
	}
	return nil
}
