package settlement

import "slices"

// Choice is a set of categories of which a person may use one: they or their
// guardian choose, and the larger benefit does not decide. Never both.
type Choice struct {
	Between []CategoryID
	Article string
}

// checkChoice refuses a choice that must be made and was not, and one that
// chooses what the person does not have or the policy does not offer: a
// facility that states a choice believes that it counts.
func (w *working) checkChoice() error {
	rule, chosen := w.version.Choice, w.version.resolve(w.claim.Choice)
	offered := 0
	held := false
	if rule != nil {
		for _, category := range rule.Between {
			if w.inForce(category) {
				offered++
				held = held || category == chosen
			}
		}
	}
	switch {
	case w.claim.Choice == "" && offered > 1:
		return invalid(ReasonChoiceNeeded, "choice", "")
	case w.claim.Choice != "" && !held:
		return invalid(ReasonChoiceNotOffered, "choice", string(w.claim.Choice))
	case w.claim.Choice != "":
		w.step(Step{Rule: StepChoice, Subject: string(chosen), Article: rule.Article})
	}
	return nil
}

// waived reports whether a category was given up by the choice of another.
func (w *working) waived(category CategoryID) bool {
	return w.claim.Choice != "" && category != w.version.resolve(w.claim.Choice) &&
		slices.Contains(w.version.Choice.Between, category)
}
