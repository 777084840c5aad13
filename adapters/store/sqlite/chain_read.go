package sqlite

import (
	"context"
	"strings"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/chain"
)

// chainArchive reads the chain and the rows it seals: it implements
// chain.Archive.
type chainArchive struct {
	store  *Store
	recent *store.Recent // nil where every row is read
}

// Chain is the audit chain as it stands at the archive's moment.
func (a *Archive) Chain() chain.Archive { return chainArchive{store: a.store} }

const blockColumns = `height, until, members, at, form, hash, leaves, digest, seal`

func scanBlock(row scanner) (b chain.Block, err error) {
	var at int64
	err = row.Scan(&b.Height, &b.Until, &b.Members, &at, &b.Form, &b.Hash, &b.Leaves, &b.Digest, &b.Seal)
	b.At = store.Time(at)
	return b, err
}

// Blocks implements chain.Archive.
func (c chainArchive) Blocks(ctx context.Context, height int64, limit int) ([]chain.Block, error) {
	rows, err := c.store.reader.query(ctx, `SELECT `+blockColumns+` FROM audit_block WHERE height >= ? ORDER BY height LIMIT ?`, height, int64(limit))
	if err != nil {
		return nil, c.store.outcome(err)
	}
	defer rows.Close()
	var found []chain.Block
	for rows.Next() {
		one, err := scanBlock(rows)
		if err != nil {
			return nil, c.store.outcome(err)
		}
		found = append(found, one)
	}
	return found, c.store.outcome(rows.Err())
}

// Rows implements chain.Archive.
func (c chainArchive) Rows(ctx context.Context, after, until int64, limit int) ([]chain.Row, int64, error) {
	lists := make([][]chain.Row, len(store.SealedTables))
	for i, table := range store.SealedTables {
		found, err := c.sealed(ctx, &table, rowsOf(&table), after, until, int64(limit+1))
		if err != nil {
			return nil, after, err
		}
		lists[i] = found
	}
	rows, upTo, err := store.MergeTurns(lists, limit, after, until)
	if err == nil {
		err = c.attach(ctx, rows)
	}
	return rows, upTo, err
}

// rowsOf reads the rows of a table between two turns. The last condition is that
// of the indexes: of two lower bounds SQLite seeks by the first and walks on.
func rowsOf(table *store.SealedTable) string {
	return "SELECT turn, " + strings.Join(table.Selected(), ", ") + " FROM " + table.Name +
		" WHERE turn > ? AND turn <= ? AND turn > 0 ORDER BY turn LIMIT ?"
}

// sealed reads rows of a table: their turn, then what is selected of it.
func (c chainArchive) sealed(ctx context.Context, table *store.SealedTable, text string, args ...any) ([]chain.Row, error) {
	rows, err := c.store.reader.query(ctx, text, args...)
	if err != nil {
		return nil, c.store.outcome(err)
	}
	defer rows.Close()
	var found []chain.Row
	for rows.Next() {
		columns := 1 + len(table.Selected())
		values, into := make([]any, columns), make([]any, columns)
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, c.store.outcome(err)
		}
		turn, _ := values[0].(int64)
		opened, err := c.store.vault.ReadRow(table, values[1:])
		if err != nil {
			return nil, err
		}
		found = append(found, chain.Row{Turn: turn, Table: table.Name, Values: opened})
	}
	return found, c.store.outcome(rows.Err())
}

// attach adds what belongs to first lines of the audit trail, and reads what of it
// is not held.
func (c chainArchive) attach(ctx context.Context, rows []chain.Row) error {
	for i := range rows {
		no, revision, first := store.EventKey(&rows[i])
		if !first {
			continue
		}
		if attached, held := c.recent.Take(no, revision); held {
			rows[i].Attached = attached
			continue
		}
		if revision == 1 {
			text := "SELECT 0, " + strings.Join(store.AskedColumns, ", ") + " FROM settlement WHERE no = ?"
			found, err := c.sealed(ctx, &store.AskedTable, text, no)
			if err != nil {
				return err
			}
			rows[i].Attached = append(rows[i].Attached, found...)
		}
		for _, table := range store.AttachedTables {
			text := "SELECT 0, " + strings.Join(table.Selected(), ", ") + " FROM " + table.Name +
				" WHERE settlement = ? AND revision = ? ORDER BY " + strings.Join(table.Order, ", ")
			found, err := c.sealed(ctx, &table, text, no, revision)
			if err != nil {
				return err
			}
			rows[i].Attached = append(rows[i].Attached, found...)
		}
	}
	return nil
}

// earlierAtOnce bounds the rows without a turn that are held in memory.
const earlierAtOnce = 1000

// Earlier implements chain.Archive.
func (c chainArchive) Earlier(ctx context.Context, each func(*chain.Row) error) error {
	for _, table := range store.SealedTables {
		if err := c.earlierOf(ctx, &table, each); err != nil {
			return err
		}
	}
	return nil
}

// earlierOf gives the rows of one table, page by page, by its order.
func (c chainArchive) earlierOf(ctx context.Context, table *store.SealedTable, each func(*chain.Row) error) error {
	order := strings.Join(table.Order, ", ")
	for args := []any(nil); ; {
		text := "SELECT turn, " + strings.Join(table.Selected(), ", ") + " FROM " + table.Name + " WHERE turn = 0"
		if len(args) > 0 {
			text += " AND (" + order + ") > (?" + strings.Repeat(", ?", len(args)-1) + ")"
		}
		page, err := c.sealed(ctx, table, text+" ORDER BY "+order+" LIMIT 1000", args...)
		if err == nil {
			err = c.attach(ctx, page)
		}
		if err != nil {
			return err
		}
		for i := range page {
			if err := each(&page[i]); err != nil {
				return err
			}
		}
		if len(page) < earlierAtOnce {
			return nil
		}
		args = store.PlaceOf(table, &page[len(page)-1])
	}
}

// Orphans implements chain.Archive.
func (c chainArchive) Orphans(ctx context.Context, each func(chain.Row) error) error {
	for _, table := range store.AttachedTables {
		found, err := c.sealed(ctx, &store.SealedTable{Columns: table.Order}, "SELECT 0, "+strings.Join(table.Order, ", ")+" FROM "+table.Name+` AS a
			WHERE NOT EXISTS (SELECT 1 FROM event AS e WHERE e.settlement = a.settlement AND e.revision = a.revision AND e.line = 0)`)
		if err != nil {
			return err
		}
		for _, r := range found {
			r.Table = table.Name
			if err := each(r); err != nil {
				return err
			}
		}
	}
	return nil
}
