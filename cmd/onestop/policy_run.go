package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"

	"github.com/onestop-gateway/onestop/adapters/document"
	"github.com/onestop-gateway/onestop/settlement/worked"
)

// testFile runs the cases of one file and prints their differences in the
// order of the file. It reads the file twice, for policies may stand after the
// cases, and holds no more of it than the cases under way.
func testFile(file string, stdout io.Writer, progress *progress) (tally, error) {
	f, err := os.Open(file)
	if err != nil {
		return tally{}, err
	}
	defer f.Close()
	s, err := readSections(f)
	if err != nil {
		return tally{}, err
	}
	cases, err := worked.DecodeFile(s.fields)
	if err != nil {
		return tally{}, err
	}
	if !s.listed {
		return tally{}, errors.New("has no cases; policy validate checks a policy alone")
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return tally{}, fmt.Errorf("reading the file a second time: %w", err)
	}
	progress.total = s.cases
	defer progress.clear()
	out := bufio.NewWriter(stdout)
	run := &caseRun{policies: cases.ByID(), out: out, progress: progress, file: file}
	err = run.all(f)
	for _, differences := range cases.Check() {
		if len(differences) > 0 { // only cases are counted as passed
			run.print(differences)
		}
	}
	return run.tally, errors.Join(err, out.Flush())
}

// caseRun runs the cases of one file on all processors.
type caseRun struct {
	policies worked.Policies
	out      io.Writer
	progress *progress
	file     string
	tally    tally
}

// job is one case under way; done closes when its answer stands.
type job struct {
	piece       document.Piece
	differences []string
	err         error
	done        chan struct{}
}

// underWay is how many cases may be read ahead of the one to be printed next.
const underWay = 256

// all hands the cases to as many workers as there are processors and prints
// the answers in order. The error is of reading the file; a case that makes no
// sense is complained of and counts as failed.
func (r *caseRun) all(from io.Reader) error {
	todo, inOrder := make(chan *job, underWay), make(chan *job, underWay)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for next := range todo {
				next.differences, next.err = r.one(next.piece)
				close(next.done)
			}
		})
	}
	var unread error
	go func() {
		defer close(inOrder)
		defer close(todo)
		for piece, err := range document.Pieces(from, worked.CasesKey) {
			if err != nil {
				unread = err
				return
			}
			if piece.Index == document.Whole {
				continue
			}
			next := &job{piece: piece, done: make(chan struct{})}
			inOrder <- next
			todo <- next
		}
	}()
	for next := range inOrder {
		<-next.done
		r.answer(next)
	}
	workers.Wait()
	return unread
}

// one reads and runs one case.
func (r *caseRun) one(piece document.Piece) ([]string, error) {
	node, err := piece.Node()
	if err != nil {
		return nil, err
	}
	one, err := worked.Decode(piece.Index, node)
	if err != nil {
		return nil, err
	}
	return one.Run(r.policies)
}

func (r *caseRun) answer(done *job) {
	if done.err != nil {
		r.progress.clear()
		complain(r.progress.to, r.file, done.err)
		r.tally.unread = true
		r.tally.failed++
		return
	}
	r.print(done.differences)
	r.progress.advance()
}

func (r *caseRun) print(differences []string) {
	for _, line := range differences {
		fmt.Fprintln(r.out, line)
	}
	r.tally.count(differences)
}
