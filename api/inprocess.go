package api

import (
	"context"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// inProcess is a service of the contract as REST calls it: without a
// connection, but through the same chain of interceptors as gRPC.
type inProcess[S any] struct {
	service S
	chain   grpc.UnaryServerInterceptor
}

// through calls verb behind the chain, as gRPC calls the method of that name.
func through[S, In, Out any](ctx context.Context, p inProcess[S], method string, in *In, verb func(context.Context, *In) (*Out, error)) (*Out, error) {
	info := &grpc.UnaryServerInfo{Server: p.service, FullMethod: method}
	out, err := p.chain(ctx, in, info, func(ctx context.Context, req any) (any, error) {
		return verb(ctx, req.(*In))
	})
	if err != nil {
		return nil, err
	}
	return out.(*Out), nil
}

// settlementInProcess is the settlement service in process.
type settlementInProcess struct {
	onestopv1.UnimplementedSettlementServiceServer
	inProcess[onestopv1.SettlementServiceServer]
}

// QuoteSettlement passes the chain.
func (p *settlementInProcess) QuoteSettlement(ctx context.Context, in *onestopv1.QuoteSettlementRequest) (*onestopv1.QuoteSettlementResponse, error) {
	return through(ctx, p.inProcess, onestopv1.SettlementService_QuoteSettlement_FullMethodName, in, p.service.QuoteSettlement)
}

// GetQuote passes the chain.
func (p *settlementInProcess) GetQuote(ctx context.Context, in *onestopv1.GetQuoteRequest) (*onestopv1.QuoteSettlementResponse, error) {
	return through(ctx, p.inProcess, onestopv1.SettlementService_GetQuote_FullMethodName, in, p.service.GetQuote)
}

// ReleaseQuote passes the chain.
func (p *settlementInProcess) ReleaseQuote(ctx context.Context, in *onestopv1.ReleaseQuoteRequest) (*onestopv1.QuoteSettlementResponse, error) {
	return through(ctx, p.inProcess, onestopv1.SettlementService_ReleaseQuote_FullMethodName, in, p.service.ReleaseQuote)
}

// ListQuotes passes the chain.
func (p *settlementInProcess) ListQuotes(ctx context.Context, in *onestopv1.ListQuotesRequest) (*onestopv1.ListQuotesResponse, error) {
	return through(ctx, p.inProcess, onestopv1.SettlementService_ListQuotes_FullMethodName, in, p.service.ListQuotes)
}

// CreateSettlement passes the chain.
func (p *settlementInProcess) CreateSettlement(ctx context.Context, in *onestopv1.CreateSettlementRequest) (*onestopv1.Settlement, error) {
	return through(ctx, p.inProcess, onestopv1.SettlementService_CreateSettlement_FullMethodName, in, p.service.CreateSettlement)
}

// GetSettlement passes the chain.
func (p *settlementInProcess) GetSettlement(ctx context.Context, in *onestopv1.GetSettlementRequest) (*onestopv1.Settlement, error) {
	return through(ctx, p.inProcess, onestopv1.SettlementService_GetSettlement_FullMethodName, in, p.service.GetSettlement)
}

// ListSettlements passes the chain.
func (p *settlementInProcess) ListSettlements(ctx context.Context, in *onestopv1.ListSettlementsRequest) (*onestopv1.ListSettlementsResponse, error) {
	return through(ctx, p.inProcess, onestopv1.SettlementService_ListSettlements_FullMethodName, in, p.service.ListSettlements)
}

// ReverseSettlement passes the chain.
func (p *settlementInProcess) ReverseSettlement(ctx context.Context, in *onestopv1.ReverseSettlementRequest) (*onestopv1.Settlement, error) {
	return through(ctx, p.inProcess, onestopv1.SettlementService_ReverseSettlement_FullMethodName, in, p.service.ReverseSettlement)
}

// GetStatement passes the chain.
func (p *settlementInProcess) GetStatement(ctx context.Context, in *onestopv1.GetStatementRequest) (*httpbody.HttpBody, error) {
	return through(ctx, p.inProcess, onestopv1.SettlementService_GetStatement_FullMethodName, in, p.service.GetStatement)
}

// attentionInProcess is the attention service in process.
type attentionInProcess struct {
	onestopv1.UnimplementedAttentionServiceServer
	inProcess[onestopv1.AttentionServiceServer]
}

// ListAttention passes the chain.
func (p *attentionInProcess) ListAttention(ctx context.Context, in *onestopv1.ListAttentionRequest) (*onestopv1.ListAttentionResponse, error) {
	return through(ctx, p.inProcess, onestopv1.AttentionService_ListAttention_FullMethodName, in, p.service.ListAttention)
}

// GetAttention passes the chain.
func (p *attentionInProcess) GetAttention(ctx context.Context, in *onestopv1.GetAttentionRequest) (*onestopv1.Attention, error) {
	return through(ctx, p.inProcess, onestopv1.AttentionService_GetAttention_FullMethodName, in, p.service.GetAttention)
}

// ProposeResolution passes the chain.
func (p *attentionInProcess) ProposeResolution(ctx context.Context, in *onestopv1.ProposeResolutionRequest) (*onestopv1.Attention, error) {
	return through(ctx, p.inProcess, onestopv1.AttentionService_ProposeResolution_FullMethodName, in, p.service.ProposeResolution)
}

// ApproveResolution passes the chain.
func (p *attentionInProcess) ApproveResolution(ctx context.Context, in *onestopv1.ApproveResolutionRequest) (*onestopv1.Attention, error) {
	return through(ctx, p.inProcess, onestopv1.AttentionService_ApproveResolution_FullMethodName, in, p.service.ApproveResolution)
}

// DeclineResolution passes the chain.
func (p *attentionInProcess) DeclineResolution(ctx context.Context, in *onestopv1.DeclineResolutionRequest) (*onestopv1.Attention, error) {
	return through(ctx, p.inProcess, onestopv1.AttentionService_DeclineResolution_FullMethodName, in, p.service.DeclineResolution)
}

// fundInProcess is the fund service in process.
type fundInProcess struct {
	onestopv1.UnimplementedFundServiceServer
	inProcess[onestopv1.FundServiceServer]
}

// CreateFundPosting passes the chain.
func (p *fundInProcess) CreateFundPosting(ctx context.Context, in *onestopv1.CreateFundPostingRequest) (*onestopv1.FundPosting, error) {
	return through(ctx, p.inProcess, onestopv1.FundService_CreateFundPosting_FullMethodName, in, p.service.CreateFundPosting)
}

// ListFundPostings passes the chain.
func (p *fundInProcess) ListFundPostings(ctx context.Context, in *onestopv1.ListFundPostingsRequest) (*onestopv1.ListFundPostingsResponse, error) {
	return through(ctx, p.inProcess, onestopv1.FundService_ListFundPostings_FullMethodName, in, p.service.ListFundPostings)
}

// ListFunds passes the chain.
func (p *fundInProcess) ListFunds(ctx context.Context, in *onestopv1.ListFundsRequest) (*onestopv1.ListFundsResponse, error) {
	return through(ctx, p.inProcess, onestopv1.FundService_ListFunds_FullMethodName, in, p.service.ListFunds)
}

// GetYearlyReport passes the chain.
func (p *fundInProcess) GetYearlyReport(ctx context.Context, in *onestopv1.GetYearlyReportRequest) (*onestopv1.YearlyReport, error) {
	return through(ctx, p.inProcess, onestopv1.FundService_GetYearlyReport_FullMethodName, in, p.service.GetYearlyReport)
}

// ExportReport passes the chain.
func (p *fundInProcess) ExportReport(ctx context.Context, in *onestopv1.ExportReportRequest) (*httpbody.HttpBody, error) {
	return through(ctx, p.inProcess, onestopv1.FundService_ExportReport_FullMethodName, in, p.service.ExportReport)
}
