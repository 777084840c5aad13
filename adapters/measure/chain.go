package measure

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/onestop-gateway/onestop/settlement/chain"
)

// Chain tells how far the audit chain has come, when it is asked.
type Chain struct {
	standing func() chain.Standing
	now      func() time.Time
	began    time.Time
	signs    bool
}

// NewChain tells of a keeper's standing, and of its heads where it signs any.
// What never happened is as old as this.
func NewChain(standing func() chain.Standing, signs bool, now func() time.Time) *Chain {
	return &Chain{standing: standing, now: now, began: now(), signs: signs}
}

var (
	auditSealAge = prometheus.NewDesc("onestop_audit_seal_age_seconds", "Time since every row of the audit trail was in its chain.", nil, nil)
	auditHeadAge = prometheus.NewDesc("onestop_audit_head_age_seconds", "Time since the head of the audit chain was signed and written outside the database; since the start where it never was.", nil, nil)
	auditBehind  = prometheus.NewDesc("onestop_audit_rows_behind", "Rows of the audit trail that were not in its chain when it was last looked.", nil, nil)
	auditHeight  = prometheus.NewDesc("onestop_audit_height", "The last block of the audit chain.", nil, nil)
)

// Describe implements prometheus.Collector.
func (c *Chain) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{auditSealAge, auditHeadAge, auditBehind, auditHeight} {
		out <- desc
	}
}

// Collect implements prometheus.Collector.
func (c *Chain) Collect(out chan<- prometheus.Metric) {
	stand, now := c.standing(), c.now()
	age := func(at time.Time) float64 {
		if at.IsZero() {
			at = c.began
		}
		return now.Sub(at).Seconds()
	}
	tell := func(desc *prometheus.Desc, value float64) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value)
	}
	tell(auditSealAge, age(stand.SealedAt))
	if c.signs {
		tell(auditHeadAge, age(stand.HeadAt))
	}
	tell(auditBehind, float64(stand.Behind))
	tell(auditHeight, float64(stand.Height))
}
