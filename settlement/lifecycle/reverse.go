package lifecycle

import (
	"context"
	"errors"

	"github.com/onestop-gateway/onestop/settlement"
)

// Reverse undoes a committed settlement: its payers first, then the ledger,
// giving the cap back to the year it was taken from. Kinds: NotFound, Blocked
// (not committed, or reversed already), KeyReused, InFlight, Overloaded,
// Unavailable. A payer that refuses outright leaves the settlement standing,
// which is an answer, not an error.
func (l *Lifecycle) Reverse(ctx context.Context, ask ReverseAsk) (Answer, error) {
	held := &places{}
	defer held.leave()
	if err := l.admit(held, l.undoing); err != nil {
		return Answer{}, err
	}
	s, err := l.Settlement(ctx, ask.Tenant, ask.Settlement)
	if err != nil {
		return Answer{}, err
	}
	// The key's scope is the settlement's tenant, whoever asks in its name.
	key := RequestKey{s.Tenant, MethodReverse, ask.Request}
	answer, err := l.replayOr(ctx, key, ask.fields(), func() error { return errNew })
	if !errors.Is(err, errNew) {
		return answer, err
	}
	for tried := range openTries {
		if tried > 0 {
			if err := l.admit(held, l.undoing); err != nil {
				return Answer{}, err
			}
			if s, err = l.Settlement(ctx, ask.Tenant, ask.Settlement); err != nil {
				return Answer{}, err
			}
		}
		w, err := l.reversing(s, &ask, key)
		if err != nil {
			return Answer{}, err
		}
		answer, err := l.await(ctx, key, ask.fields(), l.start(ctx, w, held.handOver()))
		if kind := settlement.KindOf(err); kind != settlement.KindExists && kind != settlement.KindConflict {
			return answer, err
		}
		l.numbers.passBy(err)
		// The same key came in twice at once, or a message id was taken, or the
		// record was written between reading it and asking for its reversal.
		answer, err = l.replayOr(ctx, key, ask.fields(), func() error { return errNew })
		if err != errNew {
			return answer, err
		}
	}
	return Answer{}, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable}
}

// errNew says that a request key is not known yet.
var errNew = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonSettlementNotFound}

// reversing is s with its reversal asked for, not stored yet.
func (l *Lifecycle) reversing(s settlement.Settlement, ask *ReverseAsk, key RequestKey) (*work, error) {
	w := &work{Lifecycle: l, s: s, actor: ask.Actor}
	reversal := settlement.Reversal{Request: ask.Request, Cause: ask.Cause, AskedAt: l.Now()}
	if err := w.apply("reverse.open", "")(s.ReversalAsked(reversal)); err != nil {
		return nil, err
	}
	w.change.Request = &Request{Key: key, Settlement: s.ID, Fingerprint: fingerprint(ask.fields())}
	return w, nil
}
