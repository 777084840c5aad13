package api

import (
	"context"
	"net/http"
	"regexp"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc/tap"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

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

// routes are the names of the contract's calls by method and pattern over HTTP,
// those that stream apart, which have no way over HTTP.
func routes() map[string]string {
	found := make(map[string]string, len(classOf))
	for _, service := range services() {
		known, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service.ServiceName))
		if err != nil { // never: the contract is linked
			continue
		}
		calls := known.(protoreflect.ServiceDescriptor).Methods()
		for i := range calls.Len() {
			rule, _ := proto.GetExtension(calls.Get(i).Options(), annotations.E_Http).(*annotations.HttpRule)
			if rule == nil { // it streams
				continue
			}
			for _, one := range append(rule.GetAdditionalBindings(), rule) {
				found[routeOf(one)] = string(calls.Get(i).Name())
			}
		}
	}
	return found
}

// bare is a variable of a path without a pattern of its own, which the mux
// writes out as one segment.
var bare = regexp.MustCompile(`\{([^=}]+)\}`)

func routeOf(rule *annotations.HttpRule) string {
	verb, pattern := http.MethodGet, rule.GetGet()
	if rule.GetPost() != "" {
		verb, pattern = http.MethodPost, rule.GetPost()
	}
	return verb + " " + bare.ReplaceAllString(pattern, "{$1=*}")
}

// doorREST is door over REST: a body is not read of a call that is turned away.
func (c *Config) doorREST() runtime.Middleware {
	calls := routes()
	refusal := faultOf(&settlement.Error{Kind: settlement.KindOverloaded, Reason: settlement.ReasonOverloaded})
	return func(next runtime.HandlerFunc) runtime.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
			if c.Admission != nil && c.Admission.Pressed() {
				pattern, _ := runtime.HTTPPattern(r.Context())
				name, ours := calls[r.Method+" "+pattern.String()]
				if ours && c.Admission.Full(classOf[name]) {
					visitOf(r.Context()).turned = name
					refuse(w, r, refusal)
					return
				}
			}
			next(w, r, params)
		}
	}
}

// turnedAway counts and tells a call that was not read.
func (c *Config) turnedAway(ctx context.Context, call *tap.Info, refusal *fault) {
	id := ""
	if given := call.Header.Get(requestIDHeader); len(given) > 0 {
		id = given[0]
	}
	seen := sight{visit: &visit{transport: "grpc", address: addressOf(ctx), requestID: id}, method: nameOf(call.FullMethodName), err: refusal}
	c.Metrics.count(ctx, &seen)
	if seen.moves() {
		c.Live.Answered(true, seen.spent)
	}
	if c.listening(ctx) {
		seen.requestID = requestIDOf(id)
		c.story(ctx, &seen)
	}
	c.refused(ctx, nil, &seen)
}
