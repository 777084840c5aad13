package api

import (
	"context"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// approvalInProcess is the approval service in process.
type approvalInProcess struct {
	onestopv1.UnimplementedApprovalServiceServer
	inProcess[onestopv1.ApprovalServiceServer]
}

// CreateApproval passes the chain.
func (p *approvalInProcess) CreateApproval(ctx context.Context, in *onestopv1.CreateApprovalRequest) (*onestopv1.Approval, error) {
	return through(ctx, p.inProcess, onestopv1.ApprovalService_CreateApproval_FullMethodName, in, p.service.CreateApproval)
}

// DecideApproval passes the chain.
func (p *approvalInProcess) DecideApproval(ctx context.Context, in *onestopv1.DecideApprovalRequest) (*onestopv1.Approval, error) {
	return through(ctx, p.inProcess, onestopv1.ApprovalService_DecideApproval_FullMethodName, in, p.service.DecideApproval)
}

// GetApproval passes the chain.
func (p *approvalInProcess) GetApproval(ctx context.Context, in *onestopv1.GetApprovalRequest) (*onestopv1.Approval, error) {
	return through(ctx, p.inProcess, onestopv1.ApprovalService_GetApproval_FullMethodName, in, p.service.GetApproval)
}

// ListApprovals passes the chain.
func (p *approvalInProcess) ListApprovals(ctx context.Context, in *onestopv1.ListApprovalsRequest) (*onestopv1.ListApprovalsResponse, error) {
	return through(ctx, p.inProcess, onestopv1.ApprovalService_ListApprovals_FullMethodName, in, p.service.ListApprovals)
}

// GetNotice passes the chain.
func (p *approvalInProcess) GetNotice(ctx context.Context, in *onestopv1.GetNoticeRequest) (*onestopv1.Notice, error) {
	return through(ctx, p.inProcess, onestopv1.ApprovalService_GetNotice_FullMethodName, in, p.service.GetNotice)
}

// ListNotices passes the chain.
func (p *approvalInProcess) ListNotices(ctx context.Context, in *onestopv1.ListNoticesRequest) (*onestopv1.ListNoticesResponse, error) {
	return through(ctx, p.inProcess, onestopv1.ApprovalService_ListNotices_FullMethodName, in, p.service.ListNotices)
}

// CheckBenefits passes the chain.
func (p *approvalInProcess) CheckBenefits(ctx context.Context, in *onestopv1.CheckBenefitsRequest) (*onestopv1.CheckBenefitsResponse, error) {
	return through(ctx, p.inProcess, onestopv1.ApprovalService_CheckBenefits_FullMethodName, in, p.service.CheckBenefits)
}
