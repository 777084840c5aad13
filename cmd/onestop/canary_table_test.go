package main

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the file is read as whoever stole it would
)

// plainTables are those that the audit chain does not seal and the vault hardly
// touches, with the one column of each that is encrypted, "" for none.
var plainTables = map[string]string{"answer": "body", "request": "", "message": "", "notice": "document", "clearing_movement": ""}

// What the audit chain leaves out tells of no person either: after a settlement, a
// notice and a clearing of a person whose name, number, birthday and disease are
// known, every column of these tables is read from the file, and holds nothing
// of it; what could, an answer and a notice, is encrypted.
func TestTablesWithoutSealsTellOfNobody(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.yaml")
	writeFile(t, file, keysIn(t).yaml(), 0o600)
	s := stagedWith(t, newLog(io.Discard, "error"), "--config", file)
	sick := strings.Replace(aDischarge, `"mode"`, `"disease": "C34.900 肺恶性肿瘤", "mode"`, 1)
	if status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", sick); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	number := filepath.Join(t.TempDir(), "number")
	writeFile(t, number, canaryNumber, 0o600)
	if _, err := s.told(benefitsCommand(), "check", "H36082700001", "--id-number-file", number, "--admission", "2026-05-02", "--request-id", "a-notice-of-the-canary"); err != nil {
		t.Fatal(err)
	}
	frozenTomorrow(t, s)
	s.stop()
	found, err := filepath.Glob(filepath.Join(s.folder, "*.db"))
	must(err)
	if len(found) != 1 {
		t.Fatalf("%d stores below %s", len(found), s.folder)
	}
	db, err := sql.Open("sqlite", "file:"+found[0]+"?mode=ro")
	must(err)
	defer db.Close()
	for table, encrypted := range plainTables {
		rows := cells(t, db, table)
		if len(rows) == 0 {
			t.Errorf("nothing was put into %s", table)
		}
		for _, row := range rows {
			for column, text := range row {
				if column == encrypted && !strings.HasPrefix(text, "\x00PII") {
					t.Errorf("%s.%s is in the clear", table, column)
				}
				if tells := betrays(text); tells != "" {
					t.Errorf("%s.%s tells %s", table, column, tells)
				}
			}
		}
	}
}

// betrays is what of the canary a text has, in any way it might be written.
func betrays(text string) string {
	all := []string{canaryName, canaryNumber, canaryNumber[6:14], "1962-07-05", "C34.900", "肺恶性肿瘤"}
	if i := slices.IndexFunc(all, func(one string) bool { return strings.Contains(text, one) }); i >= 0 {
		return all[i]
	}
	return ""
}

// cells are all rows of a table, each value as text by its column.
func cells(t *testing.T, db *sql.DB, table string) (all []map[string]string) {
	t.Helper()
	rows, err := db.Query("SELECT * FROM " + table)
	must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	must(err)
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		must(rows.Scan(into...))
		row := map[string]string{}
		for i, column := range columns {
			if bytes, is := values[i].([]byte); is {
				row[column] = string(bytes)
			} else {
				row[column] = fmt.Sprint(values[i])
			}
		}
		all = append(all, row)
	}
	must(rows.Err())
	return all
}
