package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Open implements lifecycle.Store. Invalid: a text that no column may hold.
func (s *Store) Open(ctx context.Context, change lifecycle.Change) error {
	if change.Request == nil {
		return store.Broken(errNoRequest)
	}
	err := store.Sound(change)
	if err != nil {
		return err
	}
	var no int64
	err = s.committer.do(ctx, func(on *session) (err error) {
		no, err = insertSettlement(on, change)
		if err != nil {
			return err
		}
		err = insertMessages(on, no, store.Allocated(change))
		if err != nil {
			return err
		}
		return appendChange(on, record{no: no, revision: 1}, change)
	})
	if err == nil {
		s.recent.Note(store.Written{No: no, Revision: 1, Opened: &change.Settlement, Attempts: change.Attempts, Entries: change.Entries})
	}
	return err
}

// Advance implements lifecycle.Store. Invalid: a text that no column may
// hold. Exists also where a message id belongs to another settlement.
func (s *Store) Advance(ctx context.Context, change lifecycle.Change) error {
	err := store.Sound(change)
	if err != nil {
		return err
	}
	var no int64
	err = s.committer.do(ctx, func(on *session) (err error) {
		no, err = advance(on, change, nil)
		return err
	})
	if err == nil {
		s.note(no, &change)
	}
	return err
}

// note holds what a write over a record has committed and is still to be sealed.
func (s *Store) note(no int64, change *lifecycle.Change) {
	s.recent.Note(store.Written{No: no, Revision: change.Settlement.Revision + 1, Attempts: change.Attempts, Entries: change.Entries})
}

// Close implements lifecycle.Store. decide runs inside the one writing
// transaction, so it must be quick and must not ask this store for a write,
// which would wait for itself. Invalid and Exists as in Advance.
func (s *Store) Close(ctx context.Context, current settlement.Settlement, decide lifecycle.Decide) (settlement.Settlement, error) {
	var change lifecycle.Change
	var no int64
	var refused error // of decide, to be returned as it is
	err := s.committer.do(ctx, func(on *session) error {
		refused = nil
		found, err := readYear(background, on, keyOf(&current))
		if err != nil {
			return err
		}
		ground, err := groundOf(on, &current, found)
		if err != nil {
			return err
		}
		change, err = decide(ground)
		if err != nil {
			refused = err
			return err
		}
		if change.Settlement.ID != current.ID {
			return store.Broken(errOtherSettlement)
		}
		err = store.Sound(change)
		if err != nil {
			return err
		}
		no, err = advance(on, change, found)
		return err
	})
	if refused != nil {
		return settlement.Settlement{}, refused
	}
	if err != nil {
		return settlement.Settlement{}, err
	}
	s.note(no, &change)
	written := change.Settlement
	written.Revision++
	return written, nil
}

var (
	errNoRequest       = errors.New("a settlement is opened with its request key")
	errOtherSettlement = errors.New("decide answered for another settlement than it was asked about")
)

// Settlement implements lifecycle.Store.
func (s *Store) Settlement(ctx context.Context, id settlement.SettlementID) (settlement.Settlement, error) {
	const text = `SELECT ` + columns + ` FROM settlement WHERE id = ?`
	_, found, err := scanSettlement(s.vault, s.reader.row(ctx, text, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return found, store.Missing("settlement", string(id))
	}
	return found, s.outcome(err)
}

// record is one write of one settlement: what its journals are named by, and
// the accumulator where it was read already.
type record struct {
	no       int64
	revision int64
	found    *year
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
func scanSettlements(vault store.Vault, rows *sql.Rows) ([]int64, []settlement.Settlement, error) {
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

// insertSettlement refuses (Exists) a discharge that has a live settlement, or
// a settlement's own id given out twice.
func insertSettlement(on *session, change lifecycle.Change) (int64, error) {
	const text = `INSERT INTO settlement (id, tenant, facility, discharge, discharged, beneficiary, year, opened_at,
			asked, state, decision, moved, adjudication, sequence, review, revision, epoch, owner, lease_until, next_at, seal, approval)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	s := &change.Settlement
	result, err := on.run(background, text, string(s.ID), string(s.Tenant), string(s.Facility), string(s.Discharge),
		int64(s.Claim.Discharge), string(s.Beneficiary.ID), int64(s.Year), store.Micros(s.OpenedAt),
		on.vault.Asked(s), string(s.State), string(s.Decision), on.vault.Moved(s), on.vault.Adjudication(s),
		s.Sequence, s.Review, s.Epoch, s.Owner, store.Micros(s.LeaseUntil), store.Micros(s.NextAt), s.Seal[:], string(s.Claim.Approval))
	if err != nil {
		return 0, err
	}
	touched, err := result.RowsAffected()
	if err == nil && touched == 0 {
		err = crossed(on, s)
	}
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// crossed says what an insertion met: the discharge's live settlement, or that
// of another which uses the approval.
func crossed(on *session, s *settlement.Settlement) error {
	const text = `SELECT EXISTS (SELECT 1 FROM settlement
		WHERE approval = ? AND approval <> '' AND state NOT IN ('ABORTED', 'REVERSED') AND NOT (tenant = ? AND discharge = ?))`
	var used bool
	err := on.row(background, text, string(s.Claim.Approval), string(s.Tenant), string(s.Discharge)).Scan(&used)
	if err != nil {
		return err
	}
	if used {
		return store.Taken("approval", settlement.ReasonApprovalUsed)
	}
	return store.Taken("discharge", settlement.ReasonDischargeOpen)
}

// advance writes change over the record it was made from, and gives its short key.
func advance(on *session, change lifecycle.Change, found *year) (int64, error) {
	const text = `UPDATE settlement SET state = ?, decision = ?, moved = ?, adjudication = ?, sequence = ?, review = ?,
			revision = revision + 1, owner = ?, lease_until = ?, next_at = ?, seal = ?
		WHERE id = ? AND revision = ? AND epoch = ? RETURNING no`
	s := &change.Settlement
	var no int64
	err := on.row(background, text, string(s.State), string(s.Decision), on.vault.Moved(s), on.vault.Adjudication(s),
		s.Sequence, s.Review, s.Owner, store.Micros(s.LeaseUntil), store.Micros(s.NextAt), s.Seal[:],
		string(s.ID), s.Revision, s.Epoch).Scan(&no)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, store.Stale(s.ID)
	}
	if err != nil {
		return 0, err
	}
	on.wrote = true
	err = insertMessages(on, no, store.Sent(change))
	if err != nil {
		return 0, err
	}
	return no, appendChange(on, record{no, s.Revision + 1, found}, change)
}

// appendChange writes all of change but the settlement's own row.
func appendChange(on *session, to record, change lifecycle.Change) error {
	steps := []func() error{
		func() error { return insertRequest(on, to, change.Request) },
		func() error { return insertAttempts(on, to, &change) },
		func() error { return insertEntries(on, to, change.Entries) },
		func() error { return insertEvents(on, to, change.Events) },
		func() error { return addDelta(on, to, &change) },
		func() error { return insertQuoteEvents(on, change.Quotes) },
		func() error { return flagReview(on, change.Review) },
		func() error { return insertFinal(on, to, change.Final) },
	}
	for _, step := range steps {
		err := step()
		if err != nil {
			return err
		}
	}
	return nil
}

// flagReview marks settlements for review; each write of a record raises its
// revision, this one too.
func flagReview(on *session, ids []settlement.SettlementID) error {
	const text = `UPDATE settlement SET review = 1, revision = revision + 1 WHERE id = ?`
	for _, id := range ids {
		touched, err := on.exec(background, text, string(id))
		if err != nil {
			return err
		}
		if touched == 0 {
			return store.Broken(fmt.Errorf("flagging for review: no settlement %s", id))
		}
	}
	return nil
}

// outcome is what a read that gave err answers.
func (s *Store) outcome(err error) error {
	if err != nil && s.over.Load() {
		return store.Unavailable(errShut)
	}
	return interpret(err)
}
