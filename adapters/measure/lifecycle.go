package measure

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Lifecycle observes a lifecycle.
type Lifecycle struct {
	tracer trace.Tracer
	live   *lifecycle.Live

	closed        *prometheus.CounterVec
	closedSeconds *prometheus.HistogramVec
	payerAnswers  *prometheus.CounterVec
	payerSeconds  *prometheus.HistogramVec
	storeWrites   *prometheus.CounterVec
	storeSeconds  *prometheus.HistogramVec
	doubtSeconds  *prometheus.HistogramVec
	healedSeconds *prometheus.HistogramVec
}

var _ lifecycle.Observer = (*Lifecycle)(nil)

// NewLifecycle makes the metrics and registers them; live, if any, is told of
// calls to payers. It panics where they are registered already.
func NewLifecycle(registry prometheus.Registerer, tracer trace.Tracer, live *lifecycle.Live) *Lifecycle {
	m := &Lifecycle{
		tracer: tracer, live: live,
		closed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onestop_settlements_closed_total",
			Help: "Settlements that came to rest, by outcome, reason, region of the person and scheme.",
		}, []string{"outcome", "reason", "region", "scheme"}),
		closedSeconds: seconds("onestop_settlement_duration_seconds",
			"Time from opening a settlement (or asking for its reversal) to its rest, recovery included.", atWork, "outcome"),
		payerAnswers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onestop_payer_answers_total",
			Help: "Calls to payers by payer, operation and what is certain after them.",
		}, []string{"payer", "operation", "result"}),
		payerSeconds: seconds("onestop_payer_duration_seconds", "Time one call to a payer took.", atWork, "payer", "operation"),
		storeWrites: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onestop_store_writes_total",
			Help: "Durable writes by verb and outcome: ok, refused (by a rule of the contract), failed.",
		}, []string{"verb", "outcome"}),
		storeSeconds: seconds("onestop_store_duration_seconds", "Time one durable write took its caller, waiting included.", atWork, "verb"),
		doubtSeconds: seconds("onestop_doubt_duration_seconds",
			"Time from a call in doubt until it was proved what the payer holds.", inDoubt, "payer", "operation"),
		healedSeconds: seconds("onestop_healing_duration_seconds",
			"Time until a doubt was proved since the payer answered again after a silence, or since the call in doubt where that was later.", inDoubt, "payer", "operation"),
	}
	registry.MustRegister(m.closed, m.closedSeconds, m.payerAnswers, m.payerSeconds, m.storeWrites, m.storeSeconds, m.doubtSeconds, m.healedSeconds)
	return m
}

// Begin implements lifecycle.Observer: a step is a span, and a call or a write
// is measured.
func (m *Lifecycle) Begin(ctx context.Context, step lifecycle.Step) (context.Context, func(lifecycle.Ended)) {
	began := time.Now()
	ctx, span := m.tracer.Start(ctx, string(step.Kind)+" "+step.Verb, trace.WithSpanKind(kindOf(step)))
	return ctx, func(ended lifecycle.Ended) {
		m.measure(step, ended, time.Since(began))
		if span.IsRecording() {
			describe(span, step, ended)
		}
		span.End()
	}
}

// kindOf is client for what another party answers.
func kindOf(step lifecycle.Step) trace.SpanKind {
	if step.Kind == lifecycle.StepCall {
		return trace.SpanKindClient
	}
	return trace.SpanKindInternal
}

func (m *Lifecycle) measure(step lifecycle.Step, ended lifecycle.Ended, took time.Duration) {
	switch step.Kind {
	case lifecycle.StepCall:
		if ended.Result == "" {
			return // no call came of it
		}
		m.payerAnswers.WithLabelValues(string(step.Payer), step.Verb, string(ended.Result)).Inc()
		m.payerSeconds.WithLabelValues(string(step.Payer), step.Verb).Observe(took.Seconds())
		m.live.Called(step.Payer, ended.Result, took)
	case lifecycle.StepWrite:
		m.storeWrites.WithLabelValues(step.Verb, written(ended.Err)).Inc()
		m.storeSeconds.WithLabelValues(step.Verb).Observe(took.Seconds())
	}
}

// written is the outcome of a write. What the contract refuses (a key that is
// there already, a record that moved on) is the store at work, not failing.
func written(err error) string {
	if err == nil {
		return "ok"
	}
	switch settlement.KindOf(err) {
	case settlement.KindUnavailable, settlement.KindInDoubt, settlement.KindOverloaded, settlement.KindInternal:
		return "failed"
	}
	return "refused"
}

// describe says on a span what the step was about and how it ended, in codes
// only: the text of an error may hold what a trace must not.
func describe(span trace.Span, step lifecycle.Step, ended lifecycle.Ended) {
	if step.Settlement != "" {
		span.SetAttributes(attribute.String("onestop.settlement.id", string(step.Settlement)))
	}
	if step.Kind == lifecycle.StepCall {
		span.SetAttributes(attribute.String("onestop.payer", string(step.Payer)), attribute.String("onestop.result", string(ended.Result)))
		if ended.Result == settlement.ResultInDoubt || ended.Result == settlement.ResultUnsent {
			span.SetStatus(codes.Error, string(ended.Result))
		}
	}
	if ended.Err != nil {
		span.SetStatus(codes.Error, string(settlement.ReasonOf(ended.Err)))
	}
}

// Closed implements lifecycle.Observer.
func (m *Lifecycle) Closed(s settlement.Settlement, took time.Duration) {
	outcome := outcomeOf(&s)
	m.closed.WithLabelValues(outcome, string(s.Reason), string(s.Beneficiary.Region), string(s.Coverage.Scheme)).Inc()
	m.closedSeconds.WithLabelValues(outcome).Observe(took.Seconds())
}

// outcomeOf is what became of a settlement at rest, in one word.
func outcomeOf(s *settlement.Settlement) string {
	switch s.State {
	case settlement.StateCommitted:
		if s.Reversal != nil {
			return "reversal_refused"
		}
		return "settled"
	case settlement.StateAborted:
		return "not_settled"
	case settlement.StateReversed:
		return "reversed"
	}
	return "attention"
}

// Healed implements lifecycle.Observer.
func (m *Lifecycle) Healed(p lifecycle.Proof) {
	m.doubtSeconds.WithLabelValues(string(p.Payer), string(p.Operation)).Observe(p.Took.Seconds())
	m.healedSeconds.WithLabelValues(string(p.Payer), string(p.Operation)).Observe(p.Healing.Seconds())
}
