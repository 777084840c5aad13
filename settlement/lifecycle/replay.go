package lifecycle

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// replayOr answers a request from what is kept under its key; without such a
// key it gives otherwise. A repeat is judged by its key before anything else,
// so that it gets its first answer even if the registry, the policy or the
// discharge have changed since.
func (l *Lifecycle) replayOr(ctx context.Context, key RequestKey, fields []field, otherwise func() error) (Answer, error) {
	leave := reading(ctx)
	kept, err := l.Store.Request(ctx, key)
	leave()
	if settlement.KindOf(err) == settlement.KindNotFound {
		return Answer{}, otherwise()
	}
	if err != nil {
		return Answer{}, err
	}
	if differing(kept.Fingerprint, fields) != "" {
		return Answer{}, reused(kept, fields)
	}
	if kept.Answer != nil {
		return l.answered(ctx, kept, true)
	}
	ctx, cancel := context.WithTimeout(ctx, l.AnswerWithin)
	defer cancel()
	answer, err := l.poll(ctx, key, fields)
	if err != nil || answer.Body != nil || answer.Settlement.State == settlement.StateAttention {
		answer.Replayed = true
		return answer, err
	}
	return Answer{}, &settlement.Error{Kind: settlement.KindInFlight, Reason: settlement.ReasonRequestInFlight, Object: string(kept.Settlement)}
}

// reused refuses a request whose key is kept with another content, naming the
// first field that differs.
func reused(kept Request, fields []field) error {
	return &settlement.Error{Kind: settlement.KindKeyReused, Reason: settlement.ReasonKeyReused, Field: differing(kept.Fingerprint, fields), Object: string(kept.Settlement)}
}

// taken says why a settlement could not be opened although its key is new:
// the discharge has a live one already, or another discharge's uses the
// approval.
func (l *Lifecycle) taken(ctx context.Context, ask *Ask) error {
	if err := l.dischargeTaken(ctx, ask); err != nil {
		return err
	}
	if used := l.approvalUsed(ctx, ask); used != nil {
		return used
	}
	// ended meanwhile, or a message id was taken
	return &settlement.Error{Kind: settlement.KindConflict, Reason: settlement.ReasonStaleRecord}
}

// LiveOf selects the live settlement of a discharge, of which there is one at
// most.
func LiveOf(tenant settlement.TenantID, discharge settlement.DischargeID) Query {
	live := []settlement.State{
		settlement.StateReceived, settlement.StateSettling, settlement.StateCommitted,
		settlement.StateAborting, settlement.StateAttention, settlement.StateReversing,
	}
	return Query{Tenant: tenant, Discharge: discharge, States: live, Limit: 1}
}

// dischargeTaken refuses a discharge that has a live settlement.
func (l *Lifecycle) dischargeTaken(ctx context.Context, ask *Ask) error {
	found, err := l.Store.List(ctx, LiveOf(ask.Tenant, ask.Discharge))
	if err != nil || len(found) == 0 {
		return err
	}
	refusal := &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonDischargeOpen, Field: "discharge_id", Object: string(found[0].ID)}
	switch found[0].State {
	case settlement.StateCommitted:
		refusal.Kind, refusal.Reason = settlement.KindExists, settlement.ReasonDischargeSettled
	case settlement.StateAborting, settlement.StateAttention:
		refusal.Reason = settlement.ReasonDischargeInDoubt
	}
	return refusal
}
