package sqlite

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	sqlite3 "modernc.org/sqlite/lib"
)

// While a store is encrypted anew nothing else of what is kept gives way: no
// other column, no value in the clear, none under the key it is under already.
func TestRewrapChangesNothingElse(t *testing.T) {
	w, path := rewrapping(t)
	file := storetest.NewRingFile(t, sealing.AES).Use(t)
	storetest.FillEncrypted(t, w.Open(t, file.Open(t)))
	file.Rotate(t, sealing.AES)
	heads, _ := file.Open(t).Heads()
	anew := fmt.Sprintf("x'%x' || substr(%%[1]s, 10)", heads[0])
	db, err := connect(path, "", 1)
	must(t, err)
	defer db.Close()
	try := func(meanwhile, text string) error {
		tx, err := db.BeginTx(t.Context(), nil)
		must(t, err)
		defer tx.Rollback()
		_, err = tx.Exec(meanwhile)
		must(t, err)
		_, err = tx.Exec(text)
		return err
	}
	const rewrapping = `INSERT INTO rewrapping (key) VALUES ('')`
	for _, table := range store.EncryptedTables {
		if table.Name == "person" || table.Name == "stay" {
			continue // whose rows say what stands now
		}
		column := table.Columns[0]
		set := "UPDATE " + table.Name + " SET " + column + " = CAST(" + fmt.Sprintf(anew, column) + " AS BLOB)"
		if err := try(rewrapping, set); err != nil {
			t.Errorf("%s: %v", set, err)
		}
		for _, other := range columnsOf(t, db, table.Name) {
			if slices.Contains(table.Columns, other) {
				continue
			}
			if table.Name == "settlement" && !slices.Contains(store.AskedColumns, other) || other == "no" {
				continue
			}
			text := set + ", " + other + " = CAST(" + other + " || '9' AS " + "TEXT)"
			if err := try(rewrapping, text); code(err) != sqlite3.SQLITE_CONSTRAINT_TRIGGER {
				t.Errorf("%s: %v, want a refusal", text, err)
			}
		}
		for text, meanwhile := range map[string]string{
			set: `SELECT 1`,
			"UPDATE " + table.Name + " SET " + column + " = x'7b7d'":                             rewrapping,
			"UPDATE " + table.Name + " SET " + column + " = CAST(" + column + " || '9' AS BLOB)": rewrapping,
		} {
			if err := try(meanwhile, text); code(err) != sqlite3.SQLITE_CONSTRAINT_TRIGGER {
				t.Errorf("%s: %s: %v, want a refusal", meanwhile, text, err)
			}
		}
	}
}

// columnsOf are the columns that a table has.
func columnsOf(t *testing.T, db *sql.DB, table string) (names []string) {
	t.Helper()
	rows, err := db.Query(`SELECT name FROM pragma_table_info(?)`, table)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		names = append(names, name)
	}
	must(t, rows.Err())
	return names
}
