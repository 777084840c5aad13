package lifecycle

import (
	"context"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// holdQuote is Quote where what is promised is held.
func (l *Lifecycle) holdQuote(ctx context.Context, ask Ask) (Quote, error) {
	if quote, err := l.replayQuote(ctx, &ask); settlement.KindOf(err) != settlement.KindNotFound {
		return quote, err
	}
	if ask.Hold > l.HoldWithin {
		return Quote{}, &settlement.Error{
			Kind: settlement.KindInvalid, Reason: settlement.ReasonHoldTooLong, Field: "hold.minutes", Value: l.HoldWithin.String(),
		}
	}
	trial, err := l.try(ctx, &ask)
	if err != nil {
		return Quote{}, err
	}
	id := settlement.QuoteID(l.NewID())
	now, key := l.Now(), AccumulatorKey{trial.Beneficiary.ID, trial.Year}
	err = l.hold(ctx, key, func(row YearRow) (HoldChange, error) {
		quote, err := l.quoted(trial, row, now)
		if err != nil {
			return HoldChange{}, err
		}
		quote.ID, quote.Until = id, quote.At.Add(ask.Hold)
		return grant(&quote, row.Holds, ask.Actor), nil
	})
	switch settlement.KindOf(err) {
	case settlement.KindExists, settlement.KindInDoubt: // the same request came in twice, or may have been kept
		quote, reading := l.replayQuote(ctx, &ask)
		if settlement.KindOf(reading) == settlement.KindNotFound {
			return Quote{}, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable, Cause: err}
		}
		return quote, reading
	}
	if err != nil {
		return Quote{}, err
	}
	return l.FindQuote(ctx, ask.Tenant, id)
}

// hold is one durable write about holds.
func (l *Lifecycle) hold(ctx context.Context, key AccumulatorKey, decide DecideHold) error {
	within, end := l.begin(ctx, Step{Kind: StepWrite, Verb: "hold"}, ShareStore)
	err := l.Quotes.Hold(within, key, decide)
	end(Ended{Err: err})
	return err
}

// grant is the change by which quote holds what it promises. A discharge holds
// once: an earlier quote of it gives way. What has lapsed is tidied away.
func grant(quote *settlement.Quote, holds settlement.Holds, actor string) HoldChange {
	change := HoldChange{Quote: quote}
	live, lapsed := holds.Live(quote.At)
	change.Events = lapses(lapsed, actor, quote.At)
	if before := live.Of(quote.Tenant, quote.Discharge); before != nil {
		change.Events = append(change.Events, settlement.QuoteEvent{
			Quote: before.Quote, At: quote.At, Actor: actor, Act: settlement.QuoteReplace, Until: quote.At,
		})
	}
	change.Holds = append(slices.Clip(live.Without(quote.Tenant, quote.Discharge)), quote.Hold())
	change.Events = append(change.Events, settlement.QuoteEvent{
		Quote: quote.ID, At: quote.At, Actor: actor, Act: settlement.QuoteHold, Until: quote.Until,
	})
	return change
}

// replayQuote is the quote that a request was given before. NotFound: none;
// KeyReused: it asked for something else.
func (l *Lifecycle) replayQuote(ctx context.Context, ask *Ask) (Quote, error) {
	kept, err := l.Quotes.QuoteOf(ctx, ask.Tenant, ask.Request)
	if err != nil {
		return Quote{}, err
	}
	if field := differing(kept.Quote.Fingerprint, ask.fields()); field != "" {
		return Quote{}, &settlement.Error{Kind: settlement.KindKeyReused, Reason: settlement.ReasonKeyReused, Field: field, Value: string(kept.Quote.ID)}
	}
	quote := l.standing(&kept)
	quote.Replayed = true
	return quote, nil
}

// standing is a kept quote as it stands now.
func (l *Lifecycle) standing(kept *KeptQuote) Quote {
	quote := Quote{Quote: kept.Quote}
	quote.State, quote.HeldUntil, quote.Settlement = settlement.QuoteStanding(kept.History, l.Now())
	return quote
}

// FindQuote reads a quote that held, as it stands now. NotFound, also for
// another tenant's; an empty tenant may read all.
func (l *Lifecycle) FindQuote(ctx context.Context, tenant settlement.TenantID, id settlement.QuoteID) (Quote, error) {
	kept, err := l.findQuote(ctx, tenant, id)
	if err != nil {
		return Quote{}, err
	}
	return l.standing(&kept), nil
}

func (l *Lifecycle) findQuote(ctx context.Context, tenant settlement.TenantID, id settlement.QuoteID) (KeptQuote, error) {
	kept, err := l.Quotes.Quote(ctx, id)
	if err == nil && tenant != "" && kept.Quote.Tenant != tenant || settlement.KindOf(err) == settlement.KindNotFound {
		return KeptQuote{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonQuoteNotFound, Field: "id", Value: string(id)}
	}
	return kept, err
}

// ReleaseQuote gives back what a quote holds before it expires, and says how
// the quote stands then. One that holds nothing any more stays as it is, so
// the request may be repeated. NotFound as in FindQuote; Blocked where it is
// settled.
func (l *Lifecycle) ReleaseQuote(ctx context.Context, ask ReleaseAsk) (Quote, error) {
	kept, err := l.findQuote(ctx, ask.Tenant, ask.Quote)
	if err != nil {
		return Quote{}, err
	}
	if quote := l.standing(&kept); quote.State == settlement.QuoteSettled {
		return Quote{}, quoteRefused(settlement.ReasonQuoteSettled, ask.Quote)
	}
	now := l.Now()
	err = l.hold(ctx, kept.Key(), func(row YearRow) (HoldChange, error) {
		live, lapsed := row.Holds.Live(now)
		change := HoldChange{Holds: live, Events: lapses(lapsed, ask.Actor, now)}
		if own := live.Of(kept.Quote.Tenant, kept.Quote.Discharge); own != nil && own.Quote == ask.Quote {
			change.Holds = live.Without(own.Tenant, own.Discharge)
			change.Events = append(change.Events, settlement.QuoteEvent{
				Quote: ask.Quote, At: now, Actor: ask.Actor, Act: settlement.QuoteRelease, Until: now,
			})
		}
		return change, nil
	})
	if settlement.KindOf(err) == settlement.KindInDoubt {
		return Quote{}, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable, Cause: err}
	}
	if err != nil {
		return Quote{}, err
	}
	return l.FindQuote(ctx, ask.Tenant, ask.Quote)
}

// takeUpQuote makes sure that the quote a settlement names is live, is of this
// person, facility, discharge and year, and stays live until the settlement is
// decided, however long the payers take. It is durable before anybody is
// asked. A settlement that is then not made leaves the quote to its time.
func (l *Lifecycle) takeUpQuote(ctx context.Context, p *prepared) error {
	ask := p.ask
	kept, err := l.Quotes.Quote(ctx, ask.Quote)
	if err == nil {
		err = mismatch(p, &kept)
	}
	if err == nil {
		err = l.prolong(ctx, p, &kept)
	}
	if settlement.KindOf(err) == settlement.KindNotFound {
		return quoteRefused(settlement.ReasonQuoteNotFound, ask.Quote)
	}
	return err
}

// prolong keeps a live hold until the settlement about to be opened must be
// decided, and a margin longer: another gateway's clock may be ahead of ours.
func (l *Lifecycle) prolong(ctx context.Context, p *prepared, kept *KeptQuote) error {
	now := l.Now()
	p.decideBy = now.Add(l.DecideWithin)
	err := l.hold(ctx, kept.Key(), func(row YearRow) (HoldChange, error) {
		live, lapsed := row.Holds.Live(now)
		own := live.Of(kept.Quote.Tenant, kept.Quote.Discharge)
		if own == nil || own.Quote != kept.Quote.ID {
			return HoldChange{}, l.over(kept)
		}
		if until := p.decideBy.Add(leaseMargin); own.Until.Before(until) {
			own.Until = until
		}
		return HoldChange{Holds: live, Events: append(lapses(lapsed, p.ask.Actor, now), settlement.QuoteEvent{
			Quote: own.Quote, At: now, Actor: p.ask.Actor, Act: settlement.QuoteProlong, Until: own.Until,
		})}, nil
	})
	if settlement.KindOf(err) == settlement.KindInDoubt {
		return &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable, Cause: err}
	}
	return err
}

// over says why a quote holds nothing any more.
func (l *Lifecycle) over(kept *KeptQuote) error {
	switch state, _, _ := settlement.QuoteStanding(kept.History, l.Now()); state {
	case settlement.QuoteSettled:
		return quoteRefused(settlement.ReasonQuoteSettled, kept.Quote.ID)
	case settlement.QuoteReleased:
		return quoteRefused(settlement.ReasonQuoteReleased, kept.Quote.ID)
	}
	return quoteRefused(settlement.ReasonQuoteExpired, kept.Quote.ID)
}

func quoteRefused(reason settlement.Reason, id settlement.QuoteID) error {
	return &settlement.Error{Kind: settlement.KindBlocked, Reason: reason, Field: "quote_id", Value: string(id)}
}

// mismatch refuses a quote of something else than is to be settled. Bill and
// payers may differ: then the promise is judged anew.
func mismatch(p *prepared, kept *KeptQuote) error {
	quote := &kept.Quote
	if quote.Tenant != p.ask.Tenant { // another's quote is not spoken of
		return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonQuoteNotFound}
	}
	for _, part := range []struct {
		field string
		same  bool
	}{
		{"facility_id", quote.Facility == p.facility.ID},
		{"discharge_id", quote.Discharge == p.ask.Discharge},
		{"beneficiary.id_number", quote.Beneficiary.ID == p.person.ID},
		{"discharge_date", quote.Year == p.year}, // a cap is of one year
	} {
		if !part.same {
			return &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonQuoteMismatch, Field: part.field, Value: string(quote.ID)}
		}
	}
	return nil
}

// settles adds to a closing what it means for the holds on the person's year:
// its own is taken up, and those whose lapsed room it may have used go.
func (c *Change) settles(holds settlement.Holds, actor string, now time.Time) {
	s := &c.Settlement
	live, lapsed := holds.Live(now)
	c.Holds, c.Quotes = live, lapses(lapsed, actor, now)
	if s.Promise == nil {
		return
	}
	c.Holds = live.Without(s.Tenant, s.Discharge)
	c.Quotes = append(c.Quotes, settlement.QuoteEvent{
		Quote: s.Promise.Quote, At: now, Actor: actor, Act: settlement.QuoteSettle, Until: now, Settlement: s.ID,
	})
}

// lapses tell of holds that are taken off a year after their time.
func lapses(lapsed settlement.Holds, actor string, now time.Time) []settlement.QuoteEvent {
	events := make([]settlement.QuoteEvent, len(lapsed), len(lapsed)+2)
	for i := range lapsed {
		events[i] = settlement.QuoteEvent{Quote: lapsed[i].Quote, At: now, Actor: actor, Act: settlement.QuoteLapse, Until: lapsed[i].Until}
	}
	return events
}
