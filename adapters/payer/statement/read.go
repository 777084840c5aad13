package statement

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// List is a list opened for reading, once. Close it in the end.
type List struct {
	form   Form
	layout layout
	rows   rows
	cells  []string // of the first row, where that is no heading
	empty  bool
}

// rows gives the cells of one row after another, with the line each stands in;
// io.EOF ends them. The cells are good until the next.
type rows interface {
	next() (cells []string, line int, err error)
	Close() error
}

// Open begins to read a list of size bytes. Every error is Invalid and says
// what is wrong with the list as a whole.
func Open(from io.ReaderAt, size int64, form Form, limits Limits) (*List, error) {
	l := &List{form: form}
	var err error
	switch form {
	case Workbook:
		l.rows, err = sheet(from, size, limits)
	case Upload, Result, CSV:
		l.rows, err = text(from, size, form, limits)
	default:
		return nil, refused(0, "form %q: must be one of %q", form, Forms())
	}
	if err != nil {
		return nil, err
	}
	if err := l.begin(); err != nil {
		return nil, errors.Join(err, l.rows.Close())
	}
	return l, nil
}

// begin finds out what the columns are. A platform's list may be empty; its
// columns are then the usual ones.
func (l *List) begin() error {
	cells, line, err := l.rows.next()
	l.empty = errors.Is(err, io.EOF)
	if err != nil && !l.empty {
		return err
	}
	switch l.form {
	case Upload, Result:
		known := uploadColumns
		if l.form == Result {
			known = resultColumns
		}
		if l.empty {
			cells = known
		} else {
			l.cells = cells
		}
		l.layout, err = fixed(known, len(cells))
	default:
		if l.empty {
			return refused(0, "empty: must begin with a heading")
		}
		l.layout, err = named(trimmed(cells), line)
	}
	return err
}

func trimmed(cells []string) []string {
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

// States is what the rows of the list state.
func (l *List) States() reconcile.Fields { return l.layout.states }

// Partial reports whether the list has only what differs, so that nothing
// follows from what it does not have.
func (l *List) Partial() bool { return l.form == Result }

// Each gives every row to line, and to bad what is wrong with one that is
// skipped. An error of either is returned as it is; any other is Invalid, and
// then the rows given are not the list.
func (l *List) Each(line func(reconcile.Line) error, bad func(*settlement.Problem) error) error {
	for number, cells := 1, l.cells; !l.empty; {
		if cells != nil {
			read, problem := l.layout.parse(number, cells)
			err := error(nil)
			if problem != nil {
				err = bad(problem)
			} else {
				err = line(read)
			}
			if err != nil {
				return err
			}
		}
		var err error
		cells, number, err = l.rows.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Close ends reading.
func (l *List) Close() error { return l.rows.Close() }

// lines are the rows of a text.
type lines struct {
	scanner *bufio.Scanner
	from    io.Closer
	split   func(line string, number int) ([]string, error)
	number  int
}

// text opens a text, packed in a zip or not.
func text(from io.ReaderAt, size int64, form Form, limits Limits) (rows, error) {
	mark := make([]byte, 4)
	n, err := from.ReadAt(mark, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	plain := io.NopCloser(io.NewSectionReader(from, 0, size))
	if bytes.HasPrefix(mark[:n], []byte("PK")) {
		if plain, err = limits.unpack(from, size); err != nil {
			return nil, err
		}
	}
	scanner := bufio.NewScanner(&counted{from: plain, left: limits.Bytes, most: limits.Bytes})
	scanner.Buffer(make([]byte, 0, lineMost), lineMost)
	split := tabs
	if form == CSV {
		split = commas
	}
	return &lines{scanner: scanner, from: plain, split: split}, nil
}

func (l *lines) next() ([]string, int, error) {
	for l.scanner.Scan() {
		l.number++
		line := l.scanner.Text()
		if l.number == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if !utf8.ValidString(line) || strings.ContainsRune(line, 0) {
			return nil, l.number, refused(l.number, "not UTF-8: save the list as UTF-8 text")
		}
		if line == "" {
			continue
		}
		cells, err := l.split(line, l.number)
		return cells, l.number, err
	}
	switch err := l.scanner.Err(); {
	case err == nil:
		return nil, l.number, io.EOF
	case errors.Is(err, bufio.ErrTooLong):
		return nil, l.number, refused(l.number+1, "a line of more than %d bytes", lineMost)
	default:
		return nil, l.number, err
	}
}

// Close implements rows.
func (l *lines) Close() error { return l.from.Close() }

func tabs(line string, _ int) ([]string, error) { return strings.Split(line, "\t"), nil }

// commas splits a line of CSV; a cell does not go over its end.
func commas(line string, number int) ([]string, error) {
	if !strings.Contains(line, `"`) {
		return strings.Split(line, ","), nil
	}
	cells, err := csv.NewReader(strings.NewReader(line)).Read()
	if err != nil {
		return nil, refused(number, "quotes that do not end where a cell does")
	}
	return cells, nil
}
