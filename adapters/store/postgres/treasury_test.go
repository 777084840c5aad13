package postgres

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// A year's report may take long, however short look-ups have to be; and they
// have to be short again after it.
func TestReportsTakeTheirTime(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t), Readers: 1})
	const bound = `SHOW statement_timeout`
	var within, after string
	err := s.atLeisure(t.Context(), func(tx pgx.Tx) error { return tx.QueryRow(t.Context(), bound).Scan(&within) })
	must(t, err)
	must(t, s.reads.QueryRow(t.Context(), bound).Scan(&after))
	if within != "0" || after != "10s" {
		t.Errorf("a report may take %s, and a look-up after it %s", within, after)
	}
}
