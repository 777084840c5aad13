package assent

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// Store keeps proposals. What Suggest returned nil for is durable; an error
// means that nothing was written, except where the kind is InDoubt: then read
// the request again. Kinds every method may return: Unavailable, InDoubt
// (Suggest only), Invalid (a text no column may hold), Internal.
type Store interface {
	// Suggest appends one line to a history, with the matter where it is the
	// first. Exists: the request key is there ("request_id"). Conflict: the line
	// is there already.
	Suggest(ctx context.Context, note correction.Note) error
	// Proposal reads one. NotFound, with the reason CORRECTION_NOT_FOUND.
	Proposal(ctx context.Context, id correction.ID) (correction.Proposal, error)
	// Proposals reads them in order of their ids.
	Proposals(ctx context.Context, query Query) ([]correction.Proposal, error)
	// Suggested says which line a request key became. NotFound.
	Suggested(ctx context.Context, key correction.Key) (correction.Mark, error)
}

// Query selects proposals. Zero fields do not restrict.
type Query struct {
	Regions []settlement.RegionID // any of them
	Open    bool                  // only those nobody decided on, expired ones among them
	After   correction.ID         // the last of the page before
	Limit   int                   // at least 1
}

// Register is what is needed of the register of persons.
type Register interface {
	// Foresee says what a change would do now. Kinds as registry.Check gives
	// them; Unavailable, Internal.
	Foresee(ctx context.Context, person settlement.BeneficiaryID, change registry.Change) (correction.Effect, error)
	// Correct records a change with its approval in one transaction, if may
	// agrees to what it does then. Kinds as Foresee and may; Exists
	// ("request_id" or "id_number"), Conflict, InDoubt.
	Correct(ctx context.Context, person settlement.BeneficiaryID, change registry.Change, approval correction.Note, may func(correction.Effect) error) error
}

// Books is what is needed of the treasury.
type Books interface {
	// PostApproved keeps a posting with its approval in one transaction. Invalid,
	// Exists, Conflict, Unavailable, InDoubt, Internal.
	PostApproved(ctx context.Context, posting fund.Posting, approval correction.Note) error
}
