package settlement

import (
	"testing"
	"time"
)

// TestRestoredIsUncertain: what a leg was when the store went back, and what it
// is taken for; then what the saga does.
func TestRestoredIsUncertain(t *testing.T) {
	later := noon.Add(48 * time.Hour)
	sent := func(l *Leg) { l.Message, l.Undos, l.Inquiries, l.Unsent = "m1", 6, 3, 2 }
	tests := []struct {
		name     string
		s        Settlement
		want     LegState
		then     Do
		decision Decision
	}{
		{"never given a message: nothing that is known was sent", at(StateReceived, Undecided, LegPlanned), LegPlanned, DoEnd, Abort},
		{"not sent then, perhaps since", at(StateSettling, Undecided, LegPlanned).with(0, sent), LegUnknown, DoReverse, Abort},
		{"being sent", at(StateSettling, Undecided, LegIntent).with(0, sent), LegUnknown, DoReverse, Abort},
		{"in doubt", at(StateSettling, Undecided, LegUnknown).with(0, sent), LegUnknown, DoReverse, Abort},
		{"paid, not committed", at(StateSettling, Undecided, LegApplied).with(0, sent), LegApplied, DoReverse, Abort},
		{"refused", at(StateSettling, Undecided, LegRejected).with(0, sent), LegRejected, DoEnd, Abort},
		{"being reversed, as often as allowed", at(StateAborting, Abort, LegUndoIntent).with(0, sent), LegUndoIntent, DoReverse, Abort},
		{"reversed", at(StateAborting, Abort, LegReversed).with(0, sent), LegReversed, DoEnd, Abort},
		{"a reversal not proved", at(StateAborting, Abort, LegUnconfirmed).with(0, sent), LegUnconfirmed, DoInquire, Abort},
		{"committed and being undone", at(StateReversing, Commit, LegApplied).with(0, sent), LegApplied, DoReverse, Commit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.s.Reversal = &Reversal{AskedAt: noon}
			before := tt.s.Legs[0].State
			got, err := tt.s.Restored([]Terms{asked}, later)
			if err != nil || got.Legs[0].State != tt.want || got.Decision != tt.decision || !got.RetriedAt.Equal(later) {
				t.Fatalf("%+v %v", got, err)
			}
			if next := Next(&got, []Terms{asked}, later); next.Do != tt.then {
				t.Errorf("then %+v", next)
			}
			if tt.s.Legs[0].State != before {
				t.Error("the settlement it was made from changed")
			}
		})
	}
}

// TestNotFoundAfterARestoreWaits: a message sent just before the end may still
// arrive, whenever the leg was first sent.
func TestNotFoundAfterARestoreWaits(t *testing.T) {
	later := noon.Add(48 * time.Hour)
	s := at(StateSettling, Undecided, LegIntent).with(0, func(l *Leg) { l.Message = "m1" })
	s, _ = s.Restored([]Terms{asked}, later)
	s, _ = s.Sending(0, OpReverse, "m2", later, asked)
	s, err := s.Hear(0, Heard{Operation: OpReverse, Result: ResultNotFound}, later.Add(time.Second))
	if err != nil || s.Legs[0].State != LegUndoIntent {
		t.Errorf("taken for final: %+v %v", s.Legs[0], err)
	}
}

// TestNoToAForgottenReversalIsForPeople: the first no that is heard need not be
// the first that was said.
func TestNoToAForgottenReversalIsForPeople(t *testing.T) {
	s := at(StateCommitted, Commit, LegApplied)
	s, err := s.ReversalForgotten(Reversal{Request: "r", AskedAt: noon}, []Terms{asked})
	if err != nil || s.State != StateReversing {
		t.Fatalf("%+v %v", s, err)
	}
	s, _ = s.Sending(0, OpReverse, "m2", noon, asked)
	s, err = s.Hear(0, Heard{Operation: OpReverse, Result: ResultRefused}, noon)
	if err != nil || s.State != StateAttention {
		t.Errorf("%s %v", s.State, err)
	}
}

func TestOnlyWhatIsOpenIsRestored(t *testing.T) {
	for _, state := range []State{StateCommitted, StateAborted, StateReversed, StateAttention} {
		if _, err := at(state, Commit, LegApplied).Restored([]Terms{asked}, noon); err == nil {
			t.Errorf("%s was taken up", state)
		}
	}
	if _, err := at(StateAborted, Abort).ReversalForgotten(Reversal{}, nil); err == nil {
		t.Error("an aborted settlement was reversed")
	}
}
