package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Claim implements lifecycle.Store: oldest are those due longest. A lease is
// over when the caller's clock and the database's both say so. What another
// gateway is writing or claiming this moment is passed by. Invalid: an owner
// that no column may hold.
func (s *Store) Claim(ctx context.Context, claim lifecycle.Claim) ([]settlement.Settlement, error) {
	err := store.SoundOwner(claim.Owner)
	if err != nil || claim.Limit < 1 {
		return nil, err
	}
	var claimed []settlement.Settlement
	err = s.errand(ctx, func(on *session) (*pgx.Batch, error) {
		nos, found, err := on.due(s.vault, claim)
		if err != nil || len(nos) == 0 {
			return nil, err
		}
		claimed = found
		return on.takeOver(nos, claimed, claim), nil
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// due locks what can be claimed. The time of the database is that of the
// transaction's beginning.
func (s *session) due(vault store.Vault, claim lifecycle.Claim) ([]int64, []settlement.Settlement, error) {
	const text = `SELECT ` + columns + ` FROM settlement
		WHERE state NOT IN ('COMMITTED', 'ABORTED', 'REVERSED') AND state <> 'ATTENTION'
			AND greatest(next_at, lease_until + 1) <= $1
			AND lease_over < (extract(epoch FROM now()) * 1000000)::bigint
		ORDER BY greatest(next_at, lease_until + 1), opened_at, id LIMIT $2 FOR UPDATE SKIP LOCKED`
	var nos []int64
	var found []settlement.Settlement
	queued := begun()
	queued.Queue(text, store.Micros(claim.Now), int64(claim.Limit)).Query(func(rows pgx.Rows) error {
		var err error
		nos, found, err = scanSettlements(vault, rows)
		return err
	})
	err := s.trip(queued, tripWithin)
	return nos, found, err
}

// takeOver queues what makes the locked settlements the claimant's, and makes
// them so in claimed.
func (s *session) takeOver(nos []int64, claimed []settlement.Settlement, claim lifecycle.Claim) *pgx.Batch {
	const text = `UPDATE settlement SET owner = $1, lease_until = $2, lease_over = $3, epoch = epoch + 1, revision = revision + 1
		WHERE no = ANY ($4::bigint[])`
	until := store.Micros(claim.Now.Add(claim.Lease))
	for i := range claimed {
		one := &claimed[i]
		one.Owner, one.LeaseUntil = claim.Owner, store.Time(until)
		one.Epoch++
		one.Revision++
	}
	queued := &pgx.Batch{}
	queued.Queue(text, claim.Owner, until, until+s.link.skew.Microseconds(), nos)
	return queued
}

// errand runs a write that shares no commit with others: it is rare and its
// caller can wait. prepare may look first; it begins the transaction and gives
// what is left to do, or nil for nothing. Unavailable and InDoubt as in
// committer.do.
func (s *Store) errand(ctx context.Context, prepare func(on *session) (*pgx.Batch, error)) error {
	select {
	case s.errands <- struct{}{}:
		defer func() { <-s.errands }()
	case <-ctx.Done():
	}
	return s.alone(ctx, prepare)
}

// alone is errand beside whatever errand is under way.
func (s *Store) alone(ctx context.Context, prepare func(on *session) (*pgx.Batch, error)) error {
	err := store.GivenUp(ctx)
	if err != nil {
		return err
	}
	on, err := s.writer.begin(ctx)
	if err != nil {
		return err
	}
	defer on.release()
	queued, err := prepare(on)
	if err != nil {
		s.writer.takeBack(on, err)
		return interpret(err)
	}
	if queued == nil {
		on.undo()
		return nil
	}
	return interpret(s.writer.commit(on, queued))
}
