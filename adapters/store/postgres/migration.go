package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

var (
	errNewer = errors.New("the tables were made by a newer program")
	errOther = errors.New("the tables are of another version than this program")
)

func blocked(cause error) error {
	return &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonStoreUnavailable, Cause: cause}
}

// migrate brings the tables up to this program's version, one process at a
// time. Blocked: they are of a newer one, which this program does not
// understand.
func migrate(ctx context.Context, config Config) error {
	named, err := pgx.ParseConfig(config.DSN)
	if err != nil {
		return fmt.Errorf("reading DSN: %w", err)
	}
	named.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
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
		return blocked(fmt.Errorf("%w: tables %d, program %d", errNewer, current, target))
	}
	done, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	if len(done) == 0 {
		return nil
	}
	return analyse(ctx, db)
}

// analyse lets plans made from now on know that the tables are what they are.
func analyse(ctx context.Context, db *sql.DB) error {
	var tables string
	err := db.QueryRowContext(ctx, `SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = current_schema()`).Scan(&tables)
	if err == nil {
		_, err = db.ExecContext(ctx, "ANALYZE "+tables)
	}
	if err != nil {
		return fmt.Errorf("analysing tables: %w", interpret(err))
	}
	return nil
}

// understood refuses (Blocked) tables that are of another version than this
// program, without bringing them up to date.
func understood(ctx context.Context, pool *pgxpool.Pool) error {
	current, err := tablesOf(ctx, pool)
	if err != nil {
		return interpret(err)
	}
	if current == 0 {
		return blocked(errOther)
	}
	target, err := newest()
	if err != nil {
		return err
	}
	if current != target {
		return blocked(fmt.Errorf("%w: tables %d, program %d", errOther, current, target))
	}
	return nil
}

// newest is the version that this program's migrations lead to.
func newest() (int64, error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return 0, fmt.Errorf("finding migrations: %w", err)
	}
	var last int64
	for _, file := range files {
		version, err := goose.NumericComponent(file.Name())
		if err != nil {
			return 0, fmt.Errorf("reading migrations: %w", err)
		}
		last = max(last, version)
	}
	return last, nil
}
