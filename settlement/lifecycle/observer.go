package lifecycle

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Observer is told what happens, for metrics and traces. Its methods return at
// once and are safe for concurrent use.
type Observer interface {
	// Begin: a step begins. The context it gives is that of whatever happens
	// within the step; end is called once, when the step is over.
	Begin(ctx context.Context, step Step) (within context.Context, end func(Ended))
	// Closed: a settlement reached a terminal state or the attention queue,
	// took after it was opened (or its reversal asked for).
	Closed(closed settlement.Settlement, took time.Duration)
	// Healed: what a payer holds was in doubt until now and is proved.
	Healed(proof Proof)
}

// Proof is the end of a doubt about what a payer holds.
type Proof struct {
	Payer     settlement.PayerCode
	Operation settlement.Operation // settle, or reverse where only the undoing of it was in doubt
	Took      time.Duration        // since the call that was in doubt
	// Healing is the part of Took in which the payer could be asked: since it
	// answered again after a silence, or since the call where that was later. A
	// silence is silentAfter calls of this process without an answer, one after
	// the other; one that only other gateways heard is not taken off.
	Healing time.Duration
}

// StepKind says what a step does.
type StepKind string

// The kinds of step. Calls and writes are parts of work.
const (
	StepWork  StepKind = "work"  // a settlement carried to a resting place; Verb is settle, reverse or recover
	StepCall  StepKind = "call"  // one call to a payer; Verb is its operation
	StepWrite StepKind = "write" // one durable write; Verb is open, advance, close or hold
)

// Step is one thing the lifecycle does.
type Step struct {
	Kind       StepKind
	Verb       string
	Settlement settlement.SettlementID // "" before there is one
	Payer      settlement.PayerCode    // of a call
}

// Ended is how a step ended.
type Ended struct {
	Result settlement.Result // of a call
	Err    error             // of work or a write
}

// silent is the Observer of a Lifecycle without one.
type silent struct{}

func (silent) Begin(ctx context.Context, _ Step) (context.Context, func(Ended)) {
	return ctx, func(Ended) {}
}
func (silent) Closed(settlement.Settlement, time.Duration) {}
func (silent) Healed(Proof)                                {}

// begin tells the observer of a step, whose time belongs to share.
func (l *Lifecycle) begin(ctx context.Context, step Step, share Share) (context.Context, func(Ended)) {
	leave := WatchOf(ctx).Enter(share)
	within, end := l.Observer.Begin(ctx, step)
	return within, func(ended Ended) {
		end(ended)
		leave()
	}
}

// reading says that the store is read, until leave is called.
func reading(ctx context.Context) (leave func()) { return WatchOf(ctx).Enter(ShareStore) }

// doubted is what of leg is in doubt in s, and since when; "" for nothing. A
// reversal is in doubt once it had to be asked for again, or was accepted
// without proof.
func doubted(s *settlement.Settlement, i int) (settlement.Operation, time.Time) {
	leg := &s.Legs[i]
	unsure := leg.State == settlement.LegUnknown || leg.State == settlement.LegUndoIntent && leg.Doubted
	switch {
	case s.Reversal == nil && unsure:
		return settlement.OpSettle, leg.SentAt
	case leg.State == settlement.LegUnconfirmed || leg.State == settlement.LegUndoIntent && leg.Undos > 1:
		if s.Reversal != nil {
			return settlement.OpReverse, s.Reversal.AskedAt
		}
		return settlement.OpReverse, leg.SentAt
	}
	return "", time.Time{}
}

// proved tells the observer of a doubt that the last answer ended.
func (w *work) proved(before *settlement.Settlement, i int) {
	operation, since := doubted(before, i)
	state := w.s.Legs[i].State
	if operation == "" || state != settlement.LegApplied && !state.Clear() {
		return
	}
	payer, now, from := w.s.Legs[i].Payer, w.Now(), since
	if again := w.ears.again(payer); again.After(from) {
		from = again
	}
	w.Observer.Healed(Proof{Payer: payer, Operation: operation, Took: now.Sub(since), Healing: now.Sub(from)})
}
