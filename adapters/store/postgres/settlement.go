package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Open implements lifecycle.Store. Invalid: a text that no column may hold.
func (s *Store) Open(ctx context.Context, change lifecycle.Change) error {
	if change.Request == nil {
		return store.Broken(errNoRequest)
	}
	return s.put(ctx, &member{opens: true, change: change})
}

// Advance implements lifecycle.Store. Invalid: a text that no column may
// hold. Exists also where a message id belongs to another settlement.
func (s *Store) Advance(ctx context.Context, change lifecycle.Change) error {
	return s.put(ctx, &member{change: change})
}

func (s *Store) put(ctx context.Context, m *member) error {
	err := store.Sound(m.change)
	if err != nil {
		return err
	}
	m.vault = s.vault
	m.keys = m.claimed()
	m.write()
	return s.committer.do(ctx, m)
}

// Close implements lifecycle.Store. decide runs inside a transaction that
// others share, so it must be quick. Invalid and Exists as in Advance.
func (s *Store) Close(ctx context.Context, current settlement.Settlement, decide lifecycle.Decide) (settlement.Settlement, error) {
	m := &member{vault: s.vault, current: &current, decide: decide}
	err := store.Sound(lifecycle.Change{Settlement: current})
	if err != nil {
		return settlement.Settlement{}, err
	}
	m.keys = m.claimed()
	err = s.committer.do(ctx, m)
	if err != nil {
		return settlement.Settlement{}, err
	}
	written := m.change.Settlement
	written.Revision++
	return written, nil
}

var (
	errNoRequest       = errors.New("a settlement is opened with its request key")
	errOtherSettlement = errors.New("decide answered for another settlement than it was asked about")
)

// Settlement implements lifecycle.Store.
func (s *Store) Settlement(ctx context.Context, id settlement.SettlementID) (settlement.Settlement, error) {
	const text = `SELECT ` + columns + ` FROM settlement WHERE id = $1`
	_, found, err := scanSettlement(s.vault, s.reader(ctx).QueryRow(ctx, text, string(id)))
	if absent(err) {
		return found, store.Missing("settlement", string(id))
	}
	return found, s.outcome(err)
}

// columns are those of a settlement as scanSettlement reads them.
const columns = `no, id, tenant, facility, discharge, year, opened_at, asked, state, decision, moved,
	adjudication, sequence, review, revision, epoch, owner, lease_until, next_at, seal, approval`

func scanSettlement(vault store.Vault, row scanner) (int64, settlement.Settlement, error) {
	var (
		no                         int64
		s                          settlement.Settlement
		asked, moved, adjudication []byte
		seal                       []byte
		openedAt, lease, nextAt    int64
		approved                   settlement.ApprovalNumber
	)
	err := row.Scan(&no, &s.ID, &s.Tenant, &s.Facility, &s.Discharge, &s.Year, &openedAt, &asked, &s.State, &s.Decision, &moved,
		&adjudication, &s.Sequence, &s.Review, &s.Revision, &s.Epoch, &s.Owner, &lease, &nextAt, &seal, &approved)
	if err != nil {
		return 0, settlement.Settlement{}, err
	}
	s.OpenedAt, s.LeaseUntil, s.NextAt = store.Time(openedAt), store.Time(lease), store.Time(nextAt)
	s.Seal = store.Seal(seal)
	err = vault.ReadSettlement(&s, asked, moved, adjudication)
	if err != nil {
		return 0, settlement.Settlement{}, err
	}
	s.Claim.Approval = approved
	return no, s, nil
}

// scanSettlements reads and closes rows of columns.
func scanSettlements(vault store.Vault, rows pgx.Rows) ([]int64, []settlement.Settlement, error) {
	defer rows.Close()
	var nos []int64
	var found []settlement.Settlement
	for rows.Next() {
		no, s, err := scanSettlement(vault, rows)
		if err != nil {
			return nil, nil, err
		}
		nos, found = append(nos, no), append(found, s)
	}
	return nos, found, rows.Err()
}
