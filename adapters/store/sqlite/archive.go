package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Archive reads a store beside the process that has it open, and changes
// nothing in it: it implements lifecycle.Archive.
type Archive struct {
	store *Store
}

// OpenArchive opens the store at config.Path for reading, as it stands when it is
// first read. It takes no lock, so a gateway may be running on it; the log of
// what that one writes cannot be cut back until the archive is shut.
func OpenArchive(ctx context.Context, config Config) (*Archive, error) {
	db, err := readOnly(config.Path)
	if err != nil {
		return nil, fmt.Errorf("opening archive: %w", err)
	}
	db.SetMaxOpenConns(1)
	vault := store.Vault{Ring: config.Keys}
	s := &Store{vault: vault, reads: db, reader: newSession(db, vault)}
	// There is one connection, so all that follows is inside this transaction.
	if _, err := s.reader.run(ctx, `BEGIN`); err != nil {
		return nil, errors.Join(fmt.Errorf("opening archive: %w", err), s.reader.finish(), db.Close())
	}
	return &Archive{s}, nil
}

// Shut ends the archive.
func (a *Archive) Shut() error {
	return errors.Join(a.store.reader.finish(), a.store.reads.Close())
}

// Dossiers implements lifecycle.Archive.
func (a *Archive) Dossiers(ctx context.Context, after lifecycle.Place, limit int) ([]lifecycle.Dossier, error) {
	const text = `SELECT ` + columns + ` FROM settlement
		WHERE (beneficiary, year, id) > (?, ?, ?) ORDER BY beneficiary, year, id LIMIT ?`
	s := a.store
	rows, err := s.reader.query(ctx, text, string(after.Beneficiary), int64(after.Year), string(after.ID), int64(limit))
	if err != nil {
		return nil, s.outcome(err)
	}
	_, found, err := scanSettlements(s.vault, rows)
	if err != nil {
		return nil, s.outcome(err)
	}
	dossiers := make([]lifecycle.Dossier, len(found))
	for i := range found {
		dossiers[i].Settlement = found[i]
		if err := a.fill(ctx, &dossiers[i]); err != nil {
			return nil, err
		}
	}
	return dossiers, nil
}

// Opened implements reconciliation.Books.
func (a *Archive) Opened(ctx context.Context, from, until time.Time, each func(*settlement.Settlement) error) error {
	const text = `SELECT ` + columns + ` FROM settlement WHERE opened_at >= ? AND opened_at < ?`
	s := a.store
	rows, err := s.reader.query(ctx, text, store.Micros(from), store.Micros(until))
	if err != nil {
		return s.outcome(err)
	}
	defer rows.Close()
	for rows.Next() {
		_, found, err := scanSettlement(s.vault, rows)
		if err != nil {
			return s.outcome(err)
		}
		if err := each(&found); err != nil {
			return err
		}
	}
	return s.outcome(rows.Err())
}

// fill reads what was written for a settlement.
func (a *Archive) fill(ctx context.Context, d *lifecycle.Dossier) (err error) {
	id := d.Settlement.ID
	if d.Attempts, err = a.store.Attempts(ctx, id); err != nil {
		return err
	}
	if d.Entries, err = a.store.Entries(ctx, id); err != nil {
		return err
	}
	if d.Events, err = a.store.Events(ctx, id); err != nil {
		return err
	}
	d.Requests, err = a.store.requests(ctx, id)
	return err
}

// requests are the request keys of a settlement.
func (s *Store) requests(ctx context.Context, id settlement.SettlementID) ([]lifecycle.Request, error) {
	const text = `SELECT request.tenant, request.method, request.request, request.fingerprint, answer.body
		FROM settlement JOIN request ON request.settlement = settlement.no LEFT JOIN answer ON answer.request = request.no
		WHERE settlement.id = ? ORDER BY request.no`
	return collect(ctx, s, text, id, func(row scanner) (lifecycle.Request, error) {
		r := lifecycle.Request{Settlement: id}
		err := row.Scan(&r.Key.Tenant, &r.Key.Method, &r.Key.Request, &r.Fingerprint, &r.Answer)
		if err == nil {
			r.Answer, err = s.vault.ReadAnswer(r.Key, r.Answer)
		}
		return r, err
	})
}

// Accumulators implements lifecycle.Archive.
func (a *Archive) Accumulators(ctx context.Context, after lifecycle.AccumulatorKey, limit int) ([]lifecycle.AccumulatorRow, error) {
	const text = `SELECT beneficiary, year, used, deductible_met, critical_illness_base, critical_illness_paid, care_grants, holds
		FROM accumulator WHERE (beneficiary, year) > (?, ?) ORDER BY beneficiary, year LIMIT ?`
	s := a.store
	rows, err := s.reader.query(ctx, text, string(after.Beneficiary), int64(after.Year), int64(limit))
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []lifecycle.AccumulatorRow
	for rows.Next() {
		var row lifecycle.AccumulatorRow
		var buckets string
		var holds []byte
		used := &row.Used
		err := rows.Scan(&row.Key.Beneficiary, &row.Key.Year, &buckets, &used.DeductibleMet,
			&used.CriticalIllnessBase, &used.CriticalIllnessPaid, &used.CareGrants, &holds)
		if err != nil {
			return nil, s.outcome(err)
		}
		if used.Used, err = store.DecodeUsed(buckets); err != nil {
			return nil, s.outcome(err)
		}
		if row.Holds, err = store.DecodeHolds(holds); err != nil {
			return nil, s.outcome(err)
		}
		found = append(found, row)
	}
	return found, s.outcome(rows.Err())
}
