package postgres

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement/correction"
)

// What was proposed and decided cannot be written over, whoever is connected.
func TestCorrectionsCannotBeChanged(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	must(t, s.Suggest(t.Context(), correction.Note{ID: "c-1", Matter: &correction.Matter{File: "a"}, Event: correction.Event{Line: 1}}))
	for _, text := range []string{
		`UPDATE correction SET region = 'c'`, `DELETE FROM correction`, `TRUNCATE correction CASCADE`,
		`UPDATE correction_event SET actor = 'nobody'`, `DELETE FROM correction_event`, `TRUNCATE correction_event`,
	} {
		_, err := s.writer.pool.Exec(t.Context(), text)
		if refusal := refusalOf(err); refusal == nil || refusal.Code != "23000" {
			t.Errorf("%s: %v, want a refusal", text, err)
		}
	}
}
