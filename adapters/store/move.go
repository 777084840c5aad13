package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"iter"
)

var (
	errFilled  = errors.New("something is kept there already; name a new, empty store")
	errDiffers = errors.New("what was written is not what was read; do not use the target")
	errForeign = errors.New("a value of a kind that no table has")
)

// Move copies every row of a store into an empty one, holding one row at a time
// in memory, and reads all of it again: the number and the digest of the rows of
// each table have to be those of the source. It tells how many rows each table
// has. A failure before the end leaves the target empty. Nobody may be using
// either store.
func Move(ctx context.Context, from, to Movable, tell func(table string, rows int64)) error {
	for _, table := range Tables {
		for _, err := range to.Rows(ctx, table) {
			if err == nil {
				err = errFilled
			}
			return fmt.Errorf("target, table %s: %w", table.Name, err)
		}
	}
	read := map[string]*tally{}
	err := to.Fill(ctx, func(table Table) iter.Seq2[[]any, error] {
		read[table.Name] = newTally()
		return read[table.Name].of(from.Rows(ctx, table))
	})
	if err != nil {
		return fmt.Errorf("filling target: %w", err)
	}
	for _, table := range Tables {
		written := newTally()
		for _, err := range written.of(to.Rows(ctx, table)) {
			if err != nil {
				return fmt.Errorf("reading target, table %s: %w", table.Name, err)
			}
		}
		if want := read[table.Name]; written.rows != want.rows || written.digest() != want.digest() {
			return fmt.Errorf("table %s, %d rows of %d: %w", table.Name, written.rows, want.rows, errDiffers)
		}
		tell(table.Name, written.rows)
	}
	return nil
}

// tally counts rows and digests them in their order.
type tally struct {
	rows int64
	sum  hash.Hash
}

func newTally() *tally { return &tally{sum: sha256.New()} }

func (t *tally) digest() [sha256.Size]byte { return [sha256.Size]byte(t.sum.Sum(nil)) }

// of are the same rows, counted as they pass.
func (t *tally) of(rows iter.Seq2[[]any, error]) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for row, err := range rows {
			if err == nil {
				err = t.add(row)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// add digests one row: for each value its kind, its length and its bytes.
func (t *tally) add(row []any) error {
	t.rows++
	var text []byte
	for _, value := range row {
		switch value := value.(type) {
		case nil:
			text = append(text, 'n')
		case int64:
			text = binary.AppendVarint(append(text, 'i'), value)
		case string:
			text = append(binary.AppendUvarint(append(text, 't'), uint64(len(value))), value...)
		case []byte:
			text = append(binary.AppendUvarint(append(text, 'b'), uint64(len(value))), value...)
		default:
			return fmt.Errorf("%w: %T", errForeign, value)
		}
	}
	t.sum.Write(append(text, '\n')) // a hash never fails
	return nil
}
