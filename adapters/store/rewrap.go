package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/settlement/chain"
)

// KeptRow is a row of an EncryptedTable as it was read: where it stands, what
// names the places of its values, and these, nil for one that needs nothing.
type KeptRow struct {
	Place []any
	Named []any
	Kept  []any // []byte, or string for an identity number
}

// Replacement is what a row's values become; nil for one that stays.
type Replacement struct {
	Key     []any
	Was     []any
	Becomes []any
}

// Rewrappable is a store whose values can be encrypted anew beside whoever else
// uses it. Every error is of the house.
type Rewrappable interface {
	// Page reads rows of a table after a place, nil before the first. heads are
	// how values begin that need nothing.
	Page(ctx context.Context, t *EncryptedTable, heads [2][]byte, after []any, rows int) ([]KeptRow, error)

	// Replace writes what becomes of rows in one durable transaction, and says
	// of how many: a row that somebody else changed or holds meanwhile stays.
	Replace(ctx context.Context, t *EncryptedTable, rows []Replacement) (int, error)

	// Census counts the values of a table by column and by the head that they
	// are sealed with, "" for those in the clear.
	Census(ctx context.Context, t *EncryptedTable) ([]Tally, error)

	// Note appends a line to the audit trail, which the chain seals as it does
	// those of gateways.
	Note(ctx context.Context, note chain.Note) error
}

// Tally is how many values of a column are under a key.
type Tally struct {
	Column string // "table.column"
	Key    string // its id; "" for values in the clear
	Values int64
}

// Pace is how rewrapping shares the store with those who settle.
type Pace struct {
	Rows int // in a batch, which is one transaction
	Rest int // after each batch, in per cent of the time it took
}

// Rewrapped is how far a run has come.
type Rewrapped struct {
	Read, Written int64 // rows
	Unreadable    int64 // rows with a value that no key of the ring opens, which stay
}

var (
	errIdle   = errors.New("no key of the ring is in use: onestop keys use lets one seal")
	errBusy   = errors.New("rows were changed by others each time they were to be written; run it again")
	errNoRows = errors.New("a batch has at least one row")
)

// passesMax is how often a table is gone through for rows that others changed
// meanwhile.
const passesMax = 20

// Rewrap encrypts every value of a store anew that is in the clear or under
// another key than the one in use, a batch at a time. Each value says itself
// which key it is under, so that a run that was killed is taken up by the next
// one without any record of it. tell hears of every batch. The file or the server
// may hold what values were before in room that is free, until it is used again.
func (v Vault) Rewrap(ctx context.Context, in Rewrappable, pace Pace, tell func(table string, so Rewrapped)) (Rewrapped, error) {
	r := rewrap{vault: v, in: in, pace: pace, tell: tell}
	if pace.Rows < 1 {
		return r.so, errNoRows
	}
	for i := range EncryptedTables {
		if err := r.table(ctx, &EncryptedTables[i]); err != nil {
			return r.so, fmt.Errorf("table %s: %w", EncryptedTables[i].Name, err)
		}
	}
	return r.so, nil
}

// rewrap is one run.
type rewrap struct {
	vault Vault
	in    Rewrappable
	pace  Pace
	tell  func(string, Rewrapped)
	so    Rewrapped
}

// table goes through a table until no row of it was in others' hands.
func (r *rewrap) table(ctx context.Context, t *EncryptedTable) error {
	unreadable := r.so.Unreadable
	for range passesMax {
		r.so.Unreadable = unreadable // the same ones are met again
		missed, err := r.pass(ctx, t)
		if err != nil || missed == 0 {
			return err
		}
	}
	return errBusy
}

// pass goes through a table once and says how many rows it could not write.
func (r *rewrap) pass(ctx context.Context, t *EncryptedTable) (missed int, err error) {
	for after := []any(nil); ; {
		began := time.Now()
		if err := r.vault.Reload(); err != nil { // another key may seal by now, and this one be retired
			return missed, err
		}
		heads, active := r.vault.Heads()
		if !active {
			return 0, errIdle
		}
		rows, err := r.in.Page(ctx, t, heads, after, r.pace.Rows)
		if err != nil || len(rows) == 0 {
			return missed, err
		}
		replaced := r.replaced(t, rows)
		written := 0
		if len(replaced) > 0 {
			if written, err = r.in.Replace(ctx, t, replaced); err != nil {
				return missed, err
			}
		}
		missed += len(replaced) - written
		r.so.Read, r.so.Written = r.so.Read+int64(len(rows)), r.so.Written+int64(written)
		r.tell(t.Name, r.so)
		after = rows[len(rows)-1].Place
		if err := rest(ctx, time.Since(began)*time.Duration(r.pace.Rest)/100); err != nil {
			return missed, err
		}
	}
}

// replaced is what becomes of the rows that need it.
func (r *rewrap) replaced(t *EncryptedTable, rows []KeptRow) (found []Replacement) {
	for i := range rows {
		one, changed, err := r.vault.rewrapped(t, &rows[i])
		switch {
		case err != nil:
			r.so.Unreadable++
		case changed:
			found = append(found, one)
		}
	}
	return found
}

// rewrapped is what becomes of a row's values.
func (v Vault) rewrapped(t *EncryptedTable, row *KeptRow) (r Replacement, changed bool, err error) {
	r = Replacement{
		Key: row.Place[len(row.Place)-len(t.Key):], Was: make([]any, len(t.Columns)), Becomes: make([]any, len(t.Columns)),
	}
	names := named{append(append([]string{}, t.Order...), t.Named...), append(append([]any{}, row.Place...), row.Named...)}
	for i, column := range t.Columns {
		kept, _ := row.Kept[i].([]byte)
		if len(kept) == 0 {
			continue
		}
		at := placeAt(t.Name+"."+column, names)
		plain, err := v.Unseal(at, kept)
		if err != nil {
			return r, false, err
		}
		r.Was[i], r.Becomes[i], changed = kept, v.again(at, plain), true
		if t.Name == "person" {
			if err := v.renumbered(&r, row, plain); err != nil {
				return r, false, err
			}
		}
	}
	return r, changed, nil
}

// again seals a value as its column is sealed.
func (v Vault) again(at sealing.Place, plain []byte) []byte {
	if at.Column == answerColumn {
		return v.SealAgain(at, plain)
	}
	return v.Seal(at, plain)
}

// renumbered gives the identity number of a person's document its blind index.
func (v Vault) renumbered(r *Replacement, row *KeptRow, plain []byte) error {
	person, err := DecodePerson(plain)
	if err != nil {
		return err
	}
	if was, _ := row.Kept[1].(string); was != v.Index(person.Certificate) {
		r.Was[1], r.Becomes[1] = was, v.Index(person.Certificate)
	}
	return nil
}

// rest leaves the store to others for a while.
func rest(ctx context.Context, while time.Duration) error {
	timer := time.NewTimer(while)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Census counts all values of a store by column and key.
func Census(ctx context.Context, in Rewrappable) (all []Tally, err error) {
	for i := range EncryptedTables {
		found, err := in.Census(ctx, &EncryptedTables[i])
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", EncryptedTables[i].Name, err)
		}
		all = append(all, found...)
	}
	return all, nil
}
