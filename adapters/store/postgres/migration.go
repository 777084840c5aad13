package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

var errNewer = errors.New("the tables were made by a newer program")

// migrate brings the tables up to this program's version, one process at a
// time. Blocked: they are of a newer one, which this program does not
// understand.
func migrate(ctx context.Context, config Config) error {
	named, err := pgx.ParseConfig(config.DSN)
	if err != nil {
		return fmt.Errorf("reading DSN: %w", err)
	}
	complete(named)
	db := stdlib.OpenDB(*named)
	defer db.Close()
	release, err := hold(ctx, db)
	if err != nil {
		return interpret(err)
	}
	return release(raise(ctx, db))
}

// raise runs the migrations that are missing. The caller has the lock.
func raise(ctx context.Context, db *sql.DB) error {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("finding migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("reading migrations: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading version of tables: %w", interpret(err))
	}
	if current > target {
		return &settlement.Error{
			Kind: settlement.KindBlocked, Reason: settlement.ReasonStoreUnavailable,
			Cause: fmt.Errorf("%w: tables %d, program %d", errNewer, current, target),
		}
	}
	done, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	if len(done) == 0 {
		return nil
	}
	// Plans made from now on know that the tables are what they are.
	_, err = db.ExecContext(ctx, `ANALYZE settlement, request, answer, message, accumulator, attempt, entry, event, person`)
	if err != nil {
		return fmt.Errorf("analysing tables: %w", interpret(err))
	}
	return nil
}
