package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/onestop-gateway/onestop/settlement"
)

// metrics observes the lifecycle. Labels are bounded by configuration and by
// closed lists of the domain; durations are in seconds.
type metrics struct {
	closed        *prometheus.CounterVec
	closedSeconds *prometheus.HistogramVec
	payerAnswers  *prometheus.CounterVec
	payerSeconds  *prometheus.HistogramVec
	storeWrites   *prometheus.CounterVec
	storeSeconds  *prometheus.HistogramVec
}

// newMetrics makes the metrics and registers them.
func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{
		closed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onestop_settlements_closed_total",
			Help: "Settlements that came to rest, by state, reason, region of the person and scheme.",
		}, []string{"state", "reason", "region", "scheme"}),
		closedSeconds: seconds("onestop_settlement_duration_seconds", "Time from opening a settlement (or asking for its reversal) to its rest, payers included.", "state"),
		payerAnswers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onestop_payer_answers_total",
			Help: "Calls to payers by payer, operation and what is certain after them.",
		}, []string{"payer", "operation", "result"}),
		payerSeconds: seconds("onestop_payer_duration_seconds", "Time one call to a payer took.", "payer", "operation"),
		storeWrites: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onestop_store_writes_total",
			Help: "Durable writes by verb and whether they failed.",
		}, []string{"verb", "failed"}),
		storeSeconds: seconds("onestop_store_duration_seconds", "Time one durable write took, waiting included.", "verb"),
	}
	registry.MustRegister(m.closed, m.closedSeconds, m.payerAnswers, m.payerSeconds, m.storeWrites, m.storeSeconds,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector())
	return m
}

// seconds is a latency histogram with classic buckets from 1 ms to 60 s and
// native ones beside them.
func seconds(name, help string, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: name, Help: help,
		Buckets:                        []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 25, 60},
		NativeHistogramBucketFactor:    1.1,
		NativeHistogramMaxBucketNumber: 160,
	}, labels)
}

// PayerAnswered implements lifecycle.Observer.
func (m *metrics) PayerAnswered(payer settlement.PayerCode, operation settlement.Operation, result settlement.Result, took time.Duration) {
	m.payerAnswers.WithLabelValues(string(payer), string(operation), string(result)).Inc()
	m.payerSeconds.WithLabelValues(string(payer), string(operation)).Observe(took.Seconds())
}

// Stored implements lifecycle.Observer.
func (m *metrics) Stored(verb string, failed bool, took time.Duration) {
	outcome := "false"
	if failed {
		outcome = "true"
	}
	m.storeWrites.WithLabelValues(verb, outcome).Inc()
	m.storeSeconds.WithLabelValues(verb).Observe(took.Seconds())
}

// Closed implements lifecycle.Observer.
func (m *metrics) Closed(s settlement.Settlement, took time.Duration) {
	m.closed.WithLabelValues(string(s.State), string(s.Reason), string(s.Beneficiary.Region), string(s.Coverage.Scheme)).Inc()
	m.closedSeconds.WithLabelValues(string(s.State)).Observe(took.Seconds())
}
