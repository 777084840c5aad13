package postgres

import (
	"database/sql"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/pressly/goose/v3"
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
	eventually(t, "the start to ask for the lock", func() bool {
		return cluster.Exec("waiting", "SELECT count(*) FROM pg_stat_activity WHERE datname = 'waiting' AND query LIKE '%pg_try_advisory_lock%' AND pid <> pg_backend_pid()") == "1"
	})
	if waiting := cluster.Exec("waiting", "SELECT count(*) FROM pg_locks WHERE NOT granted"); waiting != "0" {
		t.Error("it waits in the server, where an index being built would wait for it")
	}
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
	settled(t, openTest(t, Config{DSN: restricted(t, dsn)}), 1)
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
	db, err := sql.Open("pgx", dsn)
	must(t, err)
	defer db.Close()
	folder, err := fs.Sub(migrations, "migrations")
	must(t, err)
	older, err := goose.NewProvider(goose.DialectPostgres, db, folder)
	must(t, err)
	_, err = older.UpTo(t.Context(), 1)
	must(t, err)
	want := storetest.Opening(1).Settlement
	never := store.Micros(time.Time{})
	_, err = db.ExecContext(t.Context(), `INSERT INTO settlement (no, id, tenant, facility, discharge, discharged, beneficiary, year, opened_at,
			asked, state, decision, moved, sequence, review, revision, epoch, owner, lease_until, lease_over, next_at)
		VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, false, 1, 1, '', $13, $13, $13)`,
		string(want.ID), string(want.Tenant), string(want.Facility), string(want.Discharge), int64(want.Claim.Discharge), string(want.Beneficiary.ID),
		want.Year, store.Micros(want.OpenedAt), store.EncodeAsked(&want), string(want.State), string(want.Decision), store.EncodeMoved(&want), never)
	must(t, err)
	_, err = db.ExecContext(t.Context(), `INSERT INTO event (settlement, revision, line, at, actor, action, reason) VALUES (1, 1, 0, 5, 'cashier-7', 'settle.open', '')`)
	must(t, err)
	_, err = OpenArchive(t.Context(), Config{DSN: dsn})
	wants(t, err, settlement.KindBlocked)

	s := openTest(t, Config{DSN: dsn})
	found, err := s.Settlement(t.Context(), want.ID)
	must(t, err)
	events, err := s.Events(t.Context(), want.ID)
	must(t, err)
	old := lifecycle.Event{At: store.Time(5), Actor: "cashier-7", Action: "settle.open"}
	if diff := cmp.Diff([]lifecycle.Event{old}, events); diff != "" || found.Seal != (settlement.Seal{}) {
		t.Errorf("seal %x, lines (-want +got):\n%s", found.Seal, diff)
	}
	found.Seal = settlement.Seal{1}
	added := lifecycle.Event{At: store.Time(6), Actor: "recovery", Action: "settle.send", State: settlement.StateSettling, Epoch: 1, Seal: found.Seal}
	must(t, s.Advance(t.Context(), lifecycle.Change{Settlement: found, Events: []lifecycle.Event{added}}))
	events, err = s.Events(t.Context(), want.ID)
	must(t, err)
	if diff := cmp.Diff([]lifecycle.Event{old, added}, events); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// Migrations only go forward: none says how to take it back.
func TestMigrationsOnlyGoForward(t *testing.T) {
	files, err := migrations.ReadDir("migrations")
	must(t, err)
	for _, file := range files {
		text, err := migrations.ReadFile("migrations/" + file.Name())
		must(t, err)
		if strings.Contains(string(text), "+goose Down") {
			t.Errorf("%s goes back", file.Name())
		}
	}
}
