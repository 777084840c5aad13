package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Archive reads a store beside the gateways that have it open, and changes
// nothing in it: it implements lifecycle.Archive.
type Archive struct {
	vault  store.Vault
	reads  *pgxpool.Pool
	moment pgx.Tx // what is read is all of one moment
}

// OpenArchive opens the store that config.DSN names for reading, as it stands
// when it is first read. A standby will do, if the DSN asks for one. Rows that
// are written over meanwhile cannot be cleared away until the archive is shut.
// Unavailable: the server cannot be reached. Blocked: there is no store, or one
// of another version.
func OpenArchive(ctx context.Context, config Config) (*Archive, error) {
	config.complete()
	reads, err := connect(ctx, config, archiving)
	if err != nil {
		return nil, fmt.Errorf("opening archive: %w", err)
	}
	err = reach(ctx, reads)
	if err == nil {
		err = understood(ctx, reads)
	}
	var moment pgx.Tx
	if err == nil {
		moment, err = reads.BeginTx(ctx, snapshot)
		err = interpret(err)
	}
	if err != nil {
		reads.Close()
		return nil, fmt.Errorf("opening archive: %w", err)
	}
	return &Archive{store.Vault{Ring: config.Keys}, reads, moment}, nil
}

// Shut ends the archive. The error is always nil; it is there so that archives
// end alike: nothing was written that could be lost.
func (a *Archive) Shut() error {
	_ = a.moment.Rollback(context.Background())
	a.reads.Close()
	return nil
}

// snapshot is a transaction that sees one moment.
var snapshot = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}

// Dossiers implements lifecycle.Archive.
func (a *Archive) Dossiers(ctx context.Context, after lifecycle.Place, limit int) ([]lifecycle.Dossier, error) {
	dossiers, err := readDossiers(ctx, a.vault, a.moment, after, limit)
	if err != nil {
		return nil, interpret(err)
	}
	return dossiers, nil
}

// Opened implements reconciliation.Books.
func (a *Archive) Opened(ctx context.Context, from, until time.Time, each func(*settlement.Settlement) error) error {
	const text = `SELECT ` + columns + ` FROM settlement WHERE opened_at >= $1 AND opened_at < $2`
	rows, err := a.moment.Query(ctx, text, store.Micros(from), store.Micros(until))
	if err != nil {
		return interpret(err)
	}
	defer rows.Close()
	for rows.Next() {
		_, found, err := scanSettlement(a.vault, rows)
		if err != nil {
			return interpret(err)
		}
		if err := each(&found); err != nil {
			return err
		}
	}
	return interpret(rows.Err())
}

func readDossiers(ctx context.Context, vault store.Vault, tx pgx.Tx, after lifecycle.Place, limit int) ([]lifecycle.Dossier, error) {
	const text = `SELECT ` + columns + ` FROM settlement
		WHERE (beneficiary, year, id) > ($1, $2, $3) ORDER BY beneficiary, year, id LIMIT $4`
	rows, err := tx.Query(ctx, text, string(after.Beneficiary), int64(after.Year), string(after.ID), int64(limit))
	if err != nil {
		return nil, err
	}
	nos, found, err := scanSettlements(vault, rows)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	dossiers := make([]lifecycle.Dossier, len(found))
	p := page{vault: vault, queued: &pgx.Batch{}, nos: nos, of: make(map[int64]*lifecycle.Dossier, len(found))}
	for i := range found {
		dossiers[i].Settlement = found[i]
		p.of[nos[i]] = &dossiers[i]
	}
	p.fill()
	return dossiers, tx.SendBatch(ctx, p.queued).Close()
}

// page is some dossiers whose journals are to be read.
type page struct {
	vault  store.Vault
	queued *pgx.Batch
	nos    []int64
	of     map[int64]*lifecycle.Dossier
}

// fill queues the reading of all that was written for the page's settlements.
func (p page) fill() {
	const order = ` WHERE settlement = ANY ($1::bigint[]) ORDER BY settlement, revision, line`
	read(p, `SELECT settlement, `+attemptColumns+` FROM attempt`+order, scanAttempt,
		func(d *lifecycle.Dossier, one keptAttempt) error {
			attempt, err := one.read(p.vault, d.Settlement.ID)
			d.Attempts = append(d.Attempts, attempt)
			return err
		})
	read(p, `SELECT settlement, `+entryColumns+` FROM entry`+order, scanEntry,
		func(d *lifecycle.Dossier, one settlement.Entry) error { d.Entries = append(d.Entries, one); return nil })
	read(p, `SELECT settlement, `+eventColumns+` FROM event`+order, scanEvent,
		func(d *lifecycle.Dossier, one lifecycle.Event) error { d.Events = append(d.Events, one); return nil })
	const requests = `SELECT r.settlement, r.tenant, r.method, r.request, r.fingerprint, (SELECT a.body FROM answer AS a WHERE a.request = r.no)
		FROM request AS r WHERE r.settlement = ANY ($1::bigint[]) ORDER BY r.settlement, r.no`
	read(p, requests, scanRequest, func(d *lifecycle.Dossier, one lifecycle.Request) (err error) {
		one.Settlement = d.Settlement.ID
		one.Answer, err = p.vault.ReadAnswer(one.Key, one.Answer)
		d.Requests = append(d.Requests, one)
		return err
	})
}

// read queues a reading of rows that begin with the number of their
// settlement; scan reads what follows it.
func read[T any](p page, text string, scan func(scanner) (T, error), put func(*lifecycle.Dossier, T) error) {
	p.queued.Queue(text, p.nos).Query(func(rows pgx.Rows) error {
		row := &numbered{scanner: rows}
		for rows.Next() {
			one, err := scan(row)
			if err != nil {
				return err
			}
			if err := put(p.of[row.no], one); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// numbered is a row that begins with a number.
type numbered struct {
	scanner
	no int64
}

func (n *numbered) Scan(into ...any) error {
	return n.scanner.Scan(append([]any{&n.no}, into...)...)
}

func scanRequest(row scanner) (lifecycle.Request, error) {
	var r lifecycle.Request
	err := row.Scan(&r.Key.Tenant, &r.Key.Method, &r.Key.Request, &r.Fingerprint, &r.Answer)
	return r, err
}

// Accumulators implements lifecycle.Archive.
func (a *Archive) Accumulators(ctx context.Context, after lifecycle.AccumulatorKey, limit int) ([]lifecycle.AccumulatorRow, error) {
	const text = `SELECT ` + used + ` FROM accumulator WHERE (beneficiary, year) > ($1, $2) ORDER BY beneficiary, year LIMIT $3`
	rows, err := a.moment.Query(ctx, text, string(after.Beneficiary), int64(after.Year), int64(limit))
	if err != nil {
		return nil, interpret(err)
	}
	defer rows.Close()
	var found []lifecycle.AccumulatorRow
	for rows.Next() {
		one, err := scanYear(rows)
		if err != nil {
			return nil, interpret(err)
		}
		found = append(found, lifecycle.AccumulatorRow{Key: one.key, Used: one.used, Holds: one.holds})
	}
	return found, interpret(rows.Err())
}
