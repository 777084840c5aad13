package reconciliation

import (
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// Source is a payer that can be asked to compare, totals first (3201), details
// where those differ (3202). Kinds of errors: Unavailable (nothing was sent),
// InDoubt (no usable answer; nothing is booked by asking, so it may be asked
// again), Refused (the payer says no), Internal.
type Source interface {
	// Totals has the payer compare ours, group by group, and gives the groups
	// that it says differ.
	Totals(ctx context.Context, scope reconcile.Scope, ours []reconcile.Compared) (differ []reconcile.Group, err error)

	// Details hands our lines of the groups to the payer and gives what it
	// found to differ, which is a partial list. hold gives the lines, in no
	// order, each time it is called. The list is closed by who asked.
	Details(ctx context.Context, scope reconcile.Scope, groups []reconcile.Group, hold func(give func(reconcile.Line) error) error) (ClosingList, error)
}

// ClosingList is a list with what it holds on to.
type ClosingList interface {
	List
	// Close lets go of it.
	Close() error
}

// liveStates is what is compared in totals.
const liveStates = reconcile.StatesFacility | reconcile.StatesInsurance | reconcile.StatesClearing |
	reconcile.StatesBill | reconcile.StatesFund | reconcile.StatesAccount

// asked compares with a payer that is asked itself. It says only which groups
// differ: theirs is ours where they do not, and nothing where they do.
func (c *comparing) asked(ctx context.Context, books Books) (Result, error) {
	scope := c.ask.Scope
	source := c.Sources[scope.Payer]
	hold := func(give func(reconcile.Line) error) error { return Hold(ctx, books, &scope, give) }
	totals, ours := reconcile.NewTotals(scope), 0
	err := hold(func(l reconcile.Line) error {
		ours++
		totals.Add(reconcile.Ours, l)
		return nil
	})
	if err != nil {
		return Result{}, err
	}
	groups := totals.Groups()
	differ, err := source.Totals(ctx, scope, groups)
	if err != nil {
		return Result{}, err
	}
	for i := range groups {
		if !slices.Contains(differ, groups[i].Group) {
			groups[i].Theirs = groups[i].Ours
		}
	}
	c.groups = groups
	agree := len(differ) == 0
	if len(differ) == 0 && !c.ask.Details {
		return Result{Ours: ours, Agree: true}, nil
	}
	if len(differ) == 0 {
		for _, g := range groups {
			differ = append(differ, g.Group)
		}
	}
	list, err := source.Details(ctx, scope, differ, hold)
	if err != nil {
		return Result{}, err
	}
	result, err := c.listed(ctx, books, list)
	result.Agree = agree // as the payer says: its list has no totals
	if closed := list.Close(); err == nil {
		err = closed
	}
	return result, err
}
