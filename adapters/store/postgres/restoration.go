package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Restoration implements lifecycle.Restorations.
func (s *Store) Restoration(ctx context.Context) (lifecycle.Restoration, error) {
	const text = `SELECT begun_at, done_at FROM restoration ORDER BY begun_at DESC LIMIT 1`
	var begun, done int64
	err := s.reader(ctx).QueryRow(ctx, text).Scan(&begun, &done)
	if absent(err) {
		return lifecycle.Restoration{}, nil
	}
	return store.Restoration(begun, done), s.outcome(err)
}

// PutRestoration implements lifecycle.Restorations.
func (s *Store) PutRestoration(ctx context.Context, r lifecycle.Restoration) error {
	const text = `INSERT INTO restoration (begun_at, done_at) VALUES ($1, $2) ON CONFLICT (begun_at) DO UPDATE SET done_at = excluded.done_at`
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		begunAt, doneAt := store.RestorationMicros(r)
		queued.Queue(text, begunAt, doneAt)
		return queued, nil
	})
}

// Others counts the sessions that stores have on this database under the usual
// name: a gateway that runs has at least one. Sessions of other database users
// can only be counted by a role that may see them.
func (s *Store) Others(ctx context.Context) (count int, err error) {
	const text = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1`
	err = s.reader(ctx).QueryRow(ctx, text, nameUsual).Scan(&count)
	if err != nil {
		return 0, fmt.Errorf("counting other sessions: %w", s.outcome(err))
	}
	return count, nil
}
