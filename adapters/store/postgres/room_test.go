package postgres

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// sent is what a server got of answers' rows, in one trip behind a statement with
// arguments of its own, and behind which another stands.
func sent(t *testing.T, s *Store, body []byte, beside []string) (got []byte, before, after []string) {
	t.Helper()
	on, err := s.writer.begin(t.Context())
	must(t, err)
	defer on.release()
	on.link.rows.reset()
	w := &on.link.rows.answers
	w.row()
	w.bigint(1)
	w.text("t")
	w.text("settle")
	w.text("r")
	w.bytea(body)
	texts := func(into *[]string) func(pgx.Rows) error {
		return func(rows pgx.Rows) (err error) {
			*into, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		}
	}
	queued := &pgx.Batch{}
	queued.Queue(`SELECT unnest($1::text[])`, beside).Query(texts(&before))
	queued.Queue(`SELECT a.body, $2::text[] FROM unnest($1::answer_row[]) AS a`, w.array(), beside).QueryRow(func(row pgx.Row) error {
		return row.Scan(&got, &after)
	})
	must(t, on.trip(queued, tripWithin))
	return bytes.Clone(got), before, after
}

// The driver gets rows uncopied: neither it nor what is sent beside them writes
// over them, however long they are and however often.
func TestRowsAreNotWrittenOver(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	for round, size := range []int{10, 100, driverKeeps, driverKeeps + 1, 1000, 100, 100_000, driverKeeps, 2 * roomMost, 1000, 10} {
		for _, words := range []int{1, 100, 3} {
			body := bytes.Repeat([]byte{byte(round + 1)}, size)
			beside := slices.Repeat([]string{"遂川"}, words)
			got, before, after := sent(t, s, body, beside)
			if !bytes.Equal(got, body) {
				t.Errorf("round %d: %d bytes arrived otherwise", round, size)
			}
			if diff := cmp.Diff(beside, before) + cmp.Diff(beside, after); diff != "" {
				t.Errorf("round %d: beside them (-want +got):\n%s", round, diff)
			}
		}
	}
}

// A trip is written where the one before was, unless that was a large one.
func TestRoomIsKept(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	place := func(size int) *byte {
		sent(t, s, make([]byte, size), nil)
		on, err := s.writer.begin(t.Context())
		must(t, err)
		defer on.release()
		return &on.link.room.bytes[:1][0]
	}
	first := place(50_000)
	if place(10) != first || place(40_000) != first {
		t.Error("room that was there was made anew")
	}
	large := place(2 * roomMost)
	if large == first || place(10) == large {
		t.Error("room for a large trip was not made, or is kept")
	}
}
