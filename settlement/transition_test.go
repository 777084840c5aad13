package settlement

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

var allLegStates = []LegState{LegPlanned, LegIntent, LegApplied, LegRejected, LegUnknown, LegUndoIntent, LegUnconfirmed, LegReversed}

// TestSendingTable walks every state of a leg with every call. What is not in
// the table is refused.
func TestSendingTable(t *testing.T) {
	legal := map[string]LegState{
		"SETTLING PLANNED settle":                LegIntent,
		"SETTLING UNKNOWN inquire":               LegUnknown,
		"ABORTING UNKNOWN inquire":               LegUnknown,
		"ABORTING REVERSED_UNCONFIRMED inquire":  LegUnconfirmed,
		"REVERSING UNKNOWN inquire":              LegUnknown,
		"REVERSING REVERSED_UNCONFIRMED inquire": LegUnconfirmed,
		"SETTLING REVERSED_UNCONFIRMED inquire":  LegUnconfirmed,
		"ABORTING INTENT reverse":                LegUndoIntent,
		"ABORTING UNKNOWN reverse":               LegUndoIntent,
		"ABORTING APPLIED reverse":               LegUndoIntent,
		"ABORTING UNDO_INTENT reverse":           LegUndoIntent,
		"REVERSING INTENT reverse":               LegUndoIntent,
		"REVERSING UNKNOWN reverse":              LegUndoIntent,
		"REVERSING APPLIED reverse":              LegUndoIntent,
		"REVERSING UNDO_INTENT reverse":          LegUndoIntent,
	}
	decisions := map[State]Decision{StateSettling: Undecided, StateAborting: Abort, StateReversing: Commit}
	for state, decision := range decisions {
		for _, leg := range allLegStates {
			for _, operation := range []Operation{OpSettle, OpInquire, OpReverse, OpQuote, OpIdentify} {
				key := fmt.Sprintf("%s %s %s", state, leg, operation)
				got, err := at(state, decision, leg).Sending(0, operation, "m1", noon, mute)
				want, allowed := legal[key]
				if allowed != (err == nil) {
					t.Errorf("%s: error %v, allowed %t", key, err, allowed)
				}
				if allowed && got.Legs[0].State != want {
					t.Errorf("%s: leg %s, want %s", key, got.Legs[0].State, want)
				}
			}
		}
	}
}

// TestHearTable walks every answer to every call that was sent.
func TestHearTable(t *testing.T) {
	results := []Result{ResultApplied, ResultRefused, ResultReversed, ResultAccepted, ResultNotFound, ResultInDoubt, ResultUnsent}
	want := map[string]string{
		// first and only settle: only a clear no is a no
		"SETTLING INTENT settle applied":   "SETTLING APPLIED",
		"SETTLING INTENT settle refused":   "SETTLING REJECTED",
		"SETTLING INTENT settle reversed":  "SETTLING UNKNOWN",
		"SETTLING INTENT settle accepted":  "SETTLING UNKNOWN",
		"SETTLING INTENT settle not_found": "SETTLING UNKNOWN",
		"SETTLING INTENT settle in_doubt":  "SETTLING UNKNOWN",
		"SETTLING INTENT settle unsent":    "SETTLING PLANNED",
		// a leg in doubt never becomes rejected
		"SETTLING UNKNOWN inquire applied":   "SETTLING APPLIED",
		"SETTLING UNKNOWN inquire refused":   "SETTLING UNKNOWN",
		"SETTLING UNKNOWN inquire reversed":  "ABORTING UNKNOWN",
		"SETTLING UNKNOWN inquire accepted":  "SETTLING UNKNOWN",
		"SETTLING UNKNOWN inquire not_found": "ABORTING UNKNOWN",
		"SETTLING UNKNOWN inquire in_doubt":  "SETTLING UNKNOWN",
		"SETTLING UNKNOWN inquire unsent":    "SETTLING UNKNOWN",
		// reversal: "not found" within the quiet period proves nothing
		"ABORTING UNDO_INTENT reverse applied":   "ABORTING UNDO_INTENT",
		"ABORTING UNDO_INTENT reverse refused":   "ATTENTION UNDO_INTENT",
		"ABORTING UNDO_INTENT reverse reversed":  "ABORTING REVERSED",
		"ABORTING UNDO_INTENT reverse accepted":  "ABORTING REVERSED_UNCONFIRMED",
		"ABORTING UNDO_INTENT reverse not_found": "ABORTING UNDO_INTENT",
		"ABORTING UNDO_INTENT reverse in_doubt":  "ABORTING UNDO_INTENT",
		"ABORTING UNDO_INTENT reverse unsent":    "ABORTING UNDO_INTENT",
		// proof of an accepted reversal
		"ABORTING REVERSED_UNCONFIRMED inquire applied":   "ABORTING UNDO_INTENT",
		"ABORTING REVERSED_UNCONFIRMED inquire refused":   "ABORTING REVERSED_UNCONFIRMED",
		"ABORTING REVERSED_UNCONFIRMED inquire reversed":  "ABORTING REVERSED",
		"ABORTING REVERSED_UNCONFIRMED inquire accepted":  "ABORTING REVERSED_UNCONFIRMED",
		"ABORTING REVERSED_UNCONFIRMED inquire not_found": "ABORTING REVERSED_UNCONFIRMED",
		"ABORTING REVERSED_UNCONFIRMED inquire in_doubt":  "ABORTING REVERSED_UNCONFIRMED",
		"ABORTING REVERSED_UNCONFIRMED inquire unsent":    "ABORTING REVERSED_UNCONFIRMED",
	}
	decisions := map[State]Decision{StateSettling: Undecided, StateAborting: Abort}
	for state, decision := range decisions {
		for _, leg := range allLegStates {
			for _, operation := range []Operation{OpSettle, OpInquire, OpReverse} {
				for _, result := range results {
					key := fmt.Sprintf("%s %s %s %s", state, leg, operation, result)
					got, err := at(state, decision, leg).Hear(0, Heard{Operation: operation, Result: result}, noon)
					ended, allowed := want[key]
					if !allowed && err == nil && lawfulPair(leg, operation) {
						continue // the same pair in the other state is in the table
					}
					if allowed != (err == nil) {
						t.Errorf("%s: error %v, allowed %t", key, err, allowed)
						continue
					}
					if end := string(got.State) + " " + string(got.Legs[0].State); allowed && end != ended {
						t.Errorf("%s: %s, want %s", key, end, ended)
					}
				}
			}
		}
	}
}

// lawfulPair reports whether a leg in this state may be waiting for an answer
// to this call.
func lawfulPair(leg LegState, operation Operation) bool {
	return slices.Contains([]string{"INTENT settle", "UNKNOWN inquire", "REVERSED_UNCONFIRMED inquire", "UNDO_INTENT reverse"}, string(leg)+" "+string(operation))
}

func TestNotFoundIsFinalOnlyAfterTheQuietPeriod(t *testing.T) {
	heard := Heard{Operation: OpReverse, Result: ResultNotFound}
	s := at(StateAborting, Abort, LegUndoIntent)
	early, err := s.Hear(0, heard, noon.Add(2*time.Minute-1))
	if err != nil || early.Legs[0].State != LegUndoIntent || !early.Legs[0].NextAt.Equal(noon.Add(2*time.Minute)) {
		t.Errorf("a moment before: %+v, %v", early.Legs[0], err)
	}
	after, err := s.Hear(0, heard, noon.Add(2*time.Minute))
	if err != nil || after.Legs[0].State != LegReversed {
		t.Errorf("at its end: %+v, %v", after.Legs[0], err)
	}
}

// TestReversalAcceptedButNotDone: each time it is found not done, the next try
// waits longer, so that a payer that is behind has time to catch up.
func TestReversalAcceptedButNotDone(t *testing.T) {
	for undos, pause := range map[int]time.Duration{1: 2 * time.Second, 5: 32 * time.Second} {
		s := at(StateAborting, Abort, LegUnconfirmed).with(0, func(l *Leg) { l.Undos = undos })
		s, err := s.Hear(0, Heard{Operation: OpInquire, Result: ResultApplied}, noon)
		if err != nil || s.Legs[0].State != LegUndoIntent || !s.Legs[0].NextAt.Equal(noon.Add(pause)) {
			t.Errorf("after %d reversals: %+v %v", undos, s.Legs[0], err)
		}
	}
}

func TestContradictingAnswerIsAppliedAndDecidedAgainst(t *testing.T) {
	s, err := at(StateSettling, Undecided, LegIntent).Hear(0, Heard{Operation: OpSettle, Result: ResultApplied, Conflict: ReasonBillDiffers}, noon)
	if err != nil || s.Legs[0].State != LegApplied || s.Decision != Abort || s.Reason != ReasonBillDiffers {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestPaymentsThatCannotStand(t *testing.T) {
	computed := at(StateSettling, Undecided, LegIntent)
	computed.Coverage.ComputeCriticalIllness = true
	second := at(StateSettling, Undecided, LegIntent, LegApplied)
	second.Legs[1].Payment = Payment{Basic: 1, CriticalIllness: 1}
	other := at(StateSettling, Undecided, LegIntent, LegApplied)
	other.Legs[1].Payment = Payment{Basic: 1}
	tests := []struct {
		name    string
		s       Settlement
		payment Payment
		want    Reason
	}{
		{"the payer assists already", at(StateSettling, Undecided, LegIntent), Payment{Assistance: 1}, ReasonPayerAssists},
		{"the payer pays what the policy computes", computed, Payment{CriticalIllness: 1}, ReasonCriticalTwice},
		{"the payer's own critical illness", at(StateSettling, Undecided, LegIntent), Payment{CriticalIllness: 1}, ""},
		{"computed, and the payer pays none", computed, Payment{Basic: 1}, ""},
		{"two payers pay critical illness", second, Payment{CriticalIllness: 1}, ReasonCriticalTwice},
		{"one of two pays critical illness", other, Payment{CriticalIllness: 1}, ""},
		{"the other of two pays critical illness", second, Payment{Basic: 1}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := tt.s.Hear(0, Heard{Operation: OpSettle, Result: ResultApplied, Payment: tt.payment}, noon)
			if err != nil || s.Legs[0].State != LegApplied || s.Reason != tt.want || (s.Decision == Abort) != (tt.want != "") {
				t.Errorf("%s %s %s %v", s.State, s.Decision, s.Reason, err)
			}
		})
	}
}

func TestPaidIsWhatThePayerBears(t *testing.T) {
	payment := Payment{
		Basic: 1, CriticalIllness: 20, Assistance: 300, PersonalAccount: 9_000_000,
		Others: []Share{{Commercial, 4_000}, {HospitalDerate, 50_000}},
	}
	if got := payment.Paid(); got != 54_321 {
		t.Errorf("paid %s", got)
	}
}

func TestDecisionNeverFlips(t *testing.T) {
	aborting := at(StateAborting, Abort, LegApplied)
	if _, err := aborting.Committed(Award{}, 1, noon); err == nil {
		t.Error("an aborted settlement was committed")
	}
	committed := at(StateCommitted, Commit, LegApplied)
	if _, err := committed.DecideAbort(ReasonDeadline); err == nil {
		t.Error("a committed settlement was aborted")
	}
	if _, err := at(StateAttention, Abort, LegApplied).Committed(Award{}, 1, noon); err == nil {
		t.Error("a settlement in people's hands was committed")
	}
	for _, leg := range allLegStates {
		_, err := at(StateSettling, Undecided, leg).Committed(Award{}, 1, noon)
		if (err == nil) != (leg == LegApplied) {
			t.Errorf("committing with a leg %s: %v", leg, err)
		}
	}
}

func TestEndedOnlyWhenEveryPayerIsClear(t *testing.T) {
	for _, leg := range allLegStates {
		_, err := at(StateAborting, Abort, LegReversed, leg).Ended(noon)
		if (err == nil) != leg.Clear() {
			t.Errorf("ending with a leg %s: %v", leg, err)
		}
		undone := at(StateReversing, Commit, LegReversed, leg)
		undone.Reversal = &Reversal{}
		_, err = undone.Undone(noon)
		if (err == nil) != leg.Clear() {
			t.Errorf("undoing with a leg %s: %v", leg, err)
		}
	}
}

func TestReversalAskedOncePerSettlement(t *testing.T) {
	reasons := map[State]Reason{
		StateReceived: ReasonNotReversible, StateSettling: ReasonNotReversible, StateAborting: ReasonNotReversible,
		StateAborted: ReasonNotReversible, StateAttention: ReasonNotReversible,
		StateReversing: ReasonAlreadyReversed, StateReversed: ReasonAlreadyReversed, StateCommitted: ReasonInternal,
	}
	for state, reason := range reasons {
		s, err := at(state, Commit, LegApplied).ReversalAsked(Reversal{Request: "r1"})
		if state == StateCommitted {
			if err != nil || s.State != StateReversing || s.Reversal.Request != "r1" {
				t.Errorf("%s: %+v, %v", state, s, err)
			}
			continue
		}
		if KindOf(err) != KindBlocked || ReasonOf(err) != reason {
			t.Errorf("%s: %v, want %s", state, err, reason)
		}
	}
}

func TestRefusedReversalLeavesTheSettlementStanding(t *testing.T) {
	s, err := at(StateCommitted, Commit, LegApplied).ReversalAsked(Reversal{Request: "r1"})
	if err != nil {
		t.Fatal(err)
	}
	s, _ = s.Sending(0, OpReverse, "m2", noon, mute)
	s, _ = s.Hear(0, Heard{Operation: OpReverse, Result: ResultRefused, Message: "已清算"}, noon)
	if got := Next(&s, []Terms{mute}, noon); got.Do != DoResume {
		t.Fatalf("Next = %+v", got)
	}
	s, err = s.Resumed(ReasonReversalRefused, noon)
	if err != nil || s.State != StateCommitted || s.Reversal.Refused != ReasonReversalRefused || s.Message != "已清算" {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestRefusalOfASecondReversalProvesNothing(t *testing.T) {
	s := at(StateReversing, Commit, LegUndoIntent).with(0, func(l *Leg) { l.Undos = 2 })
	s, err := s.Hear(0, Heard{Operation: OpReverse, Result: ResultRefused}, noon)
	if err != nil || s.State != StateAttention {
		t.Errorf("got %s, %v", s.State, err)
	}
}

func TestMessageIDsAreSetOnce(t *testing.T) {
	s := at(StateReceived, Undecided, LegPlanned)
	s, _ = s.Sending(0, OpSettle, "m1", noon, mute)
	s, _ = s.Hear(0, Heard{Operation: OpSettle, Result: ResultUnsent}, noon)
	s, _ = s.Sending(0, OpSettle, "m2", noon.Add(time.Minute), mute)
	if s.Legs[0].Message != "m1" || s.Legs[0].Sends != 2 {
		t.Errorf("settle: %+v", s.Legs[0])
	}
	s, _ = s.Hear(0, Heard{Operation: OpSettle, Result: ResultInDoubt}, noon)
	s, _ = s.DecideAbort(ReasonPayerInDoubt)
	s, _ = s.Sending(0, OpReverse, "u1", noon, mute)
	s, _ = s.Sending(0, OpReverse, "u2", noon, mute)
	if s.Legs[0].Undo != "u1" || s.Legs[0].Undos != 2 {
		t.Errorf("reverse: %+v", s.Legs[0])
	}
}

func TestTransitionsLeaveTheirInputAlone(t *testing.T) {
	before := at(StateReceived, Undecided, LegPlanned)
	after, err := before.Sending(0, OpSettle, "m1", noon, mute)
	if err != nil || before.Legs[0].State != LegPlanned || after.Legs[0].State != LegIntent {
		t.Errorf("before %s, after %s, %v", before.Legs[0].State, after.Legs[0].State, err)
	}
}
