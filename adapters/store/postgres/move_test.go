package postgres

import (
	"slices"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store"
)

// A column that is not in the list of those that are moved would be lost.
func TestEveryColumnIsMoved(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	rows, err := s.reads.Query(t.Context(), `SELECT table_name, string_agg(column_name, ' ') FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name <> 'goose_db_version' AND column_name <> 'lease_over' GROUP BY table_name`)
	must(t, err)
	defer rows.Close()
	tables := 0
	for rows.Next() {
		var name, columns string
		must(t, rows.Scan(&name, &columns))
		i := slices.IndexFunc(store.Tables, func(table store.Table) bool { return table.Name == name })
		if i < 0 {
			t.Errorf("table %s is not moved: add it to store.Tables", name)
			continue
		}
		tables++
		have, want := strings.Fields(columns), slices.Clone(store.Tables[i].Columns)
		slices.Sort(have)
		slices.Sort(want)
		if !slices.Equal(have, want) {
			t.Errorf("columns of %s: %v, those moved %v", name, have, want)
		}
	}
	must(t, rows.Err())
	if tables != len(store.Tables) {
		t.Errorf("%d tables, %d in store.Tables", tables, len(store.Tables))
	}
}
