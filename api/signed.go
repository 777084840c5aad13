package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/onestop-gateway/onestop/settlement"
)

// signatureHeader carries a caller's signature over a request.
const signatureHeader = "onestop-signature"

// Verifier checks signed requests, each of which it accepts once.
type Verifier interface {
	// Verify says for which facility the signature in header was made over
	// about, "" for any. Unauthorized: it is wrong, of an unknown key, of
	// another time, or was seen before. Overloaded: too many to remember.
	Verify(header, about string) (settlement.FacilityID, error)
}

// signed checks the signature of a request that carries one, or has to, before
// a place is taken and anything is written.
func (c *Config) signed(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	headers := metadata.ValueFromIncomingContext(ctx, signatureHeader)
	if c.Verifier == nil || len(headers) == 0 && !c.SignaturesRequired {
		return next(ctx, req)
	}
	if len(headers) != 1 {
		return nil, &settlement.Error{
			Kind: settlement.KindUnauthorized, Reason: settlement.ReasonUnauthenticated, Field: signatureHeader, Value: "must be there once",
		}
	}
	about, err := aboutOf(ctx, req.(proto.Message), info.FullMethod)
	if err != nil {
		return nil, err
	}
	facility, err := c.Verifier.Verify(headers[0], about)
	if err != nil {
		return nil, err
	}
	in, names := req.(interface{ GetFacilityId() string })
	if names && facility != "" && in.GetFacilityId() != "" && in.GetFacilityId() != string(facility) {
		return nil, &settlement.Error{Kind: settlement.KindForbidden, Reason: settlement.ReasonPermissionDenied, Field: "facility_id"}
	}
	return next(ctx, req)
}

// aboutOf is what a signature is over, besides its own header: method, target,
// request key of the header and the digest of the body, a line each. Over REST
// the body are the bytes that came; over gRPC, where a message has no bytes of
// its own, its deterministic encoding: fields in the order of their numbers,
// which is what every generator of protobuf writes.
func aboutOf(ctx context.Context, req proto.Message, fullMethod string) (string, error) {
	method, target, digest := "GRPC", fullMethod, []byte(nil)
	if v := visitOf(ctx); v != nil && v.target != "" {
		method, target, digest = v.method, v.target, v.body.Sum(nil)
	} else {
		content, err := proto.MarshalOptions{Deterministic: true}.Marshal(req)
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256(content)
		digest = sum[:]
	}
	return strings.Join([]string{method, target, first(ctx, keyHeader), hex.EncodeToString(digest)}, "\n"), nil
}
