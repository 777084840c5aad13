package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// The bounds of what is done to a process.
const (
	downAtMost    = time.Second // from its end to its next start
	frozenAtLeast = time.Second
	frozenUsually = 4 * time.Second // at most: shorter than a lease, so that who sleeps is still who owns
)

// victim is a process that things happen to, one at a time.
type victim struct {
	*process
	mu        sync.Mutex
	freezable bool
}

// chaos strikes processes by seed: it kills them with SIGKILL and starts them
// again, or freezes them for a while.
type chaos struct {
	every   time.Duration
	longest time.Duration // of a freeze
	chance  *rand.Rand
	victims []*victim
	strikes sync.WaitGroup

	killed, frozen atomic.Int64
	slowest        atomic.Int64 // start of a gateway until it answered, nanoseconds
}

// newChaos makes the chaos of a stage. Gateways stand there twice: they are
// what is on trial.
func newChaos(s *stage, o soak) *chaos {
	c := &chaos{every: o.killEvery, longest: o.freeze, chance: rand.New(rand.NewPCG(o.seed, 2))}
	for _, g := range s.gateways {
		v := &victim{process: g.process, freezable: true}
		c.victims = append(c.victims, v, v)
	}
	for _, p := range s.payers {
		c.victims = append(c.victims, &victim{process: p.process})
	}
	if s.cluster != nil {
		c.victims = append(c.victims, &victim{process: s.cluster.postmaster})
	}
	return c
}

// run strikes until ctx ends, and then lets what was struck stand up again.
// failed is told of a process that did not.
func (c *chaos) run(ctx context.Context, failed func(error)) {
	for {
		wait := c.every/2 + time.Duration(c.chance.Int64N(int64(c.every)))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			c.strikes.Wait()
			return
		}
		v := c.victims[c.chance.IntN(len(c.victims))]
		freeze := v.freezable && c.chance.IntN(5) < 2
		pause := time.Duration(c.chance.Int64N(int64(downAtMost)))
		if freeze {
			pause = frozenAtLeast + time.Duration(c.chance.Int64N(int64(c.longest-frozenAtLeast)))
		}
		c.strikes.Go(func() {
			if err := c.strike(ctx, v, freeze, pause); err != nil {
				failed(err)
			}
		})
	}
}

// strike does one thing to one process that nothing else is being done to. It
// goes on to its end when ctx ends meanwhile: what was struck must stand.
func (c *chaos) strike(ctx context.Context, v *victim, freeze bool, pause time.Duration) error {
	if !v.mu.TryLock() {
		return nil
	}
	defer v.mu.Unlock()
	if freeze {
		c.frozen.Add(1)
		v.signal(syscall.SIGSTOP)
		time.Sleep(pause)
		v.signal(syscall.SIGCONT)
		return nil
	}
	c.killed.Add(1)
	v.kill()
	time.Sleep(pause)
	began := time.Now()
	if err := v.start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("after kill -9: %w", err)
	}
	if v.freezable {
		c.slowest.Store(max(c.slowest.Load(), int64(time.Since(began))))
	}
	return nil
}

// start starts everything in the order it is needed.
func (s *stage) start(ctx context.Context) error {
	if s.cluster != nil {
		if err := s.cluster.postmaster.start(ctx); err != nil {
			return err
		}
	}
	if s.standby != nil {
		if err := s.standby.follows(ctx, s.cluster); err != nil {
			return err
		}
	}
	if err := s.populate(ctx); err != nil {
		return err
	}
	for _, p := range s.payers {
		if err := p.start(ctx); err != nil {
			return err
		}
	}
	for _, g := range s.gateways {
		if err := g.start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// stopGateways lets the gateways drain and end.
func (s *stage) stopGateways() error {
	var problems []error
	for _, g := range s.gateways {
		problems = append(problems, g.stop())
	}
	return errors.Join(problems...)
}

// end ends whatever still runs, frozen or not, and closes what is open.
func (s *stage) end() {
	for _, g := range s.gateways {
		g.kill()
		_ = g.door.close()
	}
	for _, p := range s.payers {
		p.kill()
	}
	if s.standby != nil {
		_ = s.standby.postmaster.end(syscall.SIGQUIT)
	}
	if s.cluster != nil {
		// Killed, the postmaster would leave its children to end by themselves.
		_ = s.cluster.postmaster.end(syscall.SIGQUIT)
	}
}
