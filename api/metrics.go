package api

import (
	"errors"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts requests. Its labels are bounded: a method of the contract or
// "none", grpc or rest, a gRPC code. A nil Metrics counts nothing.
type Metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight *prometheus.GaugeVec
}

// NewMetrics makes the metrics and registers them. It fails where they are
// registered already.
func NewMetrics(registry prometheus.Registerer) (*Metrics, error) {
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onestop_requests_total",
			Help: "Requests answered, by method, transport and gRPC code.",
		}, []string{"method", "transport", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:                            "onestop_request_duration_seconds",
			Help:                            "Time from a request to its answer, by method and transport.",
			Buckets:                         []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
			NativeHistogramBucketFactor:     1.1,
			NativeHistogramMaxBucketNumber:  100,
			NativeHistogramMinResetDuration: 3600e9,
		}, []string{"method", "transport"}),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "onestop_requests_in_flight",
			Help: "Requests being answered now, by transport.",
		}, []string{"transport"}),
	}
	return m, errors.Join(registry.Register(m.requests), registry.Register(m.duration), registry.Register(m.inFlight))
}

// MetricsHandler serves what a registry gathers, for Prometheus. It is not
// part of the REST handler: it belongs on the operator's own listener.
func MetricsHandler(registry prometheus.Gatherer) http.Handler {
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

// enter counts a request as being answered until leave.
func (m *Metrics) enter(transport string) (leave func()) {
	if m == nil {
		return func() {}
	}
	gauge := m.inFlight.WithLabelValues(transport)
	gauge.Inc()
	return gauge.Dec
}

// count adds a request that was answered.
func (m *Metrics) count(seen *sight) {
	if m == nil {
		return
	}
	m.requests.WithLabelValues(seen.method, seen.transport, seen.code().String()).Inc()
	m.duration.WithLabelValues(seen.method, seen.transport).Observe(seen.took.Seconds())
}
