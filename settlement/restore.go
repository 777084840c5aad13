package settlement

import (
	"slices"
	"time"
)

// Restored is an open s as it must be taken once its store has gone back to an
// earlier moment: payers may have been called since, and what they answered is
// lost. Undecided, it is decided against; every payer that may hold something is
// reversed, under the message it had. A first no to a reversal proves nothing
// any more. terms are those of its payers, one for each leg; now is when all
// gateways are known to be silent.
func (s Settlement) Restored(terms []Terms, now time.Time) (Settlement, error) {
	if !s.State.Open() {
		return s, s.illegal("taking up after a restore")
	}
	s.Legs = slices.Clone(s.Legs)
	for i := range s.Legs {
		s.Legs[i].restore(terms[i], now)
	}
	if s.Decision == Undecided {
		s.decideAbort(ReasonRestored)
	}
	s.RetriedAt = now
	return s, nil
}

// restore makes a leg uncertain where a payer may have heard more of it.
func (l *Leg) restore(terms Terms, now time.Time) {
	sent := l.State == LegPlanned && l.Message != "" || l.State == LegIntent
	if sent {
		l.State, l.Doubted = LegUnknown, true
	}
	if l.State.Clear() {
		return
	}
	l.Inquiries, l.Undos, l.Unsent, l.NextAt = 0, 0, 0, time.Time{}
	l.QuietUntil = now.Add(terms.QuietPeriod)
}

// ReversalForgotten is a committed s whose payers have undone it since the
// moment to which its store went back: it is reversed once more, so that the
// payers say so themselves.
func (s Settlement) ReversalForgotten(reversal Reversal, terms []Terms) (Settlement, error) {
	s, err := s.ReversalAsked(reversal)
	if err != nil {
		return s, err
	}
	return s.Restored(terms, reversal.AskedAt)
}
