package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wants asserts the kind of an error that there must be.
func wants(t testing.TB, err error, kind settlement.Kind) {
	t.Helper()
	if err == nil || settlement.KindOf(err) != kind {
		t.Errorf("%v (kind %d), want kind %d", err, settlement.KindOf(err), kind)
	}
}

// openedRecord opens number n and gives it as it then stands.
func openedRecord(t testing.TB, s *Store, n int64) settlement.Settlement {
	t.Helper()
	change := storetest.Opening(n)
	must(t, s.Open(context.Background(), change))
	change.Settlement.Revision = 1
	return change.Settlement
}

// settled opens and closes number n and gives it as it then stands.
func settled(t testing.TB, s *Store, n int64) settlement.Settlement {
	t.Helper()
	opened := openedRecord(t, s, n)
	closed, err := s.Close(context.Background(), opened, storetest.Closing(opened))
	must(t, err)
	return closed
}

// opens is the opening of number n as a piece of work.
func opens(s *Store, n int64) func(context.Context) error {
	return func(ctx context.Context) error { return s.Open(ctx, storetest.Opening(n)) }
}

// closes is the closing of what stands as opened as a piece of work.
func closes(s *Store, opened settlement.Settlement, decide lifecycle.Decide) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.Close(ctx, opened, decide)
		return err
	}
}

// queued runs works so that all of them are in the queue together, in no set
// order, and gives what each came to.
func queued(t testing.TB, s *Store, works ...func(context.Context) error) []error {
	t.Helper()
	s.committer.turn.Lock()
	outcomes := make([]chan error, len(works))
	for i, work := range works {
		outcomes[i] = make(chan error, 1)
		go func() { outcomes[i] <- work(t.Context()) }()
	}
	waits(t, s, len(works))
	s.committer.turn.Unlock()
	errs := make([]error, len(works))
	for i, outcome := range outcomes {
		errs[i] = <-outcome
	}
	return errs
}

// waits returns once n writes are in the queue.
func waits(t testing.TB, s *Store, n int) {
	t.Helper()
	eventually(t, "writes to be queued", func() bool { return s.committer.waiting.Load() == int64(n) })
}

// eventually waits until done.
func eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// absentRecord asserts that nothing is kept of a settlement.
func absentRecord(t testing.TB, s *Store, id settlement.SettlementID) {
	t.Helper()
	_, err := s.Settlement(context.Background(), id)
	wants(t, err, settlement.KindNotFound)
}

// retried repeats a read until the store has found a server again.
func retried[T any](t testing.TB, read func(context.Context) (T, error)) T {
	t.Helper()
	var got T
	eventually(t, "a server that answers", func() bool {
		var err error
		got, err = read(context.Background())
		if err != nil && settlement.KindOf(err) != settlement.KindUnavailable {
			t.Fatal(err)
		}
		return err == nil
	})
	return got
}

var errUndecided = errors.New("not to be decided")
