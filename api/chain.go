package api

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// deadline bounds a call whose caller set none.
const deadline = 30 * time.Second

// chain is what stands before every call of the contract, on either transport.
// From the outside in: its caller is found out, it is observed, its errors are
// put into the one table, a panic is caught, time is bounded, the caller and the
// policy asked, the signature checked, a place taken, the request key found, the
// query, who acts and the shape checked.
func (c *Config) chain() grpc.UnaryServerInterceptor {
	return withinContract(joined(c.introduced, c.observe, translate, c.recoverPanic, bound, c.permitted, c.signed, c.admitted, keyed, queryKnown, acting, shaped))
}

// withinContract lets calls of other services, such as health, pass untouched.
func withinContract(chain grpc.UnaryServerInterceptor) grpc.UnaryServerInterceptor {
	prefix := "/" + string(onestopv1.File_onestop_v1_settlement_service_proto.Package()) + "."
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		if !strings.HasPrefix(info.FullMethod, prefix) {
			return next(ctx, req)
		}
		return chain(ctx, req, info, next)
	}
}

// joined is interceptors as one, the first outermost.
func joined(interceptors ...grpc.UnaryServerInterceptor) grpc.UnaryServerInterceptor {
	if len(interceptors) == 1 {
		return interceptors[0]
	}
	inner := joined(interceptors[1:]...)
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		return interceptors[0](ctx, req, info, func(ctx context.Context, req any) (any, error) {
			return inner(ctx, req, info, next)
		})
	}
}

// translate puts every error into the one table.
func translate(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	out, err := next(ctx, req)
	if err != nil {
		return nil, faultOf(err)
	}
	return out, nil
}

// recoverPanic turns a panic into an error; its stack goes to the log.
func (c *Config) recoverPanic(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (out any, err error) {
	defer func() {
		if caught := recover(); caught != nil {
			c.log().ErrorContext(ctx, "panic", "method", info.FullMethod, "stack", string(debug.Stack()))
			out, err = nil, panicError(caught)
		}
	}()
	return next(ctx, req)
}

// panicError tells what the runtime said; any other value may hold anything, so
// only its type is told.
func panicError(caught any) error {
	if fault, ok := caught.(runtime.Error); ok {
		return fmt.Errorf("panic: %w", fault)
	}
	return fmt.Errorf("panic of type %T", caught)
}

// bound gives a call without a deadline one.
func bound(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if _, set := ctx.Deadline(); set {
		return next(ctx, req)
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	return next(ctx, req)
}

// keyHeader may carry the request id in place of the field.
const keyHeader = "idempotency-key"

// keyed finds the request id of a call that takes one: in the field, in the
// header, or the same in both.
func keyed(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	headers := metadata.ValueFromIncomingContext(ctx, keyHeader)
	in, takesOne := req.(interface{ GetRequestId() string })
	if !takesOne {
		return next(ctx, req)
	}
	key := in.GetRequestId()
	for _, header := range headers {
		if key == "" {
			key = header
		}
		if key != header {
			return nil, invalidKey(settlement.ReasonKeyMismatch)
		}
	}
	if key == "" {
		return nil, invalidKey(settlement.ReasonKeyMissing)
	}
	if key != in.GetRequestId() {
		message := req.(proto.Message).ProtoReflect()
		message.Set(message.Descriptor().Fields().ByName("request_id"), protoreflect.ValueOfString(key))
	}
	return next(ctx, req)
}

func invalidKey(reason settlement.Reason) error {
	return &settlement.Error{Kind: settlement.KindInvalid, Reason: reason, Field: "request_id"}
}

// queryKnown refuses a REST query with anything in it that the call does not
// read: a filter misspelt would otherwise list everything.
func queryKnown(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	v := visitOf(ctx)
	if v == nil {
		return next(ctx, req)
	}
	fields := req.(proto.Message).ProtoReflect().Descriptor().Fields()
	for name := range v.query {
		if v.method != http.MethodGet || name == "id" || fields.ByName(protoreflect.Name(name)) == nil {
			return nil, &settlement.Error{
				Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument,
				Field: "query", Value: fmt.Sprintf("no parameter %.40q here", name),
			}
		}
	}
	return next(ctx, req)
}

// shaped checks lengths, patterns and enums, as the contract states them.
func shaped(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	message := req.(proto.Message)
	if !fits(message.ProtoReflect()) {
		if err := protovalidate.Validate(message); err != nil {
			return nil, err
		}
	}
	return next(ctx, req)
}
