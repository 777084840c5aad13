package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/chain"
)

// Rewrapper encrypts a store anew beside the gateways that serve from it: it
// implements store.Rewrappable. It waits for no row that another has, so that no
// gateway can wait for it in a circle.
type Rewrapper struct{ pool *pgxpool.Pool }

// maintaining is the role of whoever encrypts anew. A wall that would hide rows of
// it, as one between tenants does, is an error: rows that are not seen would be
// taken for rows that are not there.
var maintaining = role{
	settings: map[string]string{
		"statement_timeout": "0", "lock_timeout": milliseconds(lockWithin), "row_security": "off",
		"plan_cache_mode": "force_generic_plan",
	},
}

// lockWithin bounds how long a batch is held up, by a change of the tables say.
const lockWithin = 5 * time.Second

var errNotOwner = errors.New("this role may change nothing that is kept: connect as the owner of the tables")

// OpenRewrapper opens the store that config.DSN names for that: as the owner of
// its tables, or a role that may act as that. Blocked: the tables are of another
// version, or the role is a gateway's, which may change nothing that is kept.
func OpenRewrapper(ctx context.Context, config Config) (*Rewrapper, error) {
	config.complete()
	config.Readers = 1
	pool, err := connect(ctx, config, maintaining)
	if err != nil {
		return nil, fmt.Errorf("opening store: %w", err)
	}
	err = reach(ctx, pool)
	if err == nil {
		err = understood(ctx, pool)
	}
	var owner bool
	if err == nil {
		err = interpret(pool.QueryRow(ctx, mightyText).Scan(&owner))
	}
	if err == nil && !owner {
		err = blocked(errNotOwner)
	}
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("opening store: %w", err)
	}
	return &Rewrapper{pool}, nil
}

// Shut ends it. The error is always nil; it is there so that stores end alike.
func (r *Rewrapper) Shut() error {
	r.pool.Close()
	return nil
}

func marker(n int) string { return "$" + strconv.Itoa(n) }

// Page implements store.Rewrappable.
func (r *Rewrapper) Page(ctx context.Context, t *store.EncryptedTable, heads [2][]byte, after []any, rows int) ([]store.KeptRow, error) {
	args := append([]any{heads[0], heads[1], rows}, after...)
	found, err := r.pool.Query(ctx, t.PageText(marker, after == nil), args...)
	if err != nil {
		return nil, interpret(err)
	}
	page, err := pgx.CollectRows(found, func(row pgx.CollectableRow) (store.KeptRow, error) {
		values, err := cells(row)
		if err != nil {
			return store.KeptRow{}, err
		}
		return t.Row(values), nil
	})
	return page, interpret(err)
}

// Replace implements store.Rewrappable.
func (r *Rewrapper) Replace(ctx context.Context, t *store.EncryptedTable, rows []store.Replacement) (written int, err error) {
	text := t.WriteText(marker, func(condition string) string {
		return "ctid = (SELECT ctid FROM " + t.Name + " WHERE " + condition + " FOR UPDATE SKIP LOCKED)"
	})
	queued := &pgx.Batch{}
	queued.Queue(beginText)
	queued.Queue(`SET LOCAL onestop.rewrap = 'on'`)
	for i := range rows {
		queued.Queue(text, rows[i].Args()...).Exec(func(tag pgconn.CommandTag) error {
			written += int(tag.RowsAffected())
			return nil
		})
	}
	queued.Queue(`COMMIT`)
	if err := r.pool.SendBatch(ctx, queued).Close(); err != nil {
		return 0, interpret(err)
	}
	return written, nil
}

// Note implements store.Rewrappable.
func (r *Rewrapper) Note(ctx context.Context, note chain.Note) error {
	args, err := noteArgs([]chain.Note{note})
	if err != nil {
		return err
	}
	_, err = r.pool.Exec(ctx, insertNotes, args...)
	return interpret(err)
}

// Census implements store.Rewrappable.
func (r *Rewrapper) Census(ctx context.Context, t *store.EncryptedTable) ([]store.Tally, error) {
	return t.Census(`'\x00504949'::bytea`, `''::bytea`, func(text string, each func(head []byte, values int64)) error {
		found, err := r.pool.Query(ctx, text)
		if err != nil {
			return interpret(err)
		}
		var head []byte
		var values int64
		_, err = pgx.ForEachRow(found, []any{&head, &values}, func() error {
			each(head, values)
			return nil
		})
		return interpret(err)
	})
}
