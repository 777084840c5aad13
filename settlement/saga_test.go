package settlement

import (
	"testing"
	"time"
)

var (
	noon    = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	asked   = Terms{Traits: Traits{InquireByEncounter: true}, CallTimeout: 10 * time.Second, QuietPeriod: 2 * time.Minute}
	mute    = Terms{CallTimeout: 10 * time.Second, QuietPeriod: 2 * time.Minute}
	limited = Terms{Traits: Traits{InquireByEncounter: true}, CallTimeout: 10 * time.Second, ReversibleFor: time.Hour}
)

// at is a settlement in a state with legs in theirs, opened at noon.
func at(state State, decision Decision, legs ...LegState) Settlement {
	s := Settlement{ID: "s1", State: state, Decision: decision, OpenedAt: noon, DecideBy: noon.Add(10 * time.Minute)}
	for _, leg := range legs {
		s.Legs = append(s.Legs, Leg{State: leg, SentAt: noon, QuietUntil: noon.Add(2 * time.Minute)})
	}
	return s
}

// leg changes leg i of s.
func (s Settlement) with(i int, change func(*Leg)) Settlement {
	change(&s.Legs[i])
	return s
}

func TestNext(t *testing.T) {
	late := func(d time.Duration) func(*Leg) { return func(l *Leg) { l.NextAt = noon.Add(d) } }
	tests := []struct {
		name  string
		s     Settlement
		terms Terms
		after time.Duration // since noon
		want  Action
	}{
		// forward
		{"nothing sent yet: ask the first payer", at(StateReceived, Undecided, LegPlanned), mute, 0, Action{Do: DoSettle}},
		{"first pays: ask the second", at(StateSettling, Undecided, LegApplied, LegPlanned), mute, 0, Action{Do: DoSettle, Leg: 1}},
		{"all pay: close", at(StateSettling, Undecided, LegApplied, LegApplied), mute, 0, Action{Do: DoClose}},
		{"nobody to ask: close", at(StateReceived, Undecided), mute, 0, Action{Do: DoClose}},
		{"intent found after a crash: assume it was sent", at(StateSettling, Undecided, LegIntent), mute, 0, Action{Do: DoLose}},
		{"refused: decide against", at(StateSettling, Undecided, LegApplied, LegRejected), mute, 0, Action{Do: DoDecideAbort, Reason: ReasonPayerRefused}},
		{"in doubt, payer can be asked: ask", at(StateSettling, Undecided, LegUnknown), asked, 0, Action{Do: DoInquire}},
		{"in doubt, asked a moment ago: wait", at(StateSettling, Undecided, LegUnknown).with(0, late(2*time.Second)), asked, time.Second, Action{Do: DoWait, Until: noon.Add(2 * time.Second)}},
		{"in doubt, asked three times: decide against", at(StateSettling, Undecided, LegUnknown).with(0, func(l *Leg) { l.Inquiries = 3 }), asked, 0, Action{Do: DoDecideAbort, Reason: ReasonPayerInDoubt}},
		{"in doubt, payer cannot be asked: decide against", at(StateSettling, Undecided, LegUnknown), mute, 0, Action{Do: DoDecideAbort, Reason: ReasonPayerInDoubt}},
		{"not reached a moment ago: wait", at(StateSettling, Undecided, LegPlanned).with(0, late(2*time.Second)), mute, time.Second, Action{Do: DoWait, Until: noon.Add(2 * time.Second)}},
		{"not reached three times: give up", at(StateSettling, Undecided, LegPlanned).with(0, func(l *Leg) { l.Sends = 3 }), mute, 0, Action{Do: DoDecideAbort, Reason: ReasonPayerUnavailable}},
		{"deadline passed with all paying: decide against", at(StateSettling, Undecided, LegApplied), mute, 10 * time.Minute, Action{Do: DoDecideAbort, Reason: ReasonDeadline}},
		{"a call could not end before the deadline: decide against", at(StateReceived, Undecided, LegPlanned), mute, 10*time.Minute - 9*time.Second, Action{Do: DoDecideAbort, Reason: ReasonDeadline}},
		{"intent past the deadline is still in doubt first", at(StateSettling, Undecided, LegIntent), mute, time.Hour, Action{Do: DoLose}},

		// backward
		{"aborting: reverse the last payer first", at(StateAborting, Abort, LegApplied, LegApplied), mute, 0, Action{Do: DoReverse, Leg: 1}},
		{"aborting: a refused leg needs nothing", at(StateAborting, Abort, LegApplied, LegRejected), mute, 0, Action{Do: DoReverse}},
		{"aborting: in doubt is reversed", at(StateAborting, Abort, LegUnknown), mute, 0, Action{Do: DoReverse}},
		{"aborting: reversal unanswered, pause", at(StateAborting, Abort, LegUndoIntent).with(0, late(4*time.Second)), mute, time.Second, Action{Do: DoWait, Until: noon.Add(4 * time.Second)}},
		{"aborting: reversal unanswered, again", at(StateAborting, Abort, LegUndoIntent).with(0, func(l *Leg) { l.Undos = 5 }), mute, time.Hour, Action{Do: DoReverse}},
		{"aborting: reversed six times without an answer", at(StateAborting, Abort, LegUndoIntent).with(0, func(l *Leg) { l.Undos = 6 }), mute, time.Hour, Action{Do: DoAttend, Reason: ReasonReversalExhausted}},
		{"aborting: the payer no longer takes reversals", at(StateAborting, Abort, LegApplied), limited, 61 * time.Minute, Action{Do: DoAttend, Reason: ReasonReversalRefused}},
		{"aborting: accepted reversal is asked about", at(StateAborting, Abort, LegUnconfirmed), asked, 0, Action{Do: DoInquire}},
		{"aborting: accepted reversal of a mute payer waits for reconciliation", at(StateAborting, Abort, LegUnconfirmed), mute, time.Hour, Action{Do: DoWait, Until: noon.Add(24 * time.Hour)}},
		{"aborting: not reached for a day", at(StateAborting, Abort, LegApplied), mute, 24 * time.Hour, Action{Do: DoAttend, Reason: ReasonReversalExhausted}},
		{"aborting: no proof for a day", at(StateAborting, Abort, LegUnconfirmed), mute, 25 * time.Hour, Action{Do: DoAttend, Reason: ReasonUnconfirmed}},
		{"aborting: asked for proof twelve times", at(StateAborting, Abort, LegUnconfirmed).with(0, func(l *Leg) { l.Inquiries = 12 }), asked, time.Hour, Action{Do: DoAttend, Reason: ReasonUnconfirmed}},
		{"aborting: all clear", at(StateAborting, Abort, LegReversed, LegPlanned, LegRejected), mute, 0, Action{Do: DoEnd}},

		// undoing a committed settlement
		{"reversing: reverse", at(StateReversing, Commit, LegApplied), mute, 0, Action{Do: DoReverse}},
		{"reversing: nobody to ask", at(StateReversing, Commit), mute, 0, Action{Do: DoUndo}},
		{"reversing: all clear", at(StateReversing, Commit, LegReversed), mute, 0, Action{Do: DoUndo}},
		{"reversing: refused outright, it stands", at(StateReversing, Commit, LegApplied).with(0, func(l *Leg) { l.Undos = 1 }), mute, 0, Action{Do: DoResume, Reason: ReasonReversalRefused}},
		{"reversing: too late, it stands", at(StateReversing, Commit, LegApplied), limited, 2 * time.Hour, Action{Do: DoResume, Reason: ReasonReversalRefused}},
		{"reversing: too late with half undone, people", at(StateReversing, Commit, LegApplied, LegReversed), limited, 2 * time.Hour, Action{Do: DoAttend, Reason: ReasonReversalRefused}},

		// at rest: terminal states emit nothing, ever
		{"committed", at(StateCommitted, Commit, LegApplied), mute, 240 * time.Hour, Action{}},
		{"aborted", at(StateAborted, Abort, LegReversed), mute, 240 * time.Hour, Action{}},
		{"reversed", at(StateReversed, Commit, LegReversed), mute, 240 * time.Hour, Action{}},
		{"attention", at(StateAttention, Abort, LegUndoIntent), mute, 240 * time.Hour, Action{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			terms := make([]Terms, len(tt.s.Legs))
			for i := range terms {
				terms[i] = tt.terms
			}
			got := Next(&tt.s, terms, noon.Add(tt.after))
			if got != tt.want {
				t.Errorf("Next = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestBackoffGrowsToItsBound(t *testing.T) {
	want := []time.Duration{2, 4, 8, 16, 32, 64, 128, 256, 300, 300}
	for i, seconds := range want {
		if got := backoff(i + 1); got != seconds*time.Second {
			t.Errorf("backoff(%d) = %s, want %ds", i+1, got, seconds)
		}
	}
}
