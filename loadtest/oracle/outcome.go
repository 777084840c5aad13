package oracle

import (
	"math/big"
	"slices"
)

// precedence is A15's, for an outcome of nothing.
var precedence = []string{
	"NOT_ELIGIBLE", "MODE_NOT_COVERED", "PROVIDER_NOT_COVERED", "UNINSURED_NOT_COVERED", "ALREADY_GRANTED",
	"NOTHING_TO_ASSIST", "BELOW_DEDUCTIBLE", "CAP_EXHAUSTED",
}

// outcome is what a settlement comes to with one category, or with none.
type outcome struct {
	category                             *Category
	reasons                              []string // that hold, in any order
	base, deductible, ordinary, inclined *big.Rat
	floored, cut, climbed                bool
	changes                              ledger
}

// benefit is what categories are compared by.
func (o *outcome) benefit() *big.Rat { return plus(o.ordinary, o.inclined) }

// reason picks the first of the precedence.
func (o *outcome) reason() string {
	if o.benefit().Sign() > 0 {
		if o.cut {
			return "CAP_LIMITED"
		}
		return "OK"
	}
	for _, reason := range precedence {
		if slices.Contains(o.reasons, reason) {
			return reason
		}
	}
	return ""
}

// blocked reports whether assistance is out of the question.
func (o *outcome) blocked() bool {
	return slices.ContainsFunc(o.reasons, func(reason string) bool { return slices.Contains(precedence[:4], reason) })
}

// question is one settlement to be worked out.
type question struct {
	step     *Step
	policy   *Policy
	version  *Version
	person   *Person
	used     ledger
	critical *big.Rat
}

// inForce reports whether a category counts for the stay (A09).
func (q *question) inForce(category string) bool {
	first, last := q.days()
	return slices.ContainsFunc(q.person.Categories, func(h Held) bool {
		return q.policy.own(h.ID) == category && q.begins(h) <= last && (h.To == nil || first <= *h.To)
	})
}

// best works out each category in force and keeps the largest (A10).
func (q *question) best() (*outcome, error) {
	var best *outcome
	for _, category := range q.version.Categories {
		if !q.inForce(category.ID) || q.waived(category.ID) {
			continue
		}
		next, err := q.with(category)
		if err != nil {
			return nil, err
		}
		if best == nil || next.benefit().Cmp(best.benefit()) > 0 {
			best = next
		}
	}
	if best == nil {
		return q.with(nil)
	}
	return best, nil
}

// with works out one category, or none: first what stops assistance, then the
// amounts.
func (q *question) with(category *Category) (*outcome, error) {
	zero := new(big.Rat)
	o := &outcome{category: category, base: zero, deductible: zero, ordinary: zero, inclined: zero, changes: ledger{}}
	q.base(o)
	var rule *Rule
	if category == nil {
		o.reasons = append(o.reasons, "NOT_ELIGIBLE")
	} else if rule = q.find(category, o); rule == nil && len(o.reasons) == 0 {
		o.reasons = append(o.reasons, "MODE_NOT_COVERED")
	}
	refused, points := q.facility()
	if refused {
		o.reasons = append(o.reasons, "PROVIDER_NOT_COVERED")
	}
	if q.step.uninsured() && !q.version.Uninsured.Covered {
		o.reasons = append(o.reasons, "UNINSURED_NOT_COVERED")
	}
	if o.blocked() {
		return o, nil
	}
	if q.step.Mode == "care" {
		q.grant(o, rule)
		return o, nil
	}
	paid, err := q.assist(o, rule, points)
	if err != nil {
		return nil, err
	}
	if q.step.Mode == "inclined" {
		o.inclined = paid
		return o, nil
	}
	o.ordinary = paid
	if q.step.Mode == "inpatient" {
		q.more(o, points)
	}
	return o, nil
}

// base is A04 to A06.
func (q *question) base(o *outcome) {
	start := q.start(o.category)
	if q.step.uninsured() {
		u := q.version.Uninsured
		if !u.Covered {
			return
		}
		factor := u.Factor
		if o.category != nil && u.Overrides[o.category.ID] != "" {
			factor = u.Overrides[o.category.ID]
		}
		start = share(start, yuan(factor))
	}
	left := minus(start, yuan(q.step.Payers.Basic), q.critical, q.step.Payers.offers(q.version.Before))
	o.floored = left.Sign() < 0
	o.base = floor0(left)
}

// find is the rule of a category for a step: of those for the illness and the
// person the one for the facility, or in an emergency the first.
func (q *question) find(c *Category, o *outcome) *Rule {
	var first *Rule
	for _, r := range c.Rules {
		facility, person := r.When.open(q)
		if r.Mode != q.step.Mode || !person || !q.ill(r) {
			continue
		}
		if facility {
			return r
		}
		if first == nil {
			first = r
		}
	}
	if at := q.step.Provider; first != nil && (at == nil || !at.Emergency) {
		o.reasons = append(o.reasons, "PROVIDER_NOT_COVERED")
		return nil
	}
	return first
}

// ill reports whether a rule is for the illness of the step.
func (q *question) ill(r *Rule) bool {
	if r.Mode != "care" {
		return r.Class == "any" || r.Class == q.class()
	}
	if r.List == "" {
		return slices.Contains(r.Diseases, q.step.Disease)
	}
	return slices.ContainsFunc(q.version.Lists, func(l *List) bool { return l.ID == r.List && l.has(q.step) })
}

// facility is A25.
func (q *question) facility() (refused bool, points *big.Rat) {
	points = new(big.Rat)
	at := q.step.Provider
	if at == nil || at.Emergency {
		return false, points
	}
	if !at.Designated {
		return true, points
	}
	if at.InArea || at.Referral == "approved" {
		return false, points
	}
	rule := q.version.Provider.Unreferred
	return rule.Rule == "not_covered", yuan(rule.Points)
}

// grant is A19.
func (q *question) grant(o *outcome, rule *Rule) {
	if q.used.get(grantsName).Sign() > 0 {
		o.reasons = append(o.reasons, "ALREADY_GRANTED")
		return
	}
	o.ordinary = yuan(rule.Grant)
	o.changes[grantsName] = big.NewRat(1, 1)
}
