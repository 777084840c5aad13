package sqlite

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Claim implements lifecycle.Store: oldest are those due longest. Invalid: an
// owner that no column may hold.
func (s *Store) Claim(ctx context.Context, claim lifecycle.Claim) ([]settlement.Settlement, error) {
	err := store.SoundOwner(claim.Owner)
	if err != nil || claim.Limit < 1 {
		return nil, err
	}
	var claimed []settlement.Settlement
	err = s.committer.do(ctx, func(on *session) error {
		claimed, err = takeOver(on, claim)
		return err
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

func takeOver(on *session, claim lifecycle.Claim) ([]settlement.Settlement, error) {
	const due = `SELECT ` + columns + ` FROM settlement
		WHERE state NOT IN ('COMMITTED', 'ABORTED', 'REVERSED') AND state <> 'ATTENTION' AND max(next_at, lease_until + 1) <= ?
		ORDER BY max(next_at, lease_until + 1), opened_at, id LIMIT ?`
	const take = `UPDATE settlement SET owner = ?, lease_until = ?, epoch = epoch + 1, revision = revision + 1 WHERE no = ?`
	rows, err := on.query(background, due, store.Micros(claim.Now), int64(claim.Limit))
	if err != nil {
		return nil, err
	}
	nos, claimed, err := scanSettlements(on.vault, rows)
	if err != nil {
		return nil, err
	}
	until := store.Micros(claim.Now.Add(claim.Lease))
	for i, no := range nos {
		_, err = on.exec(background, take, claim.Owner, until, no)
		if err != nil {
			return nil, err
		}
		s := &claimed[i]
		s.Owner, s.LeaseUntil = claim.Owner, store.Time(until)
		s.Epoch++
		s.Revision++
	}
	return claimed, nil
}

// noLease is the end of no lease.
var noLease = store.Micros(time.Time{})

// endLeases ends every lease there is: the lock proves that no owner lives.
func endLeases(on *session) error {
	const text = `UPDATE settlement SET lease_until = ?, revision = revision + 1
		WHERE state NOT IN ('COMMITTED', 'ABORTED', 'REVERSED') AND lease_until > ?`
	_, err := on.exec(background, text, noLease, noLease)
	return err
}
