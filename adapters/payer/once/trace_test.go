package once

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"go.opentelemetry.io/otel/trace"
)

// TestATraceGoesAlong: a payer is told the ids of the trace, if there is one,
// and nothing else that travels with it.
func TestATraceGoesAlong(t *testing.T) {
	var heard []http.Header
	payer := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { heard = append(heard, r.Header) }))
	defer payer.Close()
	postman := New(1, nil)
	defer postman.Close()
	post := func(span trace.SpanContext) {
		ctx := trace.ContextWithSpanContext(t.Context(), span)
		if _, _, err := postman.Post(ctx, Request{URL: payer.URL, Header: http.Header{}, Body: []byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	post(trace.SpanContext{})
	post(trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled}))
	if heard[0].Get("traceparent") != "" || heard[1].Get("traceparent") != "00-01000000000000000000000000000000-0200000000000000-01" {
		t.Errorf("told %q and %q", heard[0].Get("traceparent"), heard[1].Get("traceparent"))
	}
	for _, name := range []string{"Baggage", "Tracestate", "X-Request-Id"} {
		if heard[1].Get(name) != "" {
			t.Errorf("%s: %s", name, heard[1].Get(name))
		}
	}
}
