package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Archive reads a store beside the gateways that have it open, and changes
// nothing in it: it implements lifecycle.Archive.
type Archive struct {
	reads *pgxpool.Pool
}

// OpenArchive opens the store that config.DSN names for reading. A standby
// will do, if the DSN asks for one. What is written meanwhile may be seen or
// not, but never half: each answer is of one moment. Unavailable: the server
// cannot be reached. Blocked: there is no store, or one of another version.
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
	if err != nil {
		reads.Close()
		return nil, fmt.Errorf("opening archive: %w", err)
	}
	return &Archive{reads}, nil
}

// Shut ends the archive. The error is always nil; it is there so that archives
// end alike.
func (a *Archive) Shut() error {
	a.reads.Close()
	return nil
}

// snapshot is a transaction that sees one moment.
var snapshot = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}

// Dossiers implements lifecycle.Archive.
func (a *Archive) Dossiers(ctx context.Context, after lifecycle.Place, limit int) ([]lifecycle.Dossier, error) {
	var dossiers []lifecycle.Dossier
	err := pgx.BeginTxFunc(ctx, a.reads, snapshot, func(tx pgx.Tx) error {
		var err error
		dossiers, err = readDossiers(ctx, tx, after, limit)
		return err
	})
	if err != nil {
		return nil, interpret(err)
	}
	return dossiers, nil
}

func readDossiers(ctx context.Context, tx pgx.Tx, after lifecycle.Place, limit int) ([]lifecycle.Dossier, error) {
	const text = `SELECT ` + columns + ` FROM settlement
		WHERE (beneficiary, year, id) > ($1, $2, $3) ORDER BY beneficiary, year, id LIMIT $4`
	rows, err := tx.Query(ctx, text, string(after.Beneficiary), int64(after.Year), string(after.ID), int64(limit))
	if err != nil {
		return nil, err
	}
	nos, found, err := scanSettlements(rows)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	dossiers := make([]lifecycle.Dossier, len(found))
	of := make(map[int64]*lifecycle.Dossier, len(found))
	for i := range found {
		dossiers[i].Settlement = found[i]
		of[nos[i]] = &dossiers[i]
	}
	queued := &pgx.Batch{}
	journals(queued, nos, of)
	return dossiers, tx.SendBatch(ctx, queued).Close()
}

// journals queues the reading of all that was written for settlements.
func journals(queued *pgx.Batch, nos []int64, of map[int64]*lifecycle.Dossier) {
	const order = ` WHERE settlement = ANY ($1::bigint[]) ORDER BY settlement, revision, line`
	gather(queued, `SELECT settlement, `+attemptColumns+` FROM attempt`+order, nos, func(no int64, row scanner) error {
		one, err := scanAttempt(row)
		of[no].Attempts = append(of[no].Attempts, one)
		return err
	})
	gather(queued, `SELECT settlement, `+entryColumns+` FROM entry`+order, nos, func(no int64, row scanner) error {
		one, err := scanEntry(row)
		of[no].Entries = append(of[no].Entries, one)
		return err
	})
	gather(queued, `SELECT settlement, `+eventColumns+` FROM event`+order, nos, func(no int64, row scanner) error {
		one, err := scanEvent(row)
		of[no].Events = append(of[no].Events, one)
		return err
	})
	const requests = `SELECT r.settlement, r.tenant, r.method, r.request, r.fingerprint, (SELECT a.body FROM answer AS a WHERE a.request = r.no)
		FROM request AS r WHERE r.settlement = ANY ($1::bigint[]) ORDER BY r.settlement, r.no`
	gather(queued, requests, nos, func(no int64, row scanner) error {
		one := lifecycle.Request{Settlement: of[no].Settlement.ID}
		err := row.Scan(&one.Key.Tenant, &one.Key.Method, &one.Key.Request, &one.Fingerprint, &one.Answer)
		of[no].Requests = append(of[no].Requests, one)
		return err
	})
}

// gather queues a reading of rows that begin with the number of their
// settlement; scan reads what follows it.
func gather(queued *pgx.Batch, text string, nos []int64, scan func(no int64, row scanner) error) {
	queued.Queue(text, nos).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			row := numbered{rows: rows}
			err := scan(row.number(), row)
			if err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// Accumulators implements lifecycle.Archive.
func (a *Archive) Accumulators(ctx context.Context, after lifecycle.AccumulatorKey, limit int) ([]lifecycle.AccumulatorRow, error) {
	const text = `SELECT ` + used + ` FROM accumulator WHERE (beneficiary, year) > ($1, $2) ORDER BY beneficiary, year LIMIT $3`
	rows, err := a.reads.Query(ctx, text, string(after.Beneficiary), int64(after.Year), int64(limit))
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
		found = append(found, lifecycle.AccumulatorRow{Key: one.key, Used: one.used})
	}
	return found, interpret(rows.Err())
}
