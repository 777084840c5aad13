package postgres

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
)

// unhurried lifts the bounds that keep a gateway's statements short.
const unhurried = `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0`

// Rows implements store.Movable.
func (s *Store) Rows(ctx context.Context, table store.Table) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		stopped := false
		err := pgx.BeginTxFunc(ctx, s.reads, snapshot, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, unhurried); err != nil {
				return err
			}
			text := "SELECT " + strings.Join(table.Columns, ", ") + " FROM " + table.Name + " ORDER BY " + strings.Join(table.Order, ", ")
			rows, err := tx.Query(ctx, text)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				row, err := cells(rows)
				if err != nil {
					return err
				}
				if stopped = !yield(row, nil); stopped {
					return nil
				}
			}
			return rows.Err()
		})
		if err != nil && !stopped {
			yield(nil, interpret(err))
		}
	}
}

// Fill implements store.Movable.
func (s *Store) Fill(ctx context.Context, rows func(store.Table) iter.Seq2[[]any, error]) error {
	err := pgx.BeginTxFunc(ctx, s.writer.pool, pgx.TxOptions{}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, unhurried); err != nil {
			return err
		}
		for _, table := range store.Tables {
			if err := fill(ctx, tx, table, rows(table)); err != nil {
				return fmt.Errorf("table %s: %w", table.Name, err)
			}
		}
		return numberOn(ctx, tx)
	})
	return interpret(err)
}

// fill copies the rows of one table.
func fill(ctx context.Context, tx pgx.Tx, table store.Table, rows iter.Seq2[[]any, error]) error {
	columns := table.Columns
	review, lease := slices.Index(columns, "review"), slices.Index(columns, "lease_until")
	if lease >= 0 { // nobody works on anything: the end of a lease is the same in both clocks
		columns = append(slices.Clone(columns), "lease_over")
	}
	next, stop := iter.Pull2(rows)
	defer stop()
	_, err := tx.CopyFrom(ctx, pgx.Identifier{table.Name}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		row, err, more := next()
		if !more || err != nil {
			return nil, err
		}
		row = slices.Clone(row)
		if review >= 0 && lease >= 0 { // a settlement's flag; elsewhere it names a review
			row[review] = row[review] == int64(1)
		}
		if lease >= 0 {
			row = append(row, row[lease])
		}
		return row, nil
	}))
	return err
}

// numberOn lets what is written from now on be numbered after what was copied.
func numberOn(ctx context.Context, tx pgx.Tx) error {
	for sequence, table := range map[string]string{"settlement_no": "settlement", "request_no_seq": "request", "posting_no_seq": "posting", "quote_event_no_seq": "quote_event"} {
		text := "SELECT setval('" + sequence + "', max(no)) FROM " + table + " HAVING count(*) > 0"
		if _, err := tx.Exec(ctx, text); err != nil {
			return err
		}
	}
	return turnOn(ctx, tx)
}

// turnOn lets rows that are sealed get turns above all that were copied.
func turnOn(ctx context.Context, tx pgx.Tx) error {
	for _, table := range append(sealedNames(), "audit_block") {
		column := "turn"
		if table == "audit_block" {
			column = "until"
		}
		text := "SELECT setval('audit_turn', max(" + column + ")) FROM " + table +
			" HAVING max(" + column + ") > (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM audit_turn)"
		if _, err := tx.Exec(ctx, text); err != nil {
			return err
		}
	}
	return nil
}
