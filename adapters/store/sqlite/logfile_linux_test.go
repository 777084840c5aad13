package sqlite

import (
	"context"
	"database/sql"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// writesMade are the system calls by which this process has written so far.
func writesMade(t *testing.T) int {
	t.Helper()
	counts, err := os.ReadFile("/proc/self/io")
	found := regexp.MustCompile(`syscw: (\d+)`).FindSubmatch(counts)
	if found == nil {
		t.Skip("this kernel counts no system calls:", err)
	}
	made, err := strconv.Atoi(string(found[1]))
	must(t, err)
	return made
}

// SQLite would take two system calls for each page: some forty for a settlement.
func TestACommitLeavesInOnePiece(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	must(t, openClose(t, s, 0))
	const settlements = writesPerCheckpoint / 4 // before the checkpointer writes
	before := writesMade(t)
	settleMany(t, s, 1, settlements)
	if made := writesMade(t) - before; made > 3*2*settlements {
		t.Errorf("%d system calls for %d commits", made, 2*settlements)
	}
}

// copied is the file of a store as a crash would leave it: with its log, while the
// store goes on.
func copied(t *testing.T, path string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "copied.db")
	for _, end := range []string{"", "-wal"} {
		from, err := os.Open(path + end)
		must(t, err)
		to, err := os.Create(copied + end)
		must(t, err)
		_, err = io.Copy(to, from)
		must(t, err)
		must(t, from.Close())
		must(t, to.Close())
	}
	return copied
}

// counts opens a copy by SQLite's own file system.
func counts(t *testing.T, path, of string) (found int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	defer db.Close()
	must(t, db.QueryRowContext(t.Context(), of).Scan(&found))
	if problem := integrity(t, path); problem != "ok" {
		t.Error(problem)
	}
	return found
}

// What was answered is in the file, however many pieces it took.
func TestWhatIsAnsweredIsNotHeld(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	for n, size := range []int{1, pieceMax - 5000, pieceMax, pieceMax + 1, 3 * pieceMax} {
		opened := openRecord(t, s, benchmarked(int64(n)))
		answer := lifecycle.Attempt{Phase: lifecycle.PhaseResult, Body: make([]byte, size)}
		must(t, s.Advance(t.Context(), lifecycle.Change{Settlement: opened, Attempts: []lifecycle.Attempt{answer}}))
		got := counts(t, copied(t, path), `SELECT length(body) FROM attempt WHERE phase = 'RESULT' ORDER BY no DESC LIMIT 1`)
		if got != size {
			t.Errorf("%d bytes of %d", got, size)
		}
	}
}

// A transaction larger than the cache leaves pages in the log before its commit,
// reads them back, and may yet be taken back.
func TestATransactionLargerThanTheCache(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	const rows, sum = 400, `SELECT coalesce(sum(length(document)), 0) FROM person`
	fill := func(on *session) error {
		if _, err := on.exec(background, `PRAGMA cache_size = 10`); err != nil {
			return err
		}
		for n := range rows {
			_, err := on.exec(background, `INSERT INTO person (id, certificate, document) VALUES (?, '', ?)`, strconv.Itoa(n), make([]byte, 3000))
			if err != nil {
				return err
			}
		}
		if _, err := on.exec(background, `UPDATE person SET document = substr(document, 1, 2000)`); err != nil {
			return err
		}
		var found int
		err := on.row(background, sum).Scan(&found)
		if err == nil && found != 2000*rows {
			t.Errorf("read back %d bytes", found)
		}
		return err
	}
	for _, c := range []struct {
		end  error
		want int
	}{{errStruck, 0}, {nil, 2000 * rows}} {
		err := s.committer.do(context.Background(), func(on *session) error {
			if err := fill(on); err != nil {
				return err
			}
			return c.end
		})
		if (err == nil) != (c.end == nil) {
			t.Fatal(err)
		}
		if got := counts(t, copied(t, path), sum); got != c.want {
			t.Errorf("%d bytes are there, want %d", got, c.want)
		}
	}
}
