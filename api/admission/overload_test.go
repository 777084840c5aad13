package admission

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// mill is a machine that works on everything inside at once, each at its share
// of the whole speed, as processors do: with twice as many inside each takes
// twice as long, and no more come out. Now and then it stalls, as disks do.
type mill struct {
	speed float64       // calls a second
	pause time.Duration // of every two seconds, in which nothing moves

	mu   sync.Mutex
	work map[chan struct{}]float64 // of calls inside, what is left of them
}

// grind works until it is stopped, a millisecond at a time.
func (m *mill) grind(stop <-chan struct{}) {
	begun := time.Now()
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Millisecond):
		}
		if time.Since(begun)%(2*time.Second) < m.pause {
			continue
		}
		m.mu.Lock()
		for left := m.speed / 1000; left > 1e-9 && len(m.work) > 0; {
			each := left / float64(len(m.work))
			for done, rest := range m.work {
				took := min(each, rest)
				left -= took
				if m.work[done] = rest - took; m.work[done] < 1e-9 {
					delete(m.work, done)
					close(done)
				}
			}
		}
		m.mu.Unlock()
	}
}

// do does one call's work.
func (m *mill) do() {
	done := make(chan struct{})
	m.mu.Lock()
	m.work[done] = 1
	m.mu.Unlock()
	<-done
}

// flow is what became of calls.
type flow struct {
	took    []time.Duration // of those answered, in order
	refused int
	inVain  int // of those refused, who waited before
}

func (f *flow) at(share float64) time.Duration { return f.took[int(share*float64(len(f.took)-1))] }

// How long calls come before they count, and while they do.
const warm, length = 2 * time.Second, 4 * time.Second

// pour sends calls at a rate for so long, after a while that does not count.
func pour(t *testing.T, g *Gate, m *mill, rate float64) (f flow) {
	stop := make(chan struct{})
	var all sync.WaitGroup
	var mu sync.Mutex
	all.Go(func() { m.grind(stop) })
	chance, begun := rand.New(rand.NewPCG(1, 2)), time.Now()
	var calls sync.WaitGroup
	for n := 0; time.Since(begun) < warm+length; n++ {
		time.Sleep(time.Duration(chance.ExpFloat64() / rate * float64(time.Second)))
		counts := time.Since(begun) > warm
		if g.Full(Settle) {
			if counts {
				mu.Lock()
				f.refused++
				mu.Unlock()
			}
			continue
		}
		calls.Go(func() {
			asked := time.Now()
			place, err := g.Enter(t.Context(), Settle, fmt.Sprint("H", n%20))
			if err == nil {
				m.do()
				place.Leave()
			}
			if !counts {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				f.took = append(f.took, time.Since(asked))
			default:
				f.refused++
				if time.Since(asked) > 0 {
					f.inVain++
				}
			}
		})
	}
	calls.Wait()
	close(stop)
	all.Wait()
	slices.Sort(f.took)
	return f
}

// limits are the gateway's own, and places those that settlements have of them.
var limits = Limits{Calls: 160, Waiting: 1024, Patience: 500 * time.Millisecond, Pressed: 50 * time.Millisecond}

const places = 120

// run is what becomes of calls at a share of what a mill bears on average.
func run(t *testing.T, m *mill, share float64) (f flow, goodput float64) {
	synctest.Test(t, func(t *testing.T) {
		g := New(limits)
		m.work = map[chan struct{}]float64{}
		bears := m.speed * (1 - m.pause.Seconds()/2)
		f = pour(t, g, m, share*bears)
		goodput = float64(len(f.took)) / (length.Seconds() * bears)
	})
	return f, goodput
}

// Ten times what can be borne takes nothing from what is answered, on a fast
// machine and on a slow one: as much is, within what the places take for their
// work, a stall, and the wait of lasting load. Where many leave at once, so that
// the queue is empty for a moment, that load goes on.
func TestAFloodKeepsLatency(t *testing.T) {
	for _, speed := range []float64{400, 1300, 3000} {
		m := &mill{speed: speed, pause: 100 * time.Millisecond}
		f, goodput := run(t, m, 10)
		most := time.Duration(places/speed*float64(time.Second)) + m.pause + limits.Pressed
		if p99 := f.at(0.99); goodput < 0.95 || p99 > most+most/10 {
			t.Errorf("%.0f/s: goodput %.2f, p99 %s of at most %s", speed, goodput, p99, most)
		}
		if f.refused < 8*len(f.took) || f.inVain > f.refused/5 {
			t.Errorf("%.0f/s: %d answered, %d refused, %d of them after waiting", speed, len(f.took), f.refused, f.inVain)
		}
	}
}

// A disk that stalls for a third of a second leaves a queue that takes longer
// than Patience to empty. Everybody is called in time, so nobody is refused.
func TestAStallRefusesNobody(t *testing.T) {
	f, _ := run(t, &mill{speed: 3000, pause: 300 * time.Millisecond}, 0.8)
	if f.refused > 0 || f.at(1) > time.Second {
		t.Errorf("%d refused, the slowest took %s", f.refused, f.at(1))
	}
}

// Callers who wait for their answers before they ask again are not refused, even
// if there are always more of them than places.
func TestThoseWhoTakeTurnsAreNotRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(limits)
		m := &mill{speed: 400, work: map[chan struct{}]float64{}}
		stop := make(chan struct{})
		var all, callers sync.WaitGroup
		all.Go(func() { m.grind(stop) })
		for n := range 160 {
			callers.Go(func() {
				for begun := time.Now(); time.Since(begun) < 5*time.Second; {
					place, err := g.Enter(t.Context(), Settle, fmt.Sprint("H", n%4))
					if err != nil {
						t.Errorf("refused after %s", time.Since(begun))
						return
					}
					m.do()
					place.Leave()
				}
			})
		}
		callers.Wait()
		close(stop)
		all.Wait()
	})
}
