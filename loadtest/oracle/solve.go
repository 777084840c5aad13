package oracle

import (
	"math/big"
)

// posted is a settlement that stands, or stood.
type posted struct {
	sid      string
	year     string
	changes  ledger
	cut      bool // by a cap, even to nothing
	computed bool // an amount accumulated over the year moved
	reversed bool
}

// Solve works a case out: it fills what each step should answer and what the
// years should hold in the end.
func Solve(c *Case, policy *Policy) {
	years := map[string]ledger{}
	for year, start := range c.Start {
		years[year] = openLedger(start)
	}
	var book []*posted
	for _, step := range c.Steps {
		if step.Op == "reverse" {
			step.Expect = reverse(step.SID, book, years)
			continue
		}
		expect, entry := settle(step, &c.Person, policy, years)
		step.Expect = expect
		if entry != nil {
			book = append(book, entry)
		}
	}
	c.After = map[string]*Year{}
	for year, l := range years {
		c.After[year] = l.close()
	}
}

// settle answers one settlement, and posts it unless it is an error (A23).
func settle(s *Step, person *Person, policy *Policy, years map[string]ledger) (*Expect, *posted) {
	v := policy.versionOn(s.Discharge)
	if faults := wrong(s, person, v); len(faults) > 0 {
		return &Expect{Status: "error", Reason: faults[0]}, nil
	}
	q := &question{step: s, policy: policy, version: v, person: person}
	if faults := q.wrong(); len(faults) > 0 {
		return &Expect{Status: "error", Reason: faults[0]}, nil
	}
	year := v.benefitYear(s)
	if years[year] == nil {
		years[year] = ledger{}
	}
	q.used = years[year]
	pay, changes, err := q.criticalIllness()
	if err != nil {
		return &Expect{Status: "error", Reason: "NO_POLICY_VERSION"}, nil
	}
	q.critical = pay
	owed := minus(yuan(s.Bill.Total), yuan(s.Payers.Basic), pay, s.Payers.offers(v.Before))
	if owed.Sign() < 0 {
		return &Expect{Status: "error", Reason: "PAYERS_EXCEED_TOTAL"}, nil
	}
	o, err := q.best()
	if err != nil {
		return &Expect{Status: "error", Reason: "NO_POLICY_VERSION"}, nil
	}
	o.changes.post(changes, 1)
	expect := q.answer(o, owed)
	years[year].post(o.changes, 1)
	computed := o.climbed || changes.get(criticalIn).Sign() > 0
	return expect, &posted{sid: s.SID, year: year, changes: o.changes, cut: o.cut, computed: computed}
}

// answer writes an outcome down, and lets the sources after assistance pay of
// what is still owed (A20), offered or computed.
func (q *question) answer(o *outcome, owed *big.Rat) *Expect {
	a := &Answer{
		Version: q.version.ID, Critical: money(q.critical), Base: money(o.base), Deductible: money(o.deductible),
		Ordinary: money(o.ordinary), Inclined: money(o.inclined), Benefit: money(o.benefit()), Charity: "0.00", Again: "0.00", Second: "0.00",
	}
	e := &Expect{Status: "zero", Reason: o.reason(), Answer: a}
	if o.category != nil {
		a.Category = &o.category.ID
	}
	if o.benefit().Sign() > 0 {
		e.Status = "ok"
		fund := o.category.Fund
		if fund == "by_residence" {
			fund = q.person.Residence
		}
		a.Fund = &fund
	}
	if q.step.Mode != "care" {
		owed = minus(owed, o.benefit())
	}
	for _, source := range q.version.After {
		offer := q.step.Payers.offer(source)
		for _, stage := range q.version.Stages {
			if stage.Payer == source {
				offer = q.stage(stage, o, owed)
			}
		}
		taken := least(owed, offer)
		owed = minus(owed, taken)
		switch source {
		case "charity":
			a.Charity = money(taken)
		case "critical_again":
			a.Again = money(taken)
		case "second_assistance":
			a.Second = money(taken)
		}
	}
	a.Patient = money(owed)
	if o.floored {
		a.Warnings = []string{"BASE_FLOORED"}
	}
	return e
}

// reverse takes the latest settlement by an id off its year, and lists the
// later ones of that year that should be looked at again (A21).
func reverse(sid string, book []*posted, years map[string]ledger) *Expect {
	for i := len(book) - 1; i >= 0; i-- {
		entry := book[i]
		if entry.sid != sid {
			continue
		}
		if entry.reversed {
			return &Expect{Status: "error", Reason: "ALREADY_REVERSED"}
		}
		entry.reversed = true
		years[entry.year].post(entry.changes, -1)
		review := []string{}
		for _, later := range book[i+1:] {
			if later.year == entry.year && !later.reversed && (later.cut || later.computed) {
				review = append(review, later.sid)
			}
		}
		return &Expect{Status: "ok", Reason: "OK", Review: &review}
	}
	return &Expect{Status: "error", Reason: "SETTLEMENT_NOT_FOUND"}
}
