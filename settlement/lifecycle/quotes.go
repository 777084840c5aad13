package lifecycle

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Quotes keeps quotes that hold, each as it was given, with the history of
// what became of it. What they reserve stands beside what the person has used,
// under the same lock, so that a settlement finds both in one look. The
// general kinds of error are those of Store.
type Quotes interface {
	// Hold locks the accumulator that key names, hands decide what it found,
	// and writes what decide returns, all in one transaction. decide may run
	// again: it is pure. An error of decide is returned as it is and nothing
	// is written. Exists: the request key of the new quote is already there.
	Hold(ctx context.Context, key AccumulatorKey, decide DecideHold) error

	// Quote reads a quote with its history. NotFound.
	Quote(ctx context.Context, id settlement.QuoteID) (KeptQuote, error)

	// QuoteOf reads the quote that a request key was given. NotFound.
	QuoteOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) (KeptQuote, error)

	// Holding reads quotes that may hold at an instant, in the order of their
	// ids after one: all that do, and some that were ended before their time.
	Holding(ctx context.Context, at time.Time, after settlement.QuoteID, limit int) ([]KeptQuote, error)

	// Year reads what a person has used in a year and what is held of it, of
	// one moment and without a lock; a person never seen has neither.
	Year(ctx context.Context, key AccumulatorKey) (YearRow, error)
}

// KeptQuote is a quote with its history, oldest first.
type KeptQuote struct {
	Quote   settlement.Quote
	History []settlement.QuoteEvent
}

// Key names the year that the quote holds room of.
func (k *KeptQuote) Key() AccumulatorKey { return AccumulatorKey{k.Quote.Beneficiary.ID, k.Quote.Year} }

// YearRow is one person's one year: what is used, and the holds on it, lapsed
// ones included until somebody writes there.
type YearRow struct {
	Used  settlement.Accumulator
	Holds settlement.Holds
}

// DecideHold turns what Hold found under lock into what shall be written.
type DecideHold func(row YearRow) (HoldChange, error)

// HoldChange is everything one transaction about holds writes.
type HoldChange struct {
	Quote  *settlement.Quote // a new one, if any
	Holds  settlement.Holds  // all of the year, as they shall stand
	Events []settlement.QuoteEvent
}
