package measure

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

const (
	// countedMax bounds the settlements that one count reads, and so what a
	// count costs the store; more than these are told as this many.
	countedMax = 2000
	// countedEvery is how long a count is good for: two scrapers cost no more
	// than one.
	countedEvery = 5 * time.Second
	// countWithin bounds the wait of a scrape for the store.
	countWithin = 2 * time.Second
)

// moving are the states of settlements that are not at rest, which every store
// finds by the index over these alone, whatever the history.
var moving = []settlement.State{
	settlement.StateReceived, settlement.StateSettling, settlement.StateAborting, settlement.StateReversing, settlement.StateAttention,
}

// Standing counts the settlements that are not at rest, when it is asked.
type Standing struct {
	list func(context.Context, lifecycle.Query) ([]settlement.Settlement, error)
	now  func() time.Time

	mu   sync.Mutex
	last Count
}

// Count is how many settlements stood in each state that is not at rest.
type Count struct {
	At     time.Time
	States map[settlement.State]Aged
	Err    error // the store could not be read; States is nil
}

// Aged is how many there are and since when the oldest of them was asked for;
// zero for none.
type Aged struct {
	Number int
	Oldest time.Time
}

// NewStanding counts by a store's List.
func NewStanding(list func(context.Context, lifecycle.Query) ([]settlement.Settlement, error), now func() time.Time) *Standing {
	return &Standing{list: list, now: now}
}

// Count is how the settlements stand, at most five seconds old.
func (s *Standing) Count(ctx context.Context) Count {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if age := now.Sub(s.last.At); age >= 0 && age < countedEvery && s.last.Err == nil {
		return s.last
	}
	ctx, cancel := context.WithTimeout(ctx, countWithin)
	defer cancel()
	found, err := s.list(ctx, lifecycle.Query{States: moving, Limit: countedMax})
	s.last = Count{At: now, Err: err}
	if err == nil {
		s.last.States = aged(found)
	}
	return s.last
}

func aged(found []settlement.Settlement) map[settlement.State]Aged {
	states := make(map[settlement.State]Aged, len(moving))
	for _, state := range moving {
		states[state] = Aged{}
	}
	for i := range found {
		asked := found[i].OpenedAt
		if reversal := found[i].Reversal; reversal != nil {
			asked = reversal.AskedAt
		}
		a := states[found[i].State]
		if a.Number++; a.Oldest.IsZero() || asked.Before(a.Oldest) {
			a.Oldest = asked
		}
		states[found[i].State] = a
	}
	return states
}

var (
	sagas     = prometheus.NewDesc("onestop_sagas", "Settlements the gateway still has something to do for, by state; at most 2000 with those in attention.", []string{"state"}, nil)
	sagaAge   = prometheus.NewDesc("onestop_saga_oldest_seconds", "Time since the oldest of these settlements, or its reversal, was asked for; 0 for none.", []string{"state"}, nil)
	attention = prometheus.NewDesc("onestop_attention_waiting", "Settlements that wait for two people; at most 2000 with those that move.", nil, nil)
	attendAge = prometheus.NewDesc("onestop_attention_oldest_seconds", "Time since the oldest settlement in attention, or its reversal, was asked for; 0 for none.", nil, nil)
	counted   = prometheus.NewDesc("onestop_standing_counted", "1 if the store could be asked how settlements stand, else 0 and the counts are missing.", nil, nil)
)

// Describe implements prometheus.Collector.
func (s *Standing) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{sagas, sagaAge, attention, attendAge, counted} {
		out <- desc
	}
}

// Collect implements prometheus.Collector.
func (s *Standing) Collect(out chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	count := s.Count(context.Background())
	if count.Err != nil {
		gauge(counted, 0)
		return
	}
	gauge(counted, 1)
	for state, a := range count.States {
		age := 0.0
		if a.Number > 0 {
			age = s.now().Sub(a.Oldest).Seconds()
		}
		if state == settlement.StateAttention {
			gauge(attention, float64(a.Number))
			gauge(attendAge, age)
			continue
		}
		gauge(sagas, float64(a.Number), string(state))
		gauge(sagaAge, age, string(state))
	}
}
