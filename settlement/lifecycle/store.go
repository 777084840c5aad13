package lifecycle

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Store keeps settlements, accumulators and the journal. Every write is one
// durable transaction: once a method has returned nil, neither a crash nor a
// power cut undoes it. A method that returns an error has changed nothing,
// except where the kind is InDoubt: then the commit itself got no answer, and
// the caller reads the record again instead of writing again. Kinds every
// method may return: Unavailable (nothing was done), InDoubt (writes only),
// Invalid (an identifier no column may hold), Internal. The others are named at each method. Transactions share commits
// where that is faster; one caller's failure never fails its neighbours.
type Store interface {
	// Open writes a new settlement with its request key (Change.Request must
	// be set), revision 1. Exists: the request key, a live settlement of the
	// same discharge, or a message id is already there; nothing was written.
	Open(ctx context.Context, change Change) error

	// Advance writes change over the record whose revision and epoch are
	// those of change.Settlement, and raises the revision by one. A
	// change.Request, if any, is a further key of the same settlement.
	// Conflict: the record has moved on; drop the work. Exists: the request
	// key is already there, or a message id is another settlement's.
	Advance(ctx context.Context, change Change) error

	// Close locks the accumulator of the settlement's beneficiary and year,
	// hands decide what it found, and writes what decide returns, all in one
	// transaction. decide may run again: it is pure. An error of decide is
	// returned as it is and nothing is written. Conflict and Exists as in
	// Advance. The settlement as written is returned.
	Close(ctx context.Context, current settlement.Settlement, decide Decide) (settlement.Settlement, error)

	// Claim takes over open settlements that are due and without a valid
	// lease, oldest first, raising their epoch; what is claimed is this
	// owner's until the lease ends.
	Claim(ctx context.Context, claim Claim) ([]settlement.Settlement, error)

	// Settlement reads one settlement. NotFound.
	Settlement(ctx context.Context, id settlement.SettlementID) (settlement.Settlement, error)

	// Request reads what is kept under a request key. NotFound.
	Request(ctx context.Context, key RequestKey) (Request, error)

	// List reads settlements, newest first. Nothing found is an empty list.
	List(ctx context.Context, query Query) ([]settlement.Settlement, error)

	// Accumulator reads what a person has used in a year, without a lock; a
	// person never seen has used nothing.
	Accumulator(ctx context.Context, key AccumulatorKey) (settlement.Accumulator, error)
}

// Decide turns what Close found under lock into what shall be written.
type Decide func(ground Ground) (Change, error)

// Ground is what Close found under lock.
type Ground struct {
	Used settlement.Accumulator
	// Holds are those on the person's year, lapsed ones included.
	Holds settlement.Holds
	// Sequence is the number this settlement gets if it is committed now:
	// larger than that of every earlier one of the same person (A24).
	Sequence int64
	// Later are the settlements of the same person and year committed after
	// this one and still standing, in order; only filled for a settlement
	// that has a sequence already.
	Later []settlement.Settlement
}

// Change is everything one transaction writes.
type Change struct {
	Settlement settlement.Settlement // as it shall stand; Revision and Epoch are those seen
	Request    *Request              // a new request key, if any
	Attempts   []Attempt             // appended to the journal of calls
	Entries    []settlement.Entry    // appended to the ledger
	Delta      settlement.Accumulator
	// Holds are all on the person's year as they shall stand, where Quotes has
	// something to tell of them; only in Close.
	Holds  settlement.Holds
	Quotes []settlement.QuoteEvent
	Review []settlement.SettlementID // flagged for review
	Events []Event                   // appended to the audit trail
	Final  *Final                    // the final answer of a request key
}

// Method names the verb a request key belongs to; keys of different methods
// never meet.
type Method string

// The methods that take a request key.
const (
	MethodSettle  Method = "settle"
	MethodReverse Method = "reverse"
)

// RequestKey is the scope of idempotency.
type RequestKey struct {
	Tenant  settlement.TenantID
	Method  Method
	Request settlement.RequestID
}

// Request is what is kept under a request key: which settlement it is about,
// the fingerprint of what was asked and, once final, the answer's bytes.
type Request struct {
	Key         RequestKey
	Settlement  settlement.SettlementID
	Fingerprint string
	Answer      []byte // nil until final, then for ever the same
}

// Final completes a request key with its final answer.
type Final struct {
	Key  RequestKey
	Body []byte
}

// Phase tells the two rows of an attempt apart.
type Phase string

// A SENT row is durable before a call; a RESULT row follows its answer.
const (
	PhaseSent   Phase = "SENT"
	PhaseResult Phase = "RESULT"
)

// Attempt is one row of the journal of calls, never changed once written.
type Attempt struct {
	Leg       int
	Operation settlement.Operation
	Phase     Phase
	Message   settlement.MessageID
	At        time.Time
	Result    settlement.Result // RESULT rows
	Body      []byte            // the exact request sent, or the raw answer
}

// Event is one line of the audit trail.
type Event struct {
	At     time.Time
	Actor  string // who asked, or "recovery"
	Action string // as in "settle.open"
	Reason settlement.Reason
	// State is where the settlement stands after what the line says.
	State settlement.State
	// Epoch is that of the write which appended the line; 0 for lines written
	// before stores kept it, which have no state and no seal either.
	Epoch int64
	Seal  settlement.Seal
}

// AccumulatorKey names one person's one year.
type AccumulatorKey struct {
	Beneficiary settlement.BeneficiaryID
	Year        int
}

// Claim asks for due settlements.
type Claim struct {
	Owner string
	Now   time.Time
	Lease time.Duration
	Limit int
}

// Query selects settlements. Zero fields do not restrict.
type Query struct {
	Tenant      settlement.TenantID
	Facility    settlement.FacilityID
	Discharge   settlement.DischargeID
	Beneficiary settlement.BeneficiaryID
	States      []settlement.State
	From, To    settlement.Date         // of discharge, inclusive
	Review      bool                    // only those flagged
	Facilities  []settlement.FacilityID // any of them
	Regions     []settlement.RegionID   // where the person lives now: any of them
	// Before is the last row of the page before: rows come by opening time
	// and then id, both descending.
	Before *Mark
	Limit  int // at least 1
}

// Mark is a place in a listing.
type Mark struct {
	OpenedAt time.Time
	ID       settlement.SettlementID
}

// Registry knows persons. It is read when a settlement is opened or quoted
// and when a statement is printed; who keeps it is package eligibility's.
type Registry interface {
	// PersonByCertificate finds a person by identity number. NotFound.
	PersonByCertificate(ctx context.Context, certificate settlement.Private) (settlement.Person, error)

	// Person finds a person by their pseudonym. NotFound.
	Person(ctx context.Context, id settlement.BeneficiaryID) (settlement.Person, error)
}
