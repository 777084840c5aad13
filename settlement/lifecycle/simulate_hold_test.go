package lifecycle_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Hold stops like every other durable write.
func (d *door) Hold(ctx context.Context, key lifecycle.AccumulatorKey, decide lifecycle.DecideHold) error {
	return d.write("hold", settlement.SettlementID(string(key.Beneficiary)+caller(ctx)), func() error {
		err := d.Store.Hold(ctx, key, func(row lifecycle.YearRow) (lifecycle.HoldChange, error) {
			change, err := decide(row)
			if err == nil && change.Quote != nil {
				d.sim().witness.quotes[change.Quote.ID] = *change.Quote
			}
			return change, err
		})
		d.sim().witness.room(key)
		return err
	})
}

func (d *door) Quote(ctx context.Context, id settlement.QuoteID) (lifecycle.KeptQuote, error) {
	d.stop("reads quote %s%s", id, caller(ctx))
	return d.Store.Quote(ctx, id)
}

func (d *door) QuoteOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) (lifecycle.KeptQuote, error) {
	d.stop("reads the quote of %s%s", request, caller(ctx))
	return d.Store.QuoteOf(ctx, tenant, request)
}

func (d *door) Year(ctx context.Context, key lifecycle.AccumulatorKey) (lifecycle.YearRow, error) {
	d.stop("reads what %s holds%s", key.Beneficiary, caller(ctx))
	return d.Store.Year(ctx, key)
}

// room: I6, what is used and what is held never exceed the cap together, by no
// clock: what has lapsed is held until somebody takes it off the year.
func (w *witness) room(key lifecycle.AccumulatorKey) {
	row, err := w.store.Year(context.Background(), key)
	taken := row.Used.Used["total"]
	for i := range row.Holds {
		taken += row.Holds[i].Reserved.Used["total"]
	}
	if err != nil || taken > countyCap {
		w.fail(breach{fmt.Sprintf("I6: %v has %s used and held of %s, %v", key, taken, countyCap, err), []string{string(key.Beneficiary)}})
	}
}

// redeems: a settlement stands on what is used and what others hold, and one
// by a quote gets what was promised for the same bill and the same payers.
func (w *witness) redeems(s *settlement.Settlement, ground lifecycle.Ground) {
	held, own := settlement.Money(0), settlement.QuoteID("")
	for _, h := range ground.Holds {
		switch {
		case !s.ClosedAt.Before(h.Until): // lapsed
		case h.Tenant == s.Tenant && h.Discharge == s.Discharge:
			own = h.Quote
		default:
			held += h.Reserved.Used["total"]
		}
	}
	if s.Used.Held["total"] != held || s.Used.Used["total"] != ground.Used.Used["total"] {
		w.broken(s, "I3: adjudicated on %v, the lock showed %v and %s held", s.Used, ground.Used.Used, held)
	}
	if (s.Promise != nil) != (own != "") || s.Promise != nil && s.Promise.Quote != own {
		w.broken(s, "I6: took up %v, its discharge held %q", s.Promise, own)
	}
	if held > 0 && slices.Contains(s.Adjudication.Warnings, settlement.WarnRoomHeld) {
		w.count["room held"]++
	}
	quote, named := w.quotes[s.Quote]
	if !named || w.plan.clocks == clocksFar { // whose clocks end a hold an hour early
		return
	}
	w.count["settled by quote"]++
	same := cmp.Equal(quote.Claim, s.Billed()) && cmp.Equal(quote.Coverage, s.Total())
	if same && own == s.Quote && s.Adjudication.Benefit < quote.Adjudication.Benefit {
		w.broken(s, "I6: %s promised %s, %s is given", quote.ID, quote.Adjudication.Benefit, s.Adjudication.Benefit)
	}
	if own == "" && !w.givenBack(quote.ID) {
		w.broken(s, "I6: %s was taken up in time and is lost", quote.ID)
	}
}

// givenBack reports whether a quote was released, or gave way to another.
func (w *witness) givenBack(id settlement.QuoteID) bool {
	kept, err := w.store.Quote(context.Background(), id)
	return err == nil && slices.ContainsFunc(kept.History, func(e settlement.QuoteEvent) bool {
		return e.Act == settlement.QuoteRelease || e.Act == settlement.QuoteReplace
	})
}

// quoteOf is a quote that holds for the discharge, as often as not.
func (c *clients) quoteOf(ask lifecycle.Ask) settlement.QuoteID {
	for _, q := range c.promised {
		if q.Tenant == ask.Tenant && q.Discharge == ask.Discharge && c.dice.IntN(2) == 0 {
			return q.ID
		}
	}
	return ""
}

// mayNotHold are the kinds of error that a quote may meet.
var mayNotHold = []settlement.Kind{
	settlement.KindInvalid, settlement.KindBlocked, settlement.KindRefused, settlement.KindOverloaded, settlement.KindUnavailable, settlement.KindKeyReused,
}

// hold asks for a quote that holds, new or again, or gives one back.
func (c *clients) hold() {
	throw := c.dice.IntN(8)
	if n := len(c.promised); throw == 0 && n > 0 {
		c.release(c.promised[c.dice.IntN(n)])
		return
	}
	ask := c.discharge(c.dice.IntN(dischargesMax))
	ask.Hold = time.Duration(1+c.dice.IntN(60)) * time.Minute
	c.asks++
	ask.Request = settlement.RequestID(fmt.Sprintf("h%03d", c.asks))
	if n := len(c.wanted); throw == 1 && n > 0 {
		ask = c.wanted[c.dice.IntN(n)]
	}
	c.wanted = append(c.wanted, ask)
	var got lifecycle.Quote
	c.ask(fmt.Sprintf("hold %s %s for %s", ask.Request, ask.Discharge, ask.Hold), func(ctx context.Context, p *process) (err error) {
		got, err = p.gateway.Quote(ctx, ask)
		return err
	}, func(err error) { c.judgeHold(ask, got, err) })
}

// judgeHold: what a client is promised is durable at that moment.
func (c *clients) judgeHold(ask lifecycle.Ask, got lifecycle.Quote, err error) {
	about := []string{string(ask.Request), string(ask.Discharge)}
	if err != nil {
		if !slices.Contains(mayNotHold, settlement.KindOf(err)) {
			c.fail(breach{fmt.Sprintf("quoting %s was refused with %v", ask.Request, err), about})
		}
		return
	}
	c.count["hold"]++
	if got.Replayed {
		c.count["hold repeated"]++
	}
	kept, found := c.witness.quotes[got.ID]
	if !found || kept.Request != ask.Request || !cmp.Equal(kept, got.Quote, cmp.AllowUnexported(settlement.Ratio{})) {
		c.fail(breach{fmt.Sprintf("I6: promised %+v, kept is %+v", got.Quote, kept), about})
	}
	if !slices.ContainsFunc(c.promised, func(q lifecycle.Quote) bool { return q.ID == got.ID }) {
		c.promised = append(c.promised, got)
	}
}

func (c *clients) release(quote lifecycle.Quote) {
	var got lifecycle.Quote
	c.ask("release "+string(quote.ID), func(ctx context.Context, p *process) (err error) {
		got, err = p.gateway.ReleaseQuote(ctx, lifecycle.ReleaseAsk{Tenant: quote.Tenant, Actor: "cashier", Quote: quote.ID})
		return err
	}, func(err error) {
		kind := settlement.KindOf(err)
		if err != nil && kind != settlement.KindBlocked && kind != settlement.KindUnavailable || err == nil && got.State == settlement.QuoteHeld {
			c.fail(breach{fmt.Sprintf("releasing %s: %s, %v", quote.ID, got.State, err), []string{string(quote.ID)}})
		}
		if err == nil {
			c.count["hold released"]++
		}
	})
}
