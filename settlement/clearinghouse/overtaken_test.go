package clearinghouse_test

import (
	"context"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
)

// overtaken is a store where something happens after the look for a request's
// key and before what it stands on is read.
type overtaken struct {
	*memory.Store
	before func()
}

func (o *overtaken) Entered(ctx context.Context, key clearinghouse.Key) (clearinghouse.Mark, error) {
	mark, err := o.Store.Entered(ctx, key)
	if before := o.before; before != nil {
		o.before = nil
		before()
	}
	return mark, err
}

// The same request, sent twice at once, overtakes itself: both hear what came of
// it, and none that it stands in its own way.
func TestARequestOvertakesItself(t *testing.T) {
	for name, c := range map[string]struct {
		send func(*world, *clearinghouse.House) (clearinghouse.Outcome, error)
		act  clearing.Act
	}{
		"opening": {func(w *world, h *clearinghouse.House) (clearinghouse.Outcome, error) {
			return h.Open(w.t.Context(), clearinghouse.Opening{Key: key("twice"), Period: month(august), By: "li"})
		}, clearing.Opened},
		"proposing": {func(w *world, h *clearinghouse.House) (clearinghouse.Outcome, error) {
			return h.Take(w.t.Context(), w.step(1, clearing.Proposed))
		}, clearing.Proposed},
		"freezing": {func(w *world, h *clearinghouse.House) (clearinghouse.Outcome, error) {
			return h.Take(w.t.Context(), w.step(2, clearing.Cut))
		}, clearing.Frozen},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.now = time.Date(2012, 9, 2, 0, 0, 0, 0, time.UTC)
			w.opens(july)
			w.takes(1, clearing.Cut)
			if c.act == clearing.Frozen {
				w.opens(august)
			}
			config := w.Config
			config.Store = &overtaken{w.store, func() {
				if first, err := c.send(w, w.House); err != nil || first.Replayed || first.Clearing.Act() != c.act {
					t.Errorf("%+v, %v", first, err)
				}
			}}
			second, err := c.send(w, clearinghouse.New(config))
			if err != nil || !second.Replayed || second.Clearing.Act() != c.act {
				t.Errorf("%+v, %v", second, err)
			}
		})
	}
}
