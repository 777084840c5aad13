package sqlite

import (
	"database/sql"
	"testing"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/onestop-gateway/onestop/settlement/gazette"
)

// What was published cannot be written over, whoever has the file open.
func TestPublicationsCannotBeChanged(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	must(t, s.Publish(t.Context(), gazette.Note{ID: "p-1", Files: &gazette.Files{Text: []byte("a"), Cases: []byte("b")}, Event: gazette.Event{Line: 1}}))
	db, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	defer db.Close()
	for _, text := range []string{
		`UPDATE publication SET policy = 'another'`, `DELETE FROM publication`, `UPDATE publication_event SET actor = 'nobody'`, `DELETE FROM publication_event`,
	} {
		_, err := db.ExecContext(t.Context(), text)
		if code(err) != sqlite3.SQLITE_CONSTRAINT_TRIGGER {
			t.Errorf("%s: %v, want a refusal", text, err)
		}
	}
}
