package measure

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// waitingEvery is how long a count of differences is good for: it reads all of
// them, and they change by the day.
const waitingEvery = time.Minute

// Reconciliation observes runs and counts what they left open, when it is
// asked.
type Reconciliation struct {
	count func(context.Context) ([]reconciliation.FindingCount, error)
	now   func() time.Time

	runs    *prometheus.CounterVec
	last    *prometheus.GaugeVec
	missing *prometheus.GaugeVec
	healed  *prometheus.HistogramVec

	mu     sync.Mutex
	at     time.Time
	counts []reconciliation.FindingCount
}

var _ reconciliation.Observer = (*Reconciliation)(nil)

// NewReconciliation makes the metrics and registers them; count counts what is
// open. It panics where they are registered already.
func NewReconciliation(registry prometheus.Registerer, count func(context.Context) ([]reconciliation.FindingCount, error), now func() time.Time) *Reconciliation {
	m := &Reconciliation{
		count: count, now: now,
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onestop_reconciliations_total",
			Help: "Runs of reconciliation by payer and outcome: equal, different, failed.",
		}, []string{"payer", "outcome"}),
		last: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "onestop_reconciliation_timestamp_seconds",
			Help: "When this gateway last ended a run with a result, by payer.",
		}, []string{"payer"}),
		missing: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "onestop_reconciliation_days_missing",
			Help: "Days that were to be compared by the calendar and have no result that counts, by payer.",
		}, []string{"payer"}),
		healed: seconds("onestop_difference_duration_seconds",
			"Time from first finding a difference until a later run found it gone.", inDoubt, "payer", "class"),
	}
	registry.MustRegister(m.runs, m.last, m.missing, m.healed, m)
	return m
}

// Ran implements reconciliation.Observer.
func (m *Reconciliation) Ran(run *reconciliation.Kept) {
	payer, outcome := payerOf(run.Scope.Payer), "equal"
	switch {
	case run.End.Failed != "":
		outcome = "failed"
	case run.End.Result.Differences() > 0 || run.End.Result.Bad > 0:
		outcome = "different"
	}
	m.runs.WithLabelValues(payer, outcome).Inc()
	if outcome != "failed" {
		m.last.WithLabelValues(payer).Set(float64(run.End.At.UnixMilli()) / 1000)
	}
	m.mu.Lock()
	m.at = time.Time{} // what is open is another now
	m.mu.Unlock()
}

// Healed implements reconciliation.Observer.
func (m *Reconciliation) Healed(payer settlement.PayerCode, class reconcile.Class, after time.Duration) {
	m.healed.WithLabelValues(payerOf(payer), string(class)).Observe(after.Seconds())
}

// Missing is told how many days of a payer the calendar has no result for.
func (m *Reconciliation) Missing(payer settlement.PayerCode, days int) {
	m.missing.WithLabelValues(payerOf(payer)).Set(float64(days))
}

// payerOf is the payer of a label; the assistance share has none.
func payerOf(code settlement.PayerCode) string {
	if code == "" {
		return "assistance"
	}
	return string(code)
}

var (
	differences = prometheus.NewDesc("onestop_differences_open", "Differences on which the last word is not spoken, by payer and class.", []string{"payer", "class"}, nil)
	oldest      = prometheus.NewDesc("onestop_difference_oldest_seconds", "Time since the oldest difference on which the last word is not spoken was found first, by payer and class.", []string{"payer", "class"}, nil)
	fixes       = prometheus.NewDesc("onestop_fixes_waiting", "Fixes that wait for a second person.", nil, nil)
)

// Describe implements prometheus.Collector.
func (m *Reconciliation) Describe(out chan<- *prometheus.Desc) {
	out <- differences
	out <- oldest
	out <- fixes
}

// Collect implements prometheus.Collector. Where the store cannot be asked the
// counts are missing.
func (m *Reconciliation) Collect(out chan<- prometheus.Metric) {
	counts, err := m.Counted()
	if err != nil {
		return
	}
	type key struct{ payer, class string }
	open, since, waiting := map[key]int{}, map[key]time.Time{}, 0
	for _, c := range counts {
		k := key{payerOf(c.Payer), string(c.Class)}
		if first, known := since[k]; !known || c.Since.Before(first) {
			since[k] = c.Since
		}
		open[k] += c.Count
		if c.State == reconciliation.Proposed {
			waiting += c.Count
		}
	}
	for k, n := range open {
		out <- prometheus.MustNewConstMetric(differences, prometheus.GaugeValue, float64(n), k.payer, k.class)
		out <- prometheus.MustNewConstMetric(oldest, prometheus.GaugeValue, max(0, m.now().Sub(since[k]).Seconds()), k.payer, k.class)
	}
	out <- prometheus.MustNewConstMetric(fixes, prometheus.GaugeValue, float64(waiting))
}

// Counted is what is open, at most a minute old. It is safe for concurrent use.
func (m *Reconciliation) Counted() ([]reconciliation.FindingCount, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if age := now.Sub(m.at); !m.at.IsZero() && age >= 0 && age < waitingEvery {
		return m.counts, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), countWithin)
	defer cancel()
	counts, err := m.count(ctx)
	if err == nil {
		m.at, m.counts = now, counts
	}
	return counts, err
}
