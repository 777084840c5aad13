package postgres

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
)

func TestUnfoldingNamesEveryColumnOnce(t *testing.T) {
	got := unfolding("entry", "entry_row", "settlement", "line", "account")
	want := "INSERT INTO entry (settlement, line, account) SELECT settlement, line, account FROM unnest($1::entry_row[])"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// asRead lets the server read rows of answers as it would to write them.
func asRead(t *testing.T, s *Store, fill func(*wire)) (bodies [][]byte, numbers []int64, texts []string, err error) {
	t.Helper()
	on, err := s.writer.begin(t.Context())
	must(t, err)
	defer on.release()
	w := &on.link.rows.answers
	w.reset()
	fill(w)
	queued := &pgx.Batch{}
	w.query(queued, `SELECT settlement, tenant, body FROM unnest($1::answer_row[])`, func(rows pgx.Rows) error {
		var number int64
		var text string
		var body []byte
		_, err := pgx.ForEachRow(rows, []any{&number, &text, &body}, func() error {
			numbers, texts, bodies = append(numbers, number), append(texts, text), append(bodies, bytes.Clone(body))
			return nil
		})
		return err
	})
	err = on.trip(queued, tripWithin)
	return bodies, numbers, texts, err
}

func TestRowsArriveAsTheyWereWritten(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	wantNumbers := []int64{0, -1, 1<<63 - 1, -1 << 63, 7}
	wantTexts := []string{"", "遂川", "a\nb'\"{}(,)\\", "x", string(bytes.Repeat([]byte("长"), 100_000))}
	wantBodies := [][]byte{nil, {}, {0}, {0, 255, '\\', '"'}, bytes.Repeat([]byte{7}, wireUsual)}
	fill := func(w *wire) {
		for i := range wantNumbers {
			w.row()
			w.bigint(wantNumbers[i])
			w.text(wantTexts[i])
			w.text("settle")
			w.text("r")
			w.bytea(wantBodies[i])
		}
	}
	for range 2 { // the room of the first serves the second
		gotBodies, gotNumbers, gotTexts, err := asRead(t, s, fill)
		must(t, err)
		if diff := cmp.Diff(wantNumbers, gotNumbers) + cmp.Diff(wantTexts, gotTexts); diff != "" {
			t.Errorf("(-want +got):\n%.2000s", diff)
		}
		if diff := cmp.Diff(wantBodies, gotBodies); diff != "" {
			t.Errorf("bodies (-want +got):\n%.2000s", diff)
		}
	}
}

// A program and tables that do not fit each other write nothing wrong.
func TestRowsOfAnotherShapeAreRefused(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	for name, fill := range map[string]func(*wire){
		"a field short": func(w *wire) { w.bigint(1); w.text("t"); w.text("m"); w.text("r") },
		"a field more": func(w *wire) {
			w.bigint(1)
			w.text("t")
			w.text("m")
			w.text("r")
			w.bytea(nil)
			w.bigint(2)
		},
		"another kind":  func(w *wire) { w.integer(1); w.text("t"); w.text("m"); w.text("r"); w.bytea(nil) },
		"another order": func(w *wire) { w.text("t"); w.bigint(1); w.text("m"); w.text("r"); w.bytea(nil) },
		"no text":       func(w *wire) { w.bigint(1); w.text("\xff"); w.text("m"); w.text("r"); w.bytea(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			_, _, _, err := asRead(t, s, func(w *wire) { w.row(); fill(w) })
			if refusalOf(err) == nil {
				t.Errorf("%v, want a refusal of the server", err)
			}
		})
	}
}

// Room that a large transaction needed is not kept for ever.
func TestRoomOfRowsIsBounded(t *testing.T) {
	w := wire{kind: "answer_row"}
	w.row()
	w.bytea(make([]byte, 2*wireUsual))
	w.reset()
	if cap(w.bytes) != 0 {
		t.Errorf("%d bytes are kept", cap(w.bytes))
	}
	w.row()
	w.bytea(make([]byte, 10))
	w.reset()
	if cap(w.bytes) == 0 {
		t.Error("nothing is kept")
	}
}

// A connection that was made before the tables learns their types when it first
// writes.
func TestOldConnectionsLearnNewTypes(t *testing.T) {
	dsn := another(t, "types")
	s := openTest(t, Config{DSN: dsn}) // connects before it migrates
	settled(t, s, 1)
	shared.in(t).Exec("types", "DROP TYPE entry_row CASCADE")
	s.writer.pool.Reset()
	wants(t, s.Open(t.Context(), storetest.Opening(2)), settlement.KindInternal)
	shared.in(t).Exec("types", `CREATE TYPE entry_row AS (settlement bigint, revision bigint, line integer, account text, debit bigint, credit bigint)`)
	settled(t, s, 3)
}

func BenchmarkRows(b *testing.B) {
	m := &member{opens: true, change: storetest.Opening(1)}
	m.messages = m.sends()
	m.write()
	r := newRows()
	b.ReportAllocs()
	for b.Loop() {
		r.reset()
		r.add(m, 0)
		queued := &pgx.Batch{}
		r.queue(queued)
	}
}
