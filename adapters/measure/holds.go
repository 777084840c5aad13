package measure

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// heldEvery is how long a sum of holds is good for: it reads every quote that
// holds, and a hold lasts much longer.
const heldEvery = time.Minute

// Holds tells what quotes hold, summed when it is asked.
type Holds struct {
	sum     func(context.Context) (map[settlement.RegionID]lifecycle.Held, error)
	regions []settlement.RegionID
	now     func() time.Time

	mu   sync.Mutex
	at   time.Time
	last map[settlement.RegionID]lifecycle.Held
}

// NewHolds sums by a lifecycle's HeldByRegion for the configured regions, so
// that one in which nothing is held tells zero.
func NewHolds(sum func(context.Context) (map[settlement.RegionID]lifecycle.Held, error), regions []settlement.RegionID, now func() time.Time) *Holds {
	return &Holds{sum: sum, regions: regions, now: now}
}

// Held is what is held, at most a minute old, or nil where the store could not
// be read.
func (h *Holds) Held(ctx context.Context) map[settlement.RegionID]lifecycle.Held {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	if age := now.Sub(h.at); age >= 0 && age < heldEvery && h.last != nil {
		return h.last
	}
	ctx, cancel := context.WithTimeout(ctx, countWithin)
	defer cancel()
	found, err := h.sum(ctx)
	if err != nil {
		h.last = nil
		return nil
	}
	h.at, h.last = now, found
	return found
}

var (
	quotesHeld   = prometheus.NewDesc("onestop_quotes_held", "Quotes that hold room of annual caps now, by region of the person; absent while the store cannot be read.", []string{"region"}, nil)
	assistedHeld = prometheus.NewDesc("onestop_quotes_held_yuan", "Assistance these quotes promise.", []string{"region"}, nil)
)

// Describe implements prometheus.Collector.
func (h *Holds) Describe(out chan<- *prometheus.Desc) {
	out <- quotesHeld
	out <- assistedHeld
}

// Collect implements prometheus.Collector.
func (h *Holds) Collect(out chan<- prometheus.Metric) {
	held := h.Held(context.Background())
	if held == nil {
		return
	}
	for _, region := range h.regions {
		gauge := func(desc *prometheus.Desc, value float64) {
			out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, string(region))
		}
		gauge(quotesHeld, float64(held[region].Quotes))
		gauge(assistedHeld, shown(held[region].Promised))
	}
}
