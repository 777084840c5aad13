package api

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/trace"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Metrics counts requests. Its labels are bounded: a method of the contract or
// "none", grpc or rest, a gRPC code, a reason of the catalogue, a share. A nil
// Metrics counts nothing.
type Metrics struct {
	requests *prometheus.CounterVec
	refused  *prometheus.CounterVec
	duration *prometheus.HistogramVec
	shares   *prometheus.HistogramVec
	inFlight *prometheus.GaugeVec
}

// requestBuckets are seconds; .05 is the objective of the gateway's own share.
var requestBuckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

func durations(name, help string, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: name, Help: help, Buckets: requestBuckets,
		NativeHistogramBucketFactor:     1.1,
		NativeHistogramMaxBucketNumber:  100,
		NativeHistogramMinResetDuration: time.Hour,
	}, labels)
}

// NewMetrics makes the metrics and registers them. It fails where they are
// registered already.
func NewMetrics(registry prometheus.Registerer) (*Metrics, error) {
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onestop_requests_total",
			Help: "Requests answered, by method, transport and gRPC code.",
		}, []string{"method", "transport", "code"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onestop_refusals_total",
			Help: "Requests answered with an error, by method and reason.",
		}, []string{"method", "reason"}),
		duration: durations("onestop_request_duration_seconds", "Time from a request to its answer, by method and transport.", "method", "transport"),
		shares: durations("onestop_request_share_seconds",
			"Where the time of settling, quoting and reversing went: gateway, recovery, store, queue or payer. The shares of a request sum to its duration.", "method", "share"),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "onestop_requests_in_flight",
			Help: "Requests being answered now, by transport.",
		}, []string{"transport"}),
	}
	// What fails through our own fault is there from the start: a rate needs a
	// zero to begin with.
	for _, reason := range ours {
		m.refused.WithLabelValues(nameOf(onestopv1.SettlementService_CreateSettlement_FullMethodName), string(reason))
	}
	return m, errors.Join(registry.Register(m.requests), registry.Register(m.refused), registry.Register(m.duration),
		registry.Register(m.shares), registry.Register(m.inFlight))
}

// ours are the reasons of failures that nobody but the gateway answers for.
var ours = []settlement.Reason{settlement.ReasonInternal, settlement.ReasonStoreUnavailable, settlement.ReasonOverloaded}

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

// count adds a request that was answered. Its trace, if it is one that is kept,
// is the example of its buckets.
func (m *Metrics) count(ctx context.Context, seen *sight) {
	if m == nil {
		return
	}
	m.requests.WithLabelValues(seen.method, seen.transport, seen.code().String()).Inc()
	if seen.err != nil {
		m.refused.WithLabelValues(seen.method, string(faultOf(seen.err).reason)).Inc()
	}
	example := exampleOf(ctx)
	observe(m.duration.WithLabelValues(seen.method, seen.transport), seen.took, example)
	if !seen.moves() {
		return
	}
	for _, share := range lifecycle.Shares {
		observe(m.shares.WithLabelValues(seen.method, share.String()), seen.spent[share], example)
	}
}

// turnedAway gives what counts calls of a method that are turned away unread, by
// their number alone: no time passes in them, and zeros would flatter those that
// were answered. The series are there from the first.
func (m *Metrics) turnedAway(method, transport string, refusal *fault) (count func()) {
	if m == nil {
		return func() {}
	}
	series := sync.OnceValue(func() [2]prometheus.Counter {
		return [2]prometheus.Counter{
			m.requests.WithLabelValues(method, transport, refusal.code.String()),
			m.refused.WithLabelValues(method, string(refusal.reason)),
		}
	})
	return func() {
		for _, one := range series() {
			one.Inc()
		}
	}
}

// exampleOf names the trace of ctx, or nil where it is not kept.
func exampleOf(ctx context.Context) prometheus.Labels {
	span := trace.SpanContextFromContext(ctx)
	if !span.IsSampled() {
		return nil
	}
	return prometheus.Labels{"trace_id": span.TraceID().String()}
}

func observe(histogram prometheus.Observer, took time.Duration, example prometheus.Labels) {
	exemplary, can := histogram.(prometheus.ExemplarObserver)
	if example == nil || !can {
		histogram.Observe(took.Seconds())
		return
	}
	exemplary.ObserveWithExemplar(took.Seconds(), example)
}
