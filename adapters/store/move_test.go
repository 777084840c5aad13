package store_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store"
)

// shelf is a store in memory whose rows are given, for Move.
type shelf struct {
	rows   map[string][][]any
	broken error // ends the rows of the table person
	loses  bool  // the last row of each table it is filled with
}

func (s *shelf) Rows(_ context.Context, table store.Table) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, row := range s.rows[table.Name] {
			if !yield(row, nil) {
				return
			}
		}
		if s.broken != nil && table.Name == "person" {
			yield(nil, s.broken)
		}
	}
}

func (s *shelf) Fill(_ context.Context, rows func(store.Table) iter.Seq2[[]any, error]) error {
	filled := map[string][][]any{}
	for _, table := range store.Tables {
		for row, err := range rows(table) {
			if err != nil {
				return err
			}
			filled[table.Name] = append(filled[table.Name], row)
		}
		if n := len(filled[table.Name]); s.loses && n > 0 {
			filled[table.Name] = filled[table.Name][:n-1]
		}
	}
	s.rows = filled
	return nil
}

func source() *shelf {
	return &shelf{rows: map[string][][]any{
		"person":  {{"p-1", "", []byte{1}}, {"p-2", "", []byte{}}},
		"request": {{int64(1), "t", "settle", "k", int64(1), "f"}},
	}}
}

func TestMoveCopiesAndCompares(t *testing.T) {
	to, told := &shelf{}, map[string]int64{}
	err := store.Move(t.Context(), source(), to, func(table string, rows int64) { told[table] = rows })
	if err != nil || len(to.rows["person"]) != 2 || told["person"] != 2 || told["entry"] != 0 || len(told) != len(store.Tables) {
		t.Errorf("%v %v %v", err, told, to.rows)
	}
}

// TestMoveGoesWrong: whatever happens, it is not taken for done, and nothing is
// told of a table that is not the same.
func TestMoveGoesWrong(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		from, to *shelf
	}{
		"the source breaks":          {&shelf{rows: source().rows, broken: broken}, &shelf{}},
		"the target breaks":          {source(), &shelf{broken: broken}},
		"the target loses a row":     {source(), &shelf{loses: true}},
		"the target is not empty":    {source(), source()},
		"a value of no known kind":   {&shelf{rows: map[string][][]any{"person": {{struct{}{}}}}}, &shelf{}},
		"the target is another, too": {source(), &shelf{rows: map[string][][]any{"entry": {{int64(1)}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			told := map[string]bool{}
			err := store.Move(t.Context(), c.from, c.to, func(table string, _ int64) { told[table] = true })
			if err == nil || told["person"] {
				t.Errorf("%v, told of %v", err, told)
			}
		})
	}
}
