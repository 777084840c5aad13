package postgres

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
)

// waitingCommits are the sessions whose COMMIT waits for a standby.
const waitingCommits = `SELECT pid FROM pg_stat_activity WHERE application_name = 'onestop' AND wait_event = 'SyncRep'`

// stalled is a server that waits with every commit for a standby that it has
// not got, and a store that is open on it.
func stalled(t *testing.T, within time.Duration) (*pgtest.Cluster, *Store) {
	t.Helper()
	cluster := stallable.in(t)
	s := openTest(t, Config{DSN: stallable.fresh(t), CommitWithin: within})
	settled(t, s, 100)
	cluster.Set("synchronous_standby_names", "*")
	t.Cleanup(cluster.Asynchronous)
	return cluster, s
}

// waitsForStandby gives the session whose COMMIT has come to wait.
func waitsForStandby(t *testing.T, cluster *pgtest.Cluster) (pid string) {
	t.Helper()
	eventually(t, "a COMMIT that waits", func() bool {
		pid = cluster.Exec("postgres", waitingCommits)
		return pid != ""
	})
	return pid
}

// Whatever cuts the wait for the standby short, it is neither a yes nor a no,
// and the connection on which it happened is not used again.
func TestR10WaitCutShortIsInDoubt(t *testing.T) {
	cluster, s := stalled(t, time.Minute)
	for n, c := range []struct {
		name, way string
		cause     error
	}{
		{"cancelled, which the server reports as a success with a warning", "pg_cancel_backend", errUnsafe},
		{"terminated, which cuts the connection", "pg_terminate_backend", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			change := storetest.Opening(int64(n))
			outcome := make(chan error)
			go func() { outcome <- s.Open(t.Context(), change) }()
			pid := waitsForStandby(t, cluster)
			cluster.Exec("postgres", "SELECT "+c.way+"("+pid+")")
			err := <-outcome
			wants(t, err, settlement.KindInDoubt)
			if c.cause != nil && !errors.Is(err, c.cause) {
				t.Errorf("%v is not %v", err, c.cause)
			}
			cluster.Await("0", "SELECT count(*) FROM pg_stat_activity WHERE pid = "+pid)
			// Both were committed here, so the truth is there to be read.
			found := retried(t, func(ctx context.Context) (settlement.Settlement, error) {
				return s.Settlement(ctx, change.Settlement.ID)
			})
			if found.Revision != 1 {
				t.Errorf("revision %d", found.Revision)
			}
		})
	}
	cluster.Asynchronous()
	settled(t, s, 50)
}

// The doubt is that of all who shared the commit.
func TestDoubtIsShared(t *testing.T) {
	cluster, s := stalled(t, time.Minute)
	var errs []error
	var group sync.WaitGroup
	group.Go(func() { errs = queued(t, s, opens(s, 1), opens(s, 2), opens(s, 3)) })
	cluster.Exec("postgres", "SELECT pg_terminate_backend("+waitsForStandby(t, cluster)+")")
	group.Wait()
	for _, err := range errs {
		wants(t, err, settlement.KindInDoubt)
	}
}

// A commit that takes too long is given up here but never cancelled there: it
// stays invisible until it is safe.
func TestSlowCommitIsLeftAlone(t *testing.T) {
	cluster, s := stalled(t, 200*time.Millisecond)
	before := len(cluster.Log())
	change := storetest.Opening(1)
	wants(t, s.Open(t.Context(), change), settlement.KindInDoubt)
	eventually(t, "the driver to ask for cancellation, in vain", func() bool {
		return strings.Contains(cluster.Log()[before:], "wrong key in cancel request")
	})
	waitsForStandby(t, cluster) // still
	absentRecord(t, s, change.Settlement.ID)
	cluster.Asynchronous()
	eventually(t, "the commit to be safe", func() bool {
		found, err := s.Settlement(t.Context(), change.Settlement.ID)
		return err == nil && found.Revision == 1
	})
	wants(t, s.Open(t.Context(), change), settlement.KindExists)
	settled(t, s, 2)
}

// A commit may take longer than any other statement.
func TestCommitHasNoTimeLimitOnTheServer(t *testing.T) {
	cluster, s := stalled(t, time.Minute)
	outcome := make(chan error)
	go func() { outcome <- s.Open(t.Context(), storetest.Opening(1)) }()
	waitsForStandby(t, cluster)
	limit := 5500 * time.Millisecond // a little more than the statements of a writer are given
	select {
	case err := <-outcome:
		t.Fatalf("given up: %v", err)
	case <-time.After(limit):
	}
	cluster.Asynchronous()
	must(t, <-outcome)
}

// Only a plain success is one.
func TestFaultBeforeCommitSendsNothing(t *testing.T) {
	stage := StageCommit
	s := openTest(t, Config{DSN: fresh(t), Fault: func(at Stage) error {
		if at == stage {
			return errStruck
		}
		return nil
	}})
	for n, want := range map[int64]struct {
		stage Stage
		kept  bool
	}{1: {StageCommit, false}, 2: {StageCommitted, true}} {
		stage = want.stage
		err := s.Open(t.Context(), storetest.Opening(n))
		wants(t, err, settlement.KindInDoubt)
		if !errors.Is(err, errStruck) {
			t.Errorf("%v, want the fault as its cause", err)
		}
		_, err = s.Settlement(t.Context(), storetest.Opening(n).Settlement.ID)
		if kept := err == nil; kept != want.kept {
			t.Errorf("%s: kept is %v", want.stage, kept)
		}
	}
}
