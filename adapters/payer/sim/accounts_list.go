package sim

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// listedRow is one row of a list that was uploaded (table 200).
type listedRow struct {
	reference, encounter, person string
	bill, fund, account          settlement.Money
}

// What is said of a row (stmt_rslt).
const (
	oursOnly   = "1"
	theirsOnly = "2"
	different  = "3"
)

// compare compares an uploaded list with the book and files what differs
// (3202).
func (s *Simulator) compare(q question) answer {
	rows, err := readList(s.kept(q.Input.Data.File))
	if err != nil || !q.Input.Data.dated() {
		return badAccounts
	}
	var text bytes.Buffer
	known := map[string]bool{}
	for _, h := range s.accounts(q, "") {
		known[h.Reference] = true
		row, listed := rows[h.Reference]
		switch same := row == h.row(); {
		case listed && h.reversed:
			h.write(&text, different, 1)
			h.write(&text, different, -1)
		case !listed && !h.reversed:
			h.write(&text, oursOnly, 1)
		case listed && !same:
			h.write(&text, different, 1)
		}
	}
	for _, reference := range slices.Sorted(maps.Keys(rows)) {
		if row := rows[reference]; !known[reference] {
			fmt.Fprintf(&text, "%s\t%s\t%s\tnull\t%s\t0\tnull\t%s\t%s\t%s\n", row.person, row.encounter, reference, theirsOnly, row.bill, row.fund, row.account)
		}
	}
	content, err := packed(text.Bytes())
	if err != nil {
		return systemError
	}
	return s.filed(content)
}

// row is the settlement as a list has it.
func (h *held) row() listedRow {
	return listedRow{h.Reference, h.Encounter, h.Person, h.Amounts.Total, h.Amounts.Fund, h.Amounts.Account}
}

// write writes a row of a result (table 201), with its amounts times sign.
func (h *held) write(text *bytes.Buffer, result string, sign settlement.Money) {
	flag := "0"
	if h.reversed {
		flag = "1"
	}
	a := &h.Amounts
	fmt.Fprintf(text, "%s\t%s\t%s\t%s\t%s\t%s\tnull\t%s\t%s\t%s\n",
		h.Person, h.Encounter, h.Reference, h.Message, result, flag, sign*a.Total, sign*a.Fund, sign*a.Account)
}

// packed is a text in a zip.
func packed(text []byte) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	entry, err := archive.Create("result.txt")
	if err == nil {
		_, err = entry.Write(text)
	}
	if err == nil {
		err = archive.Close()
	}
	return out.Bytes(), err
}

// readList reads a list to compare: what stands, by reference. A row that takes
// back takes away the one before it.
func readList(content []byte) (map[string]listedRow, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	if len(archive.File) != 1 {
		return nil, fmt.Errorf("a zip of %d files", len(archive.File))
	}
	text, err := archive.File[0].Open()
	if err != nil {
		return nil, err
	}
	defer text.Close()
	rows := map[string]listedRow{}
	lines := bufio.NewScanner(io.LimitReader(text, 64*bodyMax))
	for lines.Scan() {
		row, err := readRow(lines.Text())
		if err != nil {
			return nil, err
		}
		if row.bill < 0 {
			delete(rows, row.reference)
			continue
		}
		rows[row.reference] = row
	}
	return rows, lines.Err()
}

// readRow reads one row of table 200.
func readRow(line string) (listedRow, error) {
	cells := strings.Split(line, "\t")
	if len(cells) != 7 && len(cells) != 8 {
		return listedRow{}, fmt.Errorf("a row of %d cells", len(cells))
	}
	row := listedRow{reference: cells[0], encounter: cells[1], person: cells[2]}
	for i, to := range []*settlement.Money{&row.bill, &row.fund, &row.account} {
		value, err := settlement.ParseMoney(cells[3+i])
		if err != nil {
			return listedRow{}, err
		}
		*to = value
	}
	return row, nil
}
