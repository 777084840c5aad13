package sqlite

import (
	"os"
	"testing"
	"time"
)

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	file, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return file.Size()
}

// settleMany settles so many, each with two commits.
func settleMany(t *testing.T, s *Store, from, to int64) {
	t.Helper()
	for n := from; n < to; n++ {
		if err := openClose(t, s, n); err != nil {
			t.Fatal(err)
		}
	}
}

// What was committed comes into the database long before a commit has to see
// to it.
func TestLogIsTakenIntoTheDatabaseBesideCommits(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	before := sizeOf(t, path)
	settleMany(t, s, 1, writesPerCheckpoint) // nearly twice as many commits
	for end := time.Now().Add(10 * time.Second); sizeOf(t, path) == before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing came into the database")
		}
	}
	logged, _, err := s.log.pass()
	if err != nil || logged >= logMax {
		t.Errorf("%d pages in the log (%v): a commit may have seen to it", logged, err)
	}
}

// A log that is all in the database is written from its beginning again.
func TestLogDoesNotGrowForEver(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	sizes := make([]int64, 4)
	next := int64(1)
	for i := range sizes {
		settleMany(t, s, next, next+50)
		next += 50
		if logged, moved, err := s.log.pass(); err != nil || moved != logged {
			t.Fatalf("%d of %d pages are in the database: %v", moved, logged, err)
		}
		sizes[i] = sizeOf(t, path+"-wal")
	}
	if sizes[3] > 2*sizes[0] {
		t.Errorf("the log grows: %d", sizes)
	}
}

// Whoever reads keeps in the log what they may still need; commits go on, and
// the log is taken over once they are done.
func TestLogWaitsForReaders(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	settleMany(t, s, 1, 2)
	reading, err := s.reads.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Close()
	if _, err := reading.ExecContext(t.Context(), `BEGIN DEFERRED`); err != nil {
		t.Fatal(err)
	}
	var seen int
	if err := reading.QueryRowContext(t.Context(), `SELECT count(*) FROM settlement`).Scan(&seen); err != nil {
		t.Fatal(err)
	}
	settleMany(t, s, 2, 10)
	logged, moved, err := s.log.pass()
	if err != nil || moved >= logged {
		t.Errorf("%d of %d pages were taken from under a reader: %v", moved, logged, err)
	}
	if err := reading.QueryRowContext(t.Context(), `SELECT count(*) FROM settlement`).Scan(&seen); err != nil || seen != 1 {
		t.Errorf("the reader sees %d settlements of one: %v", seen, err)
	}
	if _, err := reading.ExecContext(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if logged, moved, err = s.log.pass(); err != nil || moved != logged {
		t.Errorf("%d of %d pages: %v", moved, logged, err)
	}
}
