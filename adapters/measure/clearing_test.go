package measure

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// Each statement paid in full is one observation, of its kind of bearer.
func TestDaysToMoney(t *testing.T) {
	registry := prometheus.NewRegistry()
	m := NewClearing(registry)
	m.Paid("fund/rural/360827/2012", 29)
	m.Paid("fund/urban/360827/2012", 31)
	m.Paid("payer/nhsa-360827", 200)
	families, err := registry.Gather()
	if err != nil || len(families) != 1 || families[0].GetName() != "onestop_clearing_days_to_money" {
		t.Fatalf("%v %v", err, families)
	}
	type seen struct {
		count uint64
		sum   float64
	}
	want := map[string]seen{"fund": {2, 60}, "payer": {1, 200}}
	for _, one := range families[0].GetMetric() {
		bearer, histogram := one.GetLabel()[0].GetValue(), one.GetHistogram()
		if got := (seen{histogram.GetSampleCount(), histogram.GetSampleSum()}); got != want[bearer] {
			t.Errorf("%s: %+v, want %+v", bearer, got, want[bearer])
		}
		delete(want, bearer)
	}
	if len(want) > 0 {
		t.Errorf("never observed: %v", want)
	}
}
