package lifecycle_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// The size of a simulation.
const (
	personsMax    = 8
	dischargesMax = 20
	operationsMax = 200
)

// clients are the cashiers and the people behind them: what they have asked,
// what they ask next, and what they were told.
type clients struct {
	*simulation
	queue    []*call // by the time of delivery
	wishes   []*wish
	told     map[lifecycle.RequestKey]string // final answers
	known    []settlement.SettlementID       // that an answer named
	made     int                             // calls
	asks     int                             // request ids given out
	waiting  int                             // calls without an answer
	last     bool                            // all is at rest, and everything is asked once more
	wanted   []lifecycle.Ask                 // quotes asked for that hold
	promised []lifecycle.Quote               // those granted
}

// wish is one request key and what was first asked under it.
type wish struct {
	key     lifecycle.RequestKey
	settle  *lifecycle.Ask
	reverse *lifecycle.ReverseAsk
}

// call is one request on its way to a gateway, or being worked on.
type call struct {
	no   int
	at   time.Duration // when it arrives
	wish *wish
	// The content of this call, which may be another than the wish's first.
	settle  *lifecycle.Ask
	reverse *lifecycle.ReverseAsk
	process *process
}

func newClients(s *simulation) *clients {
	c := &clients{simulation: s, told: map[lifecycle.RequestKey]string{}}
	at := time.Duration(0)
	for range s.plan.operations { // in bursts, with pauses between
		if s.dice.IntN(2) == 0 {
			at += time.Duration(s.dice.IntN(1_000)) * time.Millisecond
		}
		if s.dice.IntN(8) == 0 {
			at += time.Duration(s.dice.IntN(60_000)) * time.Millisecond
		}
		c.enqueue(&call{at: at})
	}
	return c
}

// enqueue puts a call on its way; calls overtake each other by their times.
func (c *clients) enqueue(new *call) {
	c.made++
	new.no = c.made
	c.queue = append(c.queue, new)
	slices.SortStableFunc(c.queue, func(a, b *call) int { return cmp.Compare(a.at, b.at) })
}

// again puts the same request on its way once more.
func (c *clients) again(old *call, within time.Duration) {
	at := c.now() + time.Duration(c.dice.Int64N(int64(within)))
	c.enqueue(&call{at: at, wish: old.wish, settle: old.settle, reverse: old.reverse})
}

func (c *clients) due() bool { return c.next() <= c.now() }

func (c *clients) next() time.Duration {
	if len(c.queue) == 0 {
		return forever
	}
	return c.queue[0].at
}

// deliver hands the next request to a gateway that is up. Some arrive twice.
func (c *clients) deliver() {
	next := c.queue[0]
	m := c.machines[c.dice.IntN(len(c.machines))]
	if m.process == nil {
		next.at = c.now() + time.Second
		slices.SortStableFunc(c.queue, func(a, b *call) int { return cmp.Compare(a.at, b.at) })
		return
	}
	c.queue = c.queue[1:]
	if next.wish == nil {
		if !c.think(next) {
			return // it was a read, or people's work
		}
	}
	if c.chance(7) {
		c.count["duplicate"]++
		c.again(next, 3*time.Second)
	}
	c.begin(next, m.process)
}

// begin makes a call on a goroutine of its own.
func (c *clients) begin(next *call, p *process) {
	next.process = p
	ctx, hangUp := context.WithValue(context.Background(), callerKey{}, next.no), func() {}
	if c.chance(8) {
		ctx, hangUp = context.WithTimeout(ctx, time.Duration(c.dice.IntN(3_000))*time.Millisecond)
	}
	p.calls[next.no] = next
	c.waiting++
	c.log("%s is asked #%d %s", p, next.no, next)
	go func() {
		defer hangUp()
		answer, err := next.make(ctx)
		if p.dead { // its word reaches nobody
			return
		}
		delete(p.calls, next.no)
		c.waiting--
		if err != nil && ctx.Err() != nil {
			return // nobody is listening any more
		}
		c.heard(next, answer, err)
	}()
}

func (c *call) make(ctx context.Context) (lifecycle.Answer, error) {
	if c.settle != nil {
		return c.process.gateway.Settle(ctx, *c.settle)
	}
	return c.process.gateway.Reverse(ctx, *c.reverse)
}

func (c *call) String() string {
	if c.settle != nil {
		return fmt.Sprintf("settle %s %s of %s", c.settle.Request, c.settle.Discharge, c.settle.Tenant)
	}
	return fmt.Sprintf("reverse %s %s", c.reverse.Request, c.reverse.Settlement)
}

// lost is told when a gateway died over a call: most clients ask again.
func (c *clients) lost(old *call) {
	c.waiting--
	if c.dice.IntN(4) > 0 {
		c.again(old, 10*time.Second)
	}
}

// think decides what a new operation is. It reports false for one that is no
// request with a key.
func (c *clients) think(next *call) bool {
	throw := c.dice.IntN(100)
	switch {
	case throw < 36 || len(c.wishes) == 0:
		c.wantSettled(next)
	case throw < 54:
		w := c.wishes[c.dice.IntN(len(c.wishes))]
		next.wish, next.settle, next.reverse = w, w.settle, w.reverse
	case throw < 61:
		c.vary(next, c.wishes[c.dice.IntN(len(c.wishes))])
	case throw < 79 && len(c.known) > 0:
		c.wantReversed(next, c.known[c.dice.IntN(len(c.known))])
	case throw < 84:
		c.hold()
		return false
	case throw < 94 && len(c.known) > 0:
		c.read(c.known[c.dice.IntN(len(c.known))])
		return false
	default:
		c.decide()
		return false
	}
	return true
}

// wantSettled asks for any discharge under a new key, settled already or not.
func (c *clients) wantSettled(next *call) {
	ask := c.discharge(c.dice.IntN(dischargesMax))
	c.asks++
	ask.Quote = c.quoteOf(ask)
	ask.Request = settlement.RequestID(fmt.Sprintf("r%03d", c.asks/2)) // two tenants may use the same
	next.settle = &ask
	next.wish = c.wish(lifecycle.RequestKey{Tenant: ask.Tenant, Method: lifecycle.MethodSettle, Request: ask.Request}, next)
}

func (c *clients) wantReversed(next *call, id settlement.SettlementID) {
	c.asks++
	tenant := c.witness.records[id].Tenant
	ask := lifecycle.ReverseAsk{
		Tenant: tenant, Actor: "supervisor", Settlement: id, Cause: "wrong bill",
		Request: settlement.RequestID(fmt.Sprintf("r%03d", c.asks)),
	}
	next.reverse = &ask
	next.wish = c.wish(lifecycle.RequestKey{Tenant: tenant, Method: lifecycle.MethodReverse, Request: ask.Request}, next)
}

// wish finds what was wished under key, or begins it with first.
func (c *clients) wish(key lifecycle.RequestKey, first *call) *wish {
	for _, w := range c.wishes {
		if w.key == key {
			return w
		}
	}
	w := &wish{key: key, settle: first.settle, reverse: first.reverse}
	c.wishes = append(c.wishes, w)
	return w
}

// vary asks for something else under a key that is taken.
func (c *clients) vary(next *call, w *wish) {
	next.wish = w
	if w.reverse != nil {
		ask := *w.reverse
		ask.Cause = "another cause"
		next.reverse = &ask
		return
	}
	ask := *w.settle
	switch c.dice.IntN(4) {
	case 0:
		ask.Claim.Bill.SelfFunded += 100
		ask.Claim.Bill.Eligible -= 100
	case 1:
		ask.Encounter = "E2"
	case 2:
		ask.Others = []settlement.Share{{Source: settlement.Commercial, Amount: 100}}
	case 3:
		ask.Discharge = settlement.DischargeID(fmt.Sprintf("D%d", c.dice.IntN(dischargesMax)))
	}
	next.settle = &ask
}

// people are who was discharged: some of them often, so that they meet their
// cap and each other, and all of them at least once.
var people = [dischargesMax]int{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 7}

// discharge n of the simulation: always the same, whoever asks.
func (c *clients) discharge(n int) lifecycle.Ask {
	schemes := [personsMax]settlement.Scheme{
		settlement.SchemeResident, settlement.SchemeEmployee, settlement.SchemeNCMS, settlement.SchemeResident,
		settlement.SchemeNone, settlement.SchemeEmployee, settlement.SchemeNCMS, settlement.SchemeResident,
	}
	bills := [...]settlement.Bill{
		{Submitted: 5_000_000, Eligible: 5_000_000}, // two of them reach the cap
		{Submitted: 1_000_000, SelfFunded: 100_000, Eligible: 900_000},
		{Submitted: 6_000_000, Eligible: 6_000_000},
		{Submitted: 600_000, Eligible: 600_000}, // less than two payers pay
		{Submitted: 3_000_000, OverLimit: 1, Eligible: 2_999_999},
	}
	ask := discharge(n, people[n])
	ask.Scheme = schemes[people[n]]
	ask.Claim.Discharge = c.plan.discharged[n%len(c.plan.discharged)]
	ask.Claim.Bill = bills[2*n%len(bills)]
	if n%5 == 4 {
		ask.Tenant = "another"
	}
	return ask
}
