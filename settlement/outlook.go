package settlement

// Outlook is what a category in force holds for care that is not billed yet.
type Outlook struct {
	Category CategoryID
	Reason   Reason // why nothing would be given, or "" where Rule covers the care
	Rule     *Rule  // nil where none fits
	Minus    Ratio  // comes off the ratio, for the facility
}

// Outlook says what each category of the person that is in force on the day of
// the claim holds for it, in the order of the policy; nobody's bill is needed.
// A rule that asks for an approval is shown though none is named. Errors are
// those of Adjudicate that do not speak of a bill.
func (v *Version) Outlook(who Beneficiary, claim Claim, coverage Coverage) ([]Outlook, error) {
	if err := v.checkCategories(&who); err != nil {
		return nil, err
	}
	w := working{version: v, who: &who, claim: &claim, coverage: &coverage, used: &Accumulator{}}
	if err := w.situate(); err != nil && ReasonOf(err) != ReasonApprovalRequired {
		return nil, err
	}
	w.facility = v.Facility.judge(claim.Treatment)
	var found []Outlook
	for i := range v.Categories {
		category := &v.Categories[i]
		if !w.inForce(category.ID) || w.waived(category.ID) {
			continue
		}
		c := candidate{category: category, from: len(w.trace)}
		w.identify(&c)
		w.entitle(&c)
		found = append(found, Outlook{Category: category.ID, Reason: c.reason, Rule: c.rule, Minus: w.facility.minus})
	}
	return found, nil
}
