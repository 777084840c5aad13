package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Restoration implements lifecycle.Restorations.
func (s *Store) Restoration(ctx context.Context) (lifecycle.Restoration, error) {
	const text = `SELECT begun_at, done_at FROM restoration ORDER BY begun_at DESC LIMIT 1`
	var begun, done int64
	err := s.reader.row(ctx, text).Scan(&begun, &done)
	if errors.Is(err, sql.ErrNoRows) {
		return lifecycle.Restoration{}, nil
	}
	return store.Restoration(begun, done), s.outcome(err)
}

// PutRestoration implements lifecycle.Restorations.
func (s *Store) PutRestoration(ctx context.Context, r lifecycle.Restoration) error {
	return s.committer.do(ctx, func(on *session) error {
		begunAt, doneAt := store.RestorationMicros(r)
		_, err := on.exec(background, putRestoration, begunAt, doneAt)
		return err
	})
}

const putRestoration = `INSERT INTO restoration (begun_at, done_at) VALUES (?, ?) ON CONFLICT (begun_at) DO UPDATE SET done_at = excluded.done_at`

// Others counts the other gateways that have this store open. The lock leaves
// none.
func (s *Store) Others(context.Context) (int, error) { return 0, nil }
