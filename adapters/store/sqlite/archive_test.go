package sqlite

import (
	"database/sql"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// What is written while an archive is read is not seen, not in part either.
func TestArchiveIsOfOneMoment(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	a, err := OpenArchive(t.Context(), Config{Path: path})
	must(t, err)
	defer a.Shut()
	must(t, storetest.Settle(t.Context(), s, 1))
	before, err := a.Dossiers(t.Context(), lifecycle.Place{}, 9)
	must(t, err)
	done := readRecord(t, s, storetest.Opening(1).Settlement.ID)
	_, err = s.Close(t.Context(), done, storetest.Reversing(done))
	must(t, err)
	must(t, storetest.Settle(t.Context(), s, 2))
	after, err := a.Dossiers(t.Context(), lifecycle.Place{}, 9)
	must(t, err)
	if diff := cmp.Diff(before, after); diff != "" || len(after) != 1 {
		t.Errorf("%d dossiers (-before +after):\n%s", len(after), diff)
	}
	years, err := a.Accumulators(t.Context(), lifecycle.AccumulatorKey{}, 9)
	must(t, err)
	if len(years) != 1 || years[0].Used.Used["total"] != 1 {
		t.Errorf("accumulators %v", years)
	}
}

// What was written before lines of the audit trail had seals is read as it was,
// and written on.
func TestOlderTablesAreBroughtUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "onestop.db")
	db, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	defer db.Close()
	folder, err := fs.Sub(migrations, "migrations")
	must(t, err)
	older, err := goose.NewProvider(goose.DialectSQLite3, db, folder)
	must(t, err)
	_, err = older.UpTo(t.Context(), 1)
	must(t, err)
	want := storetest.Opening(1).Settlement
	_, err = db.ExecContext(t.Context(), `INSERT INTO settlement (no, id, tenant, facility, discharge, discharged, beneficiary, year, opened_at,
			asked, state, decision, moved, sequence, review, revision, epoch, owner, lease_until, next_at)
		VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 1, 1, '', ?, ?);
		INSERT INTO event (settlement, revision, line, at, actor, action, reason) VALUES (1, 1, 0, 5, 'cashier-7', 'settle.open', '')`,
		string(want.ID), string(want.Tenant), string(want.Facility), string(want.Discharge), int64(want.Claim.Discharge), string(want.Beneficiary.ID),
		want.Year, store.Micros(want.OpenedAt), store.EncodeAsked(&want), string(want.State), string(want.Decision), store.EncodeMoved(&want),
		noLease, noLease)
	must(t, err)
	must(t, db.Close())

	s := openTest(t, Config{Path: path})
	found := readRecord(t, s, want.ID)
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

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestArchiveOfAPeriod(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	storetest.OpenedBetween(t, s, func() reconciliation.Books {
		a, err := OpenArchive(t.Context(), Config{Path: path})
		must(t, err)
		t.Cleanup(func() { must(t, a.Shut()) })
		return a
	})
}
