package sqlite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// What is written while an archive is read is not seen, not in part either.
func TestArchiveIsOfOneMoment(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	a, err := OpenArchive(t.Context(), path)
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
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	opened := storetest.Opening(1)
	must(t, s.Open(t.Context(), opened))
	shutTest(t, s)
	alter(t, path, `ALTER TABLE settlement DROP COLUMN seal; ALTER TABLE event DROP COLUMN seal; ALTER TABLE event DROP COLUMN state;
		ALTER TABLE event DROP COLUMN epoch; DROP TABLE posting; DROP TABLE posting_entry; DROP INDEX entry_fund;
		DELETE FROM goose_db_version WHERE version_id > 1`)

	s = openTest(t, Config{Path: path})
	events, err := s.Events(t.Context(), opened.Settlement.ID)
	must(t, err)
	for _, e := range events {
		if e.Epoch != 0 || e.State != "" || e.Seal != (settlement.Seal{}) {
			t.Errorf("an old line has %d %q %x", e.Epoch, e.State, e.Seal)
		}
	}
	found := readRecord(t, s, opened.Settlement.ID)
	if found.Seal != (settlement.Seal{}) || len(events) != len(opened.Events) {
		t.Errorf("seal %x, %d lines", found.Seal, len(events))
	}
	_, err = s.Close(t.Context(), found, storetest.Closing(found))
	must(t, err)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
