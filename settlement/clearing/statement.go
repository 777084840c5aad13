package clearing

import (
	"github.com/onestop-gateway/onestop/settlement"
)

// Statement is what one bearer owes one payee for the period: one payment.
type Statement struct {
	Facility settlement.FacilityID // "" for the persons who were given grants
	Bearer   Bearer
	Lines    []Position // by benefit, or by the level that gives
	Payments []Payment  // confirmed, in the order they were
}

// Due is what is owed.
func (s *Statement) Due() (due settlement.Money) {
	for i := range s.Lines {
		due += s.Lines[i].Due()
	}
	return due
}

// Adjusted is how much of what is owed adjustments added, or below zero took.
func (s *Statement) Adjusted() (adjusted settlement.Money) {
	for i := range s.Lines {
		if s.Lines[i].Account.Adjusts() {
			adjusted += s.Lines[i].Due()
		}
	}
	return adjusted
}

// Paid is what was confirmed as paid.
func (s *Statement) Paid() (paid settlement.Money) {
	for i := range s.Payments {
		paid += s.Payments[i].Amount
	}
	return paid
}

// Standing is how a payment stands beside what is owed.
type Standing string

// The standings. A payment that differs is kept as it was made, and told.
const (
	Unpaid   Standing = "unpaid"
	PartPaid Standing = "part_paid"
	PaidFull Standing = "paid"
	OverPaid Standing = "over_paid"
)

// Standing says how the statement is paid. What comes to nothing is paid.
func (s *Statement) Standing() Standing {
	due, paid := s.Due(), s.Paid()
	if due < 0 {
		due, paid = -due, -paid // the payee owes
	}
	switch {
	case paid == due:
		return PaidFull
	case paid == 0:
		return Unpaid
	case paid < due:
		return PartPaid
	}
	return OverPaid
}

// DaysToMoney is how many days passed on average from the discharges of the
// statement until a day. False where nothing is left of it that was settled.
func (s *Statement) DaysToMoney(until settlement.Date) (days int64, ok bool) {
	var sum, count int64
	for i := range s.Lines {
		line := &s.Lines[i]
		sum += line.Days
		count += int64(line.Settlements - line.Reversals)
	}
	if count <= 0 {
		return 0, false
	}
	return until.Midnight().Unix()/secondsPerDay + 1 - sum/count, true
}

// Statements are the positions by payee and bearer, in their order, with the
// payments of each. Positions that nobody pays by a clearing are left out.
func Statements(positions []Position, history []Event) []Statement {
	var all []Statement
	for _, p := range positions {
		bearer := p.Account.Bearer()
		if bearer == "" {
			continue
		}
		if n := len(all); n == 0 || all[n-1].Facility != p.Facility || all[n-1].Bearer != bearer {
			all = append(all, Statement{Facility: p.Facility, Bearer: bearer, Payments: paymentsOf(history, p.Facility, bearer)})
		}
		last := &all[len(all)-1]
		last.Lines = append(last.Lines, p)
	}
	return all
}

func paymentsOf(history []Event, facility settlement.FacilityID, bearer Bearer) (payments []Payment) {
	for i := range history {
		if p := history[i].Payment; p != nil && p.Facility == facility && p.Bearer == bearer {
			payments = append(payments, *p)
		}
	}
	return payments
}

// Totals is what positions come to. Bills = Borne − Adjusted + Patients: no fen
// of a bill is without its bearer, but for what adjustments added to what is
// owed or took from it.
type Totals struct {
	Bills       settlement.Money
	Patients    settlement.Money // paid at the window
	Borne       settlement.Money // owed by payers, funds and other sources
	Adjusted    settlement.Money // of what is borne, by adjustments; below zero: taken off
	Against     settlement.Money // what those stand against: as much as Adjusted
	Paid        settlement.Money // of what is borne, confirmed
	Settlements int
	Reversals   int
}

// Total adds positions and payments up. Count is by bills: a settlement has
// one.
func Total(positions []Position, history []Event) (t Totals) {
	for i := range positions {
		p := &positions[i]
		switch p.Account {
		case Bills:
			t.Bills += p.Due()
			t.Settlements += p.Settlements
			t.Reversals += p.Reversals
		case Patients:
			t.Patients += p.Due()
		default:
			t.bear(p)
		}
	}
	for i := range history {
		if payment := history[i].Payment; payment != nil {
			t.Paid += payment.Amount
		}
	}
	return t
}

// bear adds what a bearer owes, or what an adjustment of it stands against.
func (t *Totals) bear(p *Position) {
	if p.Account.against() {
		t.Against -= p.Due()
		return
	}
	t.Borne += p.Due()
	if p.Account.Adjusts() {
		t.Adjusted += p.Due()
	}
}

// Balanced reports whether every fen has its bearer, and every adjustment what
// it stands against.
func (t *Totals) Balanced() bool {
	return t.Bills == t.Borne-t.Adjusted+t.Patients && t.Adjusted == t.Against
}
