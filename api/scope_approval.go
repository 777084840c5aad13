package api

import (
	"context"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/clearance"
)

// scopedApprovals lets a hospital read the approvals that are for it, and a
// bureau keep those of the persons of its regions. Another's is NotFound, like
// one that does not exist.
type scopedApprovals struct {
	of    Approvals
	homes homes
}

// Submit takes in a form of a person the caller meets; others are as unknown
// as who is not registered.
func (s *scopedApprovals) Submit(ctx context.Context, ask clearance.Submission) (clearance.Outcome, error) {
	met, err := s.homes.meets(ctx, ask.Form.Person)
	if err == nil && !met {
		err = &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonUnknownPerson, Field: "person_id"}
	}
	if err != nil {
		return clearance.Outcome{}, err
	}
	return s.of.Submit(ctx, ask)
}

// Decide decides on what Approval finds.
func (s *scopedApprovals) Decide(ctx context.Context, ask clearance.Decision) (clearance.Outcome, error) {
	if _, err := s.Approval(ctx, ask.Number); err != nil {
		return clearance.Outcome{}, err
	}
	return s.of.Decide(ctx, ask)
}

// Approval finds what the caller may meet.
func (s *scopedApprovals) Approval(ctx context.Context, number settlement.ApprovalNumber) (approval.Approval, error) {
	found, err := s.of.Approval(inScope(ctx), number)
	if err != nil {
		return approval.Approval{}, err
	}
	met, err := s.homes.meetsWhat(ctx, found.Facility, found.Person)
	if err == nil && !met {
		err = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonApprovalUnknown, Field: "number", Value: string(number)}
	}
	if err != nil {
		return approval.Approval{}, err
	}
	return found, nil
}

// Approvals lists, of what is asked for, what the caller may meet.
func (s *scopedApprovals) Approvals(ctx context.Context, query clearance.Query) ([]approval.Approval, settlement.ApprovalNumber, error) {
	caller := identity.Of(ctx)
	if caller == nil {
		return nil, "", outOfScope("facility_id")
	}
	if caller.Hospital() {
		query.Facilities = caller.Own()
	} else {
		query.Regions = caller.Regions
	}
	return s.of.Approvals(inScope(ctx), query)
}

// Today is the day by which approvals expire.
func (s *scopedApprovals) Today() settlement.Date { return s.of.Today() }
