package sqlite

import (
	"strings"
	"testing"
)

func TestInsertionOfManyRows(t *testing.T) {
	into := newInsertion("INSERT INTO t (a, b)", 2)
	for n, want := range map[int]string{
		1: "INSERT INTO t (a, b) VALUES (?, ?)",
		3: "INSERT INTO t (a, b) VALUES (?, ?), (?, ?), (?, ?)",
	} {
		if got := into.texts[n]; got != want {
			t.Errorf("%d rows: %s", n, got)
		}
	}
	if got := strings.Count(into.texts[rowsMax], "?"); got != 2*rowsMax {
		t.Errorf("%d places for %d rows", got, rowsMax)
	}
}

func TestStatementsAreKept(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	for n := range int64(3) {
		if err := openClose(t, s, n); err != nil {
			t.Fatal(err)
		}
	}
	kept := len(s.committer.session.kept)
	for n := range int64(20) {
		if err := openClose(t, s, n+10); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(s.committer.session.kept); got != kept {
		t.Errorf("%d statements are kept where %d were enough", got, kept)
	}
	_, err := s.committer.session.exec(background, `SELECT nonsense FROM nowhere`)
	if err == nil || len(s.committer.session.kept) != kept {
		t.Errorf("a statement that cannot be prepared was kept: %v", err)
	}
	if err := s.reader.row(t.Context(), `SELECT nonsense FROM nowhere`).Scan(new(int)); err == nil {
		t.Error("a row of nowhere")
	}
}
