package admission

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"pgregory.net/rapid"
)

// small answers one call at once and lets four wait, a second or a tenth.
func small() *Gate {
	return New(Limits{Calls: 1, Waiting: 4, Patience: time.Second, Pressed: 100 * time.Millisecond})
}

// caller is one call that knocked; its place, once it has one, is given back
// through leave.
type caller struct {
	leave chan func()
	err   chan error
}

func knock(ctx context.Context, g *Gate, class Class, tenant string) caller {
	c := caller{make(chan func(), 1), make(chan error, 1)}
	go func() {
		place, err := g.Enter(ctx, class, tenant)
		if err != nil {
			c.err <- err
			return
		}
		c.leave <- place.Leave
	}()
	synctest.Wait()
	return c
}

func busy(t *testing.T, err error) {
	t.Helper()
	if settlement.KindOf(err) != settlement.KindOverloaded || settlement.ReasonOf(err) != settlement.ReasonOverloaded {
		t.Errorf("got %v, want overloaded", err)
	}
}

func load(t *testing.T, g *Gate, inside, waiting int) {
	t.Helper()
	if in, wait := g.Load(); in != inside || wait != waiting {
		t.Errorf("%d inside and %d waiting, want %d and %d", in, wait, inside, waiting)
	}
}

// Who came last may be called first: reversals before questions, those before
// settlements, reports last.
func TestClassesGoInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := small()
		now := knock(t.Context(), g, Settle, "H0")
		var waiting [classes]caller
		for _, class := range []Class{Report, Settle, Query, Reversal} {
			waiting[class] = knock(t.Context(), g, class, fmt.Sprint("H", class))
		}
		load(t, g, 1, 4)
		(<-now.leave)()
		for class := range waiting {
			leave := <-waiting[class].leave
			synctest.Wait()
			for later := class + 1; later < classes; later++ {
				if len(waiting[later].leave) > 0 {
					t.Fatalf("class %d went before %d", later, class)
				}
			}
			leave()
		}
		load(t, g, 0, 0)
	})
}

// Settlements that wait for a silent payer never take the last places: what
// gives money back, and what only asks, goes in at once. Nor does a place of
// theirs go to one more settlement.
func TestSettlementsLeavePlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Limits{Calls: 4, Waiting: 4, Patience: time.Second, Pressed: time.Second})
		var silent []func()
		for range 3 {
			silent = append(silent, <-knock(t.Context(), g, Settle, "H1").leave)
		}
		next, last := knock(t.Context(), g, Settle, "H2"), knock(t.Context(), g, Report, "H2")
		load(t, g, 3, 2)
		for _, class := range []Class{Reversal, Query} {
			(<-knock(t.Context(), g, class, "H3").leave)()
			load(t, g, 3, 2)
		}
		reversal := <-knock(t.Context(), g, Reversal, "H3").leave
		silent[0]()
		(<-next.leave)()
		(<-last.leave)()
		reversal()
		silent[1]()
		silent[2]()
		load(t, g, 0, 0)
	})
}

// One tenant takes half of the queue at most, and waits behind itself only.
func TestATenantThatSendsManyWaitsForItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Limits{Calls: 1, Waiting: 6, Patience: time.Second, Pressed: time.Second})
		now := knock(t.Context(), g, Settle, "many")
		var many []caller
		for range 3 {
			many = append(many, knock(t.Context(), g, Settle, "many"))
		}
		busy(t, <-knock(t.Context(), g, Settle, "many").err)
		few := knock(t.Context(), g, Settle, "few")

		(<-now.leave)()
		(<-many[0].leave)()
		leave := <-few.leave // second in turn, although fourth to come
		synctest.Wait()
		if len(many[1].leave) != 0 {
			t.Error("the tenant that sends many went again first")
		}
		leave()
		(<-many[1].leave)()
		(<-many[2].leave)()
	})
}

func TestAFullQueueTurnsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := small()
		now := knock(t.Context(), g, Settle, "H0")
		for n := range 4 {
			knock(t.Context(), g, Settle, fmt.Sprint("H", n))
		}
		begun := time.Now()
		busy(t, <-knock(t.Context(), g, Settle, "H9").err)
		busy(t, <-knock(t.Context(), g, Report, "H9").err)
		if waited := time.Since(begun); waited != 0 {
			t.Errorf("turned away after %s", waited)
		}
		load(t, g, 1, 4)
		time.Sleep(2 * time.Second) // all four lose patience
		load(t, g, 1, 0)
		(<-now.leave)()
		load(t, g, 0, 0)
	})
}

// Where no more may wait, an earlier class takes the room of the last call of
// the latest: of the tenant that has most, or of its own where it has its half.
func TestWhatGoesFirstFindsRoomToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := small()
		now := knock(t.Context(), g, Settle, "H0")
		settle := []caller{knock(t.Context(), g, Settle, "H1"), knock(t.Context(), g, Settle, "H1")}
		report := []caller{knock(t.Context(), g, Report, "H2"), knock(t.Context(), g, Report, "H2")}

		reversal := knock(t.Context(), g, Reversal, "H1") // H1 has its half
		busy(t, <-settle[1].err)
		load(t, g, 1, 4)
		query := knock(t.Context(), g, Query, "H3")
		busy(t, <-report[1].err)
		busy(t, <-knock(t.Context(), g, Settle, "H1").err) // H1 has its half, and nothing later
		load(t, g, 1, 4)

		(<-now.leave)()
		for _, each := range []caller{reversal, query, settle[0], report[0]} {
			(<-each.leave)()
		}
		load(t, g, 0, 0)
	})
}

// A burst may wait for long; under lasting load nobody does, so that those
// taken on keep their latency.
func TestPatienceShrinksUnderLastingLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := small()
		now := knock(t.Context(), g, Settle, "H0")
		waits := func() time.Duration {
			begun := time.Now()
			_, err := g.Enter(t.Context(), Settle, "H1")
			busy(t, err)
			return time.Since(begun)
		}
		if waited := waits(); waited != time.Second {
			t.Errorf("waited %s in a burst", waited)
		}
		stop := make(chan struct{})
		go func() { // somebody always waits
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
					knockFor(g, 150*time.Millisecond, fmt.Sprint("N", n%2))
				}
			}
		}()
		go func() {
			time.Sleep(70 * time.Millisecond)
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
					knockFor(g, 150*time.Millisecond, fmt.Sprint("M", n%2))
				}
			}
		}()
		time.Sleep(3 * time.Second)
		if waited := waits(); waited != 100*time.Millisecond {
			t.Errorf("waited %s under lasting load", waited)
		}
		close(stop)
		time.Sleep(2 * time.Second)
		if waited := waits(); waited != time.Second {
			t.Errorf("waited %s after the load ended", waited)
		}
		(<-now.leave)()
	})
}

func knockFor(g *Gate, patience time.Duration, tenant string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if place, err := g.Enter(ctx, Settle, tenant); err == nil {
		place.Leave()
	}
}

// A caller who hangs up leaves the queue.
func TestWhoHangsUpLeavesTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := small()
		now := knock(t.Context(), g, Settle, "H0")
		ctx, hangUp := context.WithCancel(t.Context())
		gone := knock(ctx, g, Settle, "H1")
		next := knock(t.Context(), g, Settle, "H1")
		hangUp()
		if err := <-gone.err; !errors.Is(err, context.Canceled) {
			t.Errorf("told %v", err)
		}
		load(t, g, 1, 1)
		if !g.vain.IsZero() {
			t.Error("somebody is said to have been refused")
		}
		(<-now.leave)()
		(<-next.leave)()
		load(t, g, 0, 0)
	})
}

// Never are more inside than may be, every place comes back, and nobody is
// left standing.
func TestPlacesAreNeitherLostNorMade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calls := rapid.IntRange(1, 4).Draw(t, "calls")
		g := New(Limits{Calls: calls, Waiting: rapid.IntRange(1, 6).Draw(t, "waiting"), Patience: time.Millisecond, Pressed: time.Millisecond / 4})
		var all sync.WaitGroup
		for n := range rapid.IntRange(1, 40).Draw(t, "callers") {
			class, stay := Class(n%classes), time.Duration(n%7)*100*time.Microsecond
			all.Go(func() {
				place, err := g.Enter(context.Background(), class, fmt.Sprint("H", n%3))
				if err != nil {
					return
				}
				if inside, _ := g.Load(); inside > calls {
					t.Errorf("%d inside", inside)
				}
				time.Sleep(stay)
				place.Leave()
			})
		}
		all.Wait()
		if inside, waiting := g.Load(); inside != 0 || waiting != 0 {
			t.Errorf("%d inside and %d waiting at the end", inside, waiting)
		}
	})
}

func TestQueueKeepsNothingOfThoseWhoLeft(t *testing.T) {
	var q queue
	a, b := &waiter{tenant: "H1"}, &waiter{tenant: "H1"}
	q.push(a)
	q.push(b)
	if !q.remove(a) || q.remove(a) || !slices.Equal(q.turn, []string{"H1"}) {
		t.Errorf("turn %v", q.turn)
	}
	if q.pop() != b || q.pop() != nil || len(q.of) != 0 || len(q.turn) != 0 {
		t.Errorf("left over: %v %v", q.of, q.turn)
	}
}
