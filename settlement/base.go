package settlement

// base is the eligible amount left when earlier payers have paid, floored at
// zero with a warning (A04, A05). Without insurance it starts from the covered
// part of the eligible amount instead (A06); where the uninsured are not
// covered at all it is reported as zero.
func (w *working) base(c *candidate, category CategoryID) {
	start := w.baseStart(c)
	if uninsured(w.claim, w.coverage) {
		rule := &w.version.Uninsured
		start = w.times(StepUninsured, rule.Article, start, rule.factor(category))
		if !rule.Covered {
			w.step(Step{Rule: StepBase, Article: rule.Article})
			return
		}
	}
	left := start - w.coverage.Basic - w.result.CriticalIllness
	article := "A04"
	for _, source := range w.version.Before {
		left -= w.coverage.Other(source)
	}
	if left < 0 {
		left, c.floored, article = 0, true, "A05"
	}
	c.base = left
	w.step(Step{Rule: StepBase, Article: article, Input: start, Output: left})
}

// BaseOf says which parts of the bill a base starts from.
type BaseOf string

// The starts of a base; the zero value is the eligible amount alone.
const (
	BaseEligible      BaseOf = "in_scope"
	BaseWithFirstSelf BaseOf = "in_scope_and_pre_self_pay"
	BaseFullCost      BaseOf = "full_cost"
)

// BaseRule is a category's own start of the base.
type BaseRule struct {
	Of      BaseOf
	Article string
}

// of is the part of a bill the base starts from, never more than the bill.
func (r BaseRule) of(bill *Bill) Money {
	switch r.Of {
	case BaseWithFirstSelf:
		return bill.Eligible + bill.FirstSelfPay
	case BaseFullCost:
		return bill.Submitted
	default:
		return bill.Eligible
	}
}

// baseStart is the eligible amount, or what the category starts from instead.
func (w *working) baseStart(c *candidate) Money {
	eligible := w.claim.Bill.Eligible
	if c.category == nil || c.category.Base.Of == "" {
		return eligible
	}
	rule := c.category.Base
	start := rule.of(&w.claim.Bill)
	w.step(Step{Rule: StepBaseOf, Subject: string(rule.Of), Article: rule.Article, Input: eligible, Output: start})
	return start
}

// factor is the part of the eligible amount an uninsured person of a category
// is assisted on; zero where the uninsured are not covered.
func (u *UninsuredRule) factor(category CategoryID) Ratio {
	if !u.Covered {
		return Ratio{}
	}
	if own, ok := u.Overrides[category]; ok {
		return own
	}
	return u.Factor
}

// verdict is what the facility rule says of where care was given.
type verdict struct {
	refused bool
	minus   Ratio // taken off every reimbursement ratio of the settlement
	article string
}

// judge applies the facility rule (A25): an emergency is covered anywhere, a
// facility that is not designated never otherwise, and unreferred care out of
// area as the policy says.
func (f *FacilityRule) judge(care Treatment) verdict {
	switch {
	case care.Emergency:
		return verdict{}
	case !care.Designated:
		return verdict{refused: true, article: "A25"}
	case care.InArea, care.Referral == ReferralApproved:
		return verdict{}
	case f.Unreferred == UnreferredNotCovered:
		return verdict{refused: true, article: f.Article}
	case f.Unreferred == UnreferredMinus:
		return verdict{minus: f.Points, article: f.Article}
	default:
		return verdict{}
	}
}
