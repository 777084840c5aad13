package api

import (
	"context"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/clearance"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Approvals is what this room needs of the desk. Every method may return the
// kinds Invalid, Unavailable, InDoubt and Internal; the others are named at
// each.
type Approvals interface {
	// Submit takes a form in, once for each request. Blocked, Exists, KeyReused.
	Submit(ctx context.Context, ask clearance.Submission) (clearance.Outcome, error)
	// Decide records a decision, once for each request. NotFound, Blocked,
	// KeyReused.
	Decide(ctx context.Context, ask clearance.Decision) (clearance.Outcome, error)
	// Approval reads one. NotFound.
	Approval(ctx context.Context, number settlement.ApprovalNumber) (approval.Approval, error)
	// Approvals reads one page, and the number to go on after, if any.
	Approvals(ctx context.Context, query clearance.Query) ([]approval.Approval, settlement.ApprovalNumber, error)
	// Today is the day by which approvals expire.
	Today() settlement.Date
}

// approvalService is the contract's server for approvals: decode, one verb,
// encode.
type approvalService struct {
	onestopv1.UnimplementedApprovalServiceServer
	approvals Approvals
	notices   Notices
}

// CreateApproval takes in a form.
func (s *approvalService) CreateApproval(ctx context.Context, in *onestopv1.CreateApprovalRequest) (*onestopv1.Approval, error) {
	var d decoder
	form := approval.Form{
		Number: settlement.ApprovalNumber(in.GetNumber()), Person: settlement.BeneficiaryID(in.GetPersonId()),
		Facility: settlement.FacilityID(in.GetFacilityId()), Issuer: in.GetIssuer(), Mode: modes.toWord(in.GetMode()),
		Valid: settlement.Period{From: d.date("valid_from_date", in.GetValidFromDate()), To: d.date("valid_to_date", in.GetValidToDate())},
	}
	if in.GetDiseaseClass() != onestopv1.DiseaseClass_DISEASE_CLASS_UNSPECIFIED {
		form.Class = diseaseClasses.toWord(in.GetDiseaseClass())
	}
	if err := d.err(); err != nil {
		return nil, err
	}
	outcome, err := s.approvals.Submit(ctx, clearance.Submission{
		Key: approvalKey(ctx, in.GetRequestId()), Form: form, By: operatorOf(in.GetOperator()),
	})
	return s.encodeOutcome(ctx, &outcome, err)
}

// DecideApproval approves, refuses or revokes.
func (s *approvalService) DecideApproval(ctx context.Context, in *onestopv1.DecideApprovalRequest) (*onestopv1.Approval, error) {
	outcome, err := s.approvals.Decide(ctx, clearance.Decision{
		Key: approvalKey(ctx, in.GetRequestId()), Number: settlement.ApprovalNumber(in.GetId()),
		Act: approvalActs.toWord(in.GetAct()), By: operatorOf(in.GetOperator()), Cause: in.GetCause(),
	})
	return s.encodeOutcome(ctx, &outcome, err)
}

// GetApproval reads one.
func (s *approvalService) GetApproval(ctx context.Context, in *onestopv1.GetApprovalRequest) (*onestopv1.Approval, error) {
	found, err := s.approvals.Approval(ctx, settlement.ApprovalNumber(in.GetId()))
	if err != nil {
		return nil, err
	}
	return encodeApproval(&found, s.approvals.Today()), nil
}

// ListApprovals reads one page.
func (s *approvalService) ListApprovals(ctx context.Context, in *onestopv1.ListApprovalsRequest) (*onestopv1.ListApprovalsResponse, error) {
	key := "approvals\x00" + in.GetPersonId() + "\x00" + in.GetFacilityId()
	place, err := parsePageToken(in.GetPageToken(), key)
	if err != nil {
		return nil, err
	}
	query := clearance.Query{
		Person: settlement.BeneficiaryID(in.GetPersonId()), Facility: settlement.FacilityID(in.GetFacilityId()), Limit: pageLimit(in.GetPageSize()),
	}
	if place != nil {
		query.After = settlement.ApprovalNumber(place.ID)
	}
	found, next, err := s.approvals.Approvals(ctx, query)
	if err != nil {
		return nil, err
	}
	out, today := &onestopv1.ListApprovalsResponse{}, s.approvals.Today()
	for i := range found {
		out.Approvals = append(out.Approvals, encodeApproval(&found[i], today))
	}
	if next != "" {
		out.NextPageToken = pageToken(lifecycle.Mark{ID: settlement.SettlementID(next)}, key)
	}
	return out, nil
}

// approvalKey is the scope of a request about approvals: they are the bureau's,
// whichever hospital they are for.
func approvalKey(ctx context.Context, request string) clearance.Key {
	return clearance.Key{Tenant: keyTenantOf(ctx), Request: settlement.RequestID(request)}
}

// encodeOutcome shows what a request came to, if it did not fail.
func (s *approvalService) encodeOutcome(ctx context.Context, outcome *clearance.Outcome, err error) (*onestopv1.Approval, error) {
	if err != nil {
		return nil, err
	}
	out := encodeApproval(&outcome.Approval, s.approvals.Today())
	if outcome.Replayed {
		return out, replayed(ctx)
	}
	return out, nil
}

var approvalActs = pairing[onestopv1.ApprovalAct, approval.Act]{
	{onestopv1.ApprovalAct_APPROVAL_ACT_SUBMITTED, approval.Submitted},
	{onestopv1.ApprovalAct_APPROVAL_ACT_APPROVED, approval.Approved},
	{onestopv1.ApprovalAct_APPROVAL_ACT_REFUSED, approval.Refused},
	{onestopv1.ApprovalAct_APPROVAL_ACT_REVOKED, approval.Revoked},
}

var approvalStatuses = pairing[onestopv1.ApprovalStatus, approval.Status]{
	{onestopv1.ApprovalStatus_APPROVAL_STATUS_SUBMITTED, approval.StatusSubmitted},
	{onestopv1.ApprovalStatus_APPROVAL_STATUS_APPROVED, approval.StatusApproved},
	{onestopv1.ApprovalStatus_APPROVAL_STATUS_REFUSED, approval.StatusRefused},
	{onestopv1.ApprovalStatus_APPROVAL_STATUS_REVOKED, approval.StatusRevoked},
	{onestopv1.ApprovalStatus_APPROVAL_STATUS_USED, approval.StatusUsed},
	{onestopv1.ApprovalStatus_APPROVAL_STATUS_EXPIRED, approval.StatusExpired},
}

// encodeApproval shows an approval as it stands on a day.
func encodeApproval(a *approval.Approval, today settlement.Date) *onestopv1.Approval {
	out := &onestopv1.Approval{
		Number: string(a.Number), PersonId: string(a.Person), FacilityId: string(a.Facility), Issuer: a.Issuer,
		ValidFromDate: a.Valid.From.String(), ValidToDate: a.Valid.To.String(),
		Mode: modes.toWire(a.Mode), DiseaseClass: diseaseClasses.toWire(a.Class), Status: approvalStatuses.toWire(a.StatusOn(today)),
	}
	if a.Use != nil {
		out.SettlementId = string(a.Use.Settlement)
	}
	for _, e := range a.History {
		out.Events = append(out.Events, &onestopv1.ApprovalEvent{
			Act: approvalActs.toWire(e.Act), Operator: operatorID(e.By), Time: encodeTime(e.At), Cause: e.Cause,
		})
	}
	return out
}
