package sqlite

import (
	"database/sql"
	"testing"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/onestop-gateway/onestop/settlement/correction"
)

// What was proposed and decided cannot be written over, whoever has the file
// open.
func TestCorrectionsCannotBeChanged(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	must(t, s.Suggest(t.Context(), correction.Note{ID: "c-1", Matter: &correction.Matter{File: "a"}, Event: correction.Event{Line: 1}}))
	db, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	defer db.Close()
	for _, text := range []string{
		`UPDATE correction SET region = 'another'`, `DELETE FROM correction`, `UPDATE correction_event SET actor = 'nobody'`, `DELETE FROM correction_event`,
	} {
		_, err := db.ExecContext(t.Context(), text)
		if code(err) != sqlite3.SQLITE_CONSTRAINT_TRIGGER {
			t.Errorf("%s: %v, want a refusal", text, err)
		}
	}
}
