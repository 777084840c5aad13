package postgres

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// What was answered to a notice, what became of a stay and what an import touched stays, too.
func TestKeptNoticesCannotBeChanged(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	of := settled(t, s, 1)
	must(t, s.KeepNotice(t.Context(), lifecycle.Notice{ID: "n-1"}))
	must(t, s.AddStayEvent(t.Context(), stay.Event{Stay: "y-1", No: 1}, &stay.Summary{}))
	must(t, s.Keep(t.Context(), eligibility.Batch{Imported: &eligibility.Progress{File: "f"}, Flagged: []settlement.SettlementID{of.ID}}))
	for _, text := range []string{
		`UPDATE notice SET at = 0`, `DELETE FROM notice`, `TRUNCATE notice`,
		`UPDATE stay_event SET document = document`, `DELETE FROM stay_event`, `TRUNCATE stay_event`, `UPDATE import_touch SET file = 'g'`, `DELETE FROM import_touch`, `TRUNCATE import_touch`,
	} {
		_, err := s.writer.pool.Exec(t.Context(), text)
		if refusal := refusalOf(err); refusal == nil || refusal.Code != "23000" {
			t.Errorf("%s: %v, want a refusal", text, err)
		}
	}
}
