package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
)

// Inspect looks at the database that config.DSN names, against the clock now,
// and changes nothing in it; what config.Dev would bear is told all the same.
// Unavailable: it cannot be reached, or its settings cannot be read.
func Inspect(ctx context.Context, config Config, now func() time.Time) (store.Condition, error) {
	named, err := pgx.ParseConfig(config.DSN)
	if err != nil {
		return store.Condition{}, store.Broken(fmt.Errorf("reading DSN: %w", err))
	}
	complete(named)
	conn, err := pgx.ConnectConfig(ctx, named)
	if err != nil {
		return store.Condition{}, store.Unavailable(err)
	}
	defer conn.Close(ctx)
	found, err := readSettings(ctx, conn, now)
	if err != nil {
		return store.Condition{}, store.Unavailable(err)
	}
	config.Dev = false
	c := store.Condition{
		Engine: fmt.Sprintf("PostgreSQL %d.%d", found.version/10000, found.version%10000),
		Flaws:  found.flaws(config), Skew: found.skew,
	}
	if c.Program, err = newest(); err != nil {
		return c, err
	}
	if c.Tables, err = tablesOf(ctx, conn); err != nil {
		return c, interpret(err)
	}
	if err := conn.QueryRow(ctx, mightyText).Scan(&c.Mighty); err != nil {
		return c, interpret(err)
	}
	if c.Walled, _, err = wallStands(ctx, conn); err != nil {
		return c, interpret(err)
	}
	// Whoever may not see a setting gets no row of it.
	const folder = `SELECT coalesce((SELECT setting FROM pg_settings WHERE name = 'data_directory'), '')`
	return c, interpret(conn.QueryRow(ctx, folder).Scan(&c.Folder))
}

// tablesOf is the version of the tables, 0 where there are none.
func tablesOf(ctx context.Context, on interface {
	QueryRow(ctx context.Context, text string, args ...any) pgx.Row
}) (int64, error) {
	const text = `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`
	var version int64
	err := on.QueryRow(ctx, text).Scan(&version)
	if refusal := refusalOf(err); refusal != nil && refusal.Code == codeNoTable {
		return 0, nil
	}
	return version, err
}
