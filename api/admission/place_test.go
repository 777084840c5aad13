package admission

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// Whoever waits for a payer is in nobody's way: another goes in, and who comes
// back is not stopped. Then the next goes in only once there is room again.
func TestWhoWaitsForAPayerStandsAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := small()
		first, err := g.Enter(t.Context(), Settle, "H1")
		if err != nil {
			t.Fatal(err)
		}
		second, third := knock(t.Context(), g, Settle, "H2"), knock(t.Context(), g, Settle, "H3")
		load(t, g, 1, 2)
		first.Aside()
		leaveSecond := <-second.leave
		load(t, g, 1, 1)
		first.Back()
		load(t, g, 2, 1)
		leaveSecond()
		synctest.Wait()
		load(t, g, 1, 1) // one is still inside, so the third waits
		first.Leave()
		(<-third.leave)()
		load(t, g, 0, 0)
	})
}

// A settlement goes on without its caller, and asks payers again: what it does
// with a place that was left changes nothing.
func TestAPlaceThatWasLeftIsLeft(t *testing.T) {
	for name, moves := range map[string]func(*Place){
		"left twice":           func(p *Place) { p.Leave(); p.Leave() },
		"aside after leaving":  func(p *Place) { p.Leave(); p.Aside(); p.Back() },
		"left while aside":     func(p *Place) { p.Aside(); p.Leave(); p.Back() },
		"aside twice":          func(p *Place) { p.Aside(); p.Aside(); p.Back(); p.Back(); p.Leave() },
		"back without leaving": func(p *Place) { p.Back(); p.Leave() },
	} {
		t.Run(name, func(t *testing.T) {
			g := small()
			other, err := g.Enter(t.Context(), Query, "H1")
			if err != nil {
				t.Fatal(err)
			}
			other.Aside()
			place, err := g.Enter(t.Context(), Settle, "H2")
			if err != nil {
				t.Fatal(err)
			}
			moves(place)
			load(t, g, 0, 0)
			other.Back()
			load(t, g, 1, 0)
			other.Leave()
			load(t, g, 0, 0)
		})
	}
}

// However calls stand aside and come back, every place comes back in the end,
// and nobody is left standing while there is room.
func TestStandingAsideLosesNoPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calls := rapid.IntRange(1, 4).Draw(t, "calls")
		g := New(Limits{Calls: calls, Waiting: 40, Patience: time.Minute, Pressed: time.Minute})
		asks := rapid.SliceOfN(rapid.IntRange(0, 3), 1, 20).Draw(t, "asks")
		var all sync.WaitGroup
		for n, times := range asks {
			all.Go(func() {
				place, err := g.Enter(context.Background(), Class(n%classes), fmt.Sprint("H", n))
				if err != nil {
					t.Errorf("turned away with room for all: %v", err)
					return
				}
				defer place.Leave()
				for range times {
					place.Aside()
					time.Sleep(time.Duration(n%3) * 10 * time.Microsecond)
					place.Back()
				}
			})
		}
		all.Wait()
		if inside, waiting := g.Load(); inside != 0 || waiting != 0 {
			t.Errorf("%d inside and %d waiting at the end", inside, waiting)
		}
	})
}
