package statement

import (
	"archive/zip"
	"bufio"
	"io"
	"strings"

	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// Write writes lines of ours as the platform wants them uploaded (table 200):
// one text in a zip. lines hands them to the function it is given.
func Write(to io.Writer, lines func(give func(reconcile.Line) error) error) error {
	list, err := NewWriter(to)
	if err == nil {
		err = lines(list.Put)
	}
	if err != nil {
		return err
	}
	return list.Close()
}

// Writer writes a list to upload line by line. It is not whole before Close.
type Writer struct {
	archive *zip.Writer
	text    *bufio.Writer
}

// NewWriter begins a list.
func NewWriter(to io.Writer) (*Writer, error) {
	archive := zip.NewWriter(to)
	entry, err := archive.Create("detail.txt")
	return &Writer{archive, bufio.NewWriter(entry)}, err
}

// Put writes a line. One that is reversed becomes two, and one that never stood
// none.
func (w *Writer) Put(l reconcile.Line) error {
	switch l.Status {
	case reconcile.Standing:
		return put(w.text, &l, "0")
	case reconcile.Reversed:
		back := l
		back.Amounts = reconcile.Amounts{}.Minus(l.Amounts)
		if err := put(w.text, &l, "1"); err != nil {
			return err
		}
		return put(w.text, &back, "1")
	default:
		return nil
	}
}

// Close ends the list.
func (w *Writer) Close() error {
	if err := w.text.Flush(); err != nil {
		return err
	}
	return w.archive.Close()
}

func put(to *bufio.Writer, l *reconcile.Line, flag string) error {
	cells := []string{
		orNothing(l.Reference), orNothing(string(l.Encounter)), orNothing(l.Person.Reveal()), l.Amounts[reconcile.Bill].String(),
		l.Amounts[reconcile.Fund].String(), l.Amounts[reconcile.Account].String(), flag,
	}
	_, err := to.WriteString(strings.Join(cells, "\t") + "\n")
	return err
}

func orNothing(text string) string {
	if text == "" {
		return nothing
	}
	return text
}
