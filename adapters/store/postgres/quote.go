package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// holding is a write about the holds on one year, and what it was decided to
// be.
type holding struct {
	key    lifecycle.AccumulatorKey
	decide lifecycle.DecideHold
	change lifecycle.HoldChange
}

// Hold implements lifecycle.Quotes. decide runs inside a transaction that
// others share, as that of Close does.
func (s *Store) Hold(ctx context.Context, key lifecycle.AccumulatorKey, decide lifecycle.DecideHold) error {
	m := &member{vault: s.vault, hold: &holding{key: key, decide: decide}}
	m.keys = m.claimed()
	return s.committer.do(ctx, m)
}

// held asks decide and makes what it answers the change.
func (m *member) held() error {
	change, err := m.hold.decide(lifecycle.YearRow{Used: m.year.used, Holds: m.year.holds})
	if err != nil {
		return err
	}
	err = store.SoundHold(change)
	if err != nil {
		return err
	}
	m.hold.change, m.year.holds = change, change.Holds
	return m.year.changed()
}

// quoteRows are quotes that are kept.
type quoteRows struct {
	id, tenant, request, facility, region []string
	document                              [][]byte
}

func (r *quoteRows) add(vault store.Vault, q *settlement.Quote) {
	if q == nil {
		return
	}
	r.id = append(r.id, string(q.ID))
	r.tenant = append(r.tenant, string(q.Tenant))
	r.request = append(r.request, string(q.Request))
	r.facility = append(r.facility, string(q.Facility))
	r.region = append(r.region, string(q.Beneficiary.Region))
	r.document = append(r.document, vault.Quote(q))
}

var insertQuotes = insertion("quote", "id text", "tenant text", "request text", "facility text", "region text", "document bytea")

func (r *quoteRows) queue(queued *pgx.Batch) {
	if len(r.id) > 0 {
		queued.Queue(insertQuotes, r.id, r.tenant, r.request, r.facility, r.region, r.document)
	}
}

// quoteEventRows are lines of the history of quotes.
type quoteEventRows struct {
	at, until                     []int64
	quote, actor, act, settlement []string
}

func (r *quoteEventRows) add(events []settlement.QuoteEvent) {
	for _, e := range events {
		r.at = append(r.at, store.Micros(e.At))
		r.until = append(r.until, store.Micros(e.Until))
		r.quote = append(r.quote, string(e.Quote))
		r.actor = append(r.actor, e.Actor)
		r.act = append(r.act, string(e.Act))
		r.settlement = append(r.settlement, string(e.Settlement))
	}
}

var insertQuoteEvents = insertion("quote_event", "at bigint", "until bigint", "quote text", "actor text", "act text", "settlement text")

func (r *quoteEventRows) queue(queued *pgx.Batch) {
	if len(r.at) > 0 {
		queued.Queue(insertQuoteEvents, r.at, r.until, r.quote, r.actor, r.act, r.settlement)
	}
}

// Quote implements lifecycle.Quotes.
func (s *Store) Quote(ctx context.Context, id settlement.QuoteID) (lifecycle.KeptQuote, error) {
	return s.keptQuote(ctx, `SELECT id, document FROM quote WHERE id = $1`, string(id))
}

// QuoteOf implements lifecycle.Quotes.
func (s *Store) QuoteOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) (lifecycle.KeptQuote, error) {
	return s.keptQuote(ctx, `SELECT id, document FROM quote WHERE tenant = $1 AND request = $2`, string(tenant), string(request))
}

// keptQuote reads one quote and, after it, its history, which only grows.
func (s *Store) keptQuote(ctx context.Context, text string, args ...any) (kept lifecycle.KeptQuote, err error) {
	var found settlement.QuoteID
	var document []byte
	err = s.reader(ctx).QueryRow(ctx, text, args...).Scan(&found, &document)
	if absent(err) {
		return kept, store.NoQuote("")
	}
	if err != nil {
		return kept, s.outcome(err)
	}
	kept.Quote, err = s.vault.ReadQuote(found, document)
	if err != nil {
		return kept, err
	}
	const history = `SELECT at, actor, act, until, settlement FROM quote_event WHERE quote = $1 ORDER BY no`
	rows, err := s.reader(ctx).Query(ctx, history, string(kept.Quote.ID))
	if err != nil {
		return kept, s.outcome(err)
	}
	kept.History, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (settlement.QuoteEvent, error) {
		event := settlement.QuoteEvent{Quote: kept.Quote.ID}
		var at, until int64
		err := row.Scan(&at, &event.Actor, &event.Act, &until, &event.Settlement)
		event.At, event.Until = store.Time(at), store.Time(until)
		return event, err
	})
	return kept, s.outcome(err)
}

// Holding implements lifecycle.Quotes. Whatever holds at an instant has a line
// that says until when, which lies behind it.
func (s *Store) Holding(ctx context.Context, at time.Time, after settlement.QuoteID, limit int) ([]lifecycle.KeptQuote, error) {
	const text = `WITH held AS MATERIALIZED (SELECT array_agg(quote) AS ids FROM
			(SELECT DISTINCT quote FROM quote_event WHERE until > $1 AND quote > $2 ORDER BY quote LIMIT $3) AS live)
		SELECT q.id, q.document, e.at, e.actor, e.act, e.until, e.settlement FROM quote AS q JOIN quote_event AS e ON e.quote = q.id
		WHERE q.id = ANY ((SELECT ids FROM held)::text[]) AND e.quote = ANY ((SELECT ids FROM held)::text[]) ORDER BY q.id, e.no`
	var found store.KeptQuotes
	err := s.each(ctx, func(row scanner) error {
		var document []byte
		var event settlement.QuoteEvent
		var told, until int64
		err := row.Scan(&event.Quote, &document, &told, &event.Actor, &event.Act, &until, &event.Settlement)
		if err != nil {
			return err
		}
		event.At, event.Until = store.Time(told), store.Time(until)
		return found.Add(s.vault, document, event)
	}, text, store.Micros(at), string(after), int64(limit))
	return found, err
}

// Year implements lifecycle.Quotes.
func (s *Store) Year(ctx context.Context, key lifecycle.AccumulatorKey) (lifecycle.YearRow, error) {
	const text = `SELECT ` + used + ` FROM accumulator WHERE beneficiary = $1 AND year = $2`
	found, err := scanYear(s.reader(ctx).QueryRow(ctx, text, string(key.Beneficiary), int64(key.Year)))
	if absent(err) {
		return lifecycle.YearRow{}, nil
	}
	return lifecycle.YearRow{Used: found.used, Holds: found.holds}, s.outcome(err)
}
