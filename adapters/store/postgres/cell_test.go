package postgres

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onestop-gateway/onestop/settlement"
)

// A row is read as every engine has it, and what is read stays when the next is.
func TestCells(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	rows, err := s.reads.Query(t.Context(), `SELECT * FROM (VALUES
		(1, 9223372036854775807, -2147483648, true, '城乡', '\x00ff'::bytea),
		(2, -1, 0, false, '', ''::bytea), (3, NULL, NULL, NULL, NULL, NULL)) AS v (place, long, short, flag, said, kept) ORDER BY place`)
	must(t, err)
	defer rows.Close()
	var got [][]any
	for rows.Next() {
		values, err := cells(rows)
		must(t, err)
		got = append(got, values)
	}
	must(t, rows.Err())
	want := [][]any{
		{int64(1), int64(math.MaxInt64), int64(math.MinInt32), int64(1), "城乡", []byte{0, 255}},
		{int64(2), int64(-1), int64(0), int64(0), "", []byte{}},
		{int64(3), nil, nil, nil, nil, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

// A kind of column that no table has is not guessed at.
func TestStrangeCell(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	for _, strange := range []string{`1.5`, `now()`, `ARRAY[1]`, `1::smallint`} {
		rows, err := s.reads.Query(t.Context(), `SELECT `+strange)
		must(t, err)
		if !rows.Next() {
			t.Fatal(rows.Err())
		}
		_, err = cells(rows)
		rows.Close()
		wants(t, err, settlement.KindInternal)
	}
}
