package settlement

import (
	"testing"
	"time"
)

func proposal(by string, resolution Resolution) Proposal {
	return Proposal{By: by, At: noon, Resolution: resolution, Document: "函〔2026〕1号"}
}

func TestTwoPeopleResolveAttention(t *testing.T) {
	s := at(StateAttention, Abort, LegUndoIntent).with(0, func(l *Leg) { l.Undos = 6 })
	s, err := s.Proposed(proposal("li", ResolveOffline))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Approved("li", noon)
	if KindOf(err) != KindForbidden || ReasonOf(err) != ReasonSamePerson {
		t.Errorf("the maker approved: %v", err)
	}
	s, err = s.Approved("wang", noon)
	if err != nil || s.State != StateAborting || s.Legs[0].State != LegReversed || s.Proposal != nil {
		t.Fatalf("%+v %v", s, err)
	}
	if got := Next(&s, []Terms{mute}, noon); got.Do != DoEnd {
		t.Errorf("then %+v", got)
	}
}

func TestRetryBeginsTheCountsAnew(t *testing.T) {
	day := noon.Add(25 * time.Hour)
	s := at(StateAttention, Abort, LegUndoIntent).with(0, func(l *Leg) { l.Undos, l.Unsent = 6, 9 })
	s, _ = s.Proposed(proposal("li", ResolveRetry))
	s, err := s.Approved("wang", day)
	if err != nil {
		t.Fatal(err)
	}
	if got := Next(&s, []Terms{mute}, day); got.Do != DoReverse {
		t.Errorf("a day later: %+v", got)
	}
	if got := Next(&s, []Terms{limited}, day); got.Do != DoReverse {
		t.Errorf("people may try a payer that no longer promises to reverse: %+v", got)
	}
}

func TestAttentionNeverTurnsADecisionRound(t *testing.T) {
	for _, resolution := range []Resolution{ResolveRetry, ResolveOffline} {
		for _, decision := range []Decision{Undecided, Abort, Commit} {
			s := at(StateAttention, decision, LegUndoIntent)
			s.Reversal = &Reversal{}
			s, err := s.Proposed(proposal("li", resolution))
			if err != nil {
				t.Fatal(err)
			}
			s, err = s.Approved("wang", noon)
			if err != nil {
				t.Fatal(err)
			}
			if s.Decision == Commit != (decision == Commit) || s.State == StateCommitted {
				t.Errorf("%s on %q gives %s %s", resolution, decision, s.Decision, s.State)
			}
		}
	}
}

func TestACommittedSettlementMayStand(t *testing.T) {
	s := at(StateAttention, Commit, LegUndoIntent)
	s.Reversal = &Reversal{Request: "r1"}
	s, err := s.Proposed(proposal("li", ResolveStands))
	if err != nil {
		t.Fatal(err)
	}
	s, err = s.Approved("wang", noon)
	if err != nil || s.State != StateCommitted || s.Reversal.Refused == "" {
		t.Errorf("%+v %v", s, err)
	}
	half := at(StateAttention, Commit, LegUndoIntent, LegReversed)
	if _, err := half.Proposed(proposal("li", ResolveStands)); ReasonOf(err) != ReasonNotResolvable {
		t.Errorf("half undone, it was let stand: %v", err)
	}
	aborted := at(StateAttention, Abort, LegUndoIntent)
	if _, err := aborted.Proposed(proposal("li", ResolveStands)); ReasonOf(err) != ReasonNotResolvable {
		t.Errorf("decided against, it was let stand: %v", err)
	}
}

func TestProposalsThatAreRefused(t *testing.T) {
	tests := []struct {
		name  string
		s     Settlement
		p     Proposal
		field string
	}{
		{"no document", at(StateAttention, Abort, LegUndoIntent), Proposal{By: "li", Resolution: ResolveRetry}, "document"},
		{"nobody", at(StateAttention, Abort, LegUndoIntent), Proposal{Document: "x", Resolution: ResolveRetry}, "document"},
		{"unknown", at(StateAttention, Abort, LegUndoIntent), proposal("li", "commit"), "resolution"},
		{"leg that is clear", at(StateAttention, Abort, LegReversed), proposal("li", ResolveOffline), "leg"},
		{"leg that is not there", at(StateAttention, Abort), proposal("li", ResolveOffline), "leg"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.s.Proposed(tt.p)
			e, _ := err.(*Error)
			if e == nil || e.Field != tt.field {
				t.Errorf("got %v, want field %s", err, tt.field)
			}
		})
	}
	for _, state := range []State{StateSettling, StateCommitted, StateAborting, StateAborted, StateReversing, StateReversed} {
		if _, err := at(state, Abort, LegUnknown).Proposed(proposal("li", ResolveRetry)); ReasonOf(err) != ReasonNotInAttention {
			t.Errorf("%s: %v", state, err)
		}
	}
}

func TestDeclinedProposalWaitsForAnother(t *testing.T) {
	s := at(StateAttention, Abort, LegUndoIntent)
	if _, err := s.Declined(); ReasonOf(err) != ReasonNotInAttention {
		t.Errorf("nothing was proposed: %v", err)
	}
	s, _ = s.Proposed(proposal("li", ResolveRetry))
	s, err := s.Declined()
	if err != nil || s.Proposal != nil || s.State != StateAttention {
		t.Errorf("%+v %v", s, err)
	}
	if _, err := s.Approved("wang", noon); ReasonOf(err) != ReasonNotInAttention {
		t.Errorf("a declined proposal was approved: %v", err)
	}
}

// What is shown as possible is what is accepted, in every constellation.
func TestPossibleIsWhatIsAccepted(t *testing.T) {
	legs := []LegState{LegPlanned, LegIntent, LegApplied, LegRejected, LegUnknown, LegUndoIntent, LegUnconfirmed, LegReversed}
	states := []State{StateReceived, StateSettling, StateCommitted, StateAborting, StateAborted, StateAttention, StateReversing, StateReversed}
	accepted := 0
	for _, state := range states {
		for _, decision := range []Decision{Undecided, Commit, Abort} {
			for _, first := range legs {
				for _, second := range legs {
					s := at(state, decision, first, second)
					want := map[Proposal]bool{}
					for _, possible := range s.Possible() {
						want[possible] = true
					}
					for _, resolution := range []Resolution{ResolveRetry, ResolveOffline, ResolveStands, "", "pay"} {
						for leg := -1; leg <= 2; leg++ {
							if leg != 0 && resolution != ResolveOffline {
								continue
							}
							offered := proposal("li", resolution)
							offered.Leg = leg
							_, err := s.Proposed(offered)
							if (err == nil) != want[Proposal{Resolution: resolution, Leg: leg}] {
								t.Fatalf("%s %s %s/%s: %s of %d: %v", state, decision, first, second, resolution, leg, err)
							}
							if err == nil {
								accepted++
							}
						}
					}
				}
			}
		}
	}
	if accepted == 0 {
		t.Error("nothing was ever accepted")
	}
}
