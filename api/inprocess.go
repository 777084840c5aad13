package api

import (
	"context"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// inProcess is the service as REST calls it: without a connection, but through
// the same chain of interceptors as gRPC.
type inProcess struct {
	onestopv1.UnimplementedSettlementServiceServer
	service onestopv1.SettlementServiceServer
	chain   grpc.UnaryServerInterceptor
}

// through calls verb behind the chain, as gRPC calls the method of that name.
func through[In, Out any](ctx context.Context, p *inProcess, method string, in *In, verb func(context.Context, *In) (*Out, error)) (*Out, error) {
	info := &grpc.UnaryServerInfo{Server: p.service, FullMethod: method}
	out, err := p.chain(ctx, in, info, func(ctx context.Context, req any) (any, error) {
		return verb(ctx, req.(*In))
	})
	if err != nil {
		return nil, err
	}
	return out.(*Out), nil
}

// QuoteSettlement passes the chain.
func (p *inProcess) QuoteSettlement(ctx context.Context, in *onestopv1.QuoteSettlementRequest) (*onestopv1.QuoteSettlementResponse, error) {
	return through(ctx, p, onestopv1.SettlementService_QuoteSettlement_FullMethodName, in, p.service.QuoteSettlement)
}

// CreateSettlement passes the chain.
func (p *inProcess) CreateSettlement(ctx context.Context, in *onestopv1.CreateSettlementRequest) (*onestopv1.Settlement, error) {
	return through(ctx, p, onestopv1.SettlementService_CreateSettlement_FullMethodName, in, p.service.CreateSettlement)
}

// GetSettlement passes the chain.
func (p *inProcess) GetSettlement(ctx context.Context, in *onestopv1.GetSettlementRequest) (*onestopv1.Settlement, error) {
	return through(ctx, p, onestopv1.SettlementService_GetSettlement_FullMethodName, in, p.service.GetSettlement)
}

// ListSettlements passes the chain.
func (p *inProcess) ListSettlements(ctx context.Context, in *onestopv1.ListSettlementsRequest) (*onestopv1.ListSettlementsResponse, error) {
	return through(ctx, p, onestopv1.SettlementService_ListSettlements_FullMethodName, in, p.service.ListSettlements)
}

// ReverseSettlement passes the chain.
func (p *inProcess) ReverseSettlement(ctx context.Context, in *onestopv1.ReverseSettlementRequest) (*onestopv1.Settlement, error) {
	return through(ctx, p, onestopv1.SettlementService_ReverseSettlement_FullMethodName, in, p.service.ReverseSettlement)
}

// GetStatement passes the chain.
func (p *inProcess) GetStatement(ctx context.Context, in *onestopv1.GetStatementRequest) (*httpbody.HttpBody, error) {
	return through(ctx, p, onestopv1.SettlementService_GetStatement_FullMethodName, in, p.service.GetStatement)
}
