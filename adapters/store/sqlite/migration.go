package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

var errNewer = errors.New("the file was written by a newer program")

// migrate brings the tables up to this program's version. Blocked: they are
// of a newer one, which this program does not understand.
func migrate(ctx context.Context, db *sql.DB) error {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("finding migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, folder, goose.WithDisableGlobalRegistry(true))
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
	_, err = provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	return nil
}
