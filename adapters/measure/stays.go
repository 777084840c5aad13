package measure

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/onestop-gateway/onestop/settlement"
)

// Stays tells how many stays each payer owes an answer about.
type Stays struct {
	payers []settlement.PayerCode
	gauge  *prometheus.GaugeVec
}

// NewStays makes the metric and registers it, at zero for the payers that want
// stays. It panics where it is registered already.
func NewStays(registry prometheus.Registerer, payers []settlement.PayerCode) *Stays {
	s := &Stays{payers: payers, gauge: prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "onestop_stays_in_doubt",
		Help: "Stays whose registration or rows a payer has not answered for in its time, by payer.",
	}, []string{"payer"})}
	registry.MustRegister(s.gauge)
	s.InDoubt(nil)
	return s
}

// InDoubt takes a new count; a payer that is not in it owes nothing.
func (s *Stays) InDoubt(owed map[settlement.PayerCode]int) {
	for _, payer := range s.payers {
		s.gauge.WithLabelValues(string(payer)).Set(float64(owed[payer]))
	}
}
