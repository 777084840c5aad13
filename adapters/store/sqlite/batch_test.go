package sqlite

import (
	"errors"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Members run a second time only where one failed after it had written: what is
// refused beforehand, as nearly all that is refused, costs its neighbours nothing.
func TestMembersRunAgainOnlyForWhatWasWritten(t *testing.T) {
	refusal := store.Stale("s-1")
	for name, c := range map[string]struct {
		fails work
		runs  int
	}{
		"refused before it wrote": {func(*session) error { return refusal }, 1},
		"nothing matched": {func(on *session) error {
			_, err := on.exec(background, `UPDATE settlement SET review = 1 WHERE id = ?`, "nobody's")
			return errors.Join(err, refusal)
		}, 1},
		"refused after it wrote": {func(on *session) error {
			_, err := insertSettlement(on, opening(benchmarked(3)))
			return errors.Join(err, refusal)
		}, 2},
		"refused after an update": {func(on *session) error {
			change := opening(benchmarked(9))
			change.Settlement.Revision, change.Attempts = 1, nil
			_, err := advance(on, change, nil)
			return errors.Join(err, refusal)
		}, 2},
		"the database's own failure": {func(on *session) error {
			_, err := on.exec(background, `INSERT INTO answer (request, body) VALUES (1, x'')`)
			return err
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s, commits := counted(t)
			openRecord(t, s, benchmarked(9))
			commits.Store(0)
			runs := 0
			fails := func(on *session) error { runs++; return c.fails(on) }
			errs := queued(t, s, opens(s, 1), works(s, fails), opens(s, 2))
			if errs[0] != nil || errs[1] == nil || errs[2] != nil {
				t.Errorf("%v", errs)
			}
			if runs != c.runs || commits.Load() != 1 {
				t.Errorf("%d runs, want %d, and %d commits", runs, c.runs, commits.Load())
			}
			readRecord(t, s, benchmarked(1).ID)
			readRecord(t, s, benchmarked(2).ID)
			if _, err := s.Settlement(t.Context(), benchmarked(3).ID); settlement.KindOf(err) != settlement.KindNotFound {
				t.Errorf("what was refused: %v", err)
			}
			if got := readRecord(t, s, benchmarked(9).ID); got.Revision != 1 {
				t.Errorf("what was refused made revision %d", got.Revision)
			}
		})
	}
}

// What decide says in the run that counts is what its caller hears.
func TestDecideIsHeardAsItLastSpoke(t *testing.T) {
	s, _ := counted(t)
	opened := openRecord(t, s, benchmarked(1))
	wrote := false
	fails := func(on *session) error {
		wrote = true
		_, err := insertSettlement(on, opening(benchmarked(3)))
		return errors.Join(err, errStruck)
	}
	decide := func(ground lifecycle.Ground) (lifecycle.Change, error) {
		if !wrote {
			return lifecycle.Change{}, store.Stale("not yet")
		}
		return closing(opened, ground), nil
	}
	s.committer.turn.Lock()
	closed, failed := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := s.Close(t.Context(), opened, decide)
		closed <- err
	}()
	waits(t, s, 1)
	go func() { failed <- s.committer.do(t.Context(), fails) }()
	waits(t, s, 2)
	s.committer.turn.Unlock()
	if err := <-closed; err != nil {
		t.Errorf("closing: %v", err)
	}
	if err := <-failed; !errors.Is(err, errStruck) {
		t.Errorf("failing: %v", err)
	}
	if got := readRecord(t, s, opened.ID); got.State != settlement.StateCommitted {
		t.Errorf("state %s", got.State)
	}
}
