package postgres

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
)

// load is callers who settle as fast as they can, and what they were told.
type load struct {
	t     *testing.T
	store *Store
	next  atomic.Int64
	stop  chan struct{}
	group sync.WaitGroup

	lock   sync.Mutex // over what follows
	opened map[int64]bool
	closed map[int64]settlement.Settlement
	doubts int
	down   int // answers that nothing was done
	last   time.Time
	pauses []time.Duration // longer than a moment, between two things done
}

// startLoad lets callers begin with the number after first.
func startLoad(t *testing.T, s *Store, callers int, first int64) *load {
	l := &load{
		t: t, store: s, stop: make(chan struct{}),
		opened: map[int64]bool{}, closed: map[int64]settlement.Settlement{}, last: time.Now(),
	}
	l.next.Store(first)
	for range callers {
		l.group.Go(func() {
			for {
				select {
				case <-l.stop:
					return
				default:
					l.settle(l.next.Add(1))
				}
			}
		})
	}
	return l
}

func (l *load) end() {
	close(l.stop)
	l.group.Wait()
}

// settle opens and closes number n and notes what is acknowledged.
func (l *load) settle(n int64) {
	change := storetest.Opening(n)
	if !l.told(l.store.Open(context.Background(), change)) {
		return
	}
	l.note(func() { l.opened[n] = true })
	opened := change.Settlement
	opened.Revision = 1
	closed, err := l.store.Close(context.Background(), opened, storetest.Closing(opened))
	if l.told(err) {
		l.note(func() { l.closed[n] = closed })
	}
}

// told reports whether a write was acknowledged. The only other answers that a
// failing server may cause are that nothing was done and that it is in doubt.
func (l *load) told(err error) bool {
	if err == nil {
		return true
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	switch settlement.KindOf(err) {
	case settlement.KindUnavailable:
		l.down++
		time.Sleep(time.Millisecond)
	case settlement.KindInDoubt:
		l.doubts++
	default:
		l.t.Errorf("a failing server is told as %v (kind %d)", err, settlement.KindOf(err))
	}
	return false
}

const moment = 20 * time.Millisecond

func (l *load) note(what func()) {
	l.lock.Lock()
	defer l.lock.Unlock()
	what()
	now := time.Now()
	if pause := now.Sub(l.last); pause > moment {
		l.pauses = append(l.pauses, pause)
	}
	l.last = now
}

// done is how many settlements were closed so far.
func (l *load) done() int {
	l.lock.Lock()
	defer l.lock.Unlock()
	return len(l.closed)
}

// grows waits until some more settlements were closed.
func (l *load) grows(more int) {
	l.t.Helper()
	floor := l.done() + more
	eventually(l.t, fmt.Sprint("settlements to be closed beyond ", floor), func() bool { return l.done() > floor })
}

// longest is the longest time in which nothing was done since it was asked
// last.
func (l *load) longest() time.Duration {
	l.lock.Lock()
	defer l.lock.Unlock()
	var longest time.Duration
	for _, pause := range l.pauses {
		longest = max(longest, pause)
	}
	l.pauses = nil
	return longest
}

// verify compares what callers were told with what a store has now: whatever
// was acknowledged is there as it was acknowledged, and what is there adds up.
func (l *load) verify(s *Store) {
	l.t.Helper()
	lost := 0
	for n := range l.opened {
		want, isClosed := l.closed[n]
		got := retried(l.t, func(ctx context.Context) (settlement.Settlement, error) {
			found, err := s.Settlement(ctx, storetest.Opening(n).Settlement.ID)
			if settlement.KindOf(err) == settlement.KindNotFound {
				return found, nil
			}
			return found, err
		})
		if got.Revision == 0 || isClosed && (got.State != settlement.StateCommitted || got.Sequence != want.Sequence || got.Revision != want.Revision) {
			lost++
			l.t.Errorf("number %d was acknowledged and is %q at revision %d", n, got.State, got.Revision)
		}
	}
	l.t.Logf("%d opened, %d closed, %d in doubt, %d not done, %d lost", len(l.opened), len(l.closed), l.doubts, l.down, lost)
	l.addsUp(s)
}

// addsUp checks that each person has used what their settlements say, under
// numbers given once, and that every settlement has its whole journal.
func (l *load) addsUp(s *Store) {
	l.t.Helper()
	for name, query := range map[string]string{
		"accumulators that differ from their settlements": `SELECT count(*) FROM accumulator FULL JOIN
			(SELECT beneficiary, count(*) AS closed, max(sequence) AS sequence FROM settlement WHERE state = 'COMMITTED' GROUP BY beneficiary) AS s
			USING (beneficiary) WHERE accumulator.used IS DISTINCT FROM '{"total":' || s.closed || '}' OR accumulator.sequence <> s.sequence`,
		"settlements with a torn journal": `SELECT count(*) FROM settlement AS s
			LEFT JOIN (SELECT settlement, count(*) AS n FROM attempt GROUP BY settlement) AS a ON a.settlement = s.no
			LEFT JOIN (SELECT settlement, count(*) AS n FROM event GROUP BY settlement) AS e ON e.settlement = s.no
			LEFT JOIN (SELECT settlement, count(*) AS n FROM entry GROUP BY settlement) AS l ON l.settlement = s.no
			LEFT JOIN (SELECT request.settlement, count(*) AS n FROM answer JOIN request ON request.no = answer.request GROUP BY request.settlement) AS f ON f.settlement = s.no
			WHERE a.n IS DISTINCT FROM s.revision OR e.n IS DISTINCT FROM 2 * s.revision
				OR coalesce(l.n, 0) <> 4 * (s.revision - 1) OR coalesce(f.n, 0) <> s.revision - 1`,
	} {
		wrong := retried(l.t, func(ctx context.Context) (n int, err error) {
			err = s.outcome(s.reads.QueryRow(ctx, query).Scan(&n))
			return n, err
		})
		if wrong != 0 {
			l.t.Errorf("%d %s", wrong, name)
		}
	}
}
