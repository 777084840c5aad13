package settlement

import "slices"

// When narrows a rule to some facilities and some people. What is empty asks
// nothing.
type When struct {
	Levels    []string // of the facility, in the words of the directory, as 二级
	InArea    *bool
	Schemes   []Scheme // SchemeNone gives the uninsured rules of their own
	Residence Residence
}

// facility reports whether the facility is as asked.
func (n *When) facility(care *Treatment) bool {
	return (len(n.Levels) == 0 || slices.Contains(n.Levels, care.Level)) && (n.InArea == nil || *n.InArea == care.InArea)
}

// person reports whether the person is as asked.
func (n *When) person(w *working) bool {
	return (len(n.Schemes) == 0 || slices.Contains(n.Schemes, w.coverage.Scheme)) &&
		(n.Residence == "" || n.Residence == w.who.Residence)
}

// meets reports whether some facility and person are as both ask.
func (n *When) meets(other *When) bool {
	return shares(n.Levels, other.Levels) && shares(n.Schemes, other.Schemes) &&
		(n.InArea == nil || other.InArea == nil || *n.InArea == *other.InArea) &&
		(n.Residence == "" || other.Residence == "" || n.Residence == other.Residence)
}

// shares reports whether two lists have something in common; an empty one has
// everything.
func shares[T comparable](a, b []T) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(each T) bool { return slices.Contains(b, each) })
}

// ruleFor is a category's rule for the claim, or nil and why there is none: at
// most one fits, for versions with overlapping rules do not load. A care grant
// is found by its listed disease, every other mode by the class of disease. An
// emergency is not refused for the facility it came to: where no rule asks for
// such a one, the first for the person is taken.
func (w *working) ruleFor(category *CategoryRules) (*Rule, Reason) {
	var elsewhere *Rule
	for i := range category.Rules {
		rule := &category.Rules[i]
		if rule.Mode != w.claim.Mode || !w.covered(rule) || !rule.When.person(w) {
			continue
		}
		if rule.When.facility(&w.claim.Treatment) {
			return rule, ""
		}
		if elsewhere == nil {
			elsewhere = rule
		}
	}
	switch {
	case elsewhere == nil:
		return nil, ReasonModeNotCovered
	case w.claim.Treatment.Emergency:
		return elsewhere, ""
	}
	return nil, ReasonProvider
}

// covered reports whether a rule is for the claim's illness.
func (w *working) covered(r *Rule) bool {
	switch {
	case r.Mode != Care:
		return r.DiseaseClass == AnyDisease || r.DiseaseClass == w.class
	case r.List != "":
		list := w.version.list(r.List)
		return w.code != "" && list != nil && list.has(w.code, w.claim.Discharge)
	default:
		return slices.Contains(r.Diseases, w.claim.Disease)
	}
}
