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
)

// methods are the names of the contract's calls by their full names.
func methods() map[string]string {
	found := make(map[string]string, len(classOf))
	for _, service := range services() {
		for _, method := range service.Methods {
			found["/"+service.ServiceName+"/"+method.MethodName] = method.MethodName
		}
		for _, stream := range service.Streams {
			found["/"+service.ServiceName+"/"+stream.StreamName] = stream.StreamName
		}
	}
	return found
}

// door turns calls away over gRPC where admission surely would, before they are
// read and before there is a stream for them: what a gateway spends on those it
// refuses is taken from those it answers.
func (c *Config) door() tap.ServerInHandle {
	turns := c.newTurnstile("grpc", methods())
	return func(ctx context.Context, call *tap.Info) (context.Context, error) {
		of, ours := turns.ways[call.FullMethodName]
		if !ours || c.Admission == nil || !c.Admission.Full(of.class) {
			return ctx, nil
		}
		id := ""
		if given := call.Header.Get(requestIDHeader); len(given) > 0 {
			id = given[0]
		}
		turns.away(ctx, of, caught{requestID: id, address: addressOf})
		return nil, turns.refusal
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
	turns := c.newTurnstile("rest", routes())
	return func(next runtime.HandlerFunc) runtime.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
			if c.Admission != nil && c.Admission.Pressed() {
				pattern, _ := runtime.HTTPPattern(r.Context())
				of, ours := turns.ways[r.Method+" "+pattern.String()]
				if ours && c.Admission.Full(of.class) {
					v := visitOf(r.Context())
					v.called = true
					turns.away(r.Context(), of, caught{v.requestID, func(context.Context) string { return v.address }})
					refuse(w, r, turns.refusal)
					return
				}
			}
			next(w, r, params)
		}
	}
}
