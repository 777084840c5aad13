package eligibility

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// Store keeps histories, reviews and the progress of imports. What Keep
// returned nil for is durable; an error means that nothing was written, except
// where the kind is InDoubt. Kinds every method may return: Unavailable,
// InDoubt (Keep only), Invalid (an identifier no column may hold), Internal.
// The others are named at each method. No method locks beyond its own return.
type Store interface {
	// Histories reads the histories of persons, each in the order of its
	// numbers. A person without one is not in the map.
	Histories(ctx context.Context, ids []settlement.BeneficiaryID) (map[settlement.BeneficiaryID][]registry.Change, error)

	// Holders says whose the identity numbers are. One that is nobody's is
	// not in the map.
	Holders(ctx context.Context, certificates []settlement.Private) (map[settlement.Private]settlement.BeneficiaryID, error)

	// Keep writes a batch in one transaction. Conflict: a history is longer
	// than the writer saw, or a proposal, review, approval or position is there
	// already. Exists: the request key is there ("request_id"), or an identity
	// number is another person's ("id_number").
	Keep(ctx context.Context, batch Batch) error

	// Persons reads what settling reads of persons, ordered by id.
	Persons(ctx context.Context, query Query) ([]settlement.Person, error)

	// Settled reads the committed settlements of a person with a discharge
	// from a day on, newest first. One that is still open, aborted or reversed
	// is none of them.
	Settled(ctx context.Context, id settlement.BeneficiaryID, from settlement.Date) ([]settlement.Settlement, error)

	// Recorded reads what is kept under a request key. NotFound.
	Recorded(ctx context.Context, key Key) (Record, error)

	// Review reads a run and the decisions on it, by line. NotFound, with the
	// reason UNKNOWN_REVIEW.
	Review(ctx context.Context, id registry.ReviewID) (registry.Review, []registry.Decision, error)

	// Imported reads how far the import of a file has come, which is nowhere
	// for a file never seen, and the settlements that its batches flagged, each
	// once, in the order of their ids.
	Imported(ctx context.Context, file string) (Progress, []settlement.SettlementID, error)
}

// Batch is everything one transaction writes.
type Batch struct {
	Writes   []Write // no person twice
	Record   *Record
	Review   *registry.Review
	Decision *registry.Decision
	Imported *Progress
	// Approval is a second person's, of what Writes hold.
	Approval *correction.Note
	Flagged  []settlement.SettlementID // for review, as a reversal flags the later ones
}

// Write appends changes to one person's history, and replaces what settling
// reads of the person.
type Write struct {
	Person  settlement.Person // the projection of the history with Changes
	Seen    int               // length of the history the changes follow
	Changes []registry.Change // numbered from Seen+1
}

// Key is the scope of idempotency.
type Key struct {
	Tenant  settlement.TenantID
	Request settlement.RequestID
}

// Record is what is kept under a request key: which rows the request became.
// They never change, and so neither does the answer.
type Record struct {
	Key         Key
	Person      settlement.BeneficiaryID
	First, Last int // numbers of the rows
	Touched     []settlement.SettlementID
}

// Query selects persons. Zero fields do not restrict.
type Query struct {
	Region settlement.RegionID
	After  settlement.BeneficiaryID // the last of the page before
	Limit  int                      // at least 1
}

// Progress is how far the import of one file has come. It is written with the
// rows it counts, so that a new start goes on behind them.
type Progress struct {
	File      string // digest of the content
	Rows      int    // read and done with
	Added     int    // persons not known before
	Changed   int    // rows that changed a person
	Unchanged int
	Rejected  int
	Bytes     int64 // length of the file of rejects at that point
}
