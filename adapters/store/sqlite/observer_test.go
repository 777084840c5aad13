package sqlite

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// tally is an observer that counts.
type tally struct {
	mu     sync.Mutex
	waits  []time.Duration
	writes []int
	failed int
}

func (n *tally) Waited(took time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waits = append(n.waits, took)
}

func (n *tally) Committed(writes int, failed bool, _ time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.writes = append(n.writes, writes)
	if failed {
		n.failed++
	}
}

// sum gives the writes told of in commits, and the waits told of, and forgets.
func (n *tally) sum() (writes, waits int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, w := range n.writes {
		writes += w
	}
	waits = len(n.waits)
	n.writes, n.waits = nil, nil
	return writes, waits
}

// TestEveryWriteIsToldOnce: alone, in a batch, and given up; and the time in the
// queue belongs to the queue in the caller's watch.
func TestEveryWriteIsToldOnce(t *testing.T) {
	told := &tally{}
	s := openTest(t, Config{Path: fresh(t), Observer: told})
	told.sum()
	if err := s.Open(t.Context(), opening(benchmarked(1))); err != nil {
		t.Fatal(err)
	}
	if told.waits[0] != 0 {
		t.Errorf("a lone write waited %s", told.waits[0])
	}
	if writes, waits := told.sum(); writes != 1 || waits != 1 {
		t.Errorf("alone: %d writes, %d waits", writes, waits)
	}
	watch := lifecycle.NewWatch("r", time.Now)
	errs := queued(t, s, opens(s, 2), opens(s, 3), func(ctx context.Context) error {
		return s.Open(lifecycle.Watched(ctx, watch), opening(benchmarked(4)))
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if writes, waits := told.sum(); writes != 3 || waits != 3 || told.failed != 0 {
		t.Errorf("together: %d writes, %d waits, %d failed", writes, waits, told.failed)
	}
	if spent := watch.Spent(); spent[lifecycle.ShareQueue] <= 0 {
		t.Errorf("the queue's share is %v", spent)
	}
	if waiting, room := s.Queue(); waiting != 0 || room != queueUsual {
		t.Errorf("%d wait of %d", waiting, room)
	}
	leavesQueueWhenGivenUp(t, s)
	if writes, waits := told.sum(); writes != 0 || waits != 0 {
		t.Errorf("given up: %d writes, %d waits", writes, waits)
	}
}

// leavesQueueWhenGivenUp: a caller that gives up is not in the queue any more.
func leavesQueueWhenGivenUp(t *testing.T, s *Store) {
	t.Helper()
	watch := lifecycle.NewWatch("r", time.Now)
	ctx, giveUp := context.WithCancel(lifecycle.Watched(t.Context(), watch))
	s.committer.turn.Lock()
	outcome := make(chan error)
	go func() { outcome <- s.Open(ctx, opening(benchmarked(9))) }()
	for s.committer.waiting.Load() != 1 {
		time.Sleep(time.Millisecond)
	}
	giveUp()
	if err := <-outcome; err == nil {
		t.Error("given up and written")
	}
	waited := watch.Spent()[lifecycle.ShareQueue]
	time.Sleep(5 * time.Millisecond)
	if now := watch.Spent()[lifecycle.ShareQueue]; now != waited {
		t.Errorf("still in the queue: %s, then %s", waited, now)
	}
	s.committer.turn.Unlock()
	for s.committer.waiting.Load() != 0 {
		time.Sleep(time.Millisecond)
	}
}
