package reconciliation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// Scratch is a Sorter with what it holds on to.
type Scratch interface {
	Sorter
	// Close lets go of it.
	Close() error
}

// Observer is told what happens, for metrics. Its methods return at once and
// are safe for concurrent use.
type Observer interface {
	// Ran: a run ended, with a result or without.
	Ran(run *Kept)
	// Healed: a later run found a difference gone, after it had been known for
	// so long.
	Healed(payer settlement.PayerCode, class reconcile.Class, after time.Duration)
}

// Config is what a Desk is made of. Every field is required but Sources.
type Config struct {
	Store Store
	// Books opens what the store holds, as of one moment; shut ends that.
	Books   func(ctx context.Context) (books Books, shut func() error, err error)
	Scratch func() Scratch
	Payers  []settlement.PayerCode          // those configured
	Sources map[settlement.PayerCode]Source // those of them that can be asked live
	Hands   Hands
	Now     func() time.Time
	NewID   func() RunID
	// AskWithin bounds how long a run waits for what is in doubt to be proved
	// before it compares.
	AskWithin time.Duration
	// BrokenAfter is how long a run may be under way: one that is older was
	// left by a process that ended.
	BrokenAfter time.Duration
	// ProposalLife is how long what one person proposes for a difference may be
	// approved; 0: for ever.
	ProposalLife time.Duration
	Observer     Observer
}

// Desk keeps runs and has their differences put right.
type Desk struct{ Config }

// New makes a Desk.
func New(config Config) *Desk { return &Desk{config} }

// Ask is what a run is asked to compare.
type Ask struct {
	Key     Key
	Scope   reconcile.Scope // what List states is filled in
	Input   Input
	List    List // nil: the payer itself is asked
	Details bool
	Force   bool // though the same was compared before, which is voided then
	By      string
}

// Begun is a run, and whether it had been asked for before.
type Begun struct {
	Kept
	Replayed bool
}

// Reconcile begins a run and compares, as Begin and Compare say.
func (d *Desk) Reconcile(ctx context.Context, ask Ask) (Begun, error) {
	begun, err := d.Begin(ctx, &ask)
	if err != nil || begun.Replayed {
		return begun, err
	}
	begun.Kept, err = d.Compare(ctx, begun.Kept, &ask)
	return begun, err
}

// Begin keeps a new run, which Compare then has to end: once for each request,
// and once for each file and scope unless it is forced. A repeat is answered
// with the run there is. Invalid names the field. KeyReused: the request was
// for something else. InFlight: the same is under way.
func (d *Desk) Begin(ctx context.Context, ask *Ask) (Begun, error) {
	err := d.check(ask)
	if err == nil {
		err = d.known(ctx, &ask.Scope)
	}
	if err != nil {
		return Begun{}, err
	}
	id := d.NewID()
	begun, err := settlement.Once(
		func() (Begun, error) { return d.asked(ctx, ask) },
		func() (Begun, error) { return d.begin(ctx, ask, id) },
		settlement.Raced,
	)
	// A run that was kept though the store's answer was lost is nobody else's to
	// compare.
	begun.Replayed = begun.Replayed && begun.ID != id
	return begun, err
}

// Compare compares for a run that was begun, keeps what differs and ends the
// run. What keeps it from a result is kept as its end; an error is the store's.
func (d *Desk) Compare(ctx context.Context, run Kept, ask *Ask) (Kept, error) {
	c := &comparing{Desk: d, run: run, ask: ask}
	return c.do(ctx)
}

func (d *Desk) check(ask *Ask) error {
	scope := ask.Scope
	if ask.List != nil {
		scope.States, scope.Partial = ask.List.States(), ask.List.Partial()
	} else {
		scope.States = liveStates
		if d.Sources[scope.Payer] == nil {
			return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "payer", Value: "cannot be asked live: " + string(scope.Payer)}
		}
	}
	ask.Scope = scope
	return scope.Check()
}

// errFound ends a search.
var errFound = errors.New("found")

// known refuses (Invalid) a payer that is neither configured nor has a leg of
// the period, as one that was configured then: a list of it would differ in
// every booking, and nobody could ever close that.
func (d *Desk) known(ctx context.Context, scope *reconcile.Scope) (err error) {
	if scope.Payer == "" || slices.Contains(d.Payers, scope.Payer) {
		return nil
	}
	books, shut, err := d.Books(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shut()) }()
	from, until := scope.Opened()
	err = books.Opened(ctx, from, until, func(s *settlement.Settlement) error {
		if slices.ContainsFunc(s.Legs, func(l settlement.Leg) bool { return l.Payer == scope.Payer }) {
			return errFound
		}
		return nil
	})
	switch {
	case errors.Is(err, errFound):
		return nil
	case err != nil:
		return err
	}
	return &settlement.Error{
		Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "payer",
		Value: fmt.Sprintf("%.40q ∉ %q", scope.Payer, d.Payers),
	}
}

// asked is the run that a request became. NotFound: none; KeyReused: it was
// for something else.
func (d *Desk) asked(ctx context.Context, ask *Ask) (Begun, error) {
	found, err := d.Store.KeptRuns(ctx, RunQuery{Key: ask.Key, Limit: 1})
	if err != nil {
		return Begun{}, err
	}
	if len(found) == 0 {
		return Begun{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonReconciliationNotFound, Field: "request_id"}
	}
	run := found[0]
	if run.Subject != subject(ask) || run.Forced != ask.Force {
		return Begun{}, &settlement.Error{Kind: settlement.KindKeyReused, Reason: settlement.ReasonKeyReused, Field: "request_id", Object: string(run.ID)}
	}
	return Begun{run, true}, nil
}

// begin keeps a new run of a request that became none, or gives the one that
// compared the same.
func (d *Desk) begin(ctx context.Context, ask *Ask, id RunID) (Begun, error) {
	run := Kept{
		ID: id, Key: ask.Key, Subject: subject(ask), Attempt: 1, Scope: ask.Scope, Input: ask.Input,
		Details: ask.Details, Forced: ask.Force, By: ask.By, At: d.Now(),
	}
	earlier, err := d.Store.KeptRuns(ctx, RunQuery{Subject: run.Subject, Limit: 1})
	if err != nil {
		return Begun{}, err
	}
	if len(earlier) > 0 {
		last := &earlier[0]
		if last.End == nil {
			if err := d.left(ctx, last); err != nil {
				return Begun{}, err
			}
		}
		if last.Standing() && !ask.Force && ask.List != nil {
			return Begun{*last, true}, nil
		}
		run.Attempt = last.Attempt + 1
	}
	if err := d.place(ctx, &run); err != nil {
		return Begun{}, err
	}
	return Begun{run, false}, d.Store.BeginRun(ctx, run)
}

// left ends a run that its process left behind. InFlight: it may be under way.
func (d *Desk) left(ctx context.Context, run *Kept) error {
	if d.Now().Sub(run.At) < d.BrokenAfter {
		return &settlement.Error{Kind: settlement.KindInFlight, Reason: settlement.ReasonReconciliationRunning, Object: string(run.ID)}
	}
	err := d.Store.EndRun(ctx, run.ID, Ending{At: d.Now(), Failed: settlement.ReasonReconciliationBroken}, nil)
	if settlement.KindOf(err) == settlement.KindConflict { // somebody else ended it: look again
		return &settlement.Error{Kind: settlement.KindExists, Reason: settlement.ReasonReconciliationRunning, Object: string(run.ID)}
	}
	return err
}

// lateAfter is how many days after its period a list is late: it is due on the
// next day.
const lateAfter = 2

// place says whether a run is late or out of order.
func (d *Desk) place(ctx context.Context, run *Kept) error {
	run.Late = settlement.DayOf(run.At) >= run.Scope.Period.To.Plus(lateAfter)
	query := RunQuery{Share: run.Scope.Share, Payer: run.Scope.Payer, Limit: lookedBack}
	latest, err := d.Store.KeptRuns(ctx, query)
	run.OutOfOrder = slices.ContainsFunc(latest, func(other Kept) bool { return other.Scope.Period.From > run.Scope.Period.To })
	return err
}

// lookedBack is how many runs are looked at for one of a later period.
const lookedBack = 50

// subject is what a run compares: another file, or another scope, is another.
// A payer that is asked has no digest, so each time is an attempt of its own.
func subject(ask *Ask) string {
	s := &ask.Scope
	text := fmt.Sprintf("%q %q %q %q %q %d %d %q %q", s.Share, s.Payer, s.Facility, s.Insurance, s.Clearing, s.Period.From, s.Period.To,
		ask.Input.Form, ask.Input.Digest)
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Run reads a run. NotFound.
func (d *Desk) Run(ctx context.Context, id RunID) (Kept, error) { return d.Store.KeptRun(ctx, id) }

// Runs reads one page of runs, newest first, and the place to go on after, if
// any.
func (d *Desk) Runs(ctx context.Context, query RunQuery) ([]Kept, *RunMark, error) {
	limit := query.Limit
	query.Limit++
	found, err := d.Store.KeptRuns(ctx, query)
	if err != nil || len(found) <= limit {
		return found, nil, err
	}
	last := &found[limit-1]
	return found[:limit], &RunMark{last.At, last.ID}, nil
}

// Findings reads one page of differences, and the place to go on after, if any.
// NotFound: there is no such run.
func (d *Desk) Findings(ctx context.Context, query FindingQuery) ([]Finding, *FindingID, error) {
	if query.Run != "" {
		if _, err := d.Store.KeptRun(ctx, query.Run); err != nil {
			return nil, nil, err
		}
	}
	limit := query.Limit
	query.Limit++
	found, err := d.Store.Findings(ctx, query)
	for i := range found {
		found[i].aged(d.ProposalLife)
	}
	if err != nil || len(found) <= limit {
		return found, nil, err
	}
	return found[:limit], &found[limit-1].FindingID, nil
}

// Void takes a run's result back; it is kept. Blocked: it has none that counts.
// Conflict: somebody else was quicker.
func (d *Desk) Void(ctx context.Context, id RunID, by, cause string) (Kept, error) {
	run, err := d.Store.KeptRun(ctx, id)
	if err != nil {
		return run, err
	}
	if !run.Standing() {
		return run, &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonFixNotPossible, Field: "id", Object: string(id)}
	}
	void := voiding(id, by, d.Now())
	void.Says = cause
	if err := d.Store.Remark(ctx, []Remark{void}); err != nil {
		return run, err
	}
	run.Void = &void
	return run, nil
}

// voiding takes a run's result back.
func voiding(id RunID, by string, at time.Time) Remark {
	return Remark{FindingID: FindingID{Run: id}, Number: 1, Act: Voided, By: by, At: at}
}
