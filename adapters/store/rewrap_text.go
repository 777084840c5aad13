package store

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onestop-gateway/onestop/adapters/store/sealing"
)

// Marker is how an engine writes the parameter of a number in a statement.
type Marker func(n int) string

// blindMark begins an identity number that is kept by its blind index.
const blindMark = "~"

// PageText is the statement that reads rows of a table after a place, in order:
// the order's values, what names their places, and each column, nothing for one
// that is under the key in use. Its parameters are the heads of that key's values
// (two), how many rows, and after the first page the place.
func (t *EncryptedTable) PageText(mark Marker, first bool) string {
	named := append(append([]string{}, t.Order...), t.Named...)
	var inner, outer []string
	for i, name := range named {
		inner, outer = append(inner, fmt.Sprintf("%s AS n%d", name, i)), append(outer, fmt.Sprintf("n%d", i))
	}
	for i, column := range t.Columns {
		inner = append(inner, fmt.Sprintf("%s AS c%d", t.Read[i], i))
		switch {
		case column == "certificate":
			outer = append(outer, fmt.Sprintf("c%d", i))
		default:
			outer = append(outer, fmt.Sprintf("CASE WHEN %s THEN NULL ELSE c%d END", t.done(i, mark), i))
		}
	}
	text := "SELECT " + strings.Join(outer, ", ") + " FROM (SELECT " + strings.Join(inner, ", ") + " FROM " + t.From
	if !first {
		marks := make([]string, len(t.Order))
		for i := range marks {
			marks[i] = mark(4 + i)
		}
		text += " WHERE (" + strings.Join(t.Order, ", ") + ") > (" + strings.Join(marks, ", ") + ")"
	}
	order := strings.Join(t.Order, ", ")
	return text + " ORDER BY " + order + " LIMIT " + mark(3) + ") AS page ORDER BY " + strings.Join(outer[:len(t.Order)], ", ")
}

// done is whether a value needs nothing. A person's document is opened for the
// identity number, too.
func (t *EncryptedTable) done(i int, mark Marker) string {
	text := fmt.Sprintf("substr(c%d, 1, 9) IN (%s, %s)", i, mark(1), mark(2))
	if t.Name == "person" {
		text += fmt.Sprintf(" AND (c1 = '' OR substr(c1, 1, 1) = '%s')", blindMark)
	}
	return text
}

// WriteText is the statement that replaces values of a row that is as it was
// read. Its parameters are the row's key, then for each column what was read and
// what is written; nothing for a column that stays. only is a condition on the
// key, "" for none.
func (t *EncryptedTable) WriteText(mark Marker, only func(condition string) string) string {
	var sets, as, keys []string
	for i, column := range t.Key {
		keys = append(keys, column+" = "+mark(1+i))
	}
	for i, column := range t.Columns {
		was, becomes := mark(1+len(t.Key)+2*i), mark(2+len(t.Key)+2*i)
		sets = append(sets, fmt.Sprintf("%s = coalesce(%s, %s)", column, becomes, column))
		as = append(as, fmt.Sprintf("(%s = %s OR %s IS NULL)", column, was, was))
	}
	key := strings.Join(keys, " AND ")
	return "UPDATE " + t.Name + " SET " + strings.Join(sets, ", ") + " WHERE " + only(key) + " AND " + strings.Join(as, " AND ")
}

// CountText is the statement that counts the values of a column by the heads
// that they are sealed with; those in the clear have none.
func (t *EncryptedTable) CountText(column, mark, none string) string {
	return fmt.Sprintf(`SELECT head, count(*) FROM (
			SELECT CASE WHEN substr(%[1]s, 1, 4) = %[3]s AND length(%[1]s) >= 9 THEN substr(%[1]s, 1, 9) ELSE %[4]s END AS head
			FROM %[2]s WHERE length(%[1]s) > 0) AS heads
		GROUP BY head ORDER BY head`, column, t.Name, mark, none)
}

// Row is what PageText gave.
func (t *EncryptedTable) Row(values []any) KeptRow {
	order, kept := len(t.Order), len(t.Order)+len(t.Named)
	return KeptRow{Place: values[:order], Named: values[order:kept], Kept: values[kept:]}
}

// Args are the parameters of WriteText.
func (r *Replacement) Args() []any {
	args := append([]any{}, r.Key...)
	for i := range r.Was {
		args = append(args, r.Was[i], r.Becomes[i])
	}
	return args
}

// Census asks an engine for the counts of a table's values. mark and none are how
// it writes the mark of sealed values and no bytes.
func (t *EncryptedTable) Census(mark, none string, ask func(text string, each func(head []byte, values int64)) error) (all []Tally, err error) {
	for _, column := range t.Columns {
		text := t.CountText(column, mark, none)
		if column == "certificate" { // blind, or in the clear
			text = fmt.Sprintf(`SELECT %s, count(*) FROM %s WHERE %s <> '' AND substr(%[3]s, 1, 1) <> '%s'`, none, t.Name, column, blindMark)
		}
		err := ask(text, func(head []byte, values int64) {
			if values > 0 {
				all = append(all, Tally{Column: t.Name + "." + column, Key: sealing.KeyOf(head), Values: values})
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return merged(all), nil
}

// merged adds up what the two forms of one key have.
func merged(all []Tally) (sums []Tally) {
	for _, one := range all {
		at := slices.IndexFunc(sums, func(s Tally) bool { return s.Column == one.Column && s.Key == one.Key })
		if at < 0 {
			sums = append(sums, one)
			continue
		}
		sums[at].Values += one.Values
	}
	return sums
}
