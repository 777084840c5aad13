package sqlite

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/stay"
	sqlite3 "modernc.org/sqlite/lib"
)

// What was answered to a notice, what became of a stay and what an import touched stays, too.
func TestKeptNoticesCannotBeChanged(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	must(t, openClose(t, s, 1))
	must(t, s.KeepNotice(t.Context(), lifecycle.Notice{ID: "n-1"}))
	must(t, s.AddStayEvent(t.Context(), stay.Event{Stay: "y-1", No: 1}, &stay.Summary{}))
	found, err := s.List(t.Context(), lifecycle.Query{Limit: 1})
	must(t, err)
	must(t, s.Keep(t.Context(), eligibility.Batch{Imported: &eligibility.Progress{File: "f"}, Flagged: []settlement.SettlementID{found[0].ID}}))
	for _, text := range []string{
		`UPDATE notice SET at = 0`, `DELETE FROM notice`, `UPDATE stay_event SET document = document`, `DELETE FROM stay_event`, `UPDATE import_touch SET file = 'g'`, `DELETE FROM import_touch`,
	} {
		err := s.committer.do(t.Context(), func(on *session) error {
			_, err := on.exec(t.Context(), text)
			if code(err) != sqlite3.SQLITE_CONSTRAINT_TRIGGER {
				t.Errorf("%s: %v, want a refusal", text, err)
			}
			return err
		})
		if err == nil {
			t.Errorf("%s was done", text)
		}
	}
}
