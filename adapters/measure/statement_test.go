package measure

import (
	"context"
	"errors"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// answering is a payer that answers what it is told to.
type answering struct {
	reconciliation.Source
	totals, details error
}

func (a answering) Totals(context.Context, reconcile.Scope, []reconcile.Compared) ([]reconcile.Group, error) {
	return []reconcile.Group{{Facility: "H1"}}, a.totals
}

func (a answering) Details(_ context.Context, _ reconcile.Scope, _ []reconcile.Group, hold func(func(reconcile.Line) error) error) (reconciliation.ClosingList, error) {
	if err := hold(func(reconcile.Line) error { return nil }); err != nil {
		return nil, err
	}
	return nil, a.details
}

// Whether a payer answers for its statements is told beside its other calls, of
// each question once; a question that was never put tells nothing.
func TestStatementsAreCalls(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	m := NewLifecycle(registry, noop.Tracer{}, nil)
	of := func(kind settlement.Kind) error { return &settlement.Error{Kind: kind} }
	for _, a := range []answering{
		{totals: nil, details: nil},
		{totals: nil, details: of(settlement.KindRefused)},
		{totals: of(settlement.KindUnavailable), details: of(settlement.KindInDoubt)},
		{totals: of(settlement.KindInDoubt), details: of(settlement.KindInvalid)},
		{totals: errors.New("our store"), details: nil},
	} {
		source := Statements(map[settlement.PayerCode]reconciliation.Source{"A": a}, m)["A"]
		differ, err := source.Totals(t.Context(), reconcile.Scope{}, nil)
		if !errors.Is(err, a.totals) || len(differ) != 1 {
			t.Errorf("totals %v, %v", differ, err)
		}
		read := func(func(reconcile.Line) error) error { return nil }
		if _, err := source.Details(t.Context(), reconcile.Scope{}, nil, read); !errors.Is(err, a.details) {
			t.Errorf("details: %v", err)
		}
		unread := func(func(reconcile.Line) error) error { return of(settlement.KindUnavailable) }
		if _, err := source.Details(t.Context(), reconcile.Scope{}, nil, unread); settlement.KindOf(err) != settlement.KindUnavailable {
			t.Errorf("our own store is away: %v", err)
		}
	}
	want := `onestop_payer_answers_total{operation="statement",payer="A",result="applied"} 4
onestop_payer_answers_total{operation="statement",payer="A",result="in_doubt"} 2
onestop_payer_answers_total{operation="statement",payer="A",result="refused"} 1
onestop_payer_answers_total{operation="statement",payer="A",result="unsent"} 1
`
	if got := lines(t, registry, "onestop_payer_answers_total"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
