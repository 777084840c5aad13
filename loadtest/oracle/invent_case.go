package oracle

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
)

// Case invents a case under one of the policies and works it out.
func (a *Author) Case(id string, policies map[string]*Policy) *Case {
	ids := slices.Sorted(maps.Keys(policies))
	c := &Case{ID: id, Policy: pick(a, ids...)}
	policy := policies[c.Policy]
	c.Person.Residence = pick(a, "urban", "rural")
	if a.chance(40) {
		c.Start = a.start()
	}
	for i := range 1 + a.r.IntN(4) {
		if i > 0 && a.chance(25) {
			c.Steps = append(c.Steps, &Step{Op: "reverse", SID: pick(a, "s1", "s1", "s1", "s2", c.Steps[i-1].SID, "nope")})
			continue
		}
		c.Steps = append(c.Steps, a.settlement(fmt.Sprintf("s%d", i+1), policy))
	}
	c.Person.Categories = a.held(c.Steps[0], policy)
	Solve(c, policy)
	return c
}

// start invents what was used before the first step, often more than a cap
// allows, as after a cap was lowered.
func (a *Author) start() map[string]*Year {
	years := map[string]*Year{}
	for _, year := range some(a, 1, "2020", "2021", "2022") {
		years[year] = &Year{
			Buckets: map[string]string{"total": a.text(a.fen()), "part": a.text(a.fen()), "inclined": a.text(a.fen()), "climbed": a.text(a.fen()), "borne_critical_again": a.text(a.fen())},
			Met:     a.text(a.fen()), CriticalIn: a.text(a.fen()), Critical: a.text(a.fen()), Grants: a.r.IntN(2),
		}
	}
	return years
}

// held invents categories around the first stay: throughout, up to its first
// day, from its last, just beside it.
func (a *Author) held(first *Step, p *Policy) []Held {
	known := []string{"new_four"}
	for from := range p.Aliases {
		known = append(known, from)
	}
	for _, v := range p.Versions {
		for _, c := range v.Categories {
			known = append(known, c.ID)
		}
	}
	slices.Sort(known)
	all := []Held{}
	for range max(a.r.IntN(4), a.r.IntN(3)) {
		h := Held{ID: pick(a, known...), From: "2010-01-01"}
		if a.chance(1) {
			h.ID = "martian"
		}
		switch a.r.IntN(8) {
		case 0:
			h.From = first.Discharge
		case 1:
			h.To = &first.Admission
		case 2:
			until := a.day(0, 900)
			h.To = &until
		case 3:
			h.From = a.day(0, 900)
		}
		if first.Newborn != nil && a.chance(50) {
			h.From, h.To = first.Newborn.Registered, nil
		}
		all = append(all, h)
	}
	return all
}

// settlement invents a stay within about three years from the first of 2020.
func (a *Author) settlement(sid string, p *Policy) *Step {
	from := a.r.IntN(1000)
	s := &Step{Op: "settle", SID: sid, Admission: dayAfter(from), Discharge: dayAfter(from + a.r.IntN(30)), Payers: &Payers{}}
	s.Mode = pick(a, "inpatient", "inpatient", "inpatient", "outpatient", "outpatient", "inclined", "care")
	s.Class = pick(a, "", "", "general", "serious")
	s.Disease = a.illness()
	if a.chance(40) {
		s.Provider = &Provider{Designated: a.chance(90), Emergency: a.chance(10), InArea: a.chance(50), Referral: pick(a, "none", "approved"), Level: pick(a, "", "一级", "二级", "三级")}
	}
	s.Payers.Scheme = pick(a, "ncms", "resident_bmi", "resident_bmi", "employee_bmi", "none")
	if s.Mode == "care" {
		s.Bill = &Bill{"0.00", "0.00", "0.00", "0.00", "0.00"}
	} else {
		a.bill(s, p)
	}
	if v := p.versionOn(s.Discharge); v != nil {
		a.askLocal(s, v)
	}
	if a.chance(6) {
		a.spoil(s)
	}
	return s
}

// bill invents what was charged and who else pays of it. Often the base comes
// to stand on a limit of the policy, or a fen beside it.
func (a *Author) bill(s *Step, p *Policy) {
	outside := [3]int64{a.fen() / 10, a.fen() / 10, a.fen() / 10}
	wanted := a.fen() // of the base
	if limits := p.limits(); a.chance(40) {
		wanted = max(0, pick(a, limits...)+a.r.Int64N(3)-1)
	}
	var basic, given, before int64
	if s.Payers.Scheme != "none" {
		basic = a.fen() / 2
		if a.chance(30) {
			given = a.fen() / 10
			s.Payers.Critical = &GivenOrMade{Source: "given", Pay: a.text(given)}
		} else if a.chance(60) {
			s.Payers.Critical = &GivenOrMade{Source: "compute"}
		}
	}
	if a.chance(30) {
		before = a.fen() / 20
		s.Payers.Commercial, s.Payers.Derate = a.text(before/2), a.text(before-before/2)
	}
	if a.chance(15) {
		s.Payers.Special = a.text(a.fen() / 100)
	}
	if a.chance(25) {
		s.Payers.Charity = a.text(a.fen())
	}
	inScope := wanted + basic + given + before
	if a.chance(5) { // payers may exceed what is in scope
		inScope = a.fen()
	}
	s.Payers.Basic = a.text(basic)
	s.Bill = &Bill{
		Total:      a.text(outside[0] + outside[1] + outside[2] + inScope),
		OutOfScope: a.text(outside[0]), FirstSelfPay: a.text(outside[1]), OverLimit: a.text(outside[2]), InScope: a.text(inScope),
	}
}

// spoil makes one of the errors a step can have.
func (a *Author) spoil(s *Step) {
	switch a.r.IntN(9) {
	case 0:
		s.Bill.OverLimit = "0.001"
	case 1:
		s.Payers.Charity = "-0.01"
	case 2:
		s.Bill.OutOfScope = "-5.00"
	case 3:
		s.Bill.Total = a.text(a.fen())
	case 4:
		s.Payers.Special = a.text(a.fen())
	case 5:
		s.Admission, s.Discharge = s.Discharge, s.Admission
	case 6:
		s.Admission, s.Discharge = "2019-12-01", "2019-12-31"
	case 7:
		s.Payers.Basic = "1.00"
	case 8:
		s.Bill = &Bill{"1.00", "0.00", "0.00", "0.00", "1.00"}
	}
}

// limits are amounts of a policy, in fen, at which something changes.
func (p *Policy) limits() []int64 {
	all := []int64{0}
	note := func(text string) { all = append(all, new(big.Rat).Mul(yuan(text), big.NewRat(100, 1)).Num().Int64()) }
	for _, v := range p.Versions {
		if v.Inclined != nil {
			note(v.Inclined.Threshold)
		}
		for _, c := range v.Categories {
			for _, r := range c.Rules {
				for _, limit := range r.Caps {
					if limit.Limit != nil {
						note(*limit.Limit)
					}
				}
				if r.Deductible != nil {
					note(r.Deductible.Amount)
				}
				if r.Ratio == nil {
					continue
				}
				for _, band := range r.Ratio.Bands {
					if band.UpTo != nil {
						note(*band.UpTo)
					}
				}
			}
		}
	}
	return all
}
