package oracle

import (
	"errors"
	"math/big"
	"slices"
)

// errIncome says that a figure is a part of an income nobody knows.
var errIncome = errors.New("no income of the year before")

// income is that of the year before the discharge.
func (q *question) income() (*big.Rat, error) {
	text, ok := q.version.Income[q.step.Discharge[:4]]
	if !ok {
		return nil, errIncome
	}
	return yuan(text), nil
}

// assist is A12 to A14 for one rule.
func (q *question) assist(o *outcome, rule *Rule, points *big.Rat) (*big.Rat, error) {
	nothing := new(big.Rat)
	if o.base.Sign() == 0 {
		o.reasons = append(o.reasons, "NOTHING_TO_ASSIST")
		return nothing, nil
	}
	if err := q.deduct(o, rule); err != nil {
		return nil, err
	}
	amount := minus(o.base, o.deductible)
	if amount.Sign() == 0 {
		o.reasons = append(o.reasons, "BELOW_DEDUCTIBLE")
		return nothing, nil
	}
	worked := q.version.whole(q.climb(o, rule.Ratio, amount, points), amount)
	if worked.Sign() == 0 {
		o.reasons = append(o.reasons, "NOTHING_TO_ASSIST")
		return nothing, nil
	}
	paid := q.within(o, rule.Caps, worked)
	if paid.Cmp(worked) < 0 {
		paid = q.version.whole(paid, paid)
	}
	if paid.Sign() == 0 {
		o.reasons = append(o.reasons, "CAP_EXHAUSTED")
	}
	o.draw(rule.Caps, paid)
	return paid, nil
}

// deduct is A12: per stay in full, per year what the year has not met yet.
func (q *question) deduct(o *outcome, rule *Rule) error {
	d := rule.Deductible
	if d.Kind == "none" {
		return nil
	}
	amount := yuan(d.Amount)
	if d.IncomeRate != "" {
		income, err := q.income()
		if err != nil {
			return err
		}
		amount = share(income, yuan(d.IncomeRate))
	}
	split := q.version.CrossYear
	if d.Kind == "per_stay" && q.step.Continued && split.Deductible == "once" {
		return nil
	}
	if d.Kind == "threshold" {
		if o.base.Cmp(amount) <= 0 {
			o.deductible = o.base
		}
		return nil
	}
	if d.Kind == "per_stay" {
		o.deductible = least(o.base, amount)
		return nil
	}
	o.deductible = least(o.base, floor0(minus(amount, q.used.get(metName))))
	o.changes.post(ledger{metName: o.deductible}, 1)
	return nil
}

// climb applies a ratio to an amount; over the year it is what the amount adds
// to the ratio of all the amounts before.
func (q *question) climb(o *outcome, r *Ratio, amount, points *big.Rat) *big.Rat {
	if r.Over != "year" {
		return r.of(amount, points)
	}
	old := q.used.get(bucketPrefix + r.Bucket)
	o.changes.post(ledger{bucketPrefix + r.Bucket: amount}, 1)
	o.climbed = true
	return minus(r.of(plus(old, amount), points), r.of(old, points))
}

// of applies a ratio, less points, to an amount.
func (r *Ratio) of(amount, points *big.Rat) *big.Rat {
	less := func(rate string) *big.Rat { return floor0(minus(yuan(rate), points)) }
	if r.Kind == "flat" {
		return share(amount, less(r.Rate))
	}
	if r.Kind == "slab" {
		i := slices.IndexFunc(r.Bands, func(b Band) bool { return b.UpTo == nil || amount.Cmp(yuan(*b.UpTo)) <= 0 })
		return share(amount, less(r.Bands[i].Rate))
	}
	sum := new(big.Rat)
	for i, band := range r.Bands {
		sum = plus(sum, share(sliceOf(r.Bands, i, new(big.Rat), amount), less(band.Rate)))
	}
	return sum
}

// sliceOf is the part of (from, amount] that lies in band i.
func sliceOf(bands []Band, i int, from, amount *big.Rat) *big.Rat {
	low, high := from, amount
	if i > 0 && yuan(*bands[i-1].UpTo).Cmp(low) > 0 {
		low = yuan(*bands[i-1].UpTo)
	}
	if bands[i].UpTo != nil {
		high = least(high, yuan(*bands[i].UpTo))
	}
	return floor0(minus(high, low))
}

// within is the least of an amount and what every limited bucket has left,
// counting what this settlement has drawn already.
func (q *question) within(o *outcome, caps []Cap, amount *big.Rat) *big.Rat {
	paid := amount
	for _, c := range caps {
		if c.Limit != nil {
			used := plus(q.used.get(bucketPrefix+c.Bucket), o.changes.get(bucketPrefix+c.Bucket))
			paid = least(paid, floor0(minus(yuan(*c.Limit), used)))
		}
	}
	if paid.Cmp(amount) < 0 {
		o.cut = true
	}
	return paid
}

// draw notes an amount on every bucket of a rule, limited or not (A14).
func (o *outcome) draw(caps []Cap, amount *big.Rat) {
	for _, c := range caps {
		o.changes.post(ledger{bucketPrefix + c.Bucket: amount}, 1)
	}
}

// more is A17.
func (q *question) more(o *outcome, points *big.Rat) {
	rule := q.version.Inclined
	if rule == nil || !rule.Auto {
		return
	}
	above := floor0(minus(o.base, o.ordinary, yuan(rule.Threshold)))
	worked := q.version.whole(share(above, floor0(minus(yuan(rule.Rate), points))), above)
	o.inclined = q.within(o, rule.Caps, worked)
	if o.inclined.Cmp(worked) < 0 {
		o.inclined = q.version.whole(o.inclined, o.inclined)
	}
	o.draw(rule.Caps, o.inclined)
}

// criticalIllness is A16: what it pays and what it adds to the year.
func (q *question) criticalIllness() (*big.Rat, ledger, error) {
	p := q.step.Payers
	nothing := new(big.Rat)
	if p.Critical == nil || p.Critical.Source == "given" {
		return p.given(), ledger{}, nil
	}
	rule := q.version.Critical
	stay := q.step.Mode == "inpatient" || q.step.Mode == "outpatient"
	if rule == nil || !stay || !slices.Contains(rule.Schemes, p.Scheme) {
		return nothing, ledger{}, nil
	}
	tilted := slices.ContainsFunc(q.version.Categories, func(c *Category) bool { return c.Tilt && q.inForce(c.ID) })
	deductible := yuan(rule.Deductible)
	if rule.IncomeRate != "" {
		income, err := q.income()
		if err != nil {
			return nil, nil, err
		}
		deductible = share(income, yuan(rule.IncomeRate))
	}
	extra := nothing
	if tilted {
		deductible = share(deductible, yuan(rule.Tilt.Factor))
		extra = yuan(rule.Tilt.Extra)
	}
	f := func(x *big.Rat) *big.Rat {
		sum := new(big.Rat)
		for i, band := range rule.Bands {
			sum = plus(sum, share(sliceOf(rule.Bands, i, deductible, x), plus(yuan(band.Rate), extra)))
		}
		return sum
	}
	old := q.used.get(criticalIn)
	growth := floor0(minus(yuan(q.step.Bill.InScope), yuan(p.Basic)))
	pay := minus(f(plus(old, growth)), f(old))
	if !tilted || !rule.Tilt.Uncapped {
		pay = least(pay, floor0(minus(yuan(rule.Cap), q.used.get(criticalPaid))))
	}
	return pay, ledger{criticalIn: growth, criticalPaid: pay}, nil
}
