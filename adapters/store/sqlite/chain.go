package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/chain"
)

// Chain is the audit chain of a store: it implements chain.Store.
type Chain struct {
	chainArchive
}

// Chain is the store's audit chain.
func (s *Store) Chain() *Chain { return &Chain{chainArchive{s, s.recent}} }

// lastTurn is the turn given out last. It is read before anything is written,
// by the one process that writes.
func lastTurn(ctx context.Context, db *sql.DB) (last int64, err error) {
	text := `SELECT coalesce(max(until), 0) FROM audit_block`
	for _, table := range store.SealedTables {
		text += ` UNION ALL SELECT coalesce(max(turn), 0) FROM ` + table.Name + ` WHERE turn > 0`
	}
	err = db.QueryRowContext(ctx, `SELECT max(turn) FROM (SELECT 0 AS turn UNION ALL `+text+`)`).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("reading the last turn: %w", interpret(err))
	}
	return last, nil
}

// Tip implements chain.Store.
func (c *Chain) Tip(ctx context.Context) (*chain.Block, error) {
	found, err := scanBlock(c.store.reader.row(ctx, `SELECT `+blockColumns+` FROM audit_block ORDER BY height DESC LIMIT 1`))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, c.store.outcome(err)
	}
	return &found, nil
}

// Horizon implements chain.Store. Turns are given out by the one connection that
// writes, in the order of its transactions: whoever writes this block writes
// after all that it has seen, and what comes later has higher turns.
func (c *Chain) Horizon(ctx context.Context) (int64, error) {
	var last int64
	err := c.store.committer.do(ctx, func(on *session) error {
		err := takeWaiting(on)
		last = *on.last
		return err
	})
	return last, err
}

// Append implements chain.Store.
func (c *Chain) Append(ctx context.Context, b chain.Block) error {
	const text = `INSERT INTO audit_block (` + blockColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	return c.store.committer.do(ctx, func(on *session) error {
		_, err := on.exec(background, text, b.Height, b.Until, b.Members, store.Micros(b.At), int64(b.Form), b.Hash, b.Leaves, b.Digest, b.Seal)
		if duplicate(err) {
			return store.Taken("height", settlement.ReasonStaleRecord)
		}
		return err
	})
}

// Note implements chain.Store.
func (c *Chain) Note(ctx context.Context, notes []chain.Note) error {
	if err := store.SoundNotes(notes); err != nil || len(notes) == 0 {
		return err
	}
	return c.store.committer.do(ctx, func(on *session) error {
		for i := range notes {
			_, err := on.exec(background, insertNote, append([]any{on.turn()}, noteValues(&notes[i])...)...)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

const insertNote = `INSERT INTO audit (turn, at, times, actor, action, reason, object, instance) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

// noteValues are the columns of a line behind its turn.
func noteValues(n *chain.Note) []any {
	return []any{store.Micros(n.At), n.Times, n.Actor, n.Action, n.Reason, n.Object, n.Instance}
}

// takeWaiting gives a turn to what another process told of itself since, in the
// transaction of on.
func takeWaiting(on *session) error {
	rows, err := on.query(background, `SELECT at, times, actor, action, reason, object, instance FROM audit_waiting WHERE no > 0 ORDER BY no`)
	if err != nil {
		return err
	}
	var waiting []chain.Note
	for rows.Next() {
		var n chain.Note
		var at int64
		if err := rows.Scan(&at, &n.Times, &n.Actor, &n.Action, &n.Reason, &n.Object, &n.Instance); err != nil {
			return errors.Join(err, rows.Close())
		}
		n.At = store.Time(at)
		waiting = append(waiting, n)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(waiting) == 0 {
		return err
	}
	for i := range waiting {
		if _, err := on.exec(background, insertNote, append([]any{on.turn()}, noteValues(&waiting[i])...)...); err != nil {
			return err
		}
	}
	_, err = on.exec(background, `DELETE FROM audit_waiting`)
	return err
}
