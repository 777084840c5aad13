package api

import (
	"context"
	"errors"
	"net/http"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
)

// authorization is the one header that says who calls.
const authorization = "authorization"

// refusedKey is the place in a context of why its caller is not believed.
type refusedKey struct{}

// introduced finds out who calls over gRPC: from the connection's certificate
// and the header authorization, and from nothing else. REST has done so at its
// door. A caller who is not believed is refused behind the interceptors that
// observe it.
func (c *Config) introduced(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if c.Identity == nil || visitOf(ctx) != nil {
		return next(ctx, req)
	}
	shown := identity.Credentials{Authorization: metadata.ValueFromIncomingContext(ctx, authorization)}
	if from, known := peer.FromContext(ctx); known {
		if from.Addr != nil {
			shown.From = from.Addr.String()
		}
		if secure, is := from.AuthInfo.(credentials.TLSInfo); is {
			shown.Certificate = identity.Shown(&secure.State)
		}
	}
	caller, err := c.Identity.Caller(shown)
	if err != nil {
		return next(context.WithValue(ctx, refusedKey{}, err), req)
	}
	return next(identity.With(ctx, caller), req)
}

// callerOfHTTP finds out who calls over REST, as introduced does.
func (c *Config) callerOfHTTP(r *http.Request) (*identity.Caller, error) {
	return c.Identity.Caller(identity.Credentials{Certificate: identity.Shown(r.TLS), Authorization: r.Header["Authorization"], From: r.RemoteAddr})
}

// accused is how the audit trail names who was refused: of credentials that were
// revoked, whom they are of.
func (c *Config) accused(ctx context.Context, seen *sight, tenant settlement.TenantID) string {
	var house *settlement.Error
	if errors.As(seen.err, &house) && house.Reason == settlement.ReasonRevoked {
		return "caller/" + house.Object
	}
	return c.refusedOf(ctx, seen.address, tenant)
}

// permitted refuses who is not believed, and whom the policy does not let call
// the method.
func (c *Config) permitted(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if c.Identity == nil {
		return next(ctx, req)
	}
	if err, refused := ctx.Value(refusedKey{}).(error); refused {
		return nil, err
	}
	caller := identity.Of(ctx)
	if caller == nil {
		return nil, &settlement.Error{Kind: settlement.KindUnauthorized, Reason: settlement.ReasonUnauthenticated}
	}
	if _, err := c.Identity.Permit(caller, info.FullMethod); err != nil {
		return nil, err
	}
	return next(ctx, req)
}

// acting makes the caller the person who acts, in a call that says who does. A
// request may leave it out, and may not name anybody else.
func acting(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	caller := identity.Of(ctx)
	message := req.(proto.Message).ProtoReflect()
	field := message.Descriptor().Fields().ByName("operator")
	if caller == nil || field == nil {
		return next(ctx, req)
	}
	switch message.Get(field).String() {
	case "":
		message.Set(field, protoreflect.ValueOfString(caller.Subject))
	case caller.Subject:
	default:
		return nil, &settlement.Error{Kind: settlement.KindForbidden, Reason: settlement.ReasonNotTheCaller, Field: "operator"}
	}
	return next(ctx, req)
}
