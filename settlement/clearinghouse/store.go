package clearinghouse

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
)

// Store keeps clearings. What Enter and Cut returned nil for is durable; an
// error means that nothing was written, except where the kind is InDoubt: then
// read the request again. Kinds every method may return: Unavailable, InDoubt
// (Enter and Cut only), Invalid (a text no column may hold), Internal.
type Store interface {
	// Enter appends one line to a history, with the clearing where it is the
	// first, and with the positions where it freezes. Exists: the request key is
	// there. Conflict: the line, or the clearing, is there already.
	Enter(ctx context.Context, note Note) error

	// Cut appends the line that cuts a clearing and notes, in the same
	// transaction, every movement that was booked before until and is in no
	// clearing that stands. It takes as long as there is new since the last cut
	// that stands. Errors are those of Enter.
	Cut(ctx context.Context, note Note, until time.Time) error

	// Movements hands each movement of a clearing and stops at each's first
	// error. It needs no more memory for many than for one.
	Movements(ctx context.Context, number clearing.Number, each func(*clearing.Movement) error) error

	// Clearing reads a clearing with its history. NotFound, with the reason
	// CLEARING_NOT_FOUND.
	Clearing(ctx context.Context, number clearing.Number) (clearing.Clearing, error)

	// Clearings reads clearings with their histories, the newest first.
	Clearings(ctx context.Context, query Query) ([]clearing.Clearing, error)

	// Positions are those of a frozen clearing, by facility and account.
	Positions(ctx context.Context, number clearing.Number) ([]clearing.Position, error)

	// Seen is a clearing with its positions, of both only what is in scope.
	// NotFound as Clearing.
	Seen(ctx context.Context, number clearing.Number, scope Scope) (clearing.Clearing, []clearing.Position, error)

	// Entered says which line a request key became. NotFound.
	Entered(ctx context.Context, key Key) (Mark, error)
}

// Key is the scope of idempotency. The line that freezes has an empty one: it
// is the second half of the request that cut.
type Key struct {
	Tenant  settlement.TenantID
	Request settlement.RequestID
}

// Mark names one line of one history.
type Mark struct {
	Number clearing.Number
	Line   int
}

// Note is everything one transaction writes, the movements of a cut apart.
type Note struct {
	Key       Key
	Number    clearing.Number
	Period    *settlement.Period  // with the first line, and only there
	PayOn     settlement.Date     // likewise
	Event     clearing.Event      // the line
	Positions []clearing.Position // with the line that freezes
}

// Scope is whose positions and payments are read. The steps of a clearing are
// everybody's.
type Scope struct {
	All bool // whatever else is said
	// Facilities are those to be paid.
	Facilities []settlement.FacilityID
	// Bearers are the beginnings of those who owe, such as fund/rural/360827/.
	Bearers []string
}

// Query selects clearings.
type Query struct {
	Before clearing.Number // the last of the page before; 0 for the newest
	Limit  int             // at least 1
	Scope  Scope           // of the payments in their histories
}
