package api

import (
	"context"
	"io"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// twoLedgers keeps a run of each side's payer, with a difference at its facility.
type twoLedgers struct{ towns *twoTowns }

func (l *twoLedgers) Reconcile(ctx context.Context, ask reconciliation.Ask) (reconciliation.Begun, error) {
	l.done(ctx, string(ask.Scope.Payer))
	return reconciliation.Begun{}, nil
}

func (l *twoLedgers) Upload(ctx context.Context, ask reconciliation.Ask, file io.Reader) (reconciliation.Begun, error) {
	if _, err := io.Copy(io.Discard, file); err != nil {
		return reconciliation.Begun{}, err
	}
	return l.Reconcile(ctx, ask)
}

func (l *twoLedgers) Run(_ context.Context, id reconciliation.RunID) (reconciliation.Kept, error) {
	side, found := sideNamed(string(id))
	if !found {
		return reconciliation.Kept{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonReconciliationNotFound, Field: "id", Object: string(id)}
	}
	return reconciliation.Kept{ID: id, Scope: reconcile.Scope{Share: reconcile.InsuranceShare, Payer: settlement.PayerCode("A-" + side.name)}}, nil
}

func (l *twoLedgers) Runs(ctx context.Context, query reconciliation.RunQuery) (found []reconciliation.Kept, _ *reconciliation.RunMark, _ error) {
	for _, side := range twoSides {
		run, err := l.Run(ctx, reconciliation.RunID("c-"+side.name))
		if err != nil {
			return nil, nil, err
		}
		if query.Sight.Covers(&run.Scope) {
			found = append(found, run)
		}
	}
	return found, nil, nil
}

func (l *twoLedgers) Void(ctx context.Context, id reconciliation.RunID, _, _ string) (reconciliation.Kept, error) {
	return l.Run(ctx, id)
}

func (l *twoLedgers) Findings(ctx context.Context, query reconciliation.FindingQuery) ([]reconciliation.Finding, *reconciliation.FindingID, error) {
	f, err := l.Finding(ctx, reconciliation.FindingID{Run: query.Run, Line: 4})
	return []reconciliation.Finding{f}, nil, err
}

func (l *twoLedgers) Finding(ctx context.Context, id reconciliation.FindingID) (reconciliation.Finding, error) {
	run, err := l.Run(ctx, id.Run)
	if err != nil {
		return reconciliation.Finding{}, err
	}
	side, _ := sideNamed(string(id.Run))
	return reconciliation.Finding{FindingID: id, Share: run.Scope.Share, Payer: run.Scope.Payer, Facility: side.facility, Class: reconcile.OursOnly}, nil
}

func (l *twoLedgers) Propose(ctx context.Context, p reconciliation.Proposal) (reconciliation.Finding, error) {
	return l.act(ctx, p.Finding)
}

func (l *twoLedgers) Approve(ctx context.Context, id reconciliation.FindingID, _ string, _ int) (reconciliation.Finding, error) {
	return l.act(ctx, id)
}

func (l *twoLedgers) Decline(ctx context.Context, id reconciliation.FindingID, _ string) (reconciliation.Finding, error) {
	return l.act(ctx, id)
}

func (l *twoLedgers) act(ctx context.Context, id reconciliation.FindingID) (reconciliation.Finding, error) {
	l.done(ctx, string(id.Run))
	return l.Finding(ctx, id)
}

// done notes to whose something is done; the operator may do it to everybody's.
func (l *twoLedgers) done(ctx context.Context, to string) {
	if caller := identity.Of(ctx); caller == nil || !caller.Is(identity.Operator) {
		l.towns.done(to)
	}
}
