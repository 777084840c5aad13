package api

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/onestop-gateway/onestop/api/admission"
	"github.com/onestop-gateway/onestop/settlement"
)

// turnstile is what a door has ready to turn calls away: nothing is made for one
// of them that can be made once, because under overload there are ten of them
// to each that is answered.
type turnstile struct {
	config    *Config
	transport string
	refusal   *fault
	ways      map[string]*way
	told      hush
}

// way is what a door knows of one call of the contract.
type way struct {
	class admission.Class
	name  string
	moves bool
	count func() // one more turned away, in the metrics
}

// newTurnstile knows calls by what leads to them, in the words of a transport.
func (c *Config) newTurnstile(transport string, named map[string]string) *turnstile {
	t := &turnstile{
		config: c, transport: transport, ways: make(map[string]*way, len(named)),
		refusal: faultOf(&settlement.Error{Kind: settlement.KindOverloaded, Reason: settlement.ReasonOverloaded}).encoded(),
	}
	for by, name := range named {
		t.ways[by] = &way{class: classOf[name], name: name, moves: moves(name), count: c.Metrics.turnedAway(name, transport, t.refusal)}
	}
	return t
}

// caught is what is known of a call that is turned away unread.
type caught struct {
	requestID string // as the caller gave it, if it did
	address   func(context.Context) string
}

// away counts a call that is turned away, for the metrics, the operator's page
// and the audit trail. The log has one of them a second.
func (t *turnstile) away(ctx context.Context, of *way, call caught) {
	c := t.config
	of.count()
	if of.moves {
		c.Live.TurnedAway()
	}
	if c.Refusals != nil {
		address := ""
		if c.Identity != nil {
			address = call.address(ctx)
		}
		c.Refusals.Count(c.refusedOf(ctx, address, tenantOf(ctx, "")), of.name, string(t.refusal.reason))
	}
	if !c.listening(ctx) {
		return
	}
	if untold, may := t.told.speak(time.Now()); may {
		seen := sight{visit: &visit{transport: t.transport, requestID: requestIDOf(call.requestID)}, method: of.name, err: t.refusal}
		c.story(ctx, &seen, "alike_untold", untold)
	}
}

// hush lets one of many alike be told a second. Its zero value tells the first.
type hush struct {
	next atomic.Int64 // when the next may be told, nanoseconds of Unix time
	kept atomic.Int64 // not told since the last that was
}

// speak reports whether one may be told now, and how many were not before it.
func (h *hush) speak(now time.Time) (untold int64, may bool) {
	next := h.next.Load()
	if now.UnixNano() < next || !h.next.CompareAndSwap(next, now.Add(time.Second).UnixNano()) {
		h.kept.Add(1)
		return 0, false
	}
	return h.kept.Swap(0), true
}
