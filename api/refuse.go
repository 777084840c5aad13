package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
)

// refuse writes an error as REST shows it: the HTTP status of its kind, and
// google.rpc.Status as JSON.
func refuse(w http.ResponseWriter, r *http.Request, failed *fault) {
	if v := visitOf(r.Context()); v != nil {
		v.refusal = failed
	}
	w.Header().Set("Content-Type", jsonForm{}.ContentType(nil))
	if after := failed.retryAfter(); after != "" {
		w.Header().Set("Retry-After", after)
	}
	if failed.http == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(failed.http)
	_, _ = w.Write(failed.json()) // a caller who went away is not told
}

// refuseCall answers a call that failed, or whose request could not be read.
func refuseCall(ctx context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	if v := visitOf(r.Context()); v != nil && v.refusal != nil {
		err = v.refusal
	}
	refuse(w, r, gatewayFault(ctx, r, err))
}

// gatewayFault is err or, where the gateway itself could not read a parameter,
// what is wrong with the parameter.
func gatewayFault(ctx context.Context, r *http.Request, err error) *fault {
	var known *fault
	if given, ok := status.FromError(err); ok && given.Code() == codes.InvalidArgument && !errors.As(err, &known) {
		field, wrong := unreadable(ctx, r)
		says := told{reason: settlement.ReasonInvalidArgument}
		says.fields = append(says.fields, violation(field, says.reason, wrong))
		return newFault(kinds[settlement.KindInvalid], says, err)
	}
	return faultOf(err)
}

// refuseRoute answers a path or method the contract does not have.
func refuseRoute(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, code int) {
	switch code {
	case http.StatusNotFound:
		refuse(w, r, newFault(rowNoRoute, told{reason: words.ReasonNoRoute}, nil))
	case http.StatusMethodNotAllowed:
		refuse(w, r, newFault(rowNoMethod, told{reason: words.ReasonNoMethod}, nil))
	default:
		refuse(w, r, newFault(kinds[settlement.KindInvalid], told{reason: settlement.ReasonInvalidArgument}, nil))
	}
}
