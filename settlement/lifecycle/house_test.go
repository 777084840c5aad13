package lifecycle_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// house is one gateway over one payer, in the virtual time of a test bubble.
type house struct {
	*testing.T
	g     *lifecycle.Lifecycle
	store *memory.Store
	w     *world
	// script holds, for each label of the dice, the throws to come; then 0.
	script map[string][]int
	// slow makes the payer take this long for the settles it is asked now.
	slow atomic.Int64
	ids  atomic.Int64 // given out
}

// live runs body with a house in a bubble, recovery running beside it.
func live(t *testing.T, payer func(*world), body func(*house)) {
	t.Helper()
	liveFrom(t, noon, payer, body)
}

// liveFrom is live from an instant on.
func liveFrom(t *testing.T, begin time.Time, payer func(*world), body func(*house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(begin)) // a bubble begins long before the discharges
		h := &house{T: t, store: memory.New(), script: map[string][]int{}}
		h.w = &world{now: time.Now(), sends: map[settlement.MessageID]int{}}
		h.w.pick = h.pick
		payer(h.w)
		for n := range 3 {
			if err := h.store.PutPerson(context.Background(), person(n)); err != nil {
				t.Fatal(err)
			}
		}
		h.g = h.gateway(1)
		ctx, stop := context.WithCancel(context.Background())
		go h.g.Run(ctx)
		body(h)
		stop()
		synctest.Wait()
		if err := h.g.Drain(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// gateway is a process of the house, in the bubble's time.
func (h *house) gateway(instance int) *lifecycle.Lifecycle {
	g := gateway(h.w, h.store, instance)
	for _, b := range h.w.payers {
		g.Directory.Payers[b.code] = dawdling{b, h}
	}
	g.Now = time.Now
	g.NewID = func() settlement.SettlementID {
		return settlement.SettlementID(fmt.Sprintf("s%d", h.ids.Add(1)))
	}
	return g
}

// dawdling is a payer of a house, which may take its time over one settle and
// is asked by several at once.
type dawdling struct {
	*book
	h *house
}

func (d dawdling) Send(ctx context.Context, wire lifecycle.Wire) lifecycle.PayerAnswer {
	if wire.Call.Operation == settlement.OpSettle {
		time.Sleep(time.Duration(d.h.slow.Load()))
		d.h.slow.Store(0)
	}
	d.h.w.lock.Lock()
	defer d.h.w.lock.Unlock()
	return d.book.Send(ctx, wire)
}

// pick follows the script; the payer's clock is the bubble's.
func (h *house) pick(label string, n int) int {
	h.w.now = time.Now()
	throws := h.script[label]
	if len(throws) == 0 {
		return 0
	}
	h.script[label] = throws[1:]
	return throws[0] % n
}

// answers names the throws of settleAnswers used here.
func answers(names ...string) (throws []int) {
	for _, name := range names {
		for i, answer := range settleAnswers {
			if answer == name {
				throws = append(throws, i)
			}
		}
	}
	return throws
}

func (h *house) settled(ask lifecycle.Ask) lifecycle.Answer {
	h.Helper()
	answer, err := h.g.Settle(context.Background(), ask)
	if err != nil {
		h.Fatalf("settling: %v", err)
	}
	return answer
}

func (h *house) refused(err error, kind settlement.Kind, reason settlement.Reason) *settlement.Error {
	h.Helper()
	e, _ := err.(*settlement.Error)
	if e == nil || e.Kind != kind || e.Reason != reason {
		h.Fatalf("got error %v, want kind %d reason %s", err, kind, reason)
	}
	return e
}

func (h *house) record(id settlement.SettlementID) settlement.Settlement {
	h.Helper()
	s, err := h.store.Settlement(context.Background(), id)
	if err != nil {
		h.Fatal(err)
	}
	return s
}

func (h *house) used(year int) settlement.Money {
	used, _ := h.store.Accumulator(context.Background(), lifecycle.AccumulatorKey{Beneficiary: "b0", Year: year})
	return used.Used["total"]
}

func (h *house) sends() (n int) {
	h.w.lock.Lock()
	defer h.w.lock.Unlock()
	for _, times := range h.w.sends {
		n += times
	}
	return n
}
