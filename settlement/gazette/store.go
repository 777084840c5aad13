package gazette

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// Store keeps publications. What Publish returned nil for is durable; an error
// means that nothing was written, except where the kind is InDoubt: then read
// the request again. Kinds every method may return: Unavailable, InDoubt
// (Publish only), Invalid (a text no column may hold), Internal.
type Store interface {
	// Publish appends one line to a history, with the files where it is the
	// first. Exists: the request key is there ("request_id"). Conflict: the
	// line is there already, or the edition is another publication's.
	Publish(ctx context.Context, note Note) error
	// Publication reads one with its files. NotFound, with the reason
	// PUBLICATION_NOT_FOUND.
	Publication(ctx context.Context, id PublicationID) (Publication, error)
	// Publications reads them without their files, in order of their ids.
	Publications(ctx context.Context, query Query) ([]Publication, error)
	// Editions are the newest editions, one a policy, in order of the policies.
	Editions(ctx context.Context) ([]Edition, error)
	// Published says which line a request key became. NotFound.
	Published(ctx context.Context, key Key) (Mark, error)
}

// Key is the scope of idempotency.
type Key struct {
	Tenant  settlement.TenantID
	Request settlement.RequestID
}

// Mark names one line of one history.
type Mark struct {
	ID   PublicationID
	Line int
}

// Note is everything one transaction writes.
type Note struct {
	Key    Key
	ID     PublicationID
	Policy settlement.PolicyID
	Files  *Files // with the first line, and only there
	Event  Event
}

// Files are what is put forward, byte for byte.
type Files struct{ Text, Cases []byte }

// Edition is an approved publication as the newest of its policy.
type Edition struct {
	Policy settlement.PolicyID
	Number int
	ID     PublicationID
}

// Query selects publications. Zero fields do not restrict.
type Query struct {
	Policies []settlement.PolicyID // any of them
	After    PublicationID         // the last of the page before
	Limit    int                   // at least 1
}
