package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// migrating is the advisory lock under which tables are made and changed. It
// is "onestop" in ASCII, so that whoever looks into pg_locks can read it.
const migrating = 0x6f6e6573746f70

// holdEvery is how often the lock is tried while another has it.
const holdEvery = 100 * time.Millisecond

// hold takes the lock for one connection, after whoever has it. release lets
// it go by closing the connection, and reports err beside its own trouble.
//
// It asks again and again rather than waiting in the server: a statement that
// waits has a snapshot, and whoever holds the lock may be building an index
// concurrently, which waits for every older snapshot to end.
func hold(ctx context.Context, db *sql.DB) (release func(err error) error, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("locking: %w", err)
	}
	if err := patiently(ctx, conn); err != nil {
		return nil, errors.Join(fmt.Errorf("locking: %w", err), conn.Close())
	}
	return func(err error) error {
		_, unlocking := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(migrating))
		return errors.Join(err, unlocking, conn.Close())
	}, nil
}

// patiently tries until conn has the lock or ctx ends.
func patiently(ctx context.Context, conn *sql.Conn) error {
	tick := time.NewTicker(holdEvery)
	defer tick.Stop()
	for {
		var ours bool
		err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, int64(migrating)).Scan(&ours)
		if err != nil || ours {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
