package settlement

import "slices"

// checkCategories refuses a person with a category outside the vocabulary, in
// force or not: the registry and the policy then speak of different things.
func (v *Version) checkCategories(who *Beneficiary) error {
	known := v.Vocabulary
	if known == nil {
		known = Vocabulary
	}
	for _, held := range who.Entitlements {
		if !slices.Contains(known, held.Category) {
			return invalid(ReasonUnknownCategory, "categories", string(held.Category))
		}
	}
	return nil
}

// IdentityDay says on which days of a stay a category must be in force.
type IdentityDay string

// The days that count; the zero value is any day of the stay (A09).
const (
	IdentityAnyDay      IdentityDay = "any_day"
	IdentityAtAdmission IdentityDay = "at_admission"
	IdentityAtDischarge IdentityDay = "at_discharge"
)

// IdentityRule fixes the identity of a stay where a region does not give the
// better of what the person was on any day.
type IdentityRule struct {
	Counts  IdentityDay
	Article string
}

// days are those of a stay on which identity is looked at.
func (r IdentityRule) days(stay Period) Period {
	switch r.Counts {
	case IdentityAtAdmission:
		return Period{stay.From, stay.From}
	case IdentityAtDischarge:
		return Period{stay.To, stay.To}
	default:
		return stay
	}
}

// inForce reports whether the person counts in category for the stay: one of
// their entitlements to it, or to an alias of it, covers any day that counts,
// both ends inclusive (A09).
func (w *working) inForce(category CategoryID) bool {
	stay := w.version.Identity.days(w.claim.Stay())
	for _, held := range w.who.Entitlements {
		if w.version.resolve(held.Category) == category && w.entitled(held.Period).Overlaps(stay) {
			return true
		}
	}
	return false
}

// resolve is the policy's own name of a registry category.
func (v *Version) resolve(category CategoryID) CategoryID {
	if own, ok := v.Aliases[category]; ok {
		return own
	}
	return category
}

// tilted reports whether any category in force has critical illness tilt to
// it (A16).
func (w *working) tilted() bool {
	for i := range w.version.Categories {
		category := &w.version.Categories[i]
		if category.Tilt && w.inForce(category.ID) {
			return true
		}
	}
	return false
}

// fund is the fund that bears a category's assistance (A22).
func (c *CategoryRules) fund(residence Residence) Fund {
	switch {
	case c.Fund == FundUrban, c.Fund == FundByResidence && residence == Urban:
		return UrbanFund
	default:
		return RuralFund
	}
}
