package admission

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestPace(t *testing.T) {
	var p pace
	now := time.Now()
	for range 1001 { // a call each millisecond
		p.left(now)
		now = now.Add(time.Millisecond)
	}
	if got := p.within(50 * time.Millisecond); got != 50 {
		t.Errorf("%d leave in 50 ms, at one each ms", got)
	}
	if got := (&pace{}).within(time.Hour); got != 0 {
		t.Errorf("%d leave where none did", got)
	}
}

// Under lasting load there is room for those only who get a place in time: the
// others are told at once, and nobody waits in vain.
func TestRoomIsWhatCanBeServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const each = 10 * time.Millisecond // a call takes
		g := New(Limits{Calls: 1, Waiting: 40, Patience: time.Second, Pressed: 100 * time.Millisecond})
		var served, atOnce, inVain atomic.Int64
		for begun := time.Now(); time.Since(begun) < 5*time.Second; time.Sleep(time.Millisecond) {
			synctest.Wait() // who leaves at this very moment has left
			lasting := time.Since(begun) > 2*time.Second
			if lasting && g.Full(Settle) != refusedNow(g) {
				t.Fatal("full is not the same as turned away")
			}
			go func() {
				asked := time.Now()
				place, err := g.Enter(t.Context(), Settle, tenants[asked.UnixMilli()%4])
				switch {
				case err == nil:
					time.Sleep(each)
					place.Leave()
					served.Add(1)
				case !lasting:
				case time.Since(asked) == 0:
					atOnce.Add(1)
				default:
					inVain.Add(1)
				}
			}()
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		if served.Load() < 450 || atOnce.Load() < 2000 || inVain.Load() > 300 {
			t.Errorf("%d served, %d told at once, %d waited in vain", served.Load(), atOnce.Load(), inVain.Load())
		}
	})
}

var tenants = [4]string{"H1", "H2", "H3", "H4"}

// refusedNow reports whether a tenant nobody knows is turned away at once.
func refusedNow(g *Gate) bool {
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	begun := time.Now()
	place, err := g.Enter(gone, Settle, "another")
	if err == nil {
		place.Leave()
		return false
	}
	return err != context.Canceled && time.Since(begun) == 0
}

// Full changes nothing, and is never said where somebody of a later class could
// be displaced.
func TestFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := small()
		now := knock(t.Context(), g, Settle, "H0")
		var waiting []caller
		for n, class := range []Class{Settle, Settle, Settle, Report} {
			if g.Full(Settle) {
				t.Errorf("full with %d waiting", n)
			}
			waiting = append(waiting, knock(t.Context(), g, class, tenants[n]))
		}
		if g.Full(Settle) || g.Full(Reversal) || !g.Full(Report) {
			t.Error("full for who may displace a report, or not for who may not")
		}
		waiting = append(waiting, knock(t.Context(), g, Settle, "H5"))
		load(t, g, 1, 4)
		busy(t, <-waiting[3].err)
		if !g.Full(Settle) || g.Full(Query) {
			t.Error("not full, or full for who goes before")
		}
		(<-now.leave)()
		for _, place := range []int{0, 1, 2, 4} {
			(<-waiting[place].leave)()
		}
		if g.Full(Report) {
			t.Error("full, and empty")
		}
		load(t, g, 0, 0)
	})
}
