// Package admission decides which calls are answered when more come than can
// be: before anything of a call is read from or written to the store. A call
// that cannot be taken on soon is refused at once, so that the others keep
// their latency and the caller knows that nothing was done.
package admission

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Class says who goes first. What gives money back or frees a discharge comes
// before what asks the store, that before what asks payers, to settle or to
// quote; lists and reports come last.
type Class int

// The classes, the first first.
const (
	Reversal Class = iota
	Query
	Settle
	Report
	classes int = iota
)

// Limits are a gate's. All are required.
type Limits struct {
	// Calls are worked on at once, those apart that wait for a payer; three
	// quarters of them at most of the classes from Settle on, which must not
	// keep out what goes first.
	Calls int
	// Waiting calls in all, and at most half of them of one tenant. Where
	// there is no room, a call takes that of one of a later class. Under
	// lasting load, which is when the queue has not been empty for Patience and
	// calls are refused, there is room for no more than get a place within
	// Pressed: who would wait in vain is told at once.
	Waiting int
	// Patience is how long a call may wait while the queue empties now and
	// then, or nobody is refused; Pressed, how long under lasting load.
	Patience time.Duration
	Pressed  time.Duration
}

// Gate lets calls in. Its methods may be called from several goroutines.
type Gate struct {
	limits Limits

	mu      sync.Mutex
	inside  int
	late    int // of those inside, of the classes from Settle on
	waiting int
	queues  [classes]queue
	empty   time.Time // when nobody waited last
	vain    time.Time // when somebody was refused last
	lasts   bool      // there was lasting load then, and may be still
	pace    pace      // of those who leave
}

// New makes a gate.
func New(limits Limits) *Gate {
	return &Gate{limits: limits, empty: time.Now()}
}

// Enter waits for a place of tenant's call, which must be left. Overloaded:
// there was none in time, or one of an earlier class needed the room to wait.
// The error of ctx, if that ended first.
func (g *Gate) Enter(ctx context.Context, class Class, tenant string) (*Place, error) {
	w, patience, err := g.knock(class, tenant)
	if err != nil {
		return nil, err
	}
	place := &Place{gate: g, class: class}
	if w == nil {
		return place, nil
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	late := false
	select {
	case <-w.called:
		if w.displaced {
			return nil, overloaded()
		}
		return place, nil
	case <-timer.C:
		err, late = overloaded(), true
	case <-ctx.Done():
		err = ctx.Err()
		late = errors.Is(err, context.DeadlineExceeded)
	}
	if g.giveUp(class, w, late) || w.displaced {
		return nil, err
	}
	return place, nil // called at the very moment
}

// knock takes a place at once, or stands in the queue, or is turned away.
func (g *Gate) knock(class Class, tenant string) (*waiter, time.Duration, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if g.waiting == 0 {
		g.empty = now
	}
	if g.fits(class) { // so nobody of this class waits, nor of one before it
		g.count(class, 1)
		return nil, 0, nil
	}
	patience, waiting := g.bounds(now)
	if !g.room(class, tenant, waiting) {
		g.vain = now
		return nil, 0, overloaded()
	}
	w := &waiter{tenant: tenant, called: make(chan struct{})}
	g.queues[class].push(w)
	g.waiting++
	return w, patience, nil
}

// bounds are how long a call may wait now, and how many may.
func (g *Gate) bounds(now time.Time) (patience time.Duration, waiting int) {
	if !g.lasting(now) {
		return g.limits.Patience, g.limits.Waiting
	}
	if soon := g.pace.within(g.limits.Pressed); soon > 0 { // otherwise there is no saying
		return g.limits.Pressed, min(g.limits.Waiting, soon)
	}
	return g.limits.Pressed, g.limits.Waiting
}

// lasting reports whether there is lasting load. It begins where the queue has
// not been empty for Patience and somebody was refused meanwhile: a stall leaves
// a queue, too, but one from which everybody is called in time. It ends when
// nobody was refused for Patience: a queue that is empty for a moment, because
// many left at once, is no end of it.
func (g *Gate) lasting(now time.Time) bool {
	refused := now.Sub(g.vain) <= g.limits.Patience
	g.lasts = refused && (g.lasts || now.Sub(g.empty) > g.limits.Patience)
	return g.lasts
}

// room reports whether one more of tenant may wait among so many, in place of
// one of a later class if need be: of tenant's own where its share is used up.
func (g *Gate) room(class Class, tenant string, waiting int) bool {
	switch {
	case g.ofTenant(tenant) >= (waiting+1)/2:
		return g.displace(class, func(q *queue) *waiter { return q.newest(tenant) })
	case g.waiting >= waiting:
		return g.displace(class, (*queue).spare)
	}
	return true
}

// Full reports whether a call of class would be turned away now, whoever sends
// it: there is no place, no room to wait, and nobody of a later class to
// displace. It is asked before a call is read: one for which it says so is turned
// away, and counts as refused.
func (g *Gate) Full(class Class) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if g.waiting == 0 || g.fits(class) {
		return false
	}
	if _, waiting := g.bounds(now); g.waiting < waiting {
		return false
	}
	for later := class + 1; later < Class(classes); later++ {
		if len(g.queues[later].turn) > 0 {
			return false
		}
	}
	g.vain = now
	return true
}

// Pressed reports whether anybody waits. Where nobody does, the gate is full for
// no class.
func (g *Gate) Pressed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waiting > 0
}

// displace turns away the one whom choose finds in the last class behind class,
// and reports whether there was one.
func (g *Gate) displace(class Class, choose func(*queue) *waiter) bool {
	for later := Class(classes - 1); later > class; later-- {
		w := choose(&g.queues[later])
		if w == nil {
			continue
		}
		g.queues[later].remove(w)
		g.waiting--
		w.displaced = true
		g.vain = time.Now()
		close(w.called)
		return true
	}
	return false
}

func (g *Gate) ofTenant(tenant string) (n int) {
	for i := range g.queues {
		n += len(g.queues[i].of[tenant])
	}
	return n
}

// fits reports whether there is a place for a call of class.
func (g *Gate) fits(class Class) bool {
	return g.inside < g.limits.Calls && (class < Settle || g.late < g.limits.Calls-g.limits.Calls/4)
}

// count counts calls of class as inside.
func (g *Gate) count(class Class, calls int) {
	g.inside += calls
	if class >= Settle {
		g.late += calls
	}
}

// free gives the place of a call of class to whoever is first in line and may
// have it.
func (g *Gate) free(class Class) {
	g.count(class, -1)
	for next := range g.queues {
		if !g.fits(Class(next)) {
			continue
		}
		if w := g.queues[next].pop(); w != nil {
			g.waiting--
			g.count(Class(next), 1)
			close(w.called)
			return
		}
	}
}

// giveUp takes w out of the queue and reports whether it still stood there. Only
// one who waited as long as one may, or could, was refused: whoever hangs up before
// tells of no load.
func (g *Gate) giveUp(class Class, w *waiter, late bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.queues[class].remove(w) {
		return false
	}
	g.waiting--
	if late {
		g.vain = time.Now()
	}
	return true
}

// Load is how many calls are inside, those aside apart, and how many wait.
func (g *Gate) Load() (inside, waiting int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.inside, g.waiting
}

func overloaded() error {
	return &settlement.Error{Kind: settlement.KindOverloaded, Reason: settlement.ReasonOverloaded}
}
