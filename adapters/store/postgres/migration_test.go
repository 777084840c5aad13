package postgres

import (
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
)

// another makes an empty database, without tables, that lasts as long as the
// test.
func another(t *testing.T, name string) string {
	t.Helper()
	cluster := shared.in(t)
	cluster.Exec("postgres", "CREATE DATABASE "+name)
	t.Cleanup(func() { cluster.Exec("postgres", "DROP DATABASE "+name+" WITH (FORCE)") })
	return cluster.DSN(name)
}

// Gateways of one release start together; one of them makes the tables.
func TestGatewaysStartTogether(t *testing.T) {
	dsn := another(t, "together")
	stores := make([]*Store, 4)
	var group sync.WaitGroup
	for i := range stores {
		group.Go(func() {
			var err error
			stores[i], err = Open(t.Context(), Config{DSN: dsn})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for i, s := range stores {
		if s != nil {
			settled(t, s, int64(i))
			shutTest(t, s)
		}
	}
	if locks := shared.in(t).Exec("together", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"); locks != "0" {
		t.Errorf("%s locks are left", locks)
	}
}

// Nothing is made while another process is at it.
func TestStartWaitsForWhoMigrates(t *testing.T) {
	dsn := another(t, "waiting")
	cluster := shared.in(t)
	conn, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), `SELECT pg_advisory_lock($1)`, int64(migrating))
	must(t, err)
	opened := make(chan *Store)
	go func() {
		s, err := Open(t.Context(), Config{DSN: dsn})
		if err != nil {
			t.Error(err)
		}
		opened <- s
	}()
	eventually(t, "the start to wait", func() bool {
		return cluster.Exec("waiting", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == "1"
	})
	if tables := cluster.Exec("waiting", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"); tables != "0" {
		t.Errorf("%s tables were made meanwhile", tables)
	}
	must(t, conn.Close(t.Context())) // which lets the lock go
	s := <-opened
	settled(t, s, 1)
	shutTest(t, s)
}

func TestNewerTablesAreBlocked(t *testing.T) {
	dsn := another(t, "newer")
	s := openTest(t, Config{DSN: dsn})
	shutTest(t, s)
	shared.in(t).Exec("newer", "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
	_, err := Open(t.Context(), Config{DSN: dsn})
	wants(t, err, settlement.KindBlocked)
	_, err = OpenArchive(t.Context(), Config{DSN: dsn})
	wants(t, err, settlement.KindBlocked)
}

// A gateway whose role may not make tables can be started on tables that are
// there.
func TestTablesInPlaceNeedNoRights(t *testing.T) {
	dsn := fresh(t)
	cluster := shared.in(t)
	cluster.Exec("postgres", "DROP ROLE IF EXISTS clerk", "CREATE ROLE clerk LOGIN")
	s := openTest(t, Config{DSN: dsn})
	database := s.reads.Config().ConnConfig.Database
	cluster.Exec(database, "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO clerk", "GRANT USAGE ON SEQUENCE settlement_no TO clerk")
	t.Cleanup(func() { cluster.Exec(database, "DROP OWNED BY clerk") })
	settled(t, openTest(t, Config{DSN: dsn + " user=clerk"}), 1)
}

func TestTablesAreAnalysed(t *testing.T) {
	dsn := another(t, "analysed")
	s := openTest(t, Config{DSN: dsn})
	var never int
	err := s.reads.QueryRow(t.Context(), `SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
		AND reltuples < 0 AND relname <> 'goose_db_version'`).Scan(&never)
	must(t, err)
	if never != 0 {
		t.Errorf("%d tables were never analysed", never)
	}
}

// What was written before lines of the audit trail had seals is read as it was,
// and written on.
func TestOlderTablesAreBroughtUp(t *testing.T) {
	dsn := another(t, "older")
	s := openTest(t, Config{DSN: dsn})
	opened := openedRecord(t, s, 1)
	shutTest(t, s)
	cluster := shared.in(t)
	cluster.Exec("older", "ALTER TABLE settlement DROP COLUMN seal", "ALTER TABLE event DROP COLUMN seal, DROP COLUMN state, DROP COLUMN epoch",
		"DELETE FROM goose_db_version WHERE version_id > 1")
	_, err := OpenArchive(t.Context(), Config{DSN: dsn})
	wants(t, err, settlement.KindBlocked)

	s = openTest(t, Config{DSN: dsn})
	events, err := s.Events(t.Context(), opened.ID)
	must(t, err)
	for _, e := range events {
		if e.Epoch != 0 || e.State != "" || e.Seal != (settlement.Seal{}) {
			t.Errorf("an old line has %d %q %x", e.Epoch, e.State, e.Seal)
		}
	}
	found, err := s.Settlement(t.Context(), opened.ID)
	must(t, err)
	if found.Seal != (settlement.Seal{}) || len(events) == 0 {
		t.Errorf("seal %x, %d lines", found.Seal, len(events))
	}
	_, err = s.Close(t.Context(), found, storetest.Closing(found))
	must(t, err)
}
