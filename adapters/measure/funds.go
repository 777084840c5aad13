package measure

import (
	"context"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
)

// fundsEvery is how often funds are summed: a budget moves slowly, and a sum
// reads a year of ledger lines.
const fundsEvery = 5 * time.Minute

// Funds tells how the funds of the current year stand, of every region, as of
// the last time they were summed.
type Funds struct {
	standing func(context.Context, fund.Key) (fund.Standing, error)
	regions  []settlement.RegionID
	now      func() time.Time

	mu   sync.Mutex
	last []fund.Standing
}

// NewFunds sums by standing, such as a treasury's. It knows nothing until it
// was refreshed.
func NewFunds(standing func(context.Context, fund.Key) (fund.Standing, error), regions []settlement.RegionID, now func() time.Time) *Funds {
	return &Funds{standing: standing, regions: regions, now: now}
}

// Run refreshes at once and then every five minutes until ctx ends. failed is
// told what could not be summed; the sums before stay.
func (f *Funds) Run(ctx context.Context, failed func(error)) {
	tick := time.NewTicker(fundsEvery)
	defer tick.Stop()
	for {
		if err := f.Refresh(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Refresh sums every fund once. A fund that nobody raised money for and that
// paid nothing is not told of.
func (f *Funds) Refresh(ctx context.Context) error {
	var found []fund.Standing
	year := settlement.DayOf(f.now()).Year()
	for _, region := range f.regions {
		for _, name := range []settlement.Fund{settlement.UrbanFund, settlement.RuralFund} {
			s, err := f.standing(ctx, fund.Key{Region: region, Fund: name, Year: year})
			if err != nil {
				return err
			}
			if s.Raised != 0 || s.Paid() != 0 {
				found = append(found, s)
			}
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = found
	return nil
}

// Standings are the sums of the last refresh.
func (f *Funds) Standings() []fund.Standing {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

var (
	fundLabels  = []string{"region", "fund"}
	fundRaised  = prometheus.NewDesc("onestop_fund_raised_yuan", "Raised for an assistance fund this year.", fundLabels, nil)
	fundPaid    = prometheus.NewDesc("onestop_fund_paid_yuan", "Paid by an assistance fund this year, enrolment subsidies included.", fundLabels, nil)
	fundRunsOut = prometheus.NewDesc("onestop_fund_runs_out_timestamp_seconds", "Beginning of the day on which a fund's money ends at the pace of the last 90 days; absent if that is years off.", fundLabels, nil)
)

// Describe implements prometheus.Collector.
func (f *Funds) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{fundRaised, fundPaid, fundRunsOut} {
		out <- desc
	}
}

// Collect implements prometheus.Collector.
func (f *Funds) Collect(out chan<- prometheus.Metric) {
	for _, s := range f.Standings() {
		gauge := func(desc *prometheus.Desc, value float64) {
			out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, string(s.Key.Region), string(s.Key.Fund))
		}
		gauge(fundRaised, shown(s.Raised))
		gauge(fundPaid, shown(s.Paid()))
		if day := s.Forecast.Day; s.Forecast.RunsOut {
			gauge(fundRunsOut, float64(day.Midnight().Unix()))
		}
	}
}

// shown is an amount as a metric shows it; nothing is computed with it.
func shown(amount settlement.Money) float64 {
	yuan, err := strconv.ParseFloat(amount.String(), 64)
	if err != nil {
		return math.NaN()
	}
	return yuan
}
