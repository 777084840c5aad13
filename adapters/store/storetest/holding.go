package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// holding asserts which quotes may hold at an instant, with their histories.
func (o Opened) holding(t *testing.T, at time.Time, after settlement.QuoteID, want ...settlement.QuoteID) {
	t.Helper()
	found, err := o.Quotes.Holding(t.Context(), at, after, 2)
	same(t, "error", err, nil)
	var kept []lifecycle.KeptQuote
	for _, id := range want {
		kept = append(kept, o.quotes(t, id))
	}
	same(t, "holding", found, kept, cmp.AllowUnexported(settlement.Ratio{}))
}

func holdHolding(t *testing.T, o Opened) {
	o.holding(t, moment, "")
	short, long, last := quoted("1", 500), quoted("2", 300), quoted("3", 200)
	short.Until = moment.Add(time.Minute)
	last.Beneficiary.ID, last.Year = "p-2", 2013
	o.grants(t, short)
	o.grants(t, long)
	o.grants(t, last)
	o.holding(t, moment, "", short.ID, long.ID)
	o.holding(t, moment, long.ID, last.ID)
	o.holding(t, short.Until, "", long.ID, last.ID)
	o.holding(t, long.Until, "")
	prolong := func(row lifecycle.YearRow) (lifecycle.HoldChange, error) {
		event := told(&short, settlement.QuoteProlong)
		event.Until = long.Until.Add(time.Second)
		return lifecycle.HoldChange{Holds: row.Holds, Events: []settlement.QuoteEvent{event}}, nil
	}
	same(t, "prolonging", o.Quotes.Hold(t.Context(), yearOf(&short), prolong), nil)
	o.holding(t, long.Until, "", short.ID)
	_, err := o.Quotes.Holding(cancelled(t), moment, "", 1)
	unread(t, "holding", err)
}
