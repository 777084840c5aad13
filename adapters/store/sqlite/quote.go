package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Hold implements lifecycle.Quotes. decide runs inside the one writing
// transaction, as that of Close does.
func (s *Store) Hold(ctx context.Context, key lifecycle.AccumulatorKey, decide lifecycle.DecideHold) error {
	var refused error // of decide, to be returned as it is
	err := s.committer.do(ctx, func(on *session) error {
		refused = nil
		found, err := readYear(background, on, key)
		if err != nil {
			return err
		}
		change, err := decide(lifecycle.YearRow{Used: found.used, Holds: found.holds})
		if err != nil {
			refused = err
			return err
		}
		err = store.SoundHold(change)
		if err != nil {
			return err
		}
		err = insertQuote(on, change.Quote)
		if err != nil {
			return err
		}
		err = insertQuoteEvents(on, change.Events)
		if err != nil {
			return err
		}
		found.holds = change.Holds
		return writeYear(on, *found)
	})
	if refused != nil {
		return refused
	}
	return err
}

func insertQuote(on *session, q *settlement.Quote) error {
	const text = `INSERT INTO quote (id, tenant, request, facility, region, document, turn) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	if q == nil {
		return nil
	}
	touched, err := on.exec(background, text, string(q.ID), string(q.Tenant), string(q.Request), string(q.Facility), string(q.Beneficiary.Region), on.vault.Quote(q), on.turn())
	if err == nil && touched == 0 {
		return store.Taken("request", settlement.ReasonRequestInFlight)
	}
	return err
}

func insertQuoteEvents(on *session, events []settlement.QuoteEvent) error {
	const text = `INSERT INTO quote_event (quote, at, actor, act, until, settlement, turn) VALUES (?, ?, ?, ?, ?, ?, ?)`
	for _, e := range events {
		_, err := on.exec(background, text, string(e.Quote), store.Micros(e.At), e.Actor, string(e.Act), store.Micros(e.Until), string(e.Settlement), on.turn())
		if err != nil {
			return err
		}
	}
	return nil
}

// Quote implements lifecycle.Quotes.
func (s *Store) Quote(ctx context.Context, id settlement.QuoteID) (lifecycle.KeptQuote, error) {
	return s.keptQuote(ctx, `SELECT id, document FROM quote WHERE id = ?`, string(id))
}

// QuoteOf implements lifecycle.Quotes.
func (s *Store) QuoteOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) (lifecycle.KeptQuote, error) {
	return s.keptQuote(ctx, `SELECT id, document FROM quote WHERE tenant = ? AND request = ?`, string(tenant), string(request))
}

// keptQuote reads one quote and, after it, its history, which only grows.
func (s *Store) keptQuote(ctx context.Context, text string, args ...any) (kept lifecycle.KeptQuote, err error) {
	var found settlement.QuoteID
	var document []byte
	err = s.reader.row(ctx, text, args...).Scan(&found, &document)
	if errors.Is(err, sql.ErrNoRows) {
		return kept, store.NoQuote("")
	}
	if err != nil {
		return kept, s.outcome(err)
	}
	kept.Quote, err = s.vault.ReadQuote(found, document)
	if err != nil {
		return kept, err
	}
	const history = `SELECT at, actor, act, until, settlement FROM quote_event WHERE quote = ? ORDER BY no`
	rows, err := s.reader.query(ctx, history, string(kept.Quote.ID))
	if err != nil {
		return kept, s.outcome(err)
	}
	defer rows.Close()
	for rows.Next() {
		event := settlement.QuoteEvent{Quote: kept.Quote.ID}
		var at, until int64
		err = rows.Scan(&at, &event.Actor, &event.Act, &until, &event.Settlement)
		if err != nil {
			return kept, s.outcome(err)
		}
		event.At, event.Until = store.Time(at), store.Time(until)
		kept.History = append(kept.History, event)
	}
	return kept, s.outcome(rows.Err())
}

// Holding implements lifecycle.Quotes. Whatever holds at an instant has a line
// that says until when, which lies behind it.
func (s *Store) Holding(ctx context.Context, at time.Time, after settlement.QuoteID, limit int) ([]lifecycle.KeptQuote, error) {
	const text = `SELECT q.id, q.document, e.at, e.actor, e.act, e.until, e.settlement FROM quote AS q JOIN quote_event AS e ON e.quote = q.id
		WHERE q.id IN (SELECT DISTINCT quote FROM quote_event WHERE until > ? AND quote > ? ORDER BY quote LIMIT ?) ORDER BY q.id, e.no`
	rows, err := s.reader.query(ctx, text, store.Micros(at), string(after), int64(limit))
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found store.KeptQuotes
	for rows.Next() {
		var document sql.RawBytes
		var event settlement.QuoteEvent
		var told, until int64
		err = rows.Scan(&event.Quote, &document, &told, &event.Actor, &event.Act, &until, &event.Settlement)
		if err != nil {
			return nil, s.outcome(err)
		}
		event.At, event.Until = store.Time(told), store.Time(until)
		err = found.Add(s.vault, document, event)
		if err != nil {
			return nil, err
		}
	}
	return found, s.outcome(rows.Err())
}

// Year implements lifecycle.Quotes.
func (s *Store) Year(ctx context.Context, key lifecycle.AccumulatorKey) (lifecycle.YearRow, error) {
	found, err := readYear(ctx, s.reader, key)
	if err != nil {
		return lifecycle.YearRow{}, s.outcome(err)
	}
	return lifecycle.YearRow{Used: found.used, Holds: found.holds}, nil
}
