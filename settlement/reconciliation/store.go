package reconciliation

import (
	"context"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// Store keeps runs, what they found and what became of it; nothing of it is
// ever changed. What a write returned nil for is durable; an error means that
// nothing was written, except where the kind is InDoubt: then read again. Kinds
// every method may return: Unavailable, InDoubt (writes only), Invalid (a text
// no column may hold), Internal.
type Store interface {
	// BeginRun keeps a run that is under way. Exists: its request
	// ("request_id"), or the attempt of its subject ("subject"), is there.
	BeginRun(ctx context.Context, run Kept) error

	// KeepFindings appends differences of a run that is under way, without
	// their histories but with remarks on them. Conflict: a line is there.
	KeepFindings(ctx context.Context, findings []Finding, remarks []Remark) error

	// EndRun says what a run came to, and appends remarks with it. Conflict: it
	// ended already, or a remark is there.
	EndRun(ctx context.Context, id RunID, end Ending, remarks []Remark) error

	// Remark appends remarks, all or none. Conflict: one of the number is
	// there.
	Remark(ctx context.Context, remarks []Remark) error

	// KeptRun reads a run. NotFound, with the reason RECONCILIATION_NOT_FOUND.
	KeptRun(ctx context.Context, id RunID) (Kept, error)

	// KeptRuns reads runs, newest first.
	KeptRuns(ctx context.Context, query RunQuery) ([]Kept, error)

	// Findings reads differences with their histories, by run and line.
	Findings(ctx context.Context, query FindingQuery) ([]Finding, error)

	// FindingCounts counts the differences of runs that count and on which
	// the last word is not spoken.
	FindingCounts(ctx context.Context) ([]FindingCount, error)
}

// RunQuery selects runs. Zero fields do not restrict.
type RunQuery struct {
	Key     Key
	Subject string
	Share   reconcile.Share
	Payer   settlement.PayerCode
	Sight   *Sight   // what whoever asks may meet
	Before  *RunMark // the last of the page before
	Limit   int      // at least 1
}

// Sight is what somebody may meet of runs; nil is all of them.
type Sight struct {
	Payers     []settlement.PayerCode // runs of what these bear
	Assistance bool                   // runs of what civil-affairs assistance bears
}

// Covers reports whether runs of a scope may be met.
func (s *Sight) Covers(scope *reconcile.Scope) bool {
	if s == nil {
		return true
	}
	if scope.Share == reconcile.AssistanceShare {
		return s.Assistance
	}
	return slices.Contains(s.Payers, scope.Payer)
}

// RunMark is a place in a listing of runs.
type RunMark struct {
	At time.Time
	ID RunID
}

// FindingQuery selects differences. Zero fields do not restrict.
type FindingQuery struct {
	Run        RunID
	Line       int
	Except     RunID
	Share      reconcile.Share
	Payer      settlement.PayerCode
	Within     settlement.Period // all of a difference's days are
	Encounters []settlement.EncounterID
	Facilities []settlement.FacilityID // any of them; what was kept before stores noted the facility is nobody's
	Class      reconcile.Class
	States     []Act      // the last act, "" for none
	After      *FindingID // the last of the page before
	Limit      int        // at least 1
}

// FindingCount is how many differences of a payer wait, in which state, and
// since when the oldest of them is known.
type FindingCount struct {
	Share reconcile.Share
	Payer settlement.PayerCode
	Class reconcile.Class
	State Act
	Count int
	Since time.Time
}
