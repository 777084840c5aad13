package reconcile

import (
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Held are the lines that a settlement of ours puts on our side of scope: one
// for each leg that was sent to the payer, or one for assistance granted.
// What its rows say is what the payer answered; a leg without an answer has the
// bill as it was claimed, which counts nothing until it is known. What was
// adjusted since is what we hold.
func Held(s *settlement.Settlement, scope *Scope) []Line {
	line := Line{
		Encounter: s.Encounter, Person: s.Insured, Facility: s.Facility, Insurance: s.Coverage.Scheme,
		Clearing: s.Claim.Mode, Settlement: s.ID,
	}
	if scope.Share == AssistanceShare {
		return granted(s, line)
	}
	var lines []Line
	for i := range s.Legs {
		leg := &s.Legs[i]
		if leg.Payer != scope.Payer || leg.State == settlement.LegPlanned {
			continue
		}
		lines = append(lines, paid(s, leg, line))
	}
	return lines
}

// granted is the assistance of a settlement that was committed. It has no
// reference: the record that a bureau's list names is the payer's or its own.
func granted(s *settlement.Settlement, line Line) []Line {
	if s.Decision != settlement.Commit || s.Adjudication == nil {
		return nil
	}
	line.Status, line.Category = Standing, s.Adjudication.Category
	switch s.State {
	case settlement.StateReversed:
		line.Status = Reversed
	case settlement.StateReversing, settlement.StateAttention:
		line.Status = Undoing
	}
	line.at(s.ClosedAt)
	line.Amounts[Bill], line.Amounts[Assistance] = s.Claim.Bill.Submitted, s.Borne("")
	return []Line{line}
}

// paid is what a payer was asked to bear, as far as it is known.
func paid(s *settlement.Settlement, leg *settlement.Leg, line Line) Line {
	line.Status, line.Message, line.Reference = standing(s, leg), leg.Message, leg.Payment.Reference
	if leg.Payment.Encounter != "" {
		line.Encounter = leg.Payment.Encounter
	}
	line.Amounts = Amounts{Bill: leg.Payment.Bill.Submitted, Fund: leg.Payment.Borne() + s.Correction(leg.Payer), Account: leg.Payment.PersonalAccount}
	if leg.Payment.At.IsZero() {
		line.at(leg.SentAt)
		line.Amounts[Bill] = s.Claim.Bill.Submitted
		return line
	}
	line.at(leg.Payment.At)
	return line
}

func (l *Line) at(at time.Time) { l.At, l.Day = at, dayOf(at) }

// standing is where a leg that was sent stands.
func standing(s *settlement.Settlement, leg *settlement.Leg) Status {
	committed := s.Decision == settlement.Commit
	switch {
	case leg.State.Clear() && committed:
		return Reversed
	case leg.State.Clear():
		return Aborted
	case leg.State == settlement.LegApplied && committed:
		return Standing
	case leg.State == settlement.LegUndoIntent || leg.State == settlement.LegUnconfirmed:
		return Undoing
	default:
		return Doubted
	}
}
