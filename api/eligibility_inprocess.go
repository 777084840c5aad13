package api

import (
	"context"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// eligibilityInProcess is the eligibility service in process.
type eligibilityInProcess struct {
	onestopv1.UnimplementedEligibilityServiceServer
	inProcess[onestopv1.EligibilityServiceServer]
}

// CreatePerson passes the chain.
func (p *eligibilityInProcess) CreatePerson(ctx context.Context, in *onestopv1.CreatePersonRequest) (*onestopv1.RecordPersonChangeResponse, error) {
	return through(ctx, p.inProcess, onestopv1.EligibilityService_CreatePerson_FullMethodName, in, p.service.CreatePerson)
}

// GetPerson passes the chain.
func (p *eligibilityInProcess) GetPerson(ctx context.Context, in *onestopv1.GetPersonRequest) (*onestopv1.Person, error) {
	return through(ctx, p.inProcess, onestopv1.EligibilityService_GetPerson_FullMethodName, in, p.service.GetPerson)
}

// ListPersons passes the chain.
func (p *eligibilityInProcess) ListPersons(ctx context.Context, in *onestopv1.ListPersonsRequest) (*onestopv1.ListPersonsResponse, error) {
	return through(ctx, p.inProcess, onestopv1.EligibilityService_ListPersons_FullMethodName, in, p.service.ListPersons)
}

// ListPersonChanges passes the chain.
func (p *eligibilityInProcess) ListPersonChanges(ctx context.Context, in *onestopv1.ListPersonChangesRequest) (*onestopv1.ListPersonChangesResponse, error) {
	return through(ctx, p.inProcess, onestopv1.EligibilityService_ListPersonChanges_FullMethodName, in, p.service.ListPersonChanges)
}

// RecordPersonChange passes the chain.
func (p *eligibilityInProcess) RecordPersonChange(ctx context.Context, in *onestopv1.RecordPersonChangeRequest) (*onestopv1.RecordPersonChangeResponse, error) {
	return through(ctx, p.inProcess, onestopv1.EligibilityService_RecordPersonChange_FullMethodName, in, p.service.RecordPersonChange)
}

// CreateReview passes the chain.
func (p *eligibilityInProcess) CreateReview(ctx context.Context, in *onestopv1.CreateReviewRequest) (*onestopv1.Review, error) {
	return through(ctx, p.inProcess, onestopv1.EligibilityService_CreateReview_FullMethodName, in, p.service.CreateReview)
}

// GetReview passes the chain.
func (p *eligibilityInProcess) GetReview(ctx context.Context, in *onestopv1.GetReviewRequest) (*onestopv1.Review, error) {
	return through(ctx, p.inProcess, onestopv1.EligibilityService_GetReview_FullMethodName, in, p.service.GetReview)
}

// DecideProposal passes the chain.
func (p *eligibilityInProcess) DecideProposal(ctx context.Context, in *onestopv1.DecideProposalRequest) (*onestopv1.RecordPersonChangeResponse, error) {
	return through(ctx, p.inProcess, onestopv1.EligibilityService_DecideProposal_FullMethodName, in, p.service.DecideProposal)
}

// ListStandards passes the chain.
func (p *eligibilityInProcess) ListStandards(ctx context.Context, in *onestopv1.ListStandardsRequest) (*onestopv1.ListStandardsResponse, error) {
	return through(ctx, p.inProcess, onestopv1.EligibilityService_ListStandards_FullMethodName, in, p.service.ListStandards)
}
