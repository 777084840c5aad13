package yardstick

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
)

// A bare commit is as durable as the product's: a write-ahead log, synced at
// every commit, and every row is there.
func TestBareSQLite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bare.db")
	b, err := BareSQLite(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	for worker := range 3 {
		if err := b.Commit(t.Context(), worker); err != nil {
			t.Fatal(err)
		}
	}
	var journal string
	var synchronous int
	of := b.(*bareFile).db.QueryRowContext(t.Context(), `SELECT journal_mode, synchronous FROM pragma_journal_mode, pragma_synchronous`)
	if err := of.Scan(&journal, &synchronous); err != nil || journal != "wal" || synchronous != 2 {
		t.Errorf("journal_mode %s, synchronous %d, %v", journal, synchronous, err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if err := b.Commit(t.Context(), 0); err == nil {
		t.Error("a commit after the end")
	}
	if rows := count(t.Context(), file); rows != 3 {
		t.Errorf("%d rows", rows)
	}
}

func count(ctx context.Context, file string) (rows int) {
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		return -1
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM bare`).Scan(&rows); err != nil {
		return -1
	}
	return rows
}

func TestBareNeedsItsDatabase(t *testing.T) {
	if _, err := BareSQLite(t.Context(), filepath.Join(t.TempDir(), "no", "folder")); err == nil {
		t.Error("a file in no folder")
	}
	if _, err := BarePostgres(t.Context(), "postgres://nobody@127.0.0.1:1/none", 2); err == nil || !strings.Contains(err.Error(), "bare commits: ") {
		t.Error("a server that is not there:", err)
	}
}
