package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/codes"
)

// The pace of a cashier's desk.
const (
	answerWithin = 4 * time.Second // then the call is given up and made again
	againAfter   = 200 * time.Millisecond
	againAtMost  = 2 * time.Second
	thinkAtMost  = 20 * time.Millisecond
)

// client is one cashier. It makes a key and writes it down before it asks,
// asks again with the same key until the answer is final, and writes down
// every answer.
type client struct {
	prefix  string // of its keys and discharges, its own in the whole soak
	town    *town
	doors   []*door
	journal *journal
	chance  *rand.Rand
	seen    *tally
	made    int

	transports []string // what it speaks, by turns
}

// clientOf says which cashier of which seed a client is. purpose keeps the
// chance of the load apart from that of what follows.
type clientOf struct {
	seed    uint64
	number  int
	purpose string
}

// newClient makes a cashier who may go to any gateway of the stage.
func newClient(s *stage, kept *journal, of clientOf) *client {
	doors := make([]*door, len(s.gateways))
	for i, g := range s.gateways {
		doors[i] = g.door
	}
	return &client{
		prefix: fmt.Sprintf("c%03d-%08x", of.number, uint32(of.seed)), town: s.town, doors: doors, journal: kept,
		chance: rand.New(rand.NewPCG(of.seed, uint64(of.number)<<8|uint64(len(of.purpose)))),
		seen:   new(tally), transports: []string{transportREST, transportGRPC},
	}
}

// tally counts what happens while the load runs.
type tally struct {
	final, people, declined, again, internal atomic.Int64
}

// run settles one discharge after another until ctx ends.
func (c *client) run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := c.discharge(ctx); err != nil {
			return err
		}
		c.pause(ctx, time.Duration(c.chance.Int64N(int64(thinkAtMost))))
	}
	return nil
}

// next is a number no other request of this soak has.
func (c *client) next() string {
	c.made++
	return fmt.Sprintf("%s-%06d", c.prefix, c.made)
}

// settlesMax bounds how often one discharge is settled anew.
const settlesMax = 3

// discharge settles one discharge. What was not settled may be tried again
// under a new key; what was settled may be repeated, or reversed and settled
// with another bill.
func (c *client) discharge(ctx context.Context) error {
	d := c.town.leaves(c.chance, c.next())
	for range settlesMax {
		settling, err := d.settling(c.chance, "settle-"+c.next())
		if err != nil {
			return err
		}
		heard, err := c.begin(ctx, settling)
		if err != nil || heard.standing() != standingFinal {
			return err
		}
		if !heard.acknowledged() { // not settled: every second one comes again
			if c.chance.IntN(2) == 0 {
				return nil
			}
			continue
		}
		if c.chance.IntN(10) == 0 {
			if err := c.ask(ctx, settling, new(said)); err != nil {
				return err
			}
		}
		if c.chance.IntN(5) > 0 {
			return nil
		}
		reversing, err := d.reversing("reverse-"+c.next(), heard)
		if err != nil {
			return err
		}
		heard, err = c.begin(ctx, reversing)
		if err != nil || heard.standing() != standingFinal || heard.Refused != "" || c.chance.IntN(3) == 0 {
			return err
		}
	}
	return nil
}

// begin writes a request down and pursues it.
func (c *client) begin(ctx context.Context, a *ask) (said, error) {
	if err := c.journal.write(page{Ask: a}); err != nil {
		return said{}, err
	}
	return c.pursue(ctx, a)
}

// pursue asks with one key until the answer stands, or ctx ends.
func (c *client) pursue(ctx context.Context, a *ask) (said, error) {
	wait := againAfter
	for ctx.Err() == nil {
		var heard said
		if err := c.ask(ctx, a, &heard); err != nil {
			return heard, err
		}
		if heard.Status == codes.Aborted.String() && heard.ID != "" {
			if err := c.look(ctx, &heard); err != nil {
				return heard, err
			}
		}
		if c.count(&heard) != standingOpen {
			return heard, nil
		}
		c.pause(ctx, wait/2+time.Duration(c.chance.Int64N(int64(wait))))
		wait = min(wait*3/2, againAtMost)
	}
	return said{Key: a.Key, Status: statusNone}, nil
}

// look reads the settlement that a repeat is told is still being worked on:
// when it has become people's turn, asking again does not help.
func (c *client) look(ctx context.Context, heard *said) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	read := c.doors[c.chance.IntN(len(c.doors))].reads(ctx, heard.Transport, heard.ID)
	if read.standing() != standingPeople {
		return nil
	}
	read.Key, read.At = heard.Key, time.Now()
	*heard = read
	return c.journal.write(page{Said: heard})
}

// ask calls once, at any door over any transport, and writes the answer down.
func (c *client) ask(ctx context.Context, a *ask, heard *said) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	transport := c.transports[c.chance.IntN(len(c.transports))]
	*heard = c.doors[c.chance.IntN(len(c.doors))].asks(ctx, transport, a)
	return c.journal.write(page{Said: heard})
}

// count counts an answer and says how its key stands.
func (c *client) count(heard *said) standing {
	how := heard.standing()
	switch how {
	case standingFinal:
		c.seen.final.Add(1)
	case standingPeople:
		c.seen.people.Add(1)
	case standingDeclined:
		c.seen.declined.Add(1)
	case standingOpen:
		c.seen.again.Add(1)
	}
	if heard.Status == codes.Internal.String() {
		c.seen.internal.Add(1)
	}
	return how
}

// pause waits, unless ctx ends before.
func (c *client) pause(ctx context.Context, long time.Duration) {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
