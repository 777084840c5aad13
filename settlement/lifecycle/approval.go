package lifecycle

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
)

// Approvals knows what was approved. It is read when a claim names an approval;
// who keeps it is package clearance's. That one is used needs no second write:
// Store.Open lets one live settlement name an approval, and one that is aborted
// or reversed is live no more.
type Approvals interface {
	// Approval reads an approval with its history and the live settlement that
	// names it. NotFound.
	Approval(ctx context.Context, number settlement.ApprovalNumber) (approval.Approval, error)
}

// checkApproval refuses a claim whose approval is not good for it. Whether it
// needs one was the policy's to say. One that is revoked later stays good for
// what was opened before.
func (l *Lifecycle) checkApproval(ctx context.Context, p *prepared) error {
	if p.claim.Approval == "" {
		return nil
	}
	leave := reading(ctx)
	found, err := l.Approvals.Approval(ctx, p.claim.Approval)
	leave()
	if settlement.KindOf(err) == settlement.KindNotFound {
		return blocked(settlement.ReasonApprovalUnknown, "approval_number", string(p.claim.Approval))
	}
	if err != nil {
		return err
	}
	return found.CheckGood(approval.Subject{
		Tenant: p.ask.Tenant, Discharge: p.ask.Discharge, Facility: p.facility.ID, Person: p.person.ID, Claim: &p.claim,
	})
}

// approvalUsed says that another discharge's settlement uses the approval ask
// names, or nil where none does.
func (l *Lifecycle) approvalUsed(ctx context.Context, ask *Ask) error {
	if ask.Claim.Approval == "" {
		return nil
	}
	found, err := l.Approvals.Approval(ctx, ask.Claim.Approval)
	if err == nil && found.Use != nil {
		err = blocked(settlement.ReasonApprovalUsed, "approval_number", "")
	}
	return err
}
