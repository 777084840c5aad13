package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// commitsAt settles s as booked at a moment.
func (o Opened) commitsAt(t *testing.T, s settlement.Settlement, at time.Time) settlement.Settlement {
	t.Helper()
	opened := o.opens(t, s)
	return o.closes(t, opened, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		change := committing(opened, ground.Sequence, 10)
		change.Events[0].At = at
		return change, nil
	})
}

// voids takes back what a clearing held.
func (o Opened) voids(t *testing.T, number clearing.Number) {
	t.Helper()
	o.enters(t, line(number, 3, clearing.Frozen), line(number, 4, clearing.Voided))
}

// clearingWaits: what a cut leaves because its period is not over is not
// forgotten behind what comes after it, however many cuts pass it by.
func clearingWaits(t *testing.T, o Opened) {
	early := o.commits(t, record("1"), 10)
	late := o.commitsAt(t, record("2"), afterJuly)
	after := o.commits(t, record("3"), 10)
	for n, want := range []map[movement]int{
		{{early.ID, early.Revision}: 1, {after.ID, after.Revision}: 1}, {}, {},
	} {
		o.cuts(t, clearing.Number(n+1), afterJuly)
		same(t, fmt.Sprint("clearing ", n+1), o.moved(t, clearing.Number(n+1)), want)
	}
	o.cuts(t, 4, afterJuly.Add(time.Hour))
	same(t, "the period it is of", o.moved(t, 4), map[movement]int{{late.ID, late.Revision}: 1})
}

// clearingReleased: what is voided after others were cut is the next one's,
// though the marks are long past it; and what that leaves of it is not lost.
func clearingReleased(t *testing.T, o Opened) {
	first := o.commits(t, record("1"), 10)
	late := o.commitsAt(t, record("2"), afterJuly)
	o.cuts(t, 1, afterJuly.Add(time.Hour)) // both
	second := o.commits(t, record("3"), 10)
	o.cuts(t, 2, afterJuly)
	o.cuts(t, 3, afterJuly)
	o.voids(t, 1)
	o.cuts(t, 4, afterJuly)
	same(t, "of the voided one, what its period has", o.moved(t, 4), map[movement]int{{first.ID, first.Revision}: 1})
	o.voids(t, 4)
	o.voids(t, 2)
	o.cuts(t, 5, afterJuly)
	same(t, "of two voided ones", o.moved(t, 5), map[movement]int{{first.ID, first.Revision}: 1, {second.ID, second.Revision}: 1})
	o.cuts(t, 6, afterJuly.Add(time.Hour))
	same(t, "what was left of the first", o.moved(t, 6), map[movement]int{{late.ID, late.Revision}: 1})
	o.cuts(t, 7, afterJuly.Add(time.Hour))
	same(t, "the one after", o.moved(t, 7), map[movement]int{})
}

// clearingStorm: while many settle, of this period and the next, clearings are
// cut and some of them voided. In the end each write is in one that stands, and
// none in two.
func clearingStorm(t *testing.T, o Opened) {
	const settlers, each = 6, 16
	all := map[movement]int{}
	var lock sync.Mutex
	var group sync.WaitGroup
	for n := range settlers {
		group.Go(func() {
			for i := range each {
				at := moment
				if (n+i)%3 == 0 {
					at = afterJuly
				}
				s := o.commitsAt(t, record(fmt.Sprintf("%d-%02d", n, i)), at)
				lock.Lock()
				all[movement{s.ID, s.Revision}] = 1
				lock.Unlock()
			}
		})
	}
	over := make(chan struct{})
	go func() {
		group.Wait()
		close(over)
	}()
	stands := map[clearing.Number]bool{}
	last := clearing.Number(0)
	for running := true; running; {
		select {
		case <-over:
			running = false
		case <-time.After(2 * time.Millisecond):
		}
		last++
		o.cuts(t, last, afterJuly)
		stands[last] = true
		if old := last - 3; last%4 == 0 && stands[old] {
			o.voids(t, old)
			stands[old] = false
		}
	}
	o.cuts(t, last+1, afterJuly.Add(time.Hour))
	stands[last+1] = true
	got := map[movement]int{}
	for number, standing := range stands {
		for m, times := range o.moved(t, number) {
			if standing {
				got[m] += times
			}
		}
	}
	same(t, "movements", got, all)
}
