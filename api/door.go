package api

import (
	"context"

	"google.golang.org/grpc/tap"

	"github.com/onestop-gateway/onestop/api/admission"
	"github.com/onestop-gateway/onestop/settlement"
)

// methods are the classes of the contract's calls by their full names.
func methods() map[string]admission.Class {
	found := make(map[string]admission.Class, len(classOf))
	for _, service := range services() {
		for _, method := range service.Methods {
			found["/"+service.ServiceName+"/"+method.MethodName] = classOf[method.MethodName]
		}
		for _, stream := range service.Streams {
			found["/"+service.ServiceName+"/"+stream.StreamName] = classOf[stream.StreamName]
		}
	}
	return found
}

// door turns calls away over gRPC where admission surely would, before they are
// read: what a gateway spends on those it refuses is taken from those it
// answers. They are counted and told like any other.
func (c *Config) door() tap.ServerInHandle {
	classes := methods()
	refusal := faultOf(&settlement.Error{Kind: settlement.KindOverloaded, Reason: settlement.ReasonOverloaded})
	return func(ctx context.Context, call *tap.Info) (context.Context, error) {
		class, ours := classes[call.FullMethodName]
		if !ours || c.Admission == nil || !c.Admission.Full(class) {
			return ctx, nil
		}
		c.turnedAway(ctx, call, refusal)
		return nil, refusal
	}
}

// turnedAway counts and tells a call that was not read.
func (c *Config) turnedAway(ctx context.Context, call *tap.Info, refusal *fault) {
	id := ""
	if given := call.Header.Get(requestIDHeader); len(given) > 0 {
		id = given[0]
	}
	seen := sight{visit: &visit{transport: "grpc", requestID: id}, method: nameOf(call.FullMethodName), err: refusal}
	c.Metrics.count(ctx, &seen)
	if seen.moves() {
		c.Live.Answered(true, seen.spent)
	}
	if c.listening(ctx) {
		seen.requestID = requestIDOf(id)
		c.story(ctx, &seen)
	}
}
