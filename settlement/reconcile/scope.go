package reconcile

import (
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Share says whose part of the bills is compared.
type Share string

// The shares.
const (
	InsuranceShare  Share = "insurance"  // of one payer
	AssistanceShare Share = "assistance" // of civil affairs
)

// Scope is what one comparison is about.
type Scope struct {
	Share    Share
	Payer    settlement.PayerCode  // of InsuranceShare
	Facility settlement.FacilityID // "" for all
	// Insurance and Clearing are one kind of insurance and of clearing; "" for
	// all.
	Insurance settlement.Scheme
	Clearing  settlement.Mode
	Period    settlement.Period // of the payer's days, both ends set
	States    Fields            // by their list
	// Partial: their list has only what they found to differ, so that nothing
	// follows from what it does not have, nor from its totals.
	Partial bool
}

// Check refuses (Invalid) a scope that says nothing or contradicts itself; of
// columns, Value is what the list would have to state.
func (s *Scope) Check() error {
	field, value := "", ""
	switch {
	case s.Share != InsuranceShare && s.Share != AssistanceShare:
		field, value = "share", string(s.Share)
	case (s.Share == InsuranceShare) != (s.Payer != ""):
		field, value = "payer", string(s.Payer)
	case s.Period.From == 0 || s.Period.To < s.Period.From:
		field = "period"
	case s.Share == AssistanceShare && !s.States.Has(StatesAssistance):
		field, value = "columns", amountNames[Assistance]
	case s.Share == InsuranceShare && !s.States.Has(StatesFund):
		field, value = "columns", amountNames[Fund]
	default:
		return nil
	}
	return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: field, Value: value}
}

// Opened is when settlements were opened that may have a line in the period or
// a day beside it. A payer's day is that of opening or, around midnight or
// with a clock that is off, one beside it.
func (s *Scope) Opened() (from, until time.Time) {
	return s.Period.From.Previous().Previous().Midnight(), s.Period.To.Plus(3).Midnight()
}

// Covers reports whether a line counts in the scope. What a line does not say
// is taken to be as asked.
func (s *Scope) Covers(l *Line) bool {
	return (l.Day == 0 || s.Period.Covers(l.Day)) && meets(s.Facility, l.Facility) && meets(s.Insurance, l.Insurance) && meets(s.Clearing, l.Clearing)
}

// meets: nothing keeps what is asked apart from what is said.
func meets[T ~string](asked, said T) bool { return asked == "" || said == "" || asked == said }

// heard is a line of one side: theirs is no more than their list states.
func (s *Scope) heard(side Side, l Line) Line {
	if side == Theirs {
		return s.States.project(l)
	}
	return l
}

// dayOf is the day of an instant, or none.
func dayOf(at time.Time) settlement.Date {
	if at.IsZero() {
		return 0
	}
	return settlement.DayOf(at)
}
