package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/chain"
)

// Chain is the audit chain of a store: it implements chain.Store.
type Chain struct {
	chainArchive
	store *Store
}

// Chain is the store's audit chain.
func (s *Store) Chain() *Chain {
	return &Chain{chainArchive{s.vault, s.reads, s.committer.recent}, s}
}

// Earlier implements chain.Archive. All rows are of one moment, and there is no
// hurry: there may be many, once.
func (c *Chain) Earlier(ctx context.Context, each func(*chain.Row) error) error {
	return interpret(pgx.BeginTxFunc(ctx, c.store.reads, snapshot, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, unhurried); err != nil {
			return err
		}
		return chainArchive{vault: c.vault, on: tx}.Earlier(ctx, each)
	}))
}

// Tip implements chain.Store.
func (c *Chain) Tip(ctx context.Context) (*chain.Block, error) {
	rows, err := c.store.reads.Query(ctx, `SELECT `+blockColumns+` FROM audit_block ORDER BY height DESC LIMIT 1`)
	if err != nil {
		return nil, c.store.outcome(err)
	}
	found, err := pgx.CollectRows(rows, scanBlock)
	if err != nil || len(found) == 0 {
		return nil, c.store.outcome(err)
	}
	return &found[0], nil
}

// A row gets its turn from the sequence while its writer holds the lock on the
// table that every insert takes, and keeps until its transaction has ended and
// is seen by all. So once everybody has ended who held such a lock when the
// sequence stood at some turn, each row of that turn or a lower one is there, or
// was rolled back and never will be.
const (
	turnText    = `SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM audit_turn`
	writersText = `SELECT DISTINCT virtualtransaction FROM pg_locks
		WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND relation = ANY ($1::text[]::regclass[]::oid[])
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
)

// writersEvery is how often it is asked whether writers have ended.
const writersEvery = 10 * time.Millisecond

// Horizon implements chain.Store. It takes no lock and keeps nobody waiting.
func (c *Chain) Horizon(ctx context.Context) (turn int64, err error) {
	err = c.store.reads.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		var before []string
		if turn, before, err = reached(ctx, conn); err != nil {
			return err
		}
		return ended(ctx, conn, before)
	})
	return turn, c.store.outcome(err)
}

// reached is the turn that the sequence stands at and, looked at after it, the
// writers who may have that turn or a lower one.
func reached(ctx context.Context, conn *pgxpool.Conn) (turn int64, before []string, err error) {
	if err = conn.QueryRow(ctx, turnText).Scan(&turn); err != nil {
		return 0, nil, err
	}
	before, err = writers(ctx, conn)
	return turn, before, err
}

// ended waits until each of some writers has ended, and for no other.
func ended(ctx context.Context, conn *pgxpool.Conn, before []string) error {
	for len(before) > 0 {
		now, err := writers(ctx, conn)
		if err != nil {
			return err
		}
		before = slices.DeleteFunc(before, func(one string) bool { return !slices.Contains(now, one) })
		if len(before) == 0 {
			return nil
		}
		if err := pause(ctx, writersEvery); err != nil {
			return err
		}
	}
	return nil
}

// writers are the transactions that have written to a sealed table, and perhaps
// not ended.
func writers(ctx context.Context, conn *pgxpool.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, writersText, sealedNames())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func sealedNames() []string {
	names := make([]string, len(store.SealedTables))
	for i, table := range store.SealedTables {
		names[i] = table.Name
	}
	return names
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Append implements chain.Store.
func (c *Chain) Append(ctx context.Context, b chain.Block) error {
	const text = `INSERT INTO audit_block (` + blockColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	return c.store.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		queued.Queue(text, b.Height, b.Until, b.Members, store.Micros(b.At), int32(b.Form), b.Hash, b.Leaves, b.Digest, b.Seal)
		return queued, nil
	})
}

var insertNotes = insertion("audit", "at bigint", "times bigint", "actor text", "action text", "reason text", "object text", "instance text")

// Note implements chain.Store.
func (c *Chain) Note(ctx context.Context, notes []chain.Note) error {
	if len(notes) == 0 {
		return nil
	}
	args, err := noteArgs(notes)
	if err != nil {
		return err
	}
	return c.store.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		queued.Queue(insertNotes, args...)
		return queued, nil
	})
}

// noteArgs are the arguments of insertNotes. Invalid: a text that no column may
// hold.
func noteArgs(notes []chain.Note) ([]any, error) {
	if err := store.SoundNotes(notes); err != nil {
		return nil, err
	}
	var at, times []int64
	var actors, actions, reasons, objects, instances []string
	for i := range notes {
		n := &notes[i]
		at, times = append(at, store.Micros(n.At)), append(times, n.Times)
		actors, actions, reasons = append(actors, n.Actor), append(actions, n.Action), append(reasons, n.Reason)
		objects, instances = append(objects, n.Object), append(instances, n.Instance)
	}
	return []any{at, times, actors, actions, reasons, objects, instances}, nil
}
