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
