package measure

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/onestop-gateway/onestop/settlement"
)

// Stays tells how many stays each payer owes an answer about, and how many of its
// wait for people.
type Stays struct {
	payers       []settlement.PayerCode
	owed, handed *prometheus.GaugeVec
}

// NewStays makes the metrics and registers them, at zero for the payers that want
// stays. It panics where they are registered already.
func NewStays(registry prometheus.Registerer, payers []settlement.PayerCode) *Stays {
	gauge := func(name, help string) *prometheus.GaugeVec {
		made := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, []string{"payer"})
		registry.MustRegister(made)
		return made
	}
	s := &Stays{
		payers: payers,
		owed:   gauge("onestop_stays_in_doubt", "Stays whose registration or rows a payer has not answered for in its time, by payer."),
		handed: gauge("onestop_stays_for_people", "Stays with rows in doubt that a payer refused so often that people must end them, by payer."),
	}
	s.InDoubt(nil, nil)
	return s
}

// InDoubt takes new counts; a payer that is not in one has none of these.
func (s *Stays) InDoubt(owed, handed map[settlement.PayerCode]int) {
	for _, payer := range s.payers {
		s.owed.WithLabelValues(string(payer)).Set(float64(owed[payer]))
		s.handed.WithLabelValues(string(payer)).Set(float64(handed[payer]))
	}
}
