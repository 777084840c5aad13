package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/pressly/goose/v3"
)

// Inspect looks at the store at path, which need not be there yet, and changes
// nothing in it. Any error says what of the file cannot be read.
func Inspect(ctx context.Context, path string) (c store.Condition, err error) {
	c.Engine = "SQLite"
	if c.Folder, err = filepath.Abs(filepath.Dir(path)); err != nil {
		return c, err
	}
	if c.Program, err = newest(); err != nil {
		return c, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	db, err := readOnly(path)
	if err != nil {
		return c, fmt.Errorf("inspecting store: %w", err)
	}
	var s settings
	const text = `SELECT journal_mode, sqlite_version() FROM pragma_journal_mode`
	err = db.QueryRowContext(ctx, text).Scan(&s.journal, &s.version)
	if err == nil {
		c.Engine += " " + s.version
		c.Tables, err = tablesOf(ctx, db)
	}
	if c.Tables > 0 && s.journal != "wal" {
		c.Flaws = append(c.Flaws, store.Flaw{Setting: "journal_mode", Value: s.journal, Remedy: "open it with the gateway once, which sets wal"})
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return c, fmt.Errorf("inspecting store: %w", err)
	}
	return c, nil
}

// readOnly opens the file at path beside whoever else has it open.
func readOnly(path string) (*sql.DB, error) {
	file := url.URL{Path: path}
	return sql.Open("sqlite", "file:"+file.EscapedPath()+"?mode=ro&_query_only=on&_busy_timeout=5000")
}

// tablesOf is the version of the tables, 0 where there are none.
func tablesOf(ctx context.Context, db *sql.DB) (version int64, err error) {
	const there = `SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'`
	const text = `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`
	if err = db.QueryRowContext(ctx, there).Scan(&version); err != nil || version == 0 {
		return 0, err
	}
	err = db.QueryRowContext(ctx, text).Scan(&version)
	return version, err
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
