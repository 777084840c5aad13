package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// migrating is the advisory lock under which tables are made and changed. It
// is "onestop" in ASCII, so that whoever looks into pg_locks can read it.
const migrating = 0x6f6e6573746f70

// hold takes the lock for one connection, after whoever has it. release lets
// it go by closing the connection, and reports err beside its own trouble.
func hold(ctx context.Context, db *sql.DB) (release func(err error) error, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("locking: %w", err)
	}
	_, err = conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(migrating))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("locking: %w", err), conn.Close())
	}
	return func(err error) error {
		_, unlocking := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(migrating))
		return errors.Join(err, unlocking, conn.Close())
	}, nil
}
