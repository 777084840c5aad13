// Package reconciliation runs comparisons: it reads what one side lists and
// what the store holds, sorts both, and has them compared. What they are
// compared by is settlement/reconcile's business.
package reconciliation

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// Books are what the store holds, as it stood at one moment.
type Books interface {
	// Opened hands every settlement opened from a moment on and before
	// another, in no order, and stops at the first error of each, which it
	// returns as it is. Unavailable, Internal.
	Opened(ctx context.Context, from, until time.Time, each func(*settlement.Settlement) error) error
}

// List is what the other side says it holds, read once.
type List interface {
	// States is what its rows state.
	States() reconcile.Fields

	// Partial reports whether it has only what differs.
	Partial() bool

	// Each gives every row to line, and to bad what is wrong with one that is
	// skipped. An error of either is returned as it is. Invalid: the rest
	// cannot be read, and what was given is not the list.
	Each(line func(reconcile.Line) error, bad func(*settlement.Problem) error) error
}

// Sorter puts lines in order, more of them than memory holds.
type Sorter interface {
	// Add takes a copy of a line.
	Add(line []byte) error

	// Sorted gives every line that was added in the order of bytes; a line is
	// good until give returns, and an error of give is returned as it is.
	Sorted(give func(line []byte) error) error
}

// Run is one comparison.
type Run struct {
	Scope reconcile.Scope // what List states is filled in
	Books Books
	List  List
	Lines Sorter
	// Details has every booking compared though all totals agree: what is too
	// much here and too little there goes unseen otherwise.
	Details bool

	Totals     func([]reconcile.Compared) error  // told once, before any difference
	Difference func(*reconcile.Difference) error // told as it is found
	Bad        func(*settlement.Problem) error   // a row of the list that is skipped
	Progress   func(read int)                    // lines of both sides, now and then
}

// Result is what a run came to.
type Result struct {
	Theirs, Ours int  // lines read of each side
	Bad          int  // rows that were skipped; what they are about may be told as ours only
	Agree        bool // all totals do
	Detailed     bool // every booking was compared
	Tally        reconcile.Tally
}

// Do reads both sides and compares them. The whole list is read before
// anything is told of it but bad rows, so a list that turns out to be
// unreadable gives no differences.
func (r *Run) Do(ctx context.Context) (Result, error) {
	r.Scope.States, r.Scope.Partial = r.List.States(), r.List.Partial()
	if err := r.Scope.Check(); err != nil {
		return Result{}, err
	}
	g := gathering{run: r, totals: reconcile.NewTotals(r.Scope)}
	if err := g.theirs(ctx); err != nil {
		return g.result, err
	}
	if err := g.ours(ctx); err != nil {
		return g.result, err
	}
	g.result.Agree = g.totals.Agree()
	if !r.Scope.Partial {
		if err := r.Totals(g.totals.Groups()); err != nil {
			return g.result, err
		}
		if g.result.Agree && !r.Details {
			return g.result, nil
		}
	}
	return g.result, g.compare()
}

// Hold hands every line of ours that counts in a scope.
func Hold(ctx context.Context, books Books, scope *reconcile.Scope, give func(reconcile.Line) error) error {
	return hold(ctx, books, scope, func(l reconcile.Line) error {
		if !scope.Covers(&l) {
			return nil
		}
		return give(l)
	})
}

// hold hands every line of ours that may meet one of theirs.
func hold(ctx context.Context, books Books, scope *reconcile.Scope, give func(reconcile.Line) error) error {
	from, until := scope.Opened()
	return books.Opened(ctx, from, until, func(s *settlement.Settlement) error {
		for _, l := range reconcile.Held(s, scope) {
			if err := give(l); err != nil {
				return err
			}
		}
		return nil
	})
}

// gathering is a run under way.
type gathering struct {
	run    *Run
	totals *reconcile.Totals
	result Result
	packed []byte
}

// theirs reads the list.
func (g *gathering) theirs(ctx context.Context) error {
	return g.run.List.Each(func(l reconcile.Line) error {
		g.result.Theirs++
		return g.add(ctx, reconcile.Theirs, l)
	}, func(p *settlement.Problem) error {
		g.result.Bad++
		return g.run.Bad(p)
	})
}

// ours reads the store.
func (g *gathering) ours(ctx context.Context) error {
	return hold(ctx, g.run.Books, &g.run.Scope, func(l reconcile.Line) error {
		g.result.Ours++
		return g.add(ctx, reconcile.Ours, l)
	})
}

func (g *gathering) add(ctx context.Context, side reconcile.Side, l reconcile.Line) error {
	if err := ctx.Err(); err != nil {
		return &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonInternal, Cause: err}
	}
	g.run.Progress(g.result.Theirs + g.result.Ours)
	g.totals.Add(side, l)
	g.packed = reconcile.Pack(g.packed[:0], side, &l)
	return g.run.Lines.Add(g.packed)
}

// compare has every booking compared, in order of the encounter.
func (g *gathering) compare() error {
	c := reconcile.NewComparison(g.run.Scope, g.run.Difference)
	err := g.run.Lines.Sorted(func(packed []byte) error {
		side, l, err := reconcile.Unpack(packed)
		if err != nil {
			return err
		}
		return c.Take(side, l)
	})
	if err != nil {
		return err
	}
	g.result.Detailed = true
	g.result.Tally, err = c.End()
	return err
}
