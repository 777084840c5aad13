package lifecycle_test

import (
	"cmp"
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
)

// simulation is three gateways over one store and four payers, all driven by
// one seed. Every call of a client and every look of recovery is a goroutine,
// but exactly one runs at a time: each stops at every call of the store and of
// a payer, and the dice say who goes on, who dies, and when time passes. It
// runs inside a test bubble, whose clock is the world's.
type simulation struct {
	plan  plan
	dice  *rand.Rand
	begun time.Time // of the bubble's clock
	world *world
	store *memory.Store
	trace trace
	count map[string]int // what happened how often, for the statistics

	machines [3]*machine
	clients  *clients
	witness  *witness
	calm     bool // no new faults; payers tell the truth
	breach   *breach

	mu     sync.Mutex // two goroutines may arrive at once when time passes
	parked []*parked
}

// parked is a goroutine stopped at a place, waiting to be sent on or to die.
type parked struct {
	process *process
	place   string
	until   time.Duration // held up at least so long
	caller  bool          // looking for its answer
	wake    chan bool
}

// now is how long the simulation has lasted; instant is the world's time.
func (s *simulation) now() time.Duration { return time.Since(s.begun) }
func (s *simulation) instant() time.Time { return s.plan.start.Add(s.now()) }

func (s *simulation) log(format string, args ...any) { s.trace.add(s.now(), format, args...) }

// fail stops the simulation at the first breach of an invariant.
func (s *simulation) fail(b breach) {
	if s.breach == nil {
		s.log("BREACH %s", b.text)
		s.breach = &b
	}
}

// chance is true once in n throws, and never once faults have stopped.
func (s *simulation) chance(n int) bool { return !s.calm && s.dice.IntN(n) == 0 }

// pick throws the dice of payers.
func (s *simulation) pick(_ string, n int) int {
	if s.calm || s.dice.IntN(100) < s.plan.temper {
		return 0
	}
	return s.dice.IntN(n)
}

// stop parks the calling goroutine at a place for at least d. It does not
// come back in a process that has died.
func (s *simulation) stop(p *process, place string, d time.Duration) {
	me := &parked{process: p, place: place, until: s.now() + d, wake: make(chan bool)}
	me.caller = strings.HasPrefix(place, "reads key")
	if d > 0 {
		s.log("** %s hangs until %s at %s", p, me.until, place)
	}
	s.mu.Lock()
	s.parked = append(s.parked, me)
	s.mu.Unlock()
	if alive := <-me.wake; !alive {
		runtime.Goexit()
	}
}

// stopped are the goroutines that are parked now.
func (s *simulation) stopped() []*parked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.parked)
}

// run takes steps until nothing is left to do, or an invariant is broken.
func (s *simulation) run(done func() bool) {
	for {
		synctest.Wait()
		if s.breach != nil || done() {
			return
		}
		s.step()
	}
}

// step lets one goroutine go on, delivers one request, strikes, or lets time
// pass.
func (s *simulation) step() {
	s.buryDead()
	for _, m := range s.machines {
		if m.tend() {
			return
		}
	}
	if s.chance(s.plan.faultEvery) {
		s.strike()
		return
	}
	ready := s.ready()
	switch {
	case len(ready) > 0 && s.dice.IntN(8) > 0:
		s.resume(ready[s.dice.IntN(len(ready))], true)
	case s.clients.due():
		s.clients.deliver()
	default:
		time.Sleep(s.pause(len(ready) > 0))
		s.world.pass(s.instant())
		s.witness.books()
	}
}

// ready are the parked goroutines that may go on, in an order that does not
// depend on the Go scheduler.
func (s *simulation) ready() []*parked {
	var ready []*parked
	for _, p := range s.stopped() {
		if p.until <= s.now() && p.process.machine.frozen <= s.now() {
			ready = append(ready, p)
		}
	}
	slices.SortStableFunc(ready, func(a, b *parked) int {
		return cmp.Or(cmp.Compare(a.process.machine.no, b.process.machine.no), cmp.Compare(a.place, b.place))
	})
	return ready
}

func (s *simulation) resume(p *parked, alive bool) {
	s.mu.Lock()
	s.parked = slices.DeleteFunc(s.parked, func(other *parked) bool { return other == p })
	s.mu.Unlock()
	if alive {
		s.log("%s %s", p.process, p.place)
	}
	p.wake <- alive
}

// buryDead ends the goroutines of processes that died.
func (s *simulation) buryDead() {
	for _, p := range s.stopped() {
		if p.process.dead {
			if strings.HasPrefix(p.place, "hears") {
				s.count["answer to the dead"]++
			}
			s.resume(p, false)
			synctest.Wait()
		}
	}
}

// pause is how long the world waits now: an instant while somebody could go
// on, and otherwise no longer than until the next thing is bound to happen.
func (s *simulation) pause(busy bool) time.Duration {
	if busy {
		return time.Duration(1+s.dice.IntN(5_000)) * time.Microsecond
	}
	next := s.clients.next()
	for _, m := range s.machines {
		next = min(next, m.next())
	}
	asleep := s.clients.waiting
	for _, p := range s.stopped() {
		next = min(next, max(p.until, p.process.machine.frozen))
		if p.caller {
			asleep--
		}
	}
	wait := min(next-s.now(), time.Hour)
	if asleep > 0 { // callers between two looks for their answers
		wait = min(wait, time.Duration(1+s.dice.IntN(400))*time.Millisecond)
	}
	return max(wait, 0) + time.Duration(1+s.dice.IntN(1_000))*time.Microsecond
}

// newSimulation must be called inside a bubble.
func newSimulation(p plan, dice *rand.Rand) *simulation {
	s := &simulation{plan: p, dice: dice, begun: time.Now(), store: memory.New(), count: map[string]int{}}
	s.world = &world{now: p.start, pick: s.pick, sends: map[settlement.MessageID]int{}, outage: 1 << 30}
	s.witness = newWitness(s)
	s.clients = newClients(s)
	for _, add := range simulatedPayers {
		add(s.world)
	}
	for _, b := range s.world.payers {
		b.lateness = lateness
	}
	for n := range personsMax {
		if err := s.store.PutPerson(context.Background(), person(n)); err != nil {
			panic(err)
		}
	}
	for i := range s.machines {
		s.machines[i] = &machine{simulation: s, no: i}
		s.machines[i].boot()
	}
	return s
}
