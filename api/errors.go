package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
)

// row is how one kind of error leaves the gateway.
type row struct {
	code  codes.Code
	http  int
	retry time.Duration // when to send the same request again; 0: not by itself
}

// kinds is the one table from the house to the wire.
var kinds = map[settlement.Kind]row{
	settlement.KindInternal:     {codes.Internal, http.StatusInternalServerError, 0},
	settlement.KindInvalid:      {codes.InvalidArgument, http.StatusBadRequest, 0},
	settlement.KindNotFound:     {codes.NotFound, http.StatusNotFound, 0},
	settlement.KindKeyReused:    {codes.InvalidArgument, http.StatusUnprocessableEntity, 0},
	settlement.KindInFlight:     {codes.Aborted, http.StatusConflict, 2 * time.Second},
	settlement.KindExists:       {codes.AlreadyExists, http.StatusConflict, 0},
	settlement.KindBlocked:      {codes.FailedPrecondition, http.StatusConflict, 0},
	settlement.KindUnavailable:  {codes.Unavailable, http.StatusServiceUnavailable, 2 * time.Second},
	settlement.KindOverloaded:   {codes.ResourceExhausted, http.StatusTooManyRequests, time.Second},
	settlement.KindRefused:      {codes.FailedPrecondition, http.StatusConflict, 0},
	settlement.KindInDoubt:      {codes.Unavailable, http.StatusServiceUnavailable, 5 * time.Second},
	settlement.KindConflict:     {codes.Aborted, http.StatusConflict, time.Second},
	settlement.KindTooManyRows:  {codes.InvalidArgument, http.StatusRequestEntityTooLarge, 0},
	settlement.KindUnauthorized: {codes.Unauthenticated, http.StatusUnauthorized, 0},
	settlement.KindForbidden:    {codes.PermissionDenied, http.StatusForbidden, 0},
}

// Rows of what only the transport meets.
var (
	rowNoRoute   = row{codes.NotFound, http.StatusNotFound, 0}
	rowNoMethod  = row{codes.Unimplemented, http.StatusMethodNotAllowed, 0}
	rowMediaType = row{codes.InvalidArgument, http.StatusUnsupportedMediaType, 0}
	rowCancelled = row{codes.Canceled, 499, 0} // nobody listens any more
	rowTimedOut  = row{codes.DeadlineExceeded, http.StatusGatewayTimeout, 2 * time.Second}
)

// fault is an error on its way out: what the caller is told, and the cause,
// which stays in the log.
type fault struct {
	row
	reason settlement.Reason
	status *status.Status
	cause  error
	text   []byte // as REST shows it, where that was written beforehand
}

// encoded is a fault that many are told, written once.
func (f *fault) encoded() *fault {
	f.text = f.json()
	return f
}

// json is the fault as REST shows it.
func (f *fault) json() []byte {
	if f.text != nil {
		return f.text
	}
	text, err := jsonForm{}.Marshal(f.status.Proto())
	if err != nil { // never: the details are well known messages
		return []byte(`{"code":13}`)
	}
	return text
}

// Error is the status' sentence.
func (f *fault) Error() string { return f.status.Message() }

// GRPCStatus lets gRPC send the status with its details.
func (f *fault) GRPCStatus() *status.Status { return f.status }

// Unwrap is the cause, for the log.
func (f *fault) Unwrap() error { return f.cause }

// faultOf turns any error into what the caller is told. A stranger becomes
// INTERNAL without detail.
func faultOf(err error) *fault {
	var known *fault
	var wrong *protovalidate.ValidationError
	var house *settlement.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &wrong):
		return newFault(kinds[settlement.KindInvalid], told{reason: settlement.ReasonInvalidArgument, fields: violations(wrong)}, err)
	case errors.As(err, &house):
		return houseFault(house, err)
	case errors.Is(err, context.DeadlineExceeded):
		return newFault(rowTimedOut, told{reason: words.ReasonTimedOut}, err)
	case errors.Is(err, context.Canceled):
		return newFault(rowCancelled, told{reason: words.ReasonCancelled}, err)
	}
	return newFault(kinds[settlement.KindInternal], told{reason: settlement.ReasonInternal}, err)
}

// houseFault is an error of the house; where several were joined, the first
// decides and all are shown.
func houseFault(house *settlement.Error, err error) *fault {
	found, known := kinds[house.Kind]
	if !known || house.Kind == settlement.KindInternal {
		return newFault(kinds[settlement.KindInternal], told{reason: settlement.ReasonInternal, object: house.Object}, err)
	}
	says := told{reason: house.Reason, object: house.Object}
	for _, one := range each(err) {
		if one.Field != "" {
			says.fields = append(says.fields, violation(callerField(one.Field), one.Reason, one.says()))
		}
	}
	if house.Field == "" {
		says.value = house.Value
	}
	return newFault(found, says, err)
}

// flaw is one error of the house, and the problem in a document that it was
// made of, if any.
type flaw struct {
	*settlement.Error
	problem *settlement.Problem
}

// says is what is wrong, or the value that is.
func (f flaw) says() words.Text {
	if f.problem != nil {
		return words.Problem(f.problem)
	}
	return words.Shape(f.Value)
}

// each is the errors of the house that err joins, or the one it wraps.
func each(err error) (found []flaw) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			found = append(found, each(one)...)
		}
		return found
	}
	var one flaw
	if errors.As(err, &one.Error) {
		errors.As(err, &one.problem)
		found = append(found, one)
	}
	return found
}

// callerField is a path of the domain in the caller's words.
func callerField(path string) string {
	if place, found := strings.CutPrefix(path, "coverage.others"); found {
		return "other_shares" + place + ".amount"
	}
	if own, found := callerFields[path]; found {
		return own
	}
	return path
}

// callerFields are the paths the domain names otherwise than the contract.
var callerFields = map[string]string{
	"admission":         "admission_date",
	"discharge":         "discharge_date",
	"prior_year_income": "discharge_date",
	"coverage":          "other_shares",
	"coverage.scheme":   "scheme",
	"categories":        "beneficiary.id_number",
	"bill.stated":       "bill",
	"choice":            "chosen_category",
	"approval":          "approval_number",
	"registered":        "newborn_registration_date",
}

// violations are the fields a request's shape is wrong in.
func violations(wrong *protovalidate.ValidationError) []*errdetails.BadRequest_FieldViolation {
	out := make([]*errdetails.BadRequest_FieldViolation, len(wrong.Violations))
	for i, one := range wrong.Violations {
		path := protovalidate.FieldPathString(one.Proto.GetField())
		out[i] = violation(path, settlement.ReasonInvalidArgument, misshapen(one))
	}
	return out
}

// violation names one field, what is wrong with it, and the value or detail.
func violation(field string, reason settlement.Reason, detail words.Text) *errdetails.BadRequest_FieldViolation {
	what := words.Reason(reason).What
	return &errdetails.BadRequest_FieldViolation{
		Field: field, Reason: string(reason), Description: with(what, detail).En,
		LocalizedMessage: localized(words.Chinese, with(what, detail)),
	}
}

// with is a sentence and the detail it is about, unless that names somebody; a
// language that has no words for it does without.
func with(sentence, detail words.Text) words.Text {
	if personal(detail.En) {
		return sentence
	}
	if detail.Zh != "" {
		sentence.Zh += "（" + detail.Zh + "）"
	}
	if detail.En != "" {
		sentence.En += " (" + detail.En + ")"
	}
	return sentence
}

// retryAfter is the Retry-After of an answer, whole seconds, or "".
func (r row) retryAfter() string {
	if r.retry == 0 {
		return ""
	}
	return strconv.Itoa(int((r.retry + time.Second - 1) / time.Second))
}
