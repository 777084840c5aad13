package lifecycle

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// backlog is a store with so many due settlements, of which nothing is left to
// do once they are taken up.
type backlog struct {
	Store
	lock  sync.Mutex
	due   int
	looks int
}

// since gives what still waits and how often was looked, and counts anew.
func (b *backlog) since() (due, looks int) {
	b.lock.Lock()
	defer b.lock.Unlock()
	due, looks, b.looks = b.due, b.looks, 0
	return due, looks
}

func (b *backlog) Claim(_ context.Context, claim Claim) ([]settlement.Settlement, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.looks++
	taken := min(b.due, claim.Limit)
	b.due -= taken
	return make([]settlement.Settlement, taken), nil
}

func (*backlog) Advance(context.Context, Change) error { return nil }

// What a dead gateway left is taken up as fast as there is room for it; once
// all is taken up, a look each second is enough.
func TestABacklogIsTakenUpAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const left = 10_000
		kept := &backlog{due: left}
		l, err := New(Config{Store: kept, Now: time.Now, Lease: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		begun := time.Now()
		go l.Run(ctx)
		time.Sleep(left/recoveringMax*recoverAgain + time.Second/2)
		synctest.Wait()
		if due, _ := kept.since(); due > 0 {
			t.Errorf("%d of %d still wait after %s", due, left, time.Since(begun))
		}
		time.Sleep(10 * recoverEvery)
		synctest.Wait()
		if _, looks := kept.since(); looks != 10 {
			t.Errorf("%d looks in ten seconds without anything due", looks)
		}
		stop()
		synctest.Wait()
		l.running.Wait()
	})
}
