package postgres

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement/gazette"
)

// What was published cannot be written over, whoever is connected.
func TestPublicationsCannotBeChanged(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	must(t, s.Publish(t.Context(), gazette.Note{ID: "p-1", Files: &gazette.Files{Text: []byte("a"), Cases: []byte("b")}, Event: gazette.Event{Line: 1}}))
	for _, text := range []string{
		`UPDATE publication SET text = 'c'`, `DELETE FROM publication`, `TRUNCATE publication CASCADE`,
		`UPDATE publication_event SET actor = 'nobody'`, `DELETE FROM publication_event`, `TRUNCATE publication_event`,
	} {
		_, err := s.writer.pool.Exec(t.Context(), text)
		if refusal := refusalOf(err); refusal == nil || refusal.Code != "23000" {
			t.Errorf("%s: %v, want a refusal", text, err)
		}
	}
}
