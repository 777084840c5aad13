package postgres

import (
	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
)

// apart begins a write to the register. While identity numbers stand in their
// column in two ways, as they are and blind, the constraint on it does not see
// that two of them are the same: then a number that another person has is
// refused here, and gateways with keys write one after the other.
func (s *Store) apart(on *session, writes []eligibility.Write) (*pgx.Batch, error) {
	const alone = `SELECT pg_advisory_xact_lock($1)`
	const held = `SELECT EXISTS (SELECT FROM person WHERE certificate = ANY ($1::text[]) AND certificate <> '' AND id <> ALL ($2::text[]))`
	queued := begun()
	numbers, ids := s.vault.Named(writes)
	if s.vault.Ring == nil || len(numbers) == 0 {
		return queued, nil
	}
	var taken bool
	queued.Queue(alone, registerLock)
	queued.Queue(held, numbers, ids).QueryRow(func(row pgx.Row) error { return row.Scan(&taken) })
	err := on.trip(queued, tripWithin)
	if err == nil && taken {
		err = store.Taken("id_number", settlement.ReasonPersonMismatch)
	}
	return &pgx.Batch{}, err
}

// registerLock is the server's advisory lock of writes to the register.
const registerLock = 836082701
