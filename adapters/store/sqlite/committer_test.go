package sqlite

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// queued runs works so that all of them share one batch, in no set order, and
// gives what each came to.
func queued(t *testing.T, s *Store, works ...func(ctx context.Context) error) []error {
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
func waits(t *testing.T, s *Store, n int) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for s.committer.waiting.Load() != int64(n) {
		if time.Now().After(deadline) {
			t.Fatalf("%d wait, not %d", s.committer.waiting.Load(), n)
		}
		time.Sleep(time.Millisecond)
	}
}

func opens(s *Store, n int64) func(ctx context.Context) error {
	return func(ctx context.Context) error { return s.Open(ctx, opening(benchmarked(n))) }
}

func works(s *Store, do work) func(ctx context.Context) error {
	return func(ctx context.Context) error { return s.committer.do(ctx, do) }
}

// counted is a store that counts its commits.
func counted(t *testing.T) (*Store, *atomic.Int64) {
	var commits atomic.Int64
	s := openTest(t, Config{Path: fresh(t), Fault: func(stage Stage) error {
		if stage == StageCommit {
			commits.Add(1)
		}
		return nil
	}})
	commits.Store(0)
	return s, &commits
}

func TestQueuedWritesShareACommit(t *testing.T) {
	s, commits := counted(t)
	const writers = 50
	many := make([]func(context.Context) error, writers)
	for i := range many {
		many[i] = opens(s, int64(i))
	}
	for i, err := range queued(t, s, many...) {
		if err != nil {
			t.Errorf("write %d: %v", i, err)
		}
		readRecord(t, s, benchmarked(int64(i)).ID)
	}
	// The first member taken is waiting for its turn when the others queue, so
	// all of them are one batch.
	if got := commits.Load(); got != 1 {
		t.Errorf("%d commits for %d writes", got, writers)
	}
}

func TestBatchesAreBounded(t *testing.T) {
	s, commits := counted(t)
	const writers = batchMax + 1
	many := make([]func(context.Context) error, writers)
	for i := range many {
		many[i] = works(s, func(*session) error { return nil })
	}
	queued(t, s, many...)
	if got := commits.Load(); got != 2 {
		t.Errorf("%d commits for %d writes", got, writers)
	}
}

func TestLoneWriteHasItsOwnCommit(t *testing.T) {
	s, commits := counted(t)
	for n := range int64(3) {
		if err := openClose(t, s, n); err != nil {
			t.Fatal(err)
		}
	}
	if got := commits.Load(); got != 6 {
		t.Errorf("%d commits for 6 lone writes", got)
	}
}

// A member that fails is taken back alone, whatever it wrote before failing.
func TestFailingMemberHarmsNobody(t *testing.T) {
	s, _ := counted(t)
	halfway := func(on *session) error {
		_, err := insertSettlement(on, opening(benchmarked(3)))
		if err != nil {
			return err
		}
		return errStruck
	}
	errs := queued(t, s, opens(s, 1), works(s, halfway), works(s, func(*session) error { panic("a slip of decide") }), opens(s, 2))
	if errs[0] != nil || errs[3] != nil {
		t.Errorf("neighbours: %v, %v", errs[0], errs[3])
	}
	if !errors.Is(errs[1], errStruck) || settlement.KindOf(errs[1]) != settlement.KindInternal {
		t.Errorf("failing: %v", errs[1])
	}
	if settlement.KindOf(errs[2]) != settlement.KindInternal || !strings.Contains(errs[2].Error(), "a slip of decide") {
		t.Errorf("panicking: %v", errs[2])
	}
	readRecord(t, s, benchmarked(1).ID)
	readRecord(t, s, benchmarked(2).ID)
	if _, err := s.Settlement(t.Context(), benchmarked(3).ID); settlement.KindOf(err) != settlement.KindNotFound {
		t.Errorf("what failed halfway: %v", err)
	}
}

func TestLonePanicIsAnError(t *testing.T) {
	s, _ := counted(t)
	opened := openRecord(t, s, benchmarked(1))
	_, err := s.Close(t.Context(), opened, func(lifecycle.Ground) (lifecycle.Change, error) { panic("a slip of decide") })
	if settlement.KindOf(err) != settlement.KindInternal {
		t.Errorf("%v, want Internal", err)
	}
	if err = openClose(t, s, 2); err != nil {
		t.Error(err)
	}
}

// SQLite takes the whole transaction back by itself when, for one, the disk
// is full: then nothing was done for anybody. The same holds where it cannot
// be told any more what belongs to whom.
func TestLostTransactionIsUnavailableToAll(t *testing.T) {
	for _, way := range []string{`ROLLBACK`, `RELEASE member`} {
		t.Run(way, func(t *testing.T) {
			s, _ := counted(t)
			lose := func(on *session) error {
				_, err := on.exec(background, way)
				return errors.Join(err, errStruck)
			}
			errs := queued(t, s, opens(s, 1), works(s, lose), opens(s, 2))
			for _, err := range []error{errs[0], errs[2]} {
				if settlement.KindOf(err) != settlement.KindUnavailable || !errors.Is(err, errLost) {
					t.Errorf("neighbour: %v, want Unavailable", err)
				}
			}
			if !errors.Is(errs[1], errStruck) {
				t.Errorf("the one to blame: %v", errs[1])
			}
			for _, n := range []int64{1, 2} {
				if _, err := s.Settlement(t.Context(), benchmarked(n).ID); settlement.KindOf(err) != settlement.KindNotFound {
					t.Errorf("what was lost: %v", err)
				}
				if err := openClose(t, s, n); err != nil {
					t.Errorf("afterwards: %v", err)
				}
			}
		})
	}
}

// A commit without answer is in doubt for all who shared it, and for nobody
// else.
func TestFailedCommitIsInDoubtForAll(t *testing.T) {
	for _, stage := range []Stage{StageCommit, StageCommitted} {
		t.Run(string(stage), func(t *testing.T) {
			var strike atomic.Bool
			s := openTest(t, Config{Path: fresh(t), Fault: func(at Stage) error {
				if at == stage && strike.Swap(false) {
					return errStruck
				}
				return nil
			}})
			strike.Store(true)
			errs := queued(t, s, opens(s, 1), opens(s, 2), works(s, func(*session) error { return errShut }))
			for _, err := range errs[:2] {
				if settlement.KindOf(err) != settlement.KindInDoubt || !errors.Is(err, errStruck) {
					t.Errorf("%v, want InDoubt", err)
				}
			}
			if settlement.KindOf(errs[2]) != settlement.KindInternal {
				t.Errorf("a member that had failed before: %v", errs[2])
			}
			_, err := s.Settlement(t.Context(), benchmarked(1).ID)
			if applied := err == nil; applied != (stage == StageCommitted) {
				t.Errorf("applied: %v", applied)
			}
		})
	}
}

func TestFullQueueRefuses(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t), QueueMax: 2})
	s.committer.turn.Lock()
	outcomes := make(chan error, 3)
	for n := range int64(3) { // one is taken and waits for its turn, two are queued
		go func() { outcomes <- opens(s, n)(context.Background()) }()
		waits(t, s, int(n)+1)
		for n == 0 && len(s.committer.queue) > 0 {
			time.Sleep(time.Millisecond)
		}
	}
	err := opens(s, 9)(t.Context())
	if settlement.KindOf(err) != settlement.KindUnavailable || settlement.ReasonOf(err) != settlement.ReasonOverloaded {
		t.Errorf("%v, want Unavailable for overload", err)
	}
	s.committer.turn.Unlock()
	for range 3 {
		if err := <-outcomes; err != nil {
			t.Error(err)
		}
	}
	if err := opens(s, 9)(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A caller that gives up before its write is taken is told that nothing was
// done, at once.
func TestGivenUpInTheQueue(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	s.committer.turn.Lock()
	first := make(chan error, 1)
	go func() { first <- opens(s, 1)(context.Background()) }()
	waits(t, s, 1)
	ctx, cancel := context.WithCancel(t.Context())
	second := make(chan error, 1)
	go func() { second <- opens(s, 2)(ctx) }()
	waits(t, s, 2)
	cancel()
	if err := <-second; settlement.KindOf(err) != settlement.KindUnavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want Unavailable", err)
	}
	s.committer.turn.Unlock()
	if err := <-first; err != nil {
		t.Error(err)
	}
	if err := openClose(t, s, 3); err != nil {
		t.Error(err)
	}
	if _, err := s.Settlement(t.Context(), benchmarked(2).ID); settlement.KindOf(err) != settlement.KindNotFound {
		t.Errorf("what was given up: %v", err)
	}
	waits(t, s, 0)
}

// A caller that gives up later is told what became of its write.
func TestGivenUpTooLate(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	ctx, cancel := context.WithCancel(t.Context())
	slow := func(on *session) error {
		cancel()
		time.Sleep(20 * time.Millisecond)
		return nil
	}
	open := func(context.Context) error { return s.Open(ctx, opening(benchmarked(1))) }
	for _, err := range queued(t, s, works(s, slow), open, works(s, func(*session) error { return nil })) {
		if err != nil && settlement.KindOf(err) != settlement.KindUnavailable {
			t.Error(err)
		}
	}
	lone, cancelLone := context.WithCancel(t.Context())
	err := s.committer.do(lone, func(on *session) error {
		cancelLone()
		_, err := insertSettlement(on, opening(benchmarked(2)))
		return err
	})
	if err != nil {
		t.Errorf("a lone write given up too late: %v", err)
	}
	readRecord(t, s, benchmarked(2).ID)
}

// Writes that wait when the store is shut are still made.
func TestShutFinishesTheQueue(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	s.committer.turn.Lock()
	outcomes := make(chan error, 5)
	for n := range int64(5) {
		go func() { outcomes <- opens(s, n)(context.Background()) }()
	}
	waits(t, s, 5)
	shut := make(chan error, 1)
	go func() { shut <- s.Shut() }()
	for !s.over.Load() {
		time.Sleep(time.Millisecond)
	}
	s.committer.turn.Unlock()
	for range 5 {
		if err := <-outcomes; err != nil {
			t.Error(err)
		}
	}
	if err := <-shut; err != nil {
		t.Error(err)
	}
	s = openTest(t, Config{Path: path})
	for n := range int64(5) {
		readRecord(t, s, benchmarked(n).ID)
	}
}

// Under any mixture of lone and shared commits every write is made once.
func TestManyWritersLoseNothing(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	const writers, each = 16, 12
	errs := make(chan error, writers*each)
	for w := range writers {
		go func() {
			for i := range each {
				errs <- openClose(t, s, int64(w*each+i))
			}
		}()
	}
	for range writers * each {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	var benefit, settled settlement.Money
	for n := range int64(writers * each) {
		if readRecord(t, s, benchmarked(n).ID).State == settlement.StateCommitted {
			settled++
		}
	}
	persons := map[settlement.BeneficiaryID]bool{}
	for n := range int64(writers * each) {
		persons[benchmarked(n).Beneficiary.ID] = true
	}
	for person := range persons {
		used, err := s.Accumulator(t.Context(), lifecycle.AccumulatorKey{Beneficiary: person, Year: 2012})
		if err != nil {
			t.Fatal(err)
		}
		benefit += used.Used["total"]
	}
	if settled != writers*each || benefit != writers*each {
		t.Errorf("%d settled and %d used of %d", settled, benefit, writers*each)
	}
}
