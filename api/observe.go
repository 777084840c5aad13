package api

import (
	"context"
	"log/slog"
	"path"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// observe tells one story per call: its metrics, and one wide event without
// personal data.
func (c *Config) observe(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	v := visitOf(ctx)
	if v == nil {
		v = &visit{transport: "grpc", requestID: requestIDOf(first(ctx, requestIDHeader))}
		if err := grpc.SetHeader(ctx, metadata.Pairs(requestIDHeader, v.requestID)); err != nil {
			return nil, err
		}
	}
	v.called = true
	defer c.Metrics.enter(v.transport)()
	start := time.Now()
	out, err := next(ctx, req)
	seen := sight{visit: v, method: path.Base(info.FullMethod), err: err, took: time.Since(start)}
	c.Metrics.count(&seen)
	c.story(ctx, &seen, subjectOf(req, out)...)
	return out, err
}

// sight is what was seen of one request.
type sight struct {
	*visit
	method string
	err    error
	took   time.Duration
}

func (s *sight) code() codes.Code { return status.Code(s.err) }

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
func subjectOf(req, out any) (about []any) {
	note := func(key, id string) {
		if id != "" && loggable(id) {
			about = append(about, key, id)
		}
	}
	if in, ok := req.(interface{ GetFacilityId() string }); ok {
		note("facility_id", in.GetFacilityId())
	}
	if done, ok := out.(*onestopv1.Settlement); ok && done != nil {
		note("settlement_id", done.GetId())
		note("state", done.GetState().String())
	} else if in, ok := req.(interface{ GetId() string }); ok {
		note("settlement_id", in.GetId())
	}
	return about
}
