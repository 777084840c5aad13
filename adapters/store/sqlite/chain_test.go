package sqlite

import (
	"database/sql"
	"flag"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
)

var tampers = flag.Int("tampers", 300, "how often the sealed rows are tampered with")

// chained is a store in which every verb has written, and its file.
func chained(t *testing.T, keys *sealing.Ring) (*Store, string) {
	t.Helper()
	path := fresh(t)
	s := openTest(t, Config{Path: path, Keys: keys})
	storetest.AppendAll(t, storetest.Opened{
		Store: s, Quotes: s, Registry: s, Register: s, Treasury: s, Desk: s, Chain: s.Chain(), Press: s, Council: s, Stays: s, Reconciliations: s, House: s,
	}, 12)
	return s, path
}

// Somebody has the file, drops every trigger and index, and changes what is
// sealed: each change is found.
func TestEveryTamperIsFound(t *testing.T) {
	t.Run("plain", func(t *testing.T) { everyTamperIsFound(t, nil) })
	t.Run("sealed", func(t *testing.T) { everyTamperIsFound(t, storetest.NewRingFile(t, sealing.AES).Use(t).Open(t)) })
}

func everyTamperIsFound(t *testing.T, keys *sealing.Ring) {
	vault := store.Vault{Ring: keys}
	s, path := chained(t, keys)
	heads, key := storetest.Heads(t, s.Chain())
	shutTest(t, s)
	db, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	db.SetMaxOpenConns(1)
	defer db.Close()
	for _, kind := range []string{"trigger", "index"} {
		dropAll(t, db, kind)
	}
	reader := newSession(db, vault)
	defer reader.finish()
	exec := func(text string) error {
		_, err := db.ExecContext(t.Context(), text)
		return err
	}
	storetest.Tampers(t, storetest.Bench{
		Archive: chainArchive{store: &Store{vault: vault, reads: db, reader: reader}},
		Exec:    exec,
		Grown:   func(column string) string { return "CAST(" + column + " || x'01' AS BLOB)" },
		Begin:   func() error { return exec("BEGIN") },
		Undo:    func() error { return exec("ROLLBACK") },
	}, heads, key, *tampers)
}

// dropAll drops every trigger, or every index that can be.
func dropAll(t *testing.T, db *sql.DB, kind string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT name FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL`, kind)
	must(t, err)
	var names []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		names = append(names, name)
	}
	must(t, rows.Close())
	for _, name := range names {
		_, err := db.ExecContext(t.Context(), "DROP "+kind+" "+name)
		must(t, err)
	}
}

// Turns go on behind those that were sealed, whatever was taken back before.
func TestTurnsOutliveARestart(t *testing.T) {
	s, path := chained(t, nil)
	_, _ = storetest.Heads(t, s.Chain())
	before, err := s.Chain().Horizon(t.Context())
	must(t, err)
	shutTest(t, s)
	s = openTest(t, Config{Path: path})
	after, err := s.Chain().Horizon(t.Context())
	must(t, err)
	if before == 0 || after != before {
		t.Errorf("turn %d, and %d after a restart", before, after)
	}
}
