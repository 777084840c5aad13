package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	sqlite3 "modernc.org/sqlite/lib"
)

// The failures are SQLite's own: an error of its driver cannot be made by hand.
func TestInterpretSQLite(t *testing.T) {
	path := fresh(t)
	writes, err := connect(path, "&_pragma=busy_timeout(1)", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer writes.Close()
	reads, err := connect(path, "&_query_only=on", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer reads.Close()
	for _, c := range []struct {
		name string
		fail func(ctx context.Context) error
		code int
		kind settlement.Kind
	}{
		{"read only", run(reads, `DELETE FROM person`), sqlite3.SQLITE_READONLY, settlement.KindUnavailable},
		{"unique", run(writes, `INSERT INTO person (id, certificate, document) VALUES ('p', '', x''), ('p', '', x'')`), sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, settlement.KindInternal},
		{"check", run(writes, `INSERT INTO accumulator (beneficiary, year, sequence, used, deductible_met, critical_illness_base, critical_illness_paid, care_grants)
			VALUES ('p', 2012, 1, '{}', -1, 0, 0, 0)`), sqlite3.SQLITE_CONSTRAINT_CHECK, settlement.KindInternal},
		{"foreign key", run(writes, `INSERT INTO message (id, settlement) VALUES ('m', 77)`), sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, settlement.KindInternal},
		{"syntax", run(writes, `SELECT FROM`), sqlite3.SQLITE_ERROR, settlement.KindInternal},
		{"wrong type", run(writes, `INSERT INTO person (id, certificate, document) VALUES ('p', '', 'text')`), sqlite3.SQLITE_CONSTRAINT_DATATYPE, settlement.KindInternal},
		{"full", run(writes, `PRAGMA max_page_count = 1; INSERT INTO person (id, certificate, document) VALUES ('p', '', zeroblob(1000000))`), sqlite3.SQLITE_FULL, settlement.KindUnavailable},
		{"busy", busy(t, path, writes), sqlite3.SQLITE_BUSY, settlement.KindUnavailable},
		{"cannot open", cannotOpen(t), sqlite3.SQLITE_CANTOPEN, settlement.KindUnavailable},
		{"not a database", notADatabase(t), sqlite3.SQLITE_NOTADB, settlement.KindInternal},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.fail(t.Context())
			if got := code(err); got != c.code && got&primary != c.code {
				t.Fatalf("code %d (%v), want %d", got, err, c.code)
			}
			got := interpret(err)
			if settlement.KindOf(got) != c.kind || !errors.Is(got, err) {
				t.Errorf("kind %d, want %d", settlement.KindOf(got), c.kind)
			}
		})
	}
}

func run(db *sql.DB, text string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		_, err := db.ExecContext(ctx, text)
		return err
	}
}

func busy(t *testing.T, path string, writes *sql.DB) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		other, err := connect(path, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		tx, err := other.BeginTx(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		return run(writes, `BEGIN IMMEDIATE`)(ctx)
	}
}

func cannotOpen(t *testing.T) func(ctx context.Context) error {
	db, err := connect(t.TempDir(), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db.PingContext
}

func notADatabase(t *testing.T) func(ctx context.Context) error {
	path := t.TempDir() + "/text.db"
	if err := os.WriteFile(path, []byte("this is a letter, and a long one, not a database at all\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := connect(path, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db.PingContext
}

func TestInterpretOthers(t *testing.T) {
	conflict := store.Stale("s-1")
	for _, c := range []struct {
		name string
		err  error
		kind settlement.Kind
	}{
		{"cancelled", context.Canceled, settlement.KindUnavailable},
		{"too late", fmt.Errorf("reading: %w", context.DeadlineExceeded), settlement.KindUnavailable},
		{"connection gone", driver.ErrBadConn, settlement.KindUnavailable},
		{"connection given back", sql.ErrConnDone, settlement.KindUnavailable},
		{"no row where one must be", sql.ErrNoRows, settlement.KindInternal},
		{"a stranger", errStruck, settlement.KindInternal},
		{"one of the house", conflict, settlement.KindConflict},
		{"one of the house, wrapped", fmt.Errorf("closing: %w", conflict), settlement.KindConflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := interpret(c.err)
			if settlement.KindOf(got) != c.kind || !errors.Is(got, c.err) {
				t.Errorf("%v, want kind %d", got, c.kind)
			}
		})
	}
	if got := interpret(nil); got != nil {
		t.Errorf("%v of no error", got)
	}
	if code(errStruck) != sqlite3.SQLITE_OK || duplicate(errStruck) || duplicate(nil) {
		t.Error("a stranger has a code of SQLite")
	}
}
