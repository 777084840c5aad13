package api

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// traceHeader names the trace a caller works in (W3C Trace Context). Baggage
// stays outside: it may hold anything.
const traceHeader = "traceparent"

// traced is ctx within the trace that a caller's header names, if it names one.
func traced(ctx context.Context, header func(name string) string) context.Context {
	carrier := propagation.MapCarrier{traceHeader: header(traceHeader)}
	return propagation.TraceContext{}.Extract(ctx, carrier)
}

// tracer makes the spans of requests; without one configured they are nothing.
func (c *Config) tracer() trace.Tracer {
	if c.Tracer == nil {
		return noop.Tracer{}
	}
	return c.Tracer
}

// describe says on the span of a request what it was and how it ended: ids and
// codes, as in the log.
func describe(span trace.Span, seen *sight, about []any) {
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(
		attribute.String("rpc.system", seen.transport),
		attribute.String("onestop.request.id", seen.requestID),
		attribute.String("rpc.grpc.status", seen.code().String()),
	)
	for i := 0; i+1 < len(about); i += 2 {
		key, named := about[i].(string)
		value, text := about[i+1].(string)
		if named && text {
			span.SetAttributes(attribute.String("onestop."+key, value))
		}
	}
	if seen.err != nil {
		reason := string(faultOf(seen.err).reason)
		span.SetAttributes(attribute.String("onestop.reason", reason))
		if seen.failed() {
			span.SetStatus(otelcodes.Error, reason)
		}
	}
}
