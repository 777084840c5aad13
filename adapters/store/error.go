package store

import (
	"context"
	"errors"

	"github.com/onestop-gateway/onestop/settlement"
)

// Missing is the answer to a look-up that found nothing. A person's identity
// number is never named in object.
func Missing(field, object string) error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonSettlementNotFound, Field: field, Object: object}
}

// NoQuote is the answer to a look-up of a quote that found none.
func NoQuote(id settlement.QuoteID) error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonQuoteNotFound, Field: "quote_id", Object: string(id)}
}

// Unknown is the answer to a look-up of a person that found nobody.
func Unknown() error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonUnknownPerson, Field: "person"}
}

// Stale is the answer to a write over a record that has moved on.
func Stale(id settlement.SettlementID) error {
	return &settlement.Error{Kind: settlement.KindConflict, Reason: settlement.ReasonStaleRecord, Object: string(id)}
}

// Answered is the answer to a final answer that differs from the one that was
// kept before.
func Answered(id settlement.SettlementID) error {
	return &settlement.Error{Kind: settlement.KindConflict, Reason: settlement.ReasonStaleRecord, Field: "final", Object: string(id)}
}

// Taken says that something unique is there already: field names it.
func Taken(field string, reason settlement.Reason) error {
	return &settlement.Error{Kind: settlement.KindExists, Reason: reason, Field: field}
}

// Unavailable says that nothing was done, and why.
func Unavailable(cause error) error {
	return &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable, Cause: cause}
}

// Overloaded says that nothing was done because too much was waiting.
func Overloaded() error {
	return &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonOverloaded}
}

// InDoubt says that a commit got no usable answer.
func InDoubt(cause error) error {
	return &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonStoreUnavailable, Cause: cause}
}

// Broken says that something is ours to mend; nothing was written.
func Broken(cause error) error {
	return &settlement.Error{Kind: settlement.KindInternal, Reason: settlement.ReasonInternal, Cause: cause}
}

// GivenUp is the answer to a caller whose context ended before anything was
// done, and nil for one whose context still stands.
func GivenUp(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return Unavailable(context.Cause(ctx))
}

// Known reports whether err is an error of the house already, and so is passed
// on as it is.
func Known(err error) bool {
	var e *settlement.Error
	return errors.As(err, &e)
}
