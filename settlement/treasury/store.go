package treasury

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/fund"
)

// Store keeps postings, which are never changed, and reads what settlements
// drew from the ledger. Kinds every method may return: Unavailable (nothing was
// done), InDoubt (Post only: read the request again), Internal.
type Store interface {
	// Post appends a posting with its ledger entries, and the approval it stands
	// on where it needs one, in one durable transaction. Exists: a request or
	// the id is there already. Conflict: what is approved is decided already.
	Post(ctx context.Context, posting fund.Posting, approval *correction.Note) error

	// PostingOf reads the posting of a tenant's request. NotFound.
	PostingOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) (fund.Posting, error)

	// Postings are all postings of a fund, in the order they were made.
	Postings(ctx context.Context, key fund.Key) ([]fund.Posting, error)

	// Days are what settlements drew on a fund by day of discharge, reversals
	// taken off, in order; days on which nothing remains are left out.
	Days(ctx context.Context, key fund.Key) ([]fund.Day, error)

	// Assisted hands each settlement of a region's year for which a fund has
	// entries, in order of the person, and stops at each's first error. It sees
	// one moment, needs no more memory for many than for one, and holds one
	// reader until it returns: each must not read from the store.
	Assisted(ctx context.Context, region settlement.RegionID, year int, each func(Drawn) error) error
}

// Drawn is a settlement with what it drew on a fund by the ledger.
type Drawn struct {
	Settlement *settlement.Settlement
	Name       settlement.Private // of the person; "" if no longer registered
	Fund       settlement.Fund
	Paid       settlement.Money // what remains, reversals taken off
	Adjusted   settlement.Money // of Paid, by adjustments
}
