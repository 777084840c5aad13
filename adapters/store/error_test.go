package store

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

var errCause = errors.New("disk on fire")

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		kind   settlement.Kind
		reason settlement.Reason
	}{
		{"missing", Missing("settlement", "s-1"), settlement.KindNotFound, settlement.ReasonSettlementNotFound},
		{"unknown person", Unknown(), settlement.KindNotFound, settlement.ReasonUnknownPerson},
		{"stale", Stale("s-1"), settlement.KindConflict, settlement.ReasonStaleRecord},
		{"answered", Answered("s-1"), settlement.KindConflict, settlement.ReasonStaleRecord},
		{"taken", Taken("request", settlement.ReasonRequestInFlight), settlement.KindExists, settlement.ReasonRequestInFlight},
		{"unavailable", Unavailable(errCause), settlement.KindUnavailable, settlement.ReasonStoreUnavailable},
		{"overloaded", Overloaded(), settlement.KindUnavailable, settlement.ReasonOverloaded},
		{"in doubt", InDoubt(errCause), settlement.KindInDoubt, settlement.ReasonStoreUnavailable},
		{"broken", Broken(errCause), settlement.KindInternal, settlement.ReasonInternal},
	} {
		t.Run(c.name, func(t *testing.T) {
			if settlement.KindOf(c.err) != c.kind || settlement.ReasonOf(c.err) != c.reason {
				t.Errorf("kind %d reason %s, want %d %s", settlement.KindOf(c.err), settlement.ReasonOf(c.err), c.kind, c.reason)
			}
			if !Known(c.err) || !Known(fmt.Errorf("wrapped: %w", c.err)) {
				t.Error("not known as an error of the house")
			}
		})
	}
	for _, err := range []error{Unavailable(errCause), InDoubt(errCause), Broken(errCause)} {
		if !errors.Is(err, errCause) {
			t.Errorf("%v lost its cause", err)
		}
	}
	if Known(errCause) || Known(nil) {
		t.Error("a stranger is known as an error of the house")
	}
}

func TestGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	if err := GivenUp(ctx); err != nil {
		t.Errorf("given up while it stands: %v", err)
	}
	cancel(errCause)
	err := GivenUp(ctx)
	if settlement.KindOf(err) != settlement.KindUnavailable || !errors.Is(err, errCause) {
		t.Errorf("%v, want Unavailable with its cause", err)
	}
}
