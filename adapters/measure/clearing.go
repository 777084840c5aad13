package measure

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
)

// Clearing observes a clearing house.
type Clearing struct {
	days *prometheus.HistogramVec
}

var _ clearinghouse.Observer = (*Clearing)(nil)

// NewClearing makes the metric and registers it. It panics where it is
// registered already.
func NewClearing(registry prometheus.Registerer) *Clearing {
	m := &Clearing{days: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "onestop_clearing_days_to_money",
		Help:    "Days from discharge until a statement was paid in full, the average of its settlements, by kind of bearer.",
		Buckets: []float64{7, 15, 30, 45, 60, 75, 90, 120, 180, 365},
	}, []string{"bearer"})}
	registry.MustRegister(m.days)
	return m
}

// Paid implements clearinghouse.Observer.
func (m *Clearing) Paid(bearer clearing.Bearer, days int64) {
	m.days.WithLabelValues(bearer.Kind()).Observe(float64(days))
}
