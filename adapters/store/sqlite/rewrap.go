package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/chain"
)

// Rewrapper encrypts a store anew beside the process that serves from it: it
// implements store.Rewrappable. It writes on a connection of its own, which
// SQLite lets at it between the commits of the other.
type Rewrapper struct {
	db   *sql.DB
	on   *session
	lone *sql.Conn
}

const (
	beginWithin = 30 * time.Second
	gap         = 100 * time.Microsecond
)

var errTables = errors.New("the tables are of another version than this program: start a gateway of this version once")

// OpenRewrapper opens the store at config.Path for that. Blocked: its tables are
// of another version.
func OpenRewrapper(ctx context.Context, config Config) (*Rewrapper, error) {
	if _, err := os.Stat(config.Path); err != nil {
		return nil, fmt.Errorf("opening store: %w", err)
	}
	db, err := connect(config.Path, "&_pragma=wal_autocheckpoint("+strconv.Itoa(logMax)+")&_pragma=busy_timeout(0)", 1)
	if err != nil {
		return nil, fmt.Errorf("opening store: %w", err)
	}
	r := &Rewrapper{db: db}
	if err := r.start(ctx, config); err != nil {
		return nil, errors.Join(fmt.Errorf("opening store: %w", err), r.Shut())
	}
	return r, nil
}

func (r *Rewrapper) start(ctx context.Context, config Config) (err error) {
	if err = assure(ctx, r.db); err != nil {
		return err
	}
	have, err := tablesOf(ctx, r.db)
	if err != nil {
		return err
	}
	want, err := newest()
	if err != nil {
		return err
	}
	if have != want {
		return &settlement.Error{
			Kind: settlement.KindBlocked, Reason: settlement.ReasonStoreUnavailable, Cause: fmt.Errorf("%w: %d and %d", errTables, have, want),
		}
	}
	if r.lone, err = r.db.Conn(ctx); err == nil {
		r.on = newSession(r.lone, store.Vault{Ring: config.Keys})
	}
	return err
}

// Shut ends it.
func (r *Rewrapper) Shut() error {
	var problems []error
	if r.on != nil {
		problems = append(problems, r.on.finish(), r.lone.Close())
	}
	return errors.Join(append(problems, r.db.Close())...)
}

func marker(n int) string { return "?" + strconv.Itoa(n) }

// Page implements store.Rewrappable.
func (r *Rewrapper) Page(ctx context.Context, t *store.EncryptedTable, heads [2][]byte, after []any, rows int) ([]store.KeptRow, error) {
	args := append([]any{heads[0], heads[1], int64(rows)}, after...)
	found, err := r.on.query(ctx, t.PageText(marker, after == nil), args...)
	if err != nil {
		return nil, interpret(err)
	}
	defer found.Close()
	var page []store.KeptRow
	for found.Next() {
		values := make([]any, len(t.Order)+len(t.Named)+len(t.Columns))
		into := make([]any, len(values))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			return nil, interpret(err)
		}
		page = append(page, t.Row(values))
	}
	return page, interpret(found.Err())
}

// Replace implements store.Rewrappable. While a row is in the table rewrapping,
// which nobody else ever sees, what is kept lets itself be encrypted anew.
func (r *Rewrapper) Replace(ctx context.Context, t *store.EncryptedTable, rows []store.Replacement) (written int, err error) {
	if err := r.begin(ctx); err != nil {
		return 0, interpret(err)
	}
	written, err = r.replace(ctx, t, rows)
	if err == nil {
		_, err = r.on.exec(ctx, `COMMIT`)
	}
	if err != nil {
		_, undone := r.on.exec(background, `ROLLBACK`)
		return 0, interpret(errors.Join(err, undone))
	}
	return written, nil
}

// begin waits for a gap between the commits of the other process. SQLite's own
// way of waiting, which sleeps longer each time, finds none beside a busy one.
func (r *Rewrapper) begin(ctx context.Context) error {
	until := time.Now().Add(beginWithin)
	for {
		_, err := r.on.exec(ctx, `BEGIN IMMEDIATE`)
		if code(err)&primary != sqlite3.SQLITE_BUSY || time.Now().After(until) {
			return err
		}
		time.Sleep(gap)
	}
}

func (r *Rewrapper) replace(ctx context.Context, t *store.EncryptedTable, rows []store.Replacement) (written int, err error) {
	if _, err := r.on.exec(ctx, `INSERT INTO rewrapping (key) VALUES ('')`); err != nil {
		return 0, err
	}
	text := t.WriteText(marker, func(condition string) string { return condition })
	for i := range rows {
		touched, err := r.on.exec(ctx, text, rows[i].Args()...)
		if err != nil {
			return 0, err
		}
		written += int(touched)
	}
	_, err = r.on.exec(ctx, `DELETE FROM rewrapping`)
	return written, err
}

// Note implements store.Rewrappable. The line waits for the gateway that serves
// from the file, or the next that does: it gives turns.
func (r *Rewrapper) Note(ctx context.Context, note chain.Note) error {
	if err := store.SoundNotes([]chain.Note{note}); err != nil {
		return err
	}
	if err := r.begin(ctx); err != nil {
		return interpret(err)
	}
	const text = `INSERT INTO audit_waiting (at, times, actor, action, reason, object, instance) VALUES (?, ?, ?, ?, ?, ?, ?)`
	_, err := r.on.exec(ctx, text, noteValues(&note)...)
	if err == nil {
		_, err = r.on.exec(ctx, `COMMIT`)
	}
	if err != nil {
		_, undone := r.on.exec(background, `ROLLBACK`)
		return interpret(errors.Join(err, undone))
	}
	return nil
}

// Census implements store.Rewrappable.
func (r *Rewrapper) Census(ctx context.Context, t *store.EncryptedTable) ([]store.Tally, error) {
	return t.Census(`x'00504949'`, `x''`, func(text string, each func(head []byte, values int64)) error {
		found, err := r.on.query(ctx, text)
		if err != nil {
			return interpret(err)
		}
		defer found.Close()
		for found.Next() {
			var head []byte
			var values int64
			if err := found.Scan(&head, &values); err != nil {
				return interpret(err)
			}
			each(head, values)
		}
		return interpret(found.Err())
	})
}
