package api

import (
	"context"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// admissionInProcess is the admission service in process.
type admissionInProcess struct {
	onestopv1.UnimplementedAdmissionServiceServer
	inProcess[onestopv1.AdmissionServiceServer]
}

// CreateAdmission passes the chain.
func (p *admissionInProcess) CreateAdmission(ctx context.Context, in *onestopv1.CreateAdmissionRequest) (*onestopv1.Admission, error) {
	return through(ctx, p.inProcess, onestopv1.AdmissionService_CreateAdmission_FullMethodName, in, p.service.CreateAdmission)
}

// ChargeAdmission passes the chain.
func (p *admissionInProcess) ChargeAdmission(ctx context.Context, in *onestopv1.ChargeAdmissionRequest) (*onestopv1.Admission, error) {
	return through(ctx, p.inProcess, onestopv1.AdmissionService_ChargeAdmission_FullMethodName, in, p.service.ChargeAdmission)
}

// StateAdmission passes the chain.
func (p *admissionInProcess) StateAdmission(ctx context.Context, in *onestopv1.StateAdmissionRequest) (*onestopv1.Admission, error) {
	return through(ctx, p.inProcess, onestopv1.AdmissionService_StateAdmission_FullMethodName, in, p.service.StateAdmission)
}

// GetAdmission passes the chain.
func (p *admissionInProcess) GetAdmission(ctx context.Context, in *onestopv1.GetAdmissionRequest) (*onestopv1.Admission, error) {
	return through(ctx, p.inProcess, onestopv1.AdmissionService_GetAdmission_FullMethodName, in, p.service.GetAdmission)
}

// ListAdmissions passes the chain.
func (p *admissionInProcess) ListAdmissions(ctx context.Context, in *onestopv1.ListAdmissionsRequest) (*onestopv1.ListAdmissionsResponse, error) {
	return through(ctx, p.inProcess, onestopv1.AdmissionService_ListAdmissions_FullMethodName, in, p.service.ListAdmissions)
}

// ProposeRemedy passes the chain.
func (p *admissionInProcess) ProposeRemedy(ctx context.Context, in *onestopv1.ProposeRemedyRequest) (*onestopv1.Admission, error) {
	return through(ctx, p.inProcess, onestopv1.AdmissionService_ProposeRemedy_FullMethodName, in, p.service.ProposeRemedy)
}

// ApproveRemedy passes the chain.
func (p *admissionInProcess) ApproveRemedy(ctx context.Context, in *onestopv1.ApproveRemedyRequest) (*onestopv1.Admission, error) {
	return through(ctx, p.inProcess, onestopv1.AdmissionService_ApproveRemedy_FullMethodName, in, p.service.ApproveRemedy)
}

// DeclineRemedy passes the chain.
func (p *admissionInProcess) DeclineRemedy(ctx context.Context, in *onestopv1.DeclineRemedyRequest) (*onestopv1.Admission, error) {
	return through(ctx, p.inProcess, onestopv1.AdmissionService_DeclineRemedy_FullMethodName, in, p.service.DeclineRemedy)
}
