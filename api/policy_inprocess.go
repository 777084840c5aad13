package api

import (
	"context"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// policyInProcess is the policy service in process.
type policyInProcess struct {
	onestopv1.UnimplementedPolicyServiceServer
	inProcess[onestopv1.PolicyServiceServer]
}

// ProposePolicy passes the chain.
func (p *policyInProcess) ProposePolicy(ctx context.Context, in *onestopv1.ProposePolicyRequest) (*onestopv1.PolicyPublication, error) {
	return through(ctx, p.inProcess, onestopv1.PolicyService_ProposePolicy_FullMethodName, in, p.service.ProposePolicy)
}

// ApprovePolicy passes the chain.
func (p *policyInProcess) ApprovePolicy(ctx context.Context, in *onestopv1.ApprovePolicyRequest) (*onestopv1.PolicyPublication, error) {
	return through(ctx, p.inProcess, onestopv1.PolicyService_ApprovePolicy_FullMethodName, in, p.service.ApprovePolicy)
}

// DeclinePolicy passes the chain.
func (p *policyInProcess) DeclinePolicy(ctx context.Context, in *onestopv1.DeclinePolicyRequest) (*onestopv1.PolicyPublication, error) {
	return through(ctx, p.inProcess, onestopv1.PolicyService_DeclinePolicy_FullMethodName, in, p.service.DeclinePolicy)
}

// GetPolicyPublication passes the chain.
func (p *policyInProcess) GetPolicyPublication(ctx context.Context, in *onestopv1.GetPolicyPublicationRequest) (*onestopv1.PolicyPublication, error) {
	return through(ctx, p.inProcess, onestopv1.PolicyService_GetPolicyPublication_FullMethodName, in, p.service.GetPolicyPublication)
}

// ListPolicyPublications passes the chain.
func (p *policyInProcess) ListPolicyPublications(ctx context.Context, in *onestopv1.ListPolicyPublicationsRequest) (*onestopv1.ListPolicyPublicationsResponse, error) {
	return through(ctx, p.inProcess, onestopv1.PolicyService_ListPolicyPublications_FullMethodName, in, p.service.ListPolicyPublications)
}

// GetPolicyInForce passes the chain.
func (p *policyInProcess) GetPolicyInForce(ctx context.Context, in *onestopv1.GetPolicyInForceRequest) (*onestopv1.PolicyInForce, error) {
	return through(ctx, p.inProcess, onestopv1.PolicyService_GetPolicyInForce_FullMethodName, in, p.service.GetPolicyInForce)
}
