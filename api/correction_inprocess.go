package api

import (
	"context"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// correctionInProcess is the correction service in process.
type correctionInProcess struct {
	onestopv1.UnimplementedCorrectionServiceServer
	inProcess[onestopv1.CorrectionServiceServer]
}

// ApproveCorrection passes the chain.
func (p *correctionInProcess) ApproveCorrection(ctx context.Context, in *onestopv1.ApproveCorrectionRequest) (*onestopv1.Correction, error) {
	return through(ctx, p.inProcess, onestopv1.CorrectionService_ApproveCorrection_FullMethodName, in, p.service.ApproveCorrection)
}

// DeclineCorrection passes the chain.
func (p *correctionInProcess) DeclineCorrection(ctx context.Context, in *onestopv1.DeclineCorrectionRequest) (*onestopv1.Correction, error) {
	return through(ctx, p.inProcess, onestopv1.CorrectionService_DeclineCorrection_FullMethodName, in, p.service.DeclineCorrection)
}

// GetCorrection passes the chain.
func (p *correctionInProcess) GetCorrection(ctx context.Context, in *onestopv1.GetCorrectionRequest) (*onestopv1.Correction, error) {
	return through(ctx, p.inProcess, onestopv1.CorrectionService_GetCorrection_FullMethodName, in, p.service.GetCorrection)
}

// ListCorrections passes the chain.
func (p *correctionInProcess) ListCorrections(ctx context.Context, in *onestopv1.ListCorrectionsRequest) (*onestopv1.ListCorrectionsResponse, error) {
	return through(ctx, p.inProcess, onestopv1.CorrectionService_ListCorrections_FullMethodName, in, p.service.ListCorrections)
}
