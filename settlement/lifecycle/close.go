package lifecycle

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// commit is the pivot: under the accumulator's lock it adjudicates and makes
// the settlement, its ledger entries and its answer true in one transaction.
// A claim that cannot be adjudicated with what the payers pay is decided
// against, which reverses them; then body is nil.
func (w *work) commit(ctx context.Context) (body []byte, err error) {
	if w.s.Revision == 0 { // nobody was to be called: it is not stored yet
		if err := w.save(ctx); err != nil {
			return nil, err
		}
	}
	version := w.version()
	if version == nil {
		return nil, w.apply("settle.abort", settlement.ReasonNoPolicyVersion)(w.s.DecideAbort(settlement.ReasonNoPolicyVersion))
	}
	now := w.Now()
	committed, err := w.close(ctx, func(ground Ground) (Change, error) {
		live, _ := ground.Holds.Live(now)
		award, err := w.s.Award(version, ground.Used, live)
		if err != nil {
			return Change{}, unlawful{err}
		}
		next, err := w.s.Committed(award, ground.Sequence, now)
		if err != nil {
			return Change{}, err
		}
		change := w.noted("settle.commit", next.Reason, next.State)
		change.Entries, change.Delta = next.Entries(), next.Adjudication.Delta
		if !settlement.Balanced(change.Entries) {
			return Change{}, errUnbalanced
		}
		change, err = w.final(change, next, MethodSettle, next.Request)
		change.settles(ground.Holds, w.actor, now)
		return change, err
	})
	var refusal unlawful
	if errors.As(err, &refusal) {
		reason := settlement.ReasonOf(refusal.error)
		return nil, w.apply("settle.abort", reason)(w.s.DecideAbort(reason))
	}
	if errors.Is(err, errUnbalanced) { // ours to mend; people must look, nothing is booked
		w.Log.Error("entries of a settlement do not sum to zero", "settlement", w.s.ID)
		return nil, w.attend(settlement.ReasonInternal)
	}
	if err != nil {
		return nil, err
	}
	w.Observer.Closed(committed, w.Now().Sub(committed.OpenedAt))
	return w.closed, nil
}

// errUnbalanced stops a settlement whose ledger entries do not sum to zero.
var errUnbalanced = errors.New("entries do not sum to zero")

// unlawful marks the engine's refusal of a claim apart from a store's error.
type unlawful struct{ error }

// version is the policy version the settlement was opened under.
func (w *work) version() *settlement.Version {
	_, version := w.policies.version(w.s.Policy, w.s.Version)
	return version
}

// undo records a reversal whose payers are clear: the settlement's own
// differences are taken off the year they were added to, its entries are
// countered with those of its adjustments, and later settlements that built on it are flagged (A21).
func (w *work) undo(ctx context.Context) ([]byte, error) {
	now := w.Now()
	undone, err := w.close(ctx, func(ground Ground) (Change, error) {
		next, err := w.s.Undone(now)
		if err != nil {
			return Change{}, err
		}
		change := w.noted("reverse.commit", "", next.State)
		change.Entries = settlement.Counter(w.s.Booked())
		change.Delta = settlement.Accumulator{}.Minus(w.s.Adjudication.Delta)
		later := make([]settlement.Posting, len(ground.Later))
		for i := range ground.Later {
			later[i] = ground.Later[i].Posting()
		}
		change.Review = settlement.ReviewAfterReversal(w.s.Posting(), later)
		return w.final(change, next, MethodReverse, next.Reversal.Request)
	})
	if err != nil {
		return nil, err
	}
	w.Observer.Closed(undone, w.Now().Sub(undone.Reversal.AskedAt))
	return w.closed, nil
}

// noted is what was collected with one more line in the audit trail. It may
// be asked for several times: what was collected stays as it is.
func (w *work) noted(action string, reason settlement.Reason, state settlement.State) Change {
	change := w.change
	change.Events = append(slices.Clip(change.Events), w.line(action, reason, state))
	return change
}

// close runs decide under the store's lock, and seals what it writes.
func (w *work) close(ctx context.Context, decide Decide) (settlement.Settlement, error) {
	within, end := w.begin(ctx, Step{Kind: StepWrite, Verb: "close", Settlement: w.s.ID}, ShareStore)
	sealing := func(ground Ground) (Change, error) {
		change, err := decide(ground)
		change.seal()
		return change, err
	}
	closed, err := w.Store.Close(within, w.s, sealing)
	end(Ended{Err: err})
	if err == nil {
		w.s, w.change, w.dirty = closed, Change{}, false
	}
	return closed, err
}

// end records a settlement as not settled, every payer being clear.
func (w *work) end(ctx context.Context) ([]byte, error) {
	next, err := w.s.Ended(w.Now())
	if err != nil {
		return nil, err
	}
	w.s = next
	w.note("settle.end", next.Reason)
	return w.finish(ctx, next, MethodSettle, next.Request, next.OpenedAt)
}

// resume records that a reversal was refused and the settlement stands.
func (w *work) resume(ctx context.Context, reason settlement.Reason) ([]byte, error) {
	next, err := w.s.Resumed(reason, w.Now())
	if err != nil {
		return nil, err
	}
	w.s = next
	w.note("reverse.refused", reason)
	return w.finish(ctx, next, MethodReverse, next.Reversal.Request, next.Reversal.AskedAt)
}

// finish writes a final answer that touches no accumulator.
func (w *work) finish(ctx context.Context, next settlement.Settlement, method Method, request settlement.RequestID, since time.Time) ([]byte, error) {
	change, err := w.final(w.change, next, method, request)
	if err != nil {
		return nil, err
	}
	w.change, w.s, w.dirty = change, change.Settlement, true
	if err := w.write(ctx); err != nil {
		return nil, err
	}
	w.Observer.Closed(w.s, w.Now().Sub(since))
	return w.closed, nil
}

// final completes change with the record at rest and its answer's bytes.
func (w *work) final(change Change, next settlement.Settlement, method Method, request settlement.RequestID) (Change, error) {
	next.Owner, next.LeaseUntil, next.NextAt = "", time.Time{}, time.Time{}
	body, err := w.Encode(method, next)
	if err != nil {
		return Change{}, err
	}
	w.closed = body
	change.Settlement = next
	change.Final = &Final{Key: RequestKey{next.Tenant, method, request}, Body: body}
	return change, nil
}
