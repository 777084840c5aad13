package sqlite

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/forgetful"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// A power cut is played with two processes: this one serves a disk that
// forgets what was not synced, another works on it and says on a pipe what it
// was answered. When the power fails the worker is killed, and what the disk
// still has is opened on an ordinary one.

const (
	cutsVariable   = "ONESTOP_POWER_CUTS"   // how many cuts the test makes
	workVariable   = "ONESTOP_POWER_WORK"   // set for the worker: what it does
	folderVariable = "ONESTOP_POWER_FOLDER" // set for the worker: where
	cutsUsual      = 50
	cutsShort      = 10
	cutsControl    = 10   // of the control
	cutAtMost      = 6000 // changes until the power fails: past the first checkpoint of the log
	writersOfCut   = 8
	answersPipe    = 3 // the worker's file descriptor
)

// The kinds of work.
const (
	workStore  = "store"  // settlements, by this package
	workFull   = "full"   // bare inserts with synchronous=FULL
	workNormal = "normal" // bare inserts with synchronous=NORMAL, which this package refuses
)

// TestPowerCut: whatever was answered is there after the power failed at any
// write, sync or naming, with what was not synced lost in any way; and what was
// not answered is there whole or not at all.
func TestPowerCut(t *testing.T) {
	answered := 0
	for n := range cuts(t) {
		left := cut(t, workStore, n)
		answered += len(left.answers)
		s := openTest(t, Config{Path: left.path})
		for _, answer := range left.answers {
			checkAnswered(t, s, answer)
		}
		checkWhole(t, s)
		shutTest(t, s)
		if problem := integrity(t, left.path); problem != "ok" {
			t.Errorf("cut %d: %s", n, problem)
		}
		if t.Failed() {
			t.Fatalf("cut %d, with %d answers", n, len(left.answers))
		}
	}
	t.Logf("%d answers", answered)
	if answered < 100 {
		t.Errorf("only %d answers before the cuts: the test proves little", answered)
	}
}

// TestPowerCutSees: the same cuts lose answered inserts where nothing is synced
// at a commit, and none where it is. Otherwise TestPowerCut would be blind.
func TestPowerCutSees(t *testing.T) {
	for work, loses := range map[string]bool{workNormal: true, workFull: false} {
		t.Run(work, func(t *testing.T) {
			answered, lost := 0, 0
			for n := range cutsControl {
				left := cut(t, work, n)
				answered += len(left.answers)
				kept := inserted(t, left.path)
				for _, answer := range left.answers {
					if !kept[answer] {
						lost++
					}
				}
			}
			t.Logf("%d of %d answered inserts lost", lost, answered)
			if answered == 0 || (lost > 0) != loses {
				t.Errorf("%d of %d answered inserts lost", lost, answered)
			}
		})
	}
}

// cuts is how many cuts are made.
func cuts(t *testing.T) int {
	t.Helper()
	text := os.Getenv(cutsVariable)
	switch {
	case text == "" && testing.Short():
		return cutsShort
	case text == "":
		return cutsUsual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", cutsVariable, err)
	}
	return n
}

// remains is what a cut leaves: the answers the worker got before, and the
// file as the disk has it.
type remains struct {
	answers []string
	path    string
}

// cut lets a worker work until the power fails; n is the seed of where, and of
// what is lost.
func cut(t *testing.T, work string, n int) remains {
	t.Helper()
	at := t.TempDir()
	disk, err := forgetful.Mount(at)
	if err != nil && os.Getenv(cutsVariable) == "" {
		t.Skip("FUSE is not to be had here: ", err)
	}
	must(t, err)
	chance := rand.New(rand.NewPCG(uint64(n), 7))
	most := cutAtMost
	if n%5 == 0 { // while the tables are made
		most = 400
	}
	disk.CutAt(1 + chance.IntN(most))
	answers, err := working(at, work, disk.Dead())
	if unmounting := disk.Unmount(); unmounting != nil {
		t.Error(unmounting)
	}
	if err != nil {
		t.Fatal(err)
	}
	left := remains{answers, filepath.Join(t.TempDir(), "onestop.db")}
	losses := []forgetful.Loss{forgetful.Everything, forgetful.Tail, forgetful.Scattered}
	if err := disk.Survive(filepath.Dir(left.path), losses[n%len(losses)], chance); err != nil {
		t.Fatal(err)
	}
	return left
}

// working runs the worker until the power fails, kills it and gives what it was
// answered.
func working(at, work string, dead <-chan struct{}) ([]string, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	worker := exec.Command(os.Args[0], "-test.run=^TestPowerCutWorker$")
	worker.Env = append(os.Environ(), workVariable+"="+work, folderVariable+"="+at)
	worker.ExtraFiles = []*os.File{write}
	err = worker.Start()
	write.Close()
	if err != nil {
		return nil, err
	}
	over := make(chan error, 1)
	go func() { over <- worker.Wait() }()
	var answers []string
	done := make(chan struct{})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(read); lines.Scan(); {
			answers = append(answers, lines.Text())
		}
	}()
	select {
	case <-dead:
		_ = worker.Process.Kill()
		<-over
	case err = <-over:
		select {
		case <-dead: // the worker was quicker to see it
			err = nil
		default:
			err = fmt.Errorf("the worker ended before the power failed: %w", err)
		}
	}
	<-done
	return answers, err
}

// TestPowerCutWorker is the other process; by itself it does nothing.
func TestPowerCutWorker(t *testing.T) {
	path := filepath.Join(os.Getenv(folderVariable), "onestop.db")
	answers := os.NewFile(answersPipe, "answers")
	switch os.Getenv(workVariable) {
	case workStore:
		settleUntilCut(t, path, answers)
	case workFull, workNormal:
		insertUntilCut(t, path, os.Getenv(workVariable), answers)
	}
}

// settleUntilCut settles by many callers, so that they share commits, and says
// what was answered after it was.
func settleUntilCut(t *testing.T, path string, answers io.Writer) {
	s, err := Open(context.Background(), Config{Path: path})
	if err != nil {
		return // the power failed on the way
	}
	var writers sync.WaitGroup
	for writer := range int64(writersOfCut) {
		writers.Go(func() {
			for n := writer; ; n += writersOfCut {
				if s.Open(t.Context(), opening(benchmarked(n))) != nil {
					return
				}
				fmt.Fprintf(answers, "opened %d\n", n)
				opened := benchmarked(n)
				opened.Revision = 1
				_, err := s.Close(t.Context(), opened, func(ground lifecycle.Ground) (lifecycle.Change, error) {
					return closing(opened, ground), nil
				})
				if err != nil {
					return
				}
				fmt.Fprintf(answers, "closed %d\n", n)
			}
		})
	}
	writers.Wait()
}

// checkAnswered looks for what the worker was told is durable.
func checkAnswered(t *testing.T, s *Store, answer string) {
	t.Helper()
	var verb string
	var n int64
	if _, err := fmt.Sscan(answer, &verb, &n); err != nil {
		t.Fatalf("answer %q: %v", answer, err)
	}
	want := benchmarked(n)
	found, err := s.Settlement(t.Context(), want.ID)
	if err != nil {
		t.Errorf("%s: %v", answer, err)
		return
	}
	request, err := s.Request(t.Context(), requestOf(want))
	if err != nil || request.Settlement != want.ID {
		t.Errorf("%s: request %v, %v", answer, request.Settlement, err)
	}
	if verb == "closed" && found.State != settlement.StateCommitted {
		t.Errorf("%s: %s", answer, found.State)
	}
}

// checkWhole: every settlement that is there has all that was written with it.
func checkWhole(t *testing.T, s *Store) {
	t.Helper()
	const text = `SELECT s.id FROM settlement s JOIN request r ON r.settlement = s.no LEFT JOIN answer a ON a.request = r.no
		WHERE (s.state = 'COMMITTED') <> (a.body IS NOT NULL)
		OR (SELECT count(*) FROM entry WHERE settlement = s.no) <> CASE s.state WHEN 'COMMITTED' THEN 4 ELSE 0 END
		OR (SELECT count(*) FROM event WHERE settlement = s.no) <> CASE s.state WHEN 'COMMITTED' THEN 4 ELSE 2 END
		UNION ALL SELECT id FROM settlement WHERE no NOT IN (SELECT settlement FROM request)`
	rows, err := s.reads.QueryContext(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s is there in part", id)
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
}

// integrity is SQLite's own judgement of a file.
func integrity(t *testing.T, path string) (says string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&says); err != nil {
		t.Fatal(err)
	}
	return says
}

// insertUntilCut inserts numbers on a connection of its own and says which of
// them were committed.
func insertUntilCut(t *testing.T, path, synchronous string, answers io.Writer) {
	db, err := sql.Open("sqlite", "file:"+path+"?_journal_mode=WAL&_synchronous="+synchronous)
	if err != nil {
		return
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE number (n INTEGER)`); err != nil {
		return
	}
	for n := 0; ; n++ {
		if _, err := db.ExecContext(t.Context(), `INSERT INTO number (n) VALUES (?)`, n); err != nil {
			return
		}
		fmt.Fprintln(answers, n)
	}
}

// inserted are the numbers that a file has. Without the table there are none.
func inserted(t *testing.T, path string) map[string]bool {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	kept := map[string]bool{}
	rows, err := db.QueryContext(t.Context(), `SELECT n FROM number`)
	if err != nil {
		return kept
	}
	defer rows.Close()
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		kept[n] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return kept
}
