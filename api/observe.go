package api

import (
	"context"
	"log/slog"
	"path"
	"slices"
	"time"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/onestop-gateway/onestop/api/identity"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// observe tells one story per call: its metrics, its span, and one wide event
// without personal data.
func (c *Config) observe(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	v := visitOf(ctx)
	if v == nil {
		v = &visit{transport: "grpc", address: addressOf(ctx), requestID: requestIDOf(first(ctx, requestIDHeader))}
		ctx = traced(ctx, func(name string) string { return first(ctx, name) })
		if err := grpc.SetHeader(ctx, metadata.Pairs(requestIDHeader, v.requestID)); err != nil {
			return nil, err
		}
	}
	v.called = true
	seen := sight{visit: v, method: nameOf(info.FullMethod)}
	defer c.Metrics.enter(v.transport)()
	ctx, span := c.tracer().Start(ctx, seen.method, trace.WithSpanKind(trace.SpanKindServer))
	defer span.End()
	watch := lifecycle.NewWatch(v.requestID, time.Now)
	out, err := next(lifecycle.Watched(ctx, watch), req)
	seen.err, seen.spent, seen.region = err, watch.Spent(), watch.Region()
	seen.took = seen.spent.Whole()
	c.Metrics.count(ctx, &seen)
	if seen.moves() {
		c.Live.Answered(seen.failed(), seen.spent)
	}
	if err == nil && !span.IsRecording() && !c.listening(ctx) {
		return out, nil // nobody listens
	}
	about := subjectOf(ctx, req, out)
	describe(span, &seen, about)
	c.story(ctx, &seen, about...)
	c.refused(ctx, req, &seen)
	return out, err
}

// listening reports whether the log takes the event of a call that went well.
func (c *Config) listening(ctx context.Context) bool { return c.log().Enabled(ctx, slog.LevelInfo) }

// refused counts a call that was refused for the audit trail: what it would
// have changed has a line there, what it did not has this. The log, which is
// not sealed, has each by itself.
func (c *Config) refused(ctx context.Context, req any, seen *sight) {
	if c.Refusals == nil || seen.err == nil {
		return
	}
	var claimed settlement.FacilityID
	if in, ok := req.(interface{ GetFacilityId() string }); ok && loggable(in.GetFacilityId()) {
		claimed = settlement.FacilityID(in.GetFacilityId())
	}
	c.Refusals.Count(c.accused(ctx, seen, tenantOf(ctx, claimed)), seen.method, string(faultOf(seen.err).reason))
}

// nameOf is the last part of a method's full name.
func nameOf(fullMethod string) string { return path.Base(fullMethod) }

// sight is what was seen of one request.
type sight struct {
	*visit
	method string
	err    error
	took   time.Duration
	spent  lifecycle.Spent
	region string
}

func (s *sight) code() codes.Code { return status.Code(s.err) }

// moves reports whether the call is one whose time is told by shares: those at
// which a cashier waits for payers.
func (s *sight) moves() bool { return moves(s.method) }

func moves(method string) bool {
	switch method {
	case "CreateSettlement", "ReverseSettlement", "QuoteSettlement":
		return true
	}
	return false
}

// failed reports whether the request failed through the gateway's own fault.
func (s *sight) failed() bool {
	return s.err != nil && slices.Contains(ours, faultOf(s.err).reason)
}

// story writes the one wide event of a request; about is keys and values.
func (c *Config) story(ctx context.Context, seen *sight, about ...any) {
	level := slog.LevelInfo
	event := append([]any{
		"request_id", seen.requestID,
		"transport", seen.transport,
		"method", seen.method,
		"code", seen.code().String(),
		"duration_seconds", seen.took.Seconds(),
	}, about...)
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		event = append(event, "trace_id", span.TraceID().String())
	}
	if seen.region != "" {
		event = append(event, "region", seen.region)
	}
	if seen.moves() {
		for _, share := range lifecycle.Shares {
			event = append(event, share.String()+"_seconds", seen.spent[share].Seconds())
		}
	}
	if seen.err != nil {
		failed := faultOf(seen.err)
		event = append(event, "reason", string(failed.reason))
		if failed.code == codes.Internal || failed.code == codes.Unavailable {
			level = slog.LevelError
			event = append(event, "cause", causeOf(failed))
		}
	}
	c.log().Log(ctx, level, "request", event...)
}

// causeOf is what lies behind an answer that tells the caller nothing.
func causeOf(failed *fault) string {
	if failed.cause == nil {
		return ""
	}
	return failed.cause.Error()
}

// subjectOf is whose settlement a call is about: ids only, and only such as
// are fit to be logged.
func subjectOf(ctx context.Context, req, out any) (about []any) {
	note := func(key, id string) {
		if id != "" && loggable(id) {
			about = append(about, key, id)
		}
	}
	if in, ok := req.(interface{ GetFacilityId() string }); ok {
		note("facility_id", in.GetFacilityId())
		note("tenant", string(tenantOf(ctx, settlement.FacilityID(in.GetFacilityId()))))
	}
	if caller := identity.Of(ctx); caller != nil {
		note("caller", caller.Actor())
	}
	if done, ok := out.(*onestopv1.Settlement); ok && done != nil {
		done = lookedInto(done)
		note("settlement_id", done.GetId())
		note("state", done.GetState().String())
		note("outcome", done.GetReason())
	} else if in, ok := req.(interface{ GetId() string }); ok {
		note(idKey(req), in.GetId())
	}
	return about
}

// idKey is what the id of a request names.
func idKey(req any) string {
	switch req.(type) {
	case *onestopv1.GetPersonRequest, *onestopv1.ListPersonChangesRequest, *onestopv1.RecordPersonChangeRequest:
		return "person_id" // a pseudonym
	case *onestopv1.GetReviewRequest, *onestopv1.DecideProposalRequest:
		return "review_id"
	}
	return "settlement_id"
}
