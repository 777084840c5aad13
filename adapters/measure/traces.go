package measure

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// TracesConfig says where spans go. The zero value makes none.
type TracesConfig struct {
	Address  string // of an OTLP collector, host:port; "" makes no spans
	HTTP     bool   // speak OTLP over HTTP in place of gRPC
	Insecure bool   // without TLS
	PerMille int    // of requests whose caller does not trace them
	Instance string // the name of this process in every span
}

// Traces makes spans and hands them over behind the back of the requests: a
// collector that is slow or away costs spans, never a settlement.
type Traces struct {
	provider *sdktrace.TracerProvider // nil makes no spans
}

// NewTraces connects to no one yet: what cannot be reached is tried again.
func NewTraces(ctx context.Context, config TracesConfig) (*Traces, error) {
	if config.Address == "" {
		return &Traces{}, nil
	}
	exporter, err := otlptrace.New(ctx, client(config))
	if err != nil {
		return nil, err
	}
	about := resource.NewSchemaless(attribute.String("service.name", "onestop"), attribute.String("service.instance.id", config.Instance))
	sampler := sdktrace.ParentBased(sdktrace.TraceIDRatioBased(float64(config.PerMille) / 1000))
	return &Traces{sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter), sdktrace.WithResource(about), sdktrace.WithSampler(sampler),
	)}, nil
}

// client speaks one of the two forms of OTLP.
func client(config TracesConfig) otlptrace.Client {
	if config.HTTP {
		options := []otlptracehttp.Option{otlptracehttp.WithEndpoint(config.Address)}
		if config.Insecure {
			options = append(options, otlptracehttp.WithInsecure())
		}
		return otlptracehttp.NewClient(options...)
	}
	options := []otlptracegrpc.Option{otlptracegrpc.WithEndpoint(config.Address)}
	if config.Insecure {
		options = append(options, otlptracegrpc.WithInsecure())
	}
	return otlptracegrpc.NewClient(options...)
}

// Tracer makes spans, or none where no collector is configured.
func (t *Traces) Tracer() trace.Tracer {
	if t.provider == nil {
		return noop.Tracer{}
	}
	return t.provider.Tracer("github.com/onestop-gateway/onestop")
}

// Close hands over what is left until ctx ends. Spans made later are dropped.
func (t *Traces) Close(ctx context.Context) error {
	if t.provider == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}
