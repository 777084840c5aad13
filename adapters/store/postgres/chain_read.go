package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/chain"
)

// querier is a pool of connections, or a transaction.
type querier interface {
	Query(ctx context.Context, text string, args ...any) (pgx.Rows, error)
	SendBatch(ctx context.Context, queued *pgx.Batch) pgx.BatchResults
}

// chainArchive reads the chain and the rows it seals: it implements
// chain.Archive.
type chainArchive struct {
	vault  store.Vault
	on     querier
	recent *store.Recent // nil where every row is read
}

// Chain is the audit chain as it stands at the archive's moment.
func (a *Archive) Chain() chain.Archive { return chainArchive{vault: a.vault, on: a.moment} }

const blockColumns = `height, until, members, at, form, hash, leaves, digest, seal`

func scanBlock(row pgx.CollectableRow) (b chain.Block, err error) {
	var at int64
	err = row.Scan(&b.Height, &b.Until, &b.Members, &at, &b.Form, &b.Hash, &b.Leaves, &b.Digest, &b.Seal)
	b.At = store.Time(at)
	return b, err
}

// Blocks implements chain.Archive.
func (c chainArchive) Blocks(ctx context.Context, height int64, limit int) ([]chain.Block, error) {
	rows, err := c.on.Query(ctx, `SELECT `+blockColumns+` FROM audit_block WHERE height >= $1 ORDER BY height LIMIT $2`, height, int64(limit))
	if err != nil {
		return nil, interpret(err)
	}
	found, err := pgx.CollectRows(rows, scanBlock)
	return found, interpret(err)
}

// Rows implements chain.Archive. Every table is asked in one trip. The first
// condition is that of the indexes.
func (c chainArchive) Rows(ctx context.Context, after, until int64, limit int) ([]chain.Row, int64, error) {
	lists := make([][]chain.Row, len(store.SealedTables))
	queued := &pgx.Batch{}
	for i, table := range store.SealedTables {
		text := "SELECT turn, " + strings.Join(table.Selected(), ", ") + " FROM " + table.Name +
			" WHERE turn > 0 AND turn > $1 AND turn <= $2 ORDER BY turn LIMIT $3"
		queued.Queue(text, after, until, int64(limit+1)).Query(func(rows pgx.Rows) error {
			return c.eachSealed(rows, &table, func(r *chain.Row) error {
				lists[i] = append(lists[i], *r)
				return nil
			})
		})
	}
	if err := c.on.SendBatch(ctx, queued).Close(); err != nil {
		return nil, after, interpret(err)
	}
	rows, upTo, err := store.MergeTurns(lists, limit, after, until)
	if err == nil {
		err = c.attach(ctx, rows)
	}
	return rows, upTo, err
}

// eachSealed gives rows that begin with their turn.
func (c chainArchive) eachSealed(rows pgx.Rows, table *store.SealedTable, each func(*chain.Row) error) error {
	for rows.Next() {
		values, err := cells(rows)
		if err != nil {
			return err
		}
		turn, _ := values[0].(int64)
		opened, err := c.vault.ReadRow(table, values[1:])
		if err != nil {
			return err
		}
		if err := each(&chain.Row{Turn: turn, Table: table.Name, Values: opened}); err != nil {
			return err
		}
	}
	return rows.Err()
}

// attach adds what belongs to first lines of the audit trail, and reads what of it
// is not held.
func (c chainArchive) attach(ctx context.Context, rows []chain.Row) error {
	type write struct{ settlement, revision int64 }
	firsts := map[write]*chain.Row{}
	var settlements, revisions, opened []int64
	for i := range rows {
		if no, revision, first := store.EventKey(&rows[i]); first {
			if attached, held := c.recent.Take(no, revision); held {
				rows[i].Attached = attached
				continue
			}
			firsts[write{no, revision}] = &rows[i]
			settlements, revisions = append(settlements, no), append(revisions, revision)
			if revision == 1 {
				opened = append(opened, no)
			}
		}
	}
	if len(firsts) == 0 {
		return nil
	}
	queued := &pgx.Batch{}
	read := func(table *store.SealedTable, revision func([]any) int64, text string, args ...any) {
		queued.Queue(text, args...).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				values, err := cells(rows)
				if err != nil {
					return err
				}
				if values, err = c.vault.ReadRow(table, values); err != nil {
					return err
				}
				no, _ := values[0].(int64)
				if r := firsts[write{no, revision(values)}]; r != nil {
					r.Attached = append(r.Attached, chain.Row{Table: table.Name, Values: values})
				}
			}
			return rows.Err()
		})
	}
	read(&store.AskedTable, func([]any) int64 { return 1 },
		"SELECT "+strings.Join(store.AskedColumns, ", ")+" FROM settlement WHERE no = ANY ($1::bigint[])", opened)
	for _, table := range store.AttachedTables {
		read(&table, func(values []any) int64 { n, _ := values[1].(int64); return n },
			"SELECT "+strings.Join(table.Selected(), ", ")+" FROM "+table.Name+
				" WHERE settlement = ANY ($1::bigint[]) AND revision = ANY ($2::bigint[]) ORDER BY "+strings.Join(table.Order, ", "), settlements, revisions)
	}
	return interpret(c.on.SendBatch(ctx, queued).Close())
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
		text := "SELECT turn, " + strings.Join(table.Selected(), ", ") + " FROM " + table.Name + " WHERE turn = 0" + above(order, len(args)) +
			" ORDER BY " + order + " LIMIT 1000"
		rows, err := c.on.Query(ctx, text, args...)
		if err != nil {
			return interpret(err)
		}
		var page []chain.Row
		err = c.eachSealed(rows, table, func(r *chain.Row) error {
			page = append(page, *r)
			return nil
		})
		rows.Close()
		if err == nil {
			err = c.attach(ctx, page)
		}
		if err != nil {
			return interpret(err)
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

// above is the condition of rows behind the one whose order is in n arguments.
func above(order string, n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " AND (" + order + ") > ($1)"
	case 2:
		return " AND (" + order + ") > ($1, $2)"
	}
	return " AND (" + order + ") > ($1, $2, $3)"
}

// Orphans implements chain.Archive.
func (c chainArchive) Orphans(ctx context.Context, each func(chain.Row) error) error {
	for _, table := range store.AttachedTables {
		rows, err := c.on.Query(ctx, "SELECT 0::bigint, "+strings.Join(table.Order, ", ")+" FROM "+table.Name+` AS a
			WHERE NOT EXISTS (SELECT 1 FROM event AS e WHERE e.settlement = a.settlement AND e.revision = a.revision AND e.line = 0)`)
		if err == nil {
			err = c.eachSealed(rows, &store.SealedTable{Columns: table.Order}, func(r *chain.Row) error {
				r.Table = table.Name
				return each(*r)
			})
			rows.Close()
		}
		if err != nil {
			return interpret(err)
		}
	}
	return nil
}
