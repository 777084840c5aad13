package measure

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

func TestReconciliation(t *testing.T) {
	registry, now := prometheus.NewPedanticRegistry(), time.Unix(1000, 0)
	counts := []reconciliation.FindingCount{
		{Payer: "A", Class: reconcile.OursOnly, Count: 3, Since: now.Add(-time.Minute)},
		{Payer: "A", Class: reconcile.OursOnly, State: reconciliation.Proposed, Count: 2, Since: now.Add(-2 * time.Hour)},
		{Class: reconcile.AmountDiffers, Count: 1, Since: now.Add(2 * time.Hour)}, // by a gateway whose clock is ahead
	}
	asked := 0
	var broken error
	m := NewReconciliation(registry, func(context.Context) ([]reconciliation.FindingCount, error) {
		asked++
		return counts, broken
	}, func() time.Time { return now })
	ended := func(failed settlement.Reason, bad int) *reconciliation.Kept {
		end := &reconciliation.Ending{At: now, Failed: failed, Result: reconciliation.Outcome{Bad: bad}}
		return &reconciliation.Kept{Scope: reconcile.Scope{Payer: "A"}, End: end}
	}
	m.Ran(ended("", 0))
	m.Ran(ended("", 1))
	now = now.Add(time.Hour)
	m.Ran(ended(settlement.ReasonBadDocument, 0))
	m.Healed("A", reconcile.OursOnly, 30*time.Second)
	m.Missing("A", 5)
	m.Missing("A", 2)
	want := `onestop_difference_duration_seconds_sum{class="ours_only",payer="A"} 30
onestop_difference_oldest_seconds{class="amount_differs",payer="assistance"} 0
onestop_difference_oldest_seconds{class="ours_only",payer="A"} 10800
onestop_differences_open{class="amount_differs",payer="assistance"} 1
onestop_differences_open{class="ours_only",payer="A"} 5
onestop_fixes_waiting 2
onestop_reconciliation_days_missing{payer="A"} 2
onestop_reconciliation_timestamp_seconds{payer="A"} 1000
onestop_reconciliations_total{outcome="different",payer="A"} 1
onestop_reconciliations_total{outcome="equal",payer="A"} 1
onestop_reconciliations_total{outcome="failed",payer="A"} 1
`
	told := func() string {
		return lines(t, registry, "onestop_difference_duration_seconds_sum", "onestop_difference_oldest_seconds", "onestop_differences_open", "onestop_fixes_waiting\n", "onestop_fixes_waiting 2\n",
			"onestop_reconciliation_days_missing",
			"onestop_reconciliation_timestamp_seconds", "onestop_reconciliations_total")
	}
	for range 2 {
		if diff := cmp.Diff(want, told()); diff != "" {
			t.Error(diff)
		}
	}
	if asked != 1 {
		t.Errorf("the store was asked %d times within a minute", asked)
	}
	now, broken = now.Add(2*time.Minute), errors.New("away")
	if got := lines(t, registry, "onestop_differences_open"); got != "" || asked != 2 {
		t.Errorf("after %d asks: %s", asked, got)
	}
}
