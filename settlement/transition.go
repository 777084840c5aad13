package settlement

import (
	"cmp"
	"slices"
	"time"
)

// Heard is a payer's answer to one call on a leg.
type Heard struct {
	Operation Operation
	Result    Result
	Payment   Payment // when applied
	Message   string  // the payer's own words, when it refused
	Conflict  Reason  // set when an applied answer contradicts what was asked
}

// Sending is s with a call on leg about to go out under message: the record
// that must be durable before the first byte leaves. The message of a leg and
// of its reversal is set once and never changes.
func (s Settlement) Sending(i int, operation Operation, message MessageID, now time.Time, terms Terms) (Settlement, error) {
	s.Legs = slices.Clone(s.Legs)
	leg := &s.Legs[i]
	switch {
	case operation == OpSettle && leg.State == LegPlanned && s.Decision == Undecided:
		if leg.Message == "" {
			leg.Message = message
		}
		leg.State, leg.SentAt = LegIntent, now
		leg.Sends++
		leg.QuietUntil = now.Add(terms.QuietPeriod)
		s.State = StateSettling
	case operation == OpReverse && s.undoable(leg):
		if leg.Undo == "" {
			leg.Undo = message
		}
		leg.State = LegUndoIntent
		leg.Undos++
		leg.NextAt = now.Add(backoff(leg.Undos))
	case operation == OpInquire && (leg.State == LegUnknown || leg.State == LegUnconfirmed):
		leg.Inquiries++
		leg.NextAt = now.Add(backoff(leg.Inquiries))
	default:
		return s, s.illegal("sending " + string(operation) + " on " + string(leg.State))
	}
	return s, nil
}

// undoable reports whether leg may be reversed now: the decision stands
// against it, or a committed settlement is being undone.
func (s *Settlement) undoable(leg *Leg) bool {
	backward := s.State == StateAborting || s.State == StateReversing
	switch leg.State {
	case LegIntent, LegUnknown, LegApplied, LegUndoIntent:
		return backward
	}
	return false
}

// Hear is s after a payer's answer. A leg that was ever in doubt, or sent
// more than once, cannot become rejected: an answer to a second copy proves
// nothing about the first.
func (s Settlement) Hear(i int, heard Heard, now time.Time) (Settlement, error) {
	s.Legs = slices.Clone(s.Legs)
	leg := &s.Legs[i]
	switch {
	case heard.Operation == OpSettle && leg.State == LegIntent:
		s.hearSettle(leg, heard, now)
	case heard.Operation == OpInquire && leg.State == LegUnknown:
		s.hearInquiry(leg, heard)
	case heard.Operation == OpInquire && leg.State == LegUnconfirmed:
		s.hearConfirmation(leg, heard, now)
	case heard.Operation == OpReverse && leg.State == LegUndoIntent:
		s.hearReversal(leg, heard, now)
	default:
		return s, s.illegal("answer to " + string(heard.Operation) + " on " + string(leg.State))
	}
	return s, nil
}

func (s *Settlement) hearSettle(leg *Leg, heard Heard, now time.Time) {
	switch heard.Result {
	case ResultApplied:
		s.apply(leg, heard)
	case ResultRefused:
		leg.State, s.Message = LegRejected, heard.Message
	case ResultUnsent: // nothing left this machine: as if never tried
		leg.State, leg.NextAt = LegPlanned, now.Add(backoff(leg.Sends))
	default:
		leg.State, leg.Doubted = LegUnknown, true
	}
}

func (s *Settlement) apply(leg *Leg, heard Heard) {
	leg.State, leg.Payment = LegApplied, heard.Payment
	objection := cmp.Or(heard.Conflict, s.Objection(heard.Payment))
	if objection != "" && s.Decision == Undecided {
		s.decideAbort(objection)
	}
}

func (s *Settlement) hearInquiry(leg *Leg, heard Heard) {
	switch heard.Result {
	case ResultApplied:
		s.apply(leg, heard)
	case ResultNotFound, ResultReversed: // no final word: reverse it, and wait out the quiet period
		s.decideAbort(ReasonPayerInDoubt)
	}
}

// hearConfirmation is the answer that proves, or disproves, an accepted
// reversal.
func (s *Settlement) hearConfirmation(leg *Leg, heard Heard, now time.Time) {
	switch heard.Result {
	case ResultReversed:
		leg.State = LegReversed
	case ResultNotFound:
		if now.Before(leg.QuietUntil) {
			leg.NextAt = leg.QuietUntil
			return
		}
		leg.State = LegReversed
	case ResultApplied: // accepted but not done: reverse again, later each time
		leg.State, leg.NextAt = LegUndoIntent, now.Add(backoff(leg.Undos))
	}
}

// hearReversal: "not found" is final only after the quiet period, because the
// settle itself may still be on its way.
func (s *Settlement) hearReversal(leg *Leg, heard Heard, now time.Time) {
	switch heard.Result {
	case ResultReversed:
		leg.State = LegReversed
	case ResultAccepted:
		leg.State, leg.NextAt, leg.Inquiries = LegUnconfirmed, now, 0
	case ResultNotFound:
		if now.Before(leg.QuietUntil) {
			leg.NextAt = leg.QuietUntil
			return
		}
		leg.State = LegReversed
	case ResultUnsent: // nothing left this machine: that was no attempt
		leg.Undos--
		leg.Unsent++
		leg.NextAt = now.Add(backoff(leg.Unsent))
	case ResultRefused:
		s.Message = heard.Message
		if s.Decision == Commit && s.askedOnce(leg) && s.untouched() {
			leg.State = LegApplied // a clear no to the first and only asking
			return
		}
		s.State, s.Reason = StateAttention, ReasonReversalRefused
	}
}

// askedOnce reports whether leg's reversal was sent this once only: where people
// had it tried again, the count is of the new tries, and an earlier one may have
// been carried out.
func (s *Settlement) askedOnce(leg *Leg) bool {
	return leg.Undos == 1 && s.RetriedAt.IsZero()
}

// untouched reports whether no leg has been reversed yet.
func (s *Settlement) untouched() bool {
	for _, leg := range s.Legs {
		if leg.State == LegReversed || leg.State == LegUnconfirmed {
			return false
		}
	}
	return true
}

// Lose is s with the call on leg cut off by a crash: it is assumed sent.
func (s Settlement) Lose(i int) (Settlement, error) {
	if s.Legs[i].State != LegIntent {
		return s, s.illegal("losing a call on " + string(s.Legs[i].State))
	}
	s.Legs = slices.Clone(s.Legs)
	s.Legs[i].State, s.Legs[i].Doubted = LegUnknown, true
	return s, nil
}

// DecideAbort is s decided against, once, for reason.
func (s Settlement) DecideAbort(reason Reason) (Settlement, error) {
	if s.Decision != Undecided || !s.State.Open() {
		return s, s.illegal("deciding to abort")
	}
	s.decideAbort(reason)
	return s, nil
}

func (s *Settlement) decideAbort(reason Reason) {
	s.Decision, s.State, s.Reason = Abort, StateAborting, reason
}

// Committed is s settled: the pivot. The ground it was adjudicated on is kept,
// so that the version and the stored inputs recompute it bit for bit.
func (s Settlement) Committed(award Award, sequence int64, now time.Time) (Settlement, error) {
	if s.Decision != Undecided || !s.State.Open() {
		return s, s.illegal("committing")
	}
	for _, leg := range s.Legs {
		if leg.State != LegApplied {
			return s, s.illegal("committing with a leg " + string(leg.State))
		}
	}
	s.Decision, s.State, s.Reason = Commit, StateCommitted, award.Adjudication.Reason
	s.Used, s.Adjudication, s.Promise = award.Ground, &award.Adjudication, award.Promise
	s.Sequence, s.ClosedAt = sequence, now
	return s, nil
}

// Ended is s recorded as not settled, every payer being clear.
func (s Settlement) Ended(now time.Time) (Settlement, error) {
	if s.State != StateAborting || !s.clear() {
		return s, s.illegal("ending")
	}
	s.State, s.ClosedAt = StateAborted, now
	return s, nil
}

// ReversalAsked is a committed s being undone. Its cap is kept until the
// payers are clear.
func (s Settlement) ReversalAsked(reversal Reversal) (Settlement, error) {
	switch s.State {
	case StateCommitted:
	case StateReversed, StateReversing:
		return s, &Error{Kind: KindBlocked, Reason: ReasonAlreadyReversed, Object: string(s.ID)}
	default:
		return s, &Error{Kind: KindBlocked, Reason: ReasonNotReversible, Object: string(s.ID)}
	}
	s.Legs = slices.Clone(s.Legs)
	for i := range s.Legs {
		s.Legs[i].Undo, s.Legs[i].Undos, s.Legs[i].NextAt = "", 0, time.Time{}
	}
	s.State, s.Message, s.Reversal, s.RetriedAt = StateReversing, "", &reversal, time.Time{}
	return s, nil
}

// Resumed is s standing as it was, its reversal refused outright.
func (s Settlement) Resumed(reason Reason, now time.Time) (Settlement, error) {
	if s.State != StateReversing || !s.untouched() {
		return s, s.illegal("resuming")
	}
	reversal := *s.Reversal
	reversal.DoneAt, reversal.Refused = now, reason
	s.State, s.Reversal, s.Reason = StateCommitted, &reversal, s.adjudicated()
	return s, nil
}

// Undone is s reversed, every payer being clear.
func (s Settlement) Undone(now time.Time) (Settlement, error) {
	if s.State != StateReversing || !s.clear() {
		return s, s.illegal("undoing")
	}
	reversal := *s.Reversal
	reversal.DoneAt = now
	s.State, s.Reversal, s.Reason = StateReversed, &reversal, s.adjudicated()
	return s, nil
}

// adjudicated is the reason of a committed settlement, which one for asking
// people may have covered meanwhile.
func (s *Settlement) adjudicated() Reason {
	if s.Adjudication == nil {
		return s.Reason
	}
	return s.Adjudication.Reason
}

// Attended is s handed to people for reason.
func (s Settlement) Attended(reason Reason) (Settlement, error) {
	if !s.State.Open() {
		return s, s.illegal("asking for attention")
	}
	s.State, s.Reason = StateAttention, reason
	return s, nil
}

func (s *Settlement) clear() bool {
	for _, leg := range s.Legs {
		if !leg.State.Clear() {
			return false
		}
	}
	return true
}

func (s *Settlement) illegal(what string) error {
	return &Error{Kind: KindInternal, Reason: ReasonInternal, Object: string(s.ID), Value: what + " in " + string(s.State)}
}

// Woken is an open s whose doubts are due now, whatever pause they were in. The
// bounds of asking stay.
func (s Settlement) Woken() Settlement {
	s.Legs = slices.Clone(s.Legs)
	for i := range s.Legs {
		switch s.Legs[i].State {
		case LegUnknown, LegUnconfirmed, LegUndoIntent:
			s.Legs[i].NextAt = time.Time{}
		}
	}
	return s
}

// Asked is s at rest with a question about leg i about to go out, which changes
// nothing of what s is. A reversal is asked for only where s does not stand, by
// the message of the leg's reversal or, where it never had one, under message.
func (s Settlement) Asked(i int, operation Operation, message MessageID) (Settlement, error) {
	undone := s.State == StateAborted || s.State == StateReversed
	if !s.State.Terminal() || operation != OpInquire && (operation != OpReverse || !undone) {
		return s, &Error{Kind: KindBlocked, Reason: ReasonFixNotPossible, Object: string(s.ID), Value: string(operation) + " in " + string(s.State)}
	}
	if operation == OpReverse && s.Legs[i].Undo == "" {
		s.Legs = slices.Clone(s.Legs)
		s.Legs[i].Undo = message
	}
	return s, nil
}
