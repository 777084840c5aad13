package api

import (
	"context"
	"hash"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/grpc/metadata"

	"github.com/onestop-gateway/onestop/settlement"
)

// visit is what is known of one request before its call: REST makes one at the
// door, gRPC in the first interceptor.
type visit struct {
	transport string // "grpc" or "rest"
	address   string // where it comes from, without the port
	requestID string
	query     url.Values // REST: what stands behind the question mark
	method    string     // REST: the HTTP method
	target    string     // REST: path and query as they came
	body      hash.Hash  // REST: SHA-256 of what was read of the body, if requests are verified
	refusal   error      // REST: why the body could not be read
	called    bool       // the call was observed, or turned away; nobody else need count it
}

type visitKey struct{}

func withVisit(ctx context.Context, v *visit) context.Context {
	return context.WithValue(ctx, visitKey{}, v)
}

// visitOf is the visit REST made, or nil.
func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// requestIDHeader names the request in answers and in the log.
const requestIDHeader = "x-request-id"

// requestIDOf takes the caller's own id of a request, if it is fit to be
// logged, and otherwise makes one.
func requestIDOf(given string) string {
	if given != "" && loggable(given) {
		return given
	}
	return uuid.NewString()
}

// loggable reports whether text is at most 64 characters of visible ASCII and
// names nobody.
func loggable(text string) bool {
	for i := range len(text) {
		if text[i] < '!' || text[i] > '~' {
			return false
		}
	}
	return len(text) <= 64 && !personal(text)
}

// personal reports whether an identity number stands anywhere in text: one
// typed into the wrong field must not be told on.
func personal(text string) bool {
	text = strings.ToUpper(text)
	for i := 0; i+18 <= len(text); i++ {
		if settlement.CheckIdentityNumber(settlement.Private(text[i:i+18])) == nil {
			return true
		}
	}
	return false
}

// first is the first value of a metadata key, or "".
func first(ctx context.Context, key string) string {
	if values := metadata.ValueFromIncomingContext(ctx, key); len(values) > 0 {
		return values[0]
	}
	return ""
}
