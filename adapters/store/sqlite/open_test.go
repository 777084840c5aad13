package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

func TestSecondOpenIsBlocked(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]string{"same path": path, "by a symbolic link": link} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(t.Context(), Config{Path: other})
			if settlement.KindOf(err) != settlement.KindBlocked || !errors.Is(err, errHeld) {
				t.Errorf("%v, want Blocked", err)
			}
		})
	}
	shutTest(t, s)
	openTest(t, Config{Path: link})
}

func TestOpenTakesAnyPath(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, path := range []string{"plain.db", "结算 库.db", "100%.db", "a?b=c.db", "a#b.db", "a&_query_only=on.db", ":memory:", "c:d.db"} {
		t.Run(path, func(t *testing.T) {
			s := openTest(t, Config{Path: path})
			if err := openClose(t, s, 1); err != nil {
				t.Fatal(err)
			}
			shutTest(t, s)
			s = openTest(t, Config{Path: path})
			if _, err := s.Settlement(t.Context(), benchmarked(1).ID); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("kept elsewhere: %v", err)
			}
		})
	}
}

// What is in the files is nobody else's on the machine to read.
func TestFilesAreTheOwnersOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "onestop.db")
	s := openTest(t, Config{Path: path})
	if err := openClose(t, s, 1); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm", path + ".lock"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != fileMode {
			t.Errorf("%s has mode %o", filepath.Base(name), mode)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text.db")
	if err := os.WriteFile(text, []byte("this is a letter, and a long one, not a database at all\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"no path": "", "no folder": filepath.Join(folder, "none", "onestop.db"), "a folder": folder, "no database": text,
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(t.Context(), Config{Path: path})
			if err == nil || s != nil {
				t.Fatalf("opened %v", s)
			}
			if _, err = Open(t.Context(), Config{Path: path}); errors.Is(err, errHeld) {
				t.Error("the lock was kept by a store that did not open")
			}
		})
	}
}

func TestOpenRefusesNewerTables(t *testing.T) {
	path := fresh(t)
	alter(t, path, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
	_, err := Open(t.Context(), Config{Path: path})
	if settlement.KindOf(err) != settlement.KindBlocked || !errors.Is(err, errNewer) {
		t.Errorf("%v, want Blocked", err)
	}
}

func TestOpenGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := Open(ctx, Config{Path: filepath.Join(t.TempDir(), "onestop.db")}); err == nil {
		t.Errorf("opened %v", s)
	}
}

// The lock proves that the owners of leases are dead.
func TestOpenEndsLeases(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	leased := benchmarked(1)
	leased.NextAt = leased.OpenedAt
	openRecord(t, s, leased)
	shutTest(t, s)

	s = openTest(t, Config{Path: path})
	got := readRecord(t, s, leased.ID)
	if !got.LeaseUntil.IsZero() || got.Revision != 2 || got.Epoch != leased.Epoch {
		t.Errorf("lease until %v at revision %d, epoch %d", got.LeaseUntil, got.Revision, got.Epoch)
	}
	claimed, err := s.Claim(t.Context(), lifecycle.Claim{Owner: "gateway-1", Now: leased.OpenedAt, Lease: time.Second, Limit: 1})
	if err != nil || len(claimed) != 1 {
		t.Errorf("claimed %d, %v", len(claimed), err)
	}
}

func TestShut(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	if err := openClose(t, s, 1); err != nil {
		t.Fatal(err)
	}
	shutTest(t, s)
	shutTest(t, s)
	_, err := s.Settlement(t.Context(), benchmarked(1).ID)
	for what, err := range map[string]error{
		"a write":   openClose(t, s, 2),
		"a reading": err,
	} {
		if settlement.KindOf(err) != settlement.KindUnavailable || !errors.Is(err, errShut) {
			t.Errorf("%s: %v, want Unavailable", what, err)
		}
	}
}

// alter changes a database file behind the store's back.
func alter(t *testing.T, path, text string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err = db.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

func openRecord(t *testing.T, s *Store, record settlement.Settlement) settlement.Settlement {
	t.Helper()
	err := s.Open(t.Context(), opening(record))
	if err != nil {
		t.Fatal(err)
	}
	record.Revision = 1
	return record
}

func readRecord(t *testing.T, s *Store, id settlement.SettlementID) settlement.Settlement {
	t.Helper()
	record, err := s.Settlement(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return record
}
