package statement

import (
	"archive/zip"
	"bufio"
	"io"
	"strings"

	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// Write writes lines of ours as the platform wants them uploaded (table 200):
// one text in a zip. lines hands them to the function it is given. A line that
// is reversed becomes two, and one that never stood none.
func Write(to io.Writer, lines func(give func(reconcile.Line) error) error) error {
	archive := zip.NewWriter(to)
	entry, err := archive.Create("detail.txt")
	if err != nil {
		return err
	}
	text := bufio.NewWriter(entry)
	err = lines(func(l reconcile.Line) error {
		switch l.Status {
		case reconcile.Standing:
			return put(text, &l, "0")
		case reconcile.Reversed:
			back := l
			back.Amounts = reconcile.Amounts{}.Minus(l.Amounts)
			if err := put(text, &l, "1"); err != nil {
				return err
			}
			return put(text, &back, "1")
		default:
			return nil
		}
	})
	if err != nil {
		return err
	}
	if err := text.Flush(); err != nil {
		return err
	}
	return archive.Close()
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
