package api

import (
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// scopedFixes lets callers meet the differences of the runs they may meet, and
// act on those unless they are a hospital.
type scopedFixes struct{ *scopedReconciliations }

// Finding finds what the caller may meet.
func (s *scopedFixes) Finding(ctx context.Context, id reconciliation.FindingID) (reconciliation.Finding, error) {
	v, err := s.view(ctx)
	if err == nil {
		_, err = s.Run(ctx, id.Run)
	}
	if err != nil {
		return reconciliation.Finding{}, err
	}
	found, err := s.fixes.Finding(ctx, id)
	if err == nil && v.facilities != nil && !slices.Contains(v.facilities, found.Facility) {
		err = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonReconciliationNotFound, Field: "line", Object: string(id.Run)}
	}
	if err != nil {
		return reconciliation.Finding{}, err
	}
	return found, nil
}

// acting refuses who may not act on a difference.
func (s *scopedFixes) acting(ctx context.Context, id reconciliation.FindingID) error {
	found, err := s.Finding(ctx, id)
	if err != nil {
		return err
	}
	return s.acts(ctx, &reconcile.Scope{Share: found.Share, Payer: found.Payer})
}

// Propose records the word of who may act.
func (s *scopedFixes) Propose(ctx context.Context, p reconciliation.Proposal) (reconciliation.Finding, error) {
	if err := s.acting(ctx, p.Finding); err != nil {
		return reconciliation.Finding{}, err
	}
	return s.fixes.Propose(ctx, p)
}

// Approve carries out for who may act.
func (s *scopedFixes) Approve(ctx context.Context, id reconciliation.FindingID, by string, seen int) (reconciliation.Finding, error) {
	if err := s.acting(ctx, id); err != nil {
		return reconciliation.Finding{}, err
	}
	return s.fixes.Approve(ctx, id, by, seen)
}

// Decline turns down for who may act.
func (s *scopedFixes) Decline(ctx context.Context, id reconciliation.FindingID, by string) (reconciliation.Finding, error) {
	if err := s.acting(ctx, id); err != nil {
		return reconciliation.Finding{}, err
	}
	return s.fixes.Decline(ctx, id, by)
}
