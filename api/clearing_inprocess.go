package api

import (
	"context"

	"google.golang.org/genproto/googleapis/api/httpbody"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// clearingInProcess is the clearing service in process.
type clearingInProcess struct {
	onestopv1.UnimplementedClearingServiceServer
	inProcess[onestopv1.ClearingServiceServer]
}

// CreateClearing passes the chain.
func (p *clearingInProcess) CreateClearing(ctx context.Context, in *onestopv1.CreateClearingRequest) (*onestopv1.Clearing, error) {
	return through(ctx, p.inProcess, onestopv1.ClearingService_CreateClearing_FullMethodName, in, p.service.CreateClearing)
}

// AdvanceClearing passes the chain.
func (p *clearingInProcess) AdvanceClearing(ctx context.Context, in *onestopv1.AdvanceClearingRequest) (*onestopv1.Clearing, error) {
	return through(ctx, p.inProcess, onestopv1.ClearingService_AdvanceClearing_FullMethodName, in, p.service.AdvanceClearing)
}

// ExportClearing passes the chain.
func (p *clearingInProcess) ExportClearing(ctx context.Context, in *onestopv1.ExportClearingRequest) (*httpbody.HttpBody, error) {
	return through(ctx, p.inProcess, onestopv1.ClearingService_ExportClearing_FullMethodName, in, p.service.ExportClearing)
}

// ConfirmPayment passes the chain.
func (p *clearingInProcess) ConfirmPayment(ctx context.Context, in *onestopv1.ConfirmPaymentRequest) (*onestopv1.Clearing, error) {
	return through(ctx, p.inProcess, onestopv1.ClearingService_ConfirmPayment_FullMethodName, in, p.service.ConfirmPayment)
}

// GetClearing passes the chain.
func (p *clearingInProcess) GetClearing(ctx context.Context, in *onestopv1.GetClearingRequest) (*onestopv1.Clearing, error) {
	return through(ctx, p.inProcess, onestopv1.ClearingService_GetClearing_FullMethodName, in, p.service.GetClearing)
}

// ListClearings passes the chain.
func (p *clearingInProcess) ListClearings(ctx context.Context, in *onestopv1.ListClearingsRequest) (*onestopv1.ListClearingsResponse, error) {
	return through(ctx, p.inProcess, onestopv1.ClearingService_ListClearings_FullMethodName, in, p.service.ListClearings)
}
