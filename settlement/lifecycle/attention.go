package lifecycle

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Propose records one person's word on a settlement that needs attention.
// Kinds: NotFound, Blocked (it is not in attention, or this cannot be done to
// it), Invalid, Conflict (somebody else was quicker; look again).
func (l *Lifecycle) Propose(ctx context.Context, id settlement.SettlementID, proposal settlement.Proposal) (settlement.Settlement, error) {
	proposal.At = l.Now()
	return l.attended(ctx, id, proposal.By, "attention.propose", func(s settlement.Settlement) (settlement.Settlement, error) {
		return s.Proposed(proposal)
	})
}

// Approve carries out what another person proposed; recovery goes on with the
// settlement at its next look. Kinds as in Propose, and Forbidden for the
// person who proposed.
func (l *Lifecycle) Approve(ctx context.Context, id settlement.SettlementID, by string) (settlement.Settlement, error) {
	return l.attended(ctx, id, by, "attention.approve", func(s settlement.Settlement) (settlement.Settlement, error) {
		return s.Approved(by, l.Now())
	})
}

// Decline turns a proposal down. Kinds as in Propose.
func (l *Lifecycle) Decline(ctx context.Context, id settlement.SettlementID, by string) (settlement.Settlement, error) {
	return l.attended(ctx, id, by, "attention.decline", settlement.Settlement.Declined)
}

// attended applies what people decide and notes who did.
func (l *Lifecycle) attended(ctx context.Context, id settlement.SettlementID, by, action string, transition func(settlement.Settlement) (settlement.Settlement, error)) (settlement.Settlement, error) {
	s, err := l.Settlement(ctx, "", id)
	if err != nil {
		return s, err
	}
	w := &work{Lifecycle: l, s: s, actor: by}
	if err := w.apply(action, s.Reason)(transition(s)); err != nil {
		return s, err
	}
	if w.s.State.Terminal() { // it stands, which is the final answer of its reversal
		_, err = w.finish(ctx, w.s, MethodReverse, w.s.Reversal.Request, w.s.Reversal.AskedAt)
	} else {
		w.s.Owner, w.s.LeaseUntil, w.s.NextAt = "", time.Time{}, time.Time{}
		err = w.write(ctx)
	}
	if err != nil {
		return s, err
	}
	return w.s, nil
}
