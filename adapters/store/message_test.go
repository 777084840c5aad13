package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

func TestMessages(t *testing.T) {
	sent := func(id settlement.MessageID) lifecycle.Attempt {
		return lifecycle.Attempt{Phase: lifecycle.PhaseSent, Message: id}
	}
	change := lifecycle.Change{
		Settlement: settlement.Settlement{Legs: []settlement.Leg{{Message: "a", Undo: "b"}, {Message: "c"}, {}}},
		Attempts: []lifecycle.Attempt{
			sent("a"), {Phase: lifecycle.PhaseResult, Message: "r"}, sent("i"), sent("a"), sent(""),
		},
	}
	if diff := cmp.Diff([]settlement.MessageID{"a", "i"}, Sent(change)); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]settlement.MessageID{"a", "i", "b", "c"}, Allocated(change)); diff != "" {
		t.Errorf("allocated (-want +got):\n%s", diff)
	}
	if got := Allocated(lifecycle.Change{}); got != nil {
		t.Errorf("%v allocated by nothing", got)
	}
}
