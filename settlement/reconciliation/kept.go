package reconciliation

import (
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// RunID names a run that is kept.
type RunID string

// Key is the scope of idempotency.
type Key struct {
	Tenant  settlement.TenantID
	Request settlement.RequestID
}

// Live is the form of a run that asked the payer itself; any other form is
// that of a file.
const Live = "live"

// Input is where the other side's list came from.
type Input struct {
	Form   string
	Digest string // SHA-256 of the file, hexadecimal; "" of a live run
	Size   int64  // bytes of the file
}

// Kept is a run as it was begun, with its end once it has one. It is never
// changed: a later run may void it.
type Kept struct {
	ID      RunID
	Key     Key
	Subject string // runs of one subject follow one another by their attempt
	Attempt int    // 1, 2, …
	Scope   reconcile.Scope
	Input   Input
	Details bool // every booking is compared though totals agree
	Forced  bool // though the same was compared before
	// Late: the period was over for longer than a list takes to come.
	// OutOfOrder: a later period of the payer was compared before.
	Late, OutOfOrder bool
	By               string
	At               time.Time

	End  *Ending // nil while it is under way
	Void *Remark // why it counts no more; nil while it does
}

// Ending is what a run came to.
type Ending struct {
	At     time.Time
	Failed settlement.Reason // why there is no result; "" where there is one
	Says   string            // what was wrong, for a person
	Result Outcome
}

// Outcome is a Result in the order in which it is kept.
type Outcome struct {
	Theirs, Ours    int
	Bad             int
	Agree, Detailed bool
	Equal, Outside  int
	Classes         []ClassCount
	Causes          []CauseCount
	Off             reconcile.Total
	Groups          []reconcile.Compared
	BadRows         []settlement.Problem // the first badRowsMost of them
}

// ClassCount is how many differences of a class there are.
type ClassCount struct {
	Class reconcile.Class
	Count int
}

// CauseCount is how many differences of a suspected cause there are.
type CauseCount struct {
	Cause reconcile.Cause
	Count int
}

// Differences is how many there are in all.
func (o *Outcome) Differences() int {
	n := 0
	for _, c := range o.Classes {
		n += c.Count
	}
	return n
}

// Standing reports whether the run has a result that counts.
func (k *Kept) Standing() bool { return k.End != nil && k.End.Failed == "" && k.Void == nil }

// FindingID names a difference of a run that is kept.
type FindingID struct {
	Run  RunID
	Line int // from 1
}

// Finding is a difference that a run found, with what people and later runs
// made of it.
type Finding struct {
	FindingID
	Share  reconcile.Share
	Payer  settlement.PayerCode
	Class  reconcile.Class
	Cause  reconcile.Cause
	Fix    reconcile.Fix // as the comparison proposes
	Says   string        // the evidence of the cause
	Days   settlement.Period
	Fields []reconcile.Differing
	Off    reconcile.Total // theirs less ours

	Encounter  settlement.EncounterID
	Reference  string               // theirs
	Message    settlement.MessageID // of the settle call, as ours or else theirs has it
	Settlement settlement.SettlementID
	Facility   settlement.FacilityID
	Person     settlement.Private // the payer's number of the person
	Row        int                // of their list
	SeenAt     time.Time          // first, by whichever run

	History []Remark

	// Until is the last moment at which what is proposed may be approved; zero
	// where nothing is, or it does not expire. A store does not keep it.
	Until time.Time
}

// aged tells until when what is proposed may be approved.
func (f *Finding) aged(life time.Duration) {
	f.Until = time.Time{}
	if last := f.last(); life > 0 && last.Act == Proposed {
		f.Until = last.At.Add(life)
	}
}

// Lapsed reports whether the time to approve what is proposed is over at now.
func (f *Finding) Lapsed(now time.Time) bool { return !f.Until.IsZero() && now.After(f.Until) }

// Act is what became of a difference, or of a run.
type Act string

// The acts. After the last three nothing follows.
const (
	Proposed Act = "proposed"
	Declined Act = "declined"
	Approved Act = "approved"
	Done     Act = "done"    // carried out; a later run proves it
	Failed   Act = "failed"  // could not be carried out
	Healed   Act = "healed"  // a later run found no difference
	Again    Act = "again"   // a later run found it too, and has it from then on
	Settled  Act = "settled" // decided for good: a document or a posting says so
)

// Voided is the act that takes a run's result back.
const Voided Act = "voided"

// Closed reports whether nothing can follow.
func (a Act) Closed() bool { return a == Healed || a == Again || a == Settled }

// Remark is one line in the history of a difference, or, with line 0, of a run.
type Remark struct {
	FindingID
	Number   int // from 1
	Act      Act
	By       string
	At       time.Time
	Fix      reconcile.Fix // what is proposed or was done
	Document string        // what proves it
	Says     string        // for a person
	Other    RunID         // the run that healed, voided or has it
}

// State is what was last said of a difference; "" where nothing was.
func (f *Finding) State() Act {
	if len(f.History) == 0 {
		return ""
	}
	return f.History[len(f.History)-1].Act
}
