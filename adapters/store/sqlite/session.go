package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"

	"github.com/onestop-gateway/onestop/adapters/store"
)

// preparer is a connection or a pool of them.
type preparer interface {
	PrepareContext(ctx context.Context, text string) (*sql.Stmt, error)
}

// session runs statements, each prepared once and kept. Only constant texts
// belong in it, so what it keeps is bounded by the program.
type session struct {
	on    preparer
	vault store.Vault
	last  *int64 // the turn given out last; nil where nothing is written
	wrote bool   // a row, since this was last unset
	lock  sync.Mutex
	kept  map[string]*sql.Stmt
}

func newSession(on preparer, vault store.Vault) *session {
	return &session{on: on, vault: vault, kept: make(map[string]*sql.Stmt, 32)}
}

// turn is that of the next row of a table that the audit chain seals. Those of
// writes that are taken back are gaps, which mean nothing.
func (s *session) turn() int64 {
	*s.last++
	return *s.last
}

func (s *session) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	kept := s.kept[text]
	if kept != nil {
		return kept, nil
	}
	kept, err := s.on.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.kept[text] = kept
	return kept, nil
}

// finish closes what is kept. database/sql leaves the statements of a single
// connection to whoever prepared them, and SQLite does not close a connection,
// nor take back what it has open, before its last statement is closed.
func (s *session) finish() error {
	s.lock.Lock()
	defer s.lock.Unlock()
	var problems []error
	for _, kept := range s.kept {
		problems = append(problems, kept.Close())
	}
	clear(s.kept)
	return errors.Join(problems...)
}

// run runs a statement that gives no rows.
func (s *session) run(ctx context.Context, text string, args ...any) (sql.Result, error) {
	statement, err := s.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	result, err := statement.ExecContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	touched, err := result.RowsAffected()
	s.wrote = s.wrote || touched > 0
	return result, err
}

// exec runs a statement and says how many rows it touched.
func (s *session) exec(ctx context.Context, text string, args ...any) (int64, error) {
	result, err := s.run(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// query runs a statement that gives rows; the caller closes them.
func (s *session) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	statement, err := s.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// row runs a statement that gives one row, read by what follows.
func (s *session) row(ctx context.Context, text string, args ...any) scanner {
	statement, err := s.statement(ctx, text)
	if err != nil {
		return failed{err}
	}
	return statement.QueryRowContext(ctx, args...)
}

// scanner is a row to read from: *sql.Row or *sql.Rows.
type scanner interface {
	Scan(into ...any) error
}

// beside is a row with more columns than the ones that are asked for.
type beside struct {
	scanner
	last []any
}

// Scan reads the columns that are asked for, and those beside them.
func (b beside) Scan(into ...any) error { return b.scanner.Scan(append(into, b.last...)...) }

// failed is the row of a statement that could not be prepared.
type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }

// rowsMax bounds the rows of one insert, and so the statements kept for it.
const rowsMax = 16

// insertion is an insert of many rows: its text for 1 to rowsMax rows.
type insertion struct {
	width int
	texts [rowsMax + 1]string
}

func newInsertion(head string, width int) insertion {
	made := insertion{width: width}
	row := "(?" + strings.Repeat(", ?", width-1) + ")"
	for n := 1; n <= rowsMax; n++ {
		made.texts[n] = head + " VALUES " + row + strings.Repeat(", "+row, n-1)
	}
	return made
}

// insert appends rows, whose columns stand in args one row after the other.
func (s *session) insert(ctx context.Context, into *insertion, args []any) error {
	for len(args) > 0 {
		n := min(len(args)/into.width, rowsMax)
		_, err := s.exec(ctx, into.texts[n], args[:n*into.width]...)
		if err != nil {
			return err
		}
		args = args[n*into.width:]
	}
	return nil
}
