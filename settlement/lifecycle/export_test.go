package lifecycle

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// SettleNow is Settle on the caller's goroutine, without polling: what comes
// to rest without an answer is returned as it stands.
func (l *Lifecycle) SettleNow(ctx context.Context, ask Ask) ([]byte, settlement.Settlement, error) {
	p, err := l.prepare(ctx, &ask, &places{})
	if err != nil {
		return nil, settlement.Settlement{}, err
	}
	w := l.opening(p, RequestKey{ask.Tenant, MethodSettle, ask.Request}, ask.fields())
	body, err := w.run(ctx)
	return body, w.s, err
}

// ReverseNow is Reverse on the caller's goroutine.
func (l *Lifecycle) ReverseNow(ctx context.Context, ask ReverseAsk) ([]byte, settlement.Settlement, error) {
	s, err := l.Settlement(ctx, ask.Tenant, ask.Settlement)
	if err != nil {
		return nil, s, err
	}
	w, err := l.reversing(s, &ask, RequestKey{s.Tenant, MethodReverse, ask.Request})
	if err != nil {
		return nil, settlement.Settlement{}, err
	}
	body, err := w.run(ctx)
	return body, w.s, err
}

// RecoverNow is one look of recovery on the caller's goroutine.
func (l *Lifecycle) RecoverNow(ctx context.Context) (int, error) {
	due, err := l.Store.Claim(ctx, Claim{Owner: l.Owner, Now: l.Now(), Lease: l.Lease, Limit: recoveringMax})
	if err != nil {
		return 0, err
	}
	for _, s := range due {
		l.takeUp(s)
	}
	return len(due), nil
}

// InFlight is the room for settlements worked on at once.
func (l *Lifecycle) InFlight() chan struct{} { return l.inFlight }

// Reseal seals the audit trail anew from a line on, as somebody would who can
// write anything; what comes before has no seal.
func (d *Dossier) Reseal(from int) {
	d.Settlement.Seal = settlement.Seal{}
	for i := range d.Events {
		d.Events[i].Seal = settlement.Seal{}
		if i >= from {
			d.Events[i].Seal = d.Events[i].after(d.Settlement.ID, d.Settlement.Seal)
			d.Settlement.Seal = d.Events[i].Seal
		}
	}
}
