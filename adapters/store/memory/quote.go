package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Hold implements lifecycle.Quotes.
func (m *Store) Hold(ctx context.Context, key lifecycle.AccumulatorKey, decide lifecycle.DecideHold) error {
	return m.write(ctx, "hold", func() error {
		change, err := decide(lifecycle.YearRow{Used: m.accumulators[key], Holds: m.holds[key]})
		if err != nil {
			return err
		}
		if err := store.SoundHold(change); err != nil {
			return err
		}
		if q := change.Quote; q != nil {
			if _, found := m.quotes[q.ID]; found || m.quoteOf(q.Tenant, q.Request) != "" {
				return store.Taken("request", settlement.ReasonRequestInFlight)
			}
			m.quotes[q.ID] = lifecycle.KeptQuote{Quote: *q}
		}
		m.tell(key, change.Holds, change.Events)
		return nil
	})
}

// tell keeps the holds of a year and what became of its quotes.
func (m *Store) tell(key lifecycle.AccumulatorKey, holds settlement.Holds, events []settlement.QuoteEvent) {
	m.accumulators[key] = m.accumulators[key].Plus(settlement.Accumulator{}) // a year that holds is there
	m.holds[key] = holds
	for _, event := range events {
		kept := m.quotes[event.Quote]
		kept.History = append(slices.Clip(kept.History), event)
		m.quotes[event.Quote] = kept
	}
}

func (m *Store) quoteOf(tenant settlement.TenantID, request settlement.RequestID) settlement.QuoteID {
	for id, kept := range m.quotes {
		if kept.Quote.Tenant == tenant && kept.Quote.Request == request {
			return id
		}
	}
	return ""
}

// Quote implements lifecycle.Quotes.
func (m *Store) Quote(ctx context.Context, id settlement.QuoteID) (lifecycle.KeptQuote, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept, found := m.quotes[id]
	if !found {
		return kept, store.NoQuote(id)
	}
	return kept, store.GivenUp(ctx)
}

// QuoteOf implements lifecycle.Quotes.
func (m *Store) QuoteOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) (lifecycle.KeptQuote, error) {
	m.mu.Lock()
	id := m.quoteOf(tenant, request)
	m.mu.Unlock()
	return m.Quote(ctx, id)
}

// Holding implements lifecycle.Quotes.
func (m *Store) Holding(ctx context.Context, at time.Time, after settlement.QuoteID, limit int) ([]lifecycle.KeptQuote, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []lifecycle.KeptQuote
	for id, kept := range m.quotes {
		holds := func(event settlement.QuoteEvent) bool { return event.Until.After(at) }
		if id > after && slices.ContainsFunc(kept.History, holds) {
			found = append(found, kept)
		}
	}
	slices.SortFunc(found, func(a, b lifecycle.KeptQuote) int { return cmp.Compare(a.Quote.ID, b.Quote.ID) })
	return found[:min(len(found), limit)], store.GivenUp(ctx)
}

// Year implements lifecycle.Quotes.
func (m *Store) Year(ctx context.Context, key lifecycle.AccumulatorKey) (lifecycle.YearRow, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return lifecycle.YearRow{Used: m.accumulators[key], Holds: m.holds[key]}, store.GivenUp(ctx)
}
