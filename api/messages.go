package api

import (
	"strconv"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
)

// domain is the ErrorInfo domain of every reason of this gateway.
const domain = "onestop"

// told is what an error says about this one request.
type told struct {
	reason settlement.Reason
	fields []*errdetails.BadRequest_FieldViolation
	object string // id of the settlement concerned
	value  string // detail without a field, such as a payer's own words
}

// newFault makes the status of an error: a sentence in English, and as details
// the stable reason with what the catalogue says of it, the fields, the
// object, the sentences for the cashier and when to send again.
func newFault(r row, says told, cause error) *fault {
	entry := words.Reason(says.reason)
	sentence := with(entry.Sentence(), words.Same(says.value))
	plain := status.New(r.code, sentence.En)
	details := []protoadapt.MessageV1{
		&errdetails.ErrorInfo{Reason: string(says.reason), Domain: domain, Metadata: metadataOf(entry, &says)},
		localized(words.Chinese, sentence),
		localized(words.English, sentence),
	}
	if len(says.fields) > 0 {
		details = append(details, &errdetails.BadRequest{FieldViolations: says.fields})
	}
	if says.object != "" {
		details = append(details, &errdetails.ResourceInfo{ResourceType: "onestop/Settlement", ResourceName: says.object})
	}
	if r.retry > 0 {
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(r.retry)})
	}
	full, err := plain.WithDetails(details...)
	if err != nil { // never: every row has a code, and these messages are well known
		full = plain
	}
	return &fault{row: r, reason: says.reason, status: full, cause: cause}
}

// metadataOf is what a program decides by, beside the reason itself.
func metadataOf(entry words.Entry, says *told) map[string]string {
	metadata := map[string]string{
		"fixed_by":    string(entry.Fixes),
		"retry_safe":  strconv.FormatBool(entry.RetrySafe),
		"money_moved": string(entry.Moved),
	}
	if says.object != "" {
		metadata["settlement_id"] = says.object
	}
	if says.value != "" {
		metadata["detail"] = says.value
	}
	return metadata
}

func localized(language words.Language, text words.Text) *errdetails.LocalizedMessage {
	return &errdetails.LocalizedMessage{Locale: string(language), Message: text.In(language)}
}
