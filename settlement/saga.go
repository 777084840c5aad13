package settlement

import "time"

// Terms are what one payer is like and how long it may take.
type Terms struct {
	Traits        Traits
	CallTimeout   time.Duration // after which a call without answer is in doubt
	QuietPeriod   time.Duration // after sending, how long a late arrival is possible
	ReversibleFor time.Duration // how long a payer accepts a reversal; 0: no limit
}

// The written bounds of the saga.
const (
	SendsMax     = 3 // not reached this often, nothing having left, it is given up
	InquiriesMax = 3 // asked this often without an answer, it is reversed instead
	UndosMax     = 6 // reversed this often without an answer, people must look

	confirmationsMax = 12             // asked this often for proof of a reversal, people must look
	clearWithin      = 24 * time.Hour // a payer not clear after this is for people, too
)

// backoff is the pause before try n (1, 2, …): 2 s doubling up to 5 min.
func backoff(n int) time.Duration {
	return min(2*time.Second<<min(max(n-1, 0), 8), 5*time.Minute)
}

// Action is what the saga must do next.
type Action struct {
	Do     Do
	Leg    int       // for Settle, Inquire, Reverse
	Until  time.Time // for Wait
	Reason Reason    // for DecideAbort and Attend
}

// Do is the kind of an Action.
type Do uint8

// The kinds of action.
const (
	DoNothing     Do = iota // terminal, or people's turn
	DoSettle                // send leg's settle, after storing the intent
	DoInquire               // ask what became of leg's settle, or of its reversal
	DoReverse               // send leg's reversal, after storing the intent
	DoLose                  // a call was cut off by a crash: treat it as in doubt
	DoDecideAbort           // decide against it, for Reason
	DoClose                 // every payer pays: adjudicate and commit, the pivot
	DoEnd                   // every payer is clear: record it as aborted
	DoUndo                  // every payer is clear: record the reversal
	DoResume                // a reversal was refused outright: the settlement stands
	DoAttend                // hand it to people, for Reason
	DoWait                  // nothing before Until
)

// Next says what a settlement needs now. It is a pure function of the record,
// the terms of its payers (one for each leg) and the time; live requests and
// recovery run on it alike.
func Next(s *Settlement, terms []Terms, now time.Time) Action {
	switch s.State {
	case StateReceived, StateSettling:
		return nextForward(s, terms, now)
	case StateAborting:
		return nextBackward(s, terms, now, Action{Do: DoEnd})
	case StateReversing:
		return nextBackward(s, terms, now, Action{Do: DoUndo})
	}
	return Action{Do: DoNothing}
}

// nextForward asks the payers in order and then closes. Past the deadline it
// decides against the settlement, even if every payer has said yes.
func nextForward(s *Settlement, terms []Terms, now time.Time) Action {
	for i := range s.Legs {
		if s.Legs[i].State == LegIntent {
			return Action{Do: DoLose, Leg: i}
		}
	}
	if !now.Before(s.DecideBy) {
		return Action{Do: DoDecideAbort, Reason: ReasonDeadline}
	}
	for i := range s.Legs {
		leg := &s.Legs[i]
		switch leg.State {
		case LegPlanned:
			if leg.Sends >= SendsMax {
				return Action{Do: DoDecideAbort, Reason: ReasonPayerUnavailable}
			}
			if now.Add(terms[i].CallTimeout).After(s.DecideBy) {
				return Action{Do: DoDecideAbort, Reason: ReasonDeadline}
			}
			if now.Before(leg.NextAt) {
				return Action{Do: DoWait, Until: leg.NextAt}
			}
			return Action{Do: DoSettle, Leg: i}
		case LegRejected:
			return Action{Do: DoDecideAbort, Reason: ReasonPayerRefused}
		case LegUnknown:
			return nextInDoubt(leg, i, terms[i], now)
		}
	}
	return Action{Do: DoClose}
}

// nextInDoubt asks a payer that can be asked, a bounded number of times, and
// otherwise decides against the settlement, which leads to its reversal.
func nextInDoubt(leg *Leg, i int, terms Terms, now time.Time) Action {
	if !terms.Traits.InquireByEncounter || leg.Inquiries >= InquiriesMax {
		return Action{Do: DoDecideAbort, Reason: ReasonPayerInDoubt}
	}
	if now.Before(leg.NextAt) {
		return Action{Do: DoWait, Until: leg.NextAt}
	}
	return Action{Do: DoInquire, Leg: i}
}

// nextBackward clears the payers in the opposite order and then does done.
func nextBackward(s *Settlement, terms []Terms, now time.Time, done Action) Action {
	for i := len(s.Legs) - 1; i >= 0; i-- {
		switch leg := &s.Legs[i]; {
		case leg.State.Clear():
			continue
		case leg.State == LegUnconfirmed:
			return nextUnconfirmed(s, i, terms[i], now)
		default:
			return nextUndo(s, i, terms[i], now)
		}
	}
	return done
}

// nextUnconfirmed asks whether an accepted reversal was carried out. A payer
// that cannot be asked is waited for: its reconciliation brings the proof.
func nextUnconfirmed(s *Settlement, i int, terms Terms, now time.Time) Action {
	leg, clearBy := &s.Legs[i], s.clearBy(i)
	switch {
	case leg.Inquiries >= confirmationsMax || !now.Before(clearBy):
		return Action{Do: DoAttend, Leg: i, Reason: ReasonUnconfirmed}
	case !terms.Traits.InquireByEncounter:
		return Action{Do: DoWait, Until: clearBy}
	case now.Before(leg.NextAt):
		return Action{Do: DoWait, Until: leg.NextAt}
	}
	return Action{Do: DoInquire, Leg: i}
}

// clearBy is when people must look at a leg that is not clear yet.
func (s *Settlement) clearBy(i int) time.Time {
	since := s.Legs[i].SentAt
	if s.Reversal != nil {
		since = s.Reversal.AskedAt
	}
	if s.RetriedAt.After(since) {
		since = s.RetriedAt
	}
	return since.Add(clearWithin)
}

// nextUndo reverses a leg, a bounded number of times. A committed settlement
// whose payer refused outright, or no longer takes reversals, stands.
func nextUndo(s *Settlement, i int, terms Terms, now time.Time) Action {
	leg := &s.Legs[i]
	late := terms.ReversibleFor > 0 && s.RetriedAt.IsZero() && now.After(leg.SentAt.Add(terms.ReversibleFor))
	firm := s.Decision == Commit && leg.State == LegApplied && s.untouched()
	switch {
	case firm && (late || leg.Undos > 0):
		return Action{Do: DoResume, Leg: i, Reason: ReasonReversalRefused}
	case late:
		return Action{Do: DoAttend, Leg: i, Reason: ReasonReversalRefused}
	case now.Before(leg.NextAt):
		return Action{Do: DoWait, Until: leg.NextAt}
	case leg.Undos >= UndosMax || !now.Before(s.clearBy(i)):
		return Action{Do: DoAttend, Leg: i, Reason: ReasonReversalExhausted}
	}
	return Action{Do: DoReverse, Leg: i}
}
