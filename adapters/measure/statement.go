package measure

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// opStatement is the kind of call by which a payer is asked to compare.
const opStatement = "statement"

// statement is a payer that is asked to compare; what it answers is told as that
// of other calls is.
type statement struct {
	reconciliation.Source
	payer    settlement.PayerCode
	observer lifecycle.Observer
}

// Statements are the payers that can be asked to compare, whose answers observer
// is told of, each as a call of the kind "statement".
func Statements(sources map[settlement.PayerCode]reconciliation.Source, observer lifecycle.Observer) map[settlement.PayerCode]reconciliation.Source {
	observed := make(map[settlement.PayerCode]reconciliation.Source, len(sources))
	for payer, source := range sources {
		observed[payer] = &statement{source, payer, observer}
	}
	return observed
}

// Totals implements reconciliation.Source.
func (s *statement) Totals(ctx context.Context, scope reconcile.Scope, ours []reconcile.Compared) ([]reconcile.Group, error) {
	within, end := s.begin(ctx)
	differ, err := s.Source.Totals(within, scope, ours)
	end(lifecycle.Ended{Result: resultOf(err), Err: err})
	return differ, err
}

// Details implements reconciliation.Source.
func (s *statement) Details(ctx context.Context, scope reconcile.Scope, groups []reconcile.Group, hold func(func(reconcile.Line) error) error) (reconciliation.ClosingList, error) {
	within, end := s.begin(ctx)
	ours := false // what failed is reading our own lines
	list, err := s.Source.Details(within, scope, groups, func(give func(reconcile.Line) error) error {
		err := hold(give)
		ours = ours || err != nil
		return err
	})
	ended := lifecycle.Ended{Result: resultOf(err), Err: err}
	if ours {
		ended.Result = ""
	}
	end(ended)
	return list, err
}

func (s *statement) begin(ctx context.Context) (context.Context, func(lifecycle.Ended)) {
	return s.observer.Begin(ctx, lifecycle.Step{Kind: lifecycle.StepCall, Verb: opStatement, Payer: s.payer})
}

// resultOf is what an error says of whether the payer answers; "" where it says
// nothing of that: the question could not be put, or our own lines not be read.
func resultOf(err error) settlement.Result {
	if err == nil {
		return settlement.ResultApplied
	}
	switch settlement.KindOf(err) {
	case settlement.KindRefused:
		return settlement.ResultRefused
	case settlement.KindUnavailable:
		return settlement.ResultUnsent
	case settlement.KindInDoubt:
		return settlement.ResultInDoubt
	}
	return ""
}
