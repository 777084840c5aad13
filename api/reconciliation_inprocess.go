package api

import (
	"context"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// reconciliationInProcess is the reconciliation service in process.
type reconciliationInProcess struct {
	onestopv1.UnimplementedReconciliationServiceServer
	inProcess[onestopv1.ReconciliationServiceServer]
}

// CreateReconciliation passes the chain.
func (p *reconciliationInProcess) CreateReconciliation(ctx context.Context, in *onestopv1.CreateReconciliationRequest) (*onestopv1.Reconciliation, error) {
	return through(ctx, p.inProcess, onestopv1.ReconciliationService_CreateReconciliation_FullMethodName, in, p.service.CreateReconciliation)
}

// GetReconciliation passes the chain.
func (p *reconciliationInProcess) GetReconciliation(ctx context.Context, in *onestopv1.GetReconciliationRequest) (*onestopv1.Reconciliation, error) {
	return through(ctx, p.inProcess, onestopv1.ReconciliationService_GetReconciliation_FullMethodName, in, p.service.GetReconciliation)
}

// ListReconciliations passes the chain.
func (p *reconciliationInProcess) ListReconciliations(ctx context.Context, in *onestopv1.ListReconciliationsRequest) (*onestopv1.ListReconciliationsResponse, error) {
	return through(ctx, p.inProcess, onestopv1.ReconciliationService_ListReconciliations_FullMethodName, in, p.service.ListReconciliations)
}

// VoidReconciliation passes the chain.
func (p *reconciliationInProcess) VoidReconciliation(ctx context.Context, in *onestopv1.VoidReconciliationRequest) (*onestopv1.Reconciliation, error) {
	return through(ctx, p.inProcess, onestopv1.ReconciliationService_VoidReconciliation_FullMethodName, in, p.service.VoidReconciliation)
}

// ListDifferences passes the chain.
func (p *reconciliationInProcess) ListDifferences(ctx context.Context, in *onestopv1.ListDifferencesRequest) (*onestopv1.ListDifferencesResponse, error) {
	return through(ctx, p.inProcess, onestopv1.ReconciliationService_ListDifferences_FullMethodName, in, p.service.ListDifferences)
}

// GetDifference passes the chain.
func (p *reconciliationInProcess) GetDifference(ctx context.Context, in *onestopv1.GetDifferenceRequest) (*onestopv1.Difference, error) {
	return through(ctx, p.inProcess, onestopv1.ReconciliationService_GetDifference_FullMethodName, in, p.service.GetDifference)
}

// ProposeFix passes the chain.
func (p *reconciliationInProcess) ProposeFix(ctx context.Context, in *onestopv1.ProposeFixRequest) (*onestopv1.Difference, error) {
	return through(ctx, p.inProcess, onestopv1.ReconciliationService_ProposeFix_FullMethodName, in, p.service.ProposeFix)
}

// ApproveFix passes the chain.
func (p *reconciliationInProcess) ApproveFix(ctx context.Context, in *onestopv1.ApproveFixRequest) (*onestopv1.Difference, error) {
	return through(ctx, p.inProcess, onestopv1.ReconciliationService_ApproveFix_FullMethodName, in, p.service.ApproveFix)
}

// DeclineFix passes the chain.
func (p *reconciliationInProcess) DeclineFix(ctx context.Context, in *onestopv1.DeclineFixRequest) (*onestopv1.Difference, error) {
	return through(ctx, p.inProcess, onestopv1.ReconciliationService_DeclineFix_FullMethodName, in, p.service.DeclineFix)
}
