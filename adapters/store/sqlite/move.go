package sqlite

import (
	"context"
	"iter"
	"strings"

	"github.com/onestop-gateway/onestop/adapters/store"
)

// Rows implements store.Movable.
func (s *Store) Rows(ctx context.Context, table store.Table) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		text := "SELECT " + strings.Join(table.Columns, ", ") + " FROM " + table.Name + " ORDER BY " + strings.Join(table.Order, ", ")
		rows, err := s.reads.QueryContext(ctx, text)
		if err != nil {
			yield(nil, s.outcome(err))
			return
		}
		defer rows.Close()
		row, into := make([]any, len(table.Columns)), make([]any, len(table.Columns))
		for i := range row {
			into[i] = &row[i]
		}
		for rows.Next() {
			err := rows.Scan(into...)
			if !yield(row, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, s.outcome(err))
		}
	}
}

// Fill implements store.Movable.
func (s *Store) Fill(ctx context.Context, rows func(store.Table) iter.Seq2[[]any, error]) error {
	return s.committer.do(ctx, func(on *session) error {
		for _, table := range store.Tables {
			text := "INSERT INTO " + table.Name + " (" + strings.Join(table.Columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(table.Columns)-1) + ")"
			for row, err := range rows(table) {
				if err != nil {
					return err
				}
				if _, err := on.exec(ctx, text, row...); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
