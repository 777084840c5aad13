package storetest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// The verbs of the cases: each does one thing to a store that must succeed.

func (o Opened) opens(t *testing.T, s settlement.Settlement) settlement.Settlement {
	t.Helper()
	err := o.Store.Open(t.Context(), opening(s))
	if err != nil {
		t.Fatalf("opening %s: %v", s.ID, err)
	}
	s.Revision = 1
	return s
}

func (o Opened) advances(t *testing.T, change lifecycle.Change) settlement.Settlement {
	t.Helper()
	err := o.Store.Advance(t.Context(), change)
	if err != nil {
		t.Fatalf("advancing %s: %v", change.Settlement.ID, err)
	}
	change.Settlement.Revision++
	return change.Settlement
}

func (o Opened) closes(t *testing.T, current settlement.Settlement, decide lifecycle.Decide) settlement.Settlement {
	t.Helper()
	written, err := o.Store.Close(t.Context(), current, decide)
	if err != nil {
		t.Fatalf("closing %s: %v", current.ID, err)
	}
	return written
}

// commits opens s and closes it with benefit.
func (o Opened) commits(t *testing.T, s settlement.Settlement, benefit settlement.Money) settlement.Settlement {
	t.Helper()
	s = o.opens(t, s)
	return o.closes(t, s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		return committing(s, ground.Sequence, benefit), nil
	})
}

// reverses closes committed s for the second time.
func (o Opened) reverses(t *testing.T, s settlement.Settlement) settlement.Settlement {
	t.Helper()
	return o.closes(t, s, func(lifecycle.Ground) (lifecycle.Change, error) { return reversing(s), nil })
}

func (o Opened) reads(t *testing.T, id settlement.SettlementID) settlement.Settlement {
	t.Helper()
	found, err := o.Store.Settlement(t.Context(), id)
	if err != nil {
		t.Fatalf("reading %s: %v", id, err)
	}
	return found
}

func (o Opened) uses(t *testing.T, s settlement.Settlement) settlement.Accumulator {
	t.Helper()
	used, err := o.Store.Accumulator(t.Context(), lifecycle.AccumulatorKey{Beneficiary: s.Beneficiary.ID, Year: s.Year})
	if err != nil {
		t.Fatalf("reading accumulator: %v", err)
	}
	return used
}

func (o Opened) asks(t *testing.T, key lifecycle.RequestKey) lifecycle.Request {
	t.Helper()
	request, err := o.Store.Request(t.Context(), key)
	if err != nil {
		t.Fatalf("reading request %s: %v", key.Request, err)
	}
	return request
}

func (o Opened) lists(t *testing.T, query lifecycle.Query) []settlement.SettlementID {
	t.Helper()
	found, err := o.Store.List(t.Context(), query)
	if err != nil {
		t.Fatalf("listing: %v", err)
	}
	return idsOf(found)
}

func (o Opened) claims(t *testing.T, claim lifecycle.Claim) []settlement.Settlement {
	t.Helper()
	claimed, err := o.Store.Claim(t.Context(), claim)
	if err != nil {
		t.Fatalf("claiming: %v", err)
	}
	return claimed
}

// put makes person what settling reads, behind whatever history there is.
func (o Opened) put(ctx context.Context, person settlement.Person) error {
	found, err := o.Register.Histories(ctx, []settlement.BeneficiaryID{person.ID})
	if err != nil {
		return err
	}
	return o.Register.Keep(ctx, written(person, len(found[person.ID]), 1))
}

func (o Opened) puts(t *testing.T, person settlement.Person) {
	t.Helper()
	err := o.put(t.Context(), person)
	if err != nil {
		t.Fatalf("putting person %s: %v", person.ID, err)
	}
}

// trail is all that the journals have of one settlement.
type trail struct {
	Attempts []lifecycle.Attempt
	Entries  []settlement.Entry
	Events   []lifecycle.Event
}

func (o Opened) trails(t *testing.T, id settlement.SettlementID) trail {
	t.Helper()
	attempts, err := o.Journal.Attempts(t.Context(), id)
	if err != nil {
		t.Fatalf("reading attempts: %v", err)
	}
	entries, err := o.Journal.Entries(t.Context(), id)
	if err != nil {
		t.Fatalf("reading entries: %v", err)
	}
	events, err := o.Journal.Events(t.Context(), id)
	if err != nil {
		t.Fatalf("reading events: %v", err)
	}
	return trail{attempts, entries, events}
}

func idsOf(settlements []settlement.Settlement) []settlement.SettlementID {
	ids := make([]settlement.SettlementID, 0, len(settlements))
	for _, s := range settlements {
		ids = append(ids, s.ID)
	}
	return ids
}

// The judgements of the cases.

func same(t *testing.T, what string, got, want any, options ...cmp.Option) {
	t.Helper()
	diff := cmp.Diff(want, got, options...)
	if diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func refused(t *testing.T, what string, err error, want settlement.Kind) {
	t.Helper()
	if err == nil {
		t.Fatalf("%s: no error, want kind %d", what, want)
	}
	if got := settlement.KindOf(err); got != want {
		t.Fatalf("%s: kind %d (%v), want %d", what, got, err, want)
	}
}

// oneThrough asserts that of several who wrote at once one was let through, and
// the others were told that what they wanted is taken.
func oneThrough(t *testing.T, errs []error, what string) {
	t.Helper()
	through := 0
	for _, err := range errs {
		if err == nil {
			through++
			continue
		}
		refused(t, what, err, settlement.KindExists)
	}
	same(t, "let through", through, 1)
}

// unopened asserts that nothing of s was kept.
func (o Opened) unopened(t *testing.T, s settlement.Settlement) {
	t.Helper()
	_, err := o.Store.Settlement(t.Context(), s.ID)
	refused(t, "reading what was not opened", err, settlement.KindNotFound)
	_, err = o.Store.Request(t.Context(), keyOf(s))
	refused(t, "reading a request that was not kept", err, settlement.KindNotFound)
	same(t, "journals", o.trails(t, s.ID), trail{})
}

// unread asserts that a reading given up is an error, never an empty answer.
func unread(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("reading %s was given up and gave an answer", what)
	}
}

// cancelled is a context that ended before anything began.
func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
