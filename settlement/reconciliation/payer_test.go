package reconciliation_test

import (
	"errors"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// A payer that nobody configured is refused with those that are, unless the
// period has settlements of it: it was configured then.
func TestAnUnknownPayerIsRefused(t *testing.T) {
	o := newOffice(t)
	ask := o.ask("q-1", both...)
	ask.Scope.Payer = "nobody"
	_, err := o.Reconcile(t.Context(), ask)
	var wrong *settlement.Error
	if !errors.As(err, &wrong) || wrong.Kind != settlement.KindInvalid || wrong.Field != "payer" || wrong.Value != `"nobody" ∉ ["A" "B"]` {
		t.Errorf("%v", err)
	}
	kept, _, err := o.Runs(t.Context(), reconciliation.RunQuery{Limit: 1})
	if err != nil || len(kept) != 0 {
		t.Errorf("kept %v, %v", kept, err)
	}
	o.Payers = []settlement.PayerCode{"B"}
	if _, err := o.Reconcile(t.Context(), o.ask("q-2", both...)); err != nil {
		t.Errorf("of a payer that the period has: %v", err)
	}
}
