package api

import (
	"context"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/proto"

	"github.com/onestop-gateway/onestop/api/statement"
	"github.com/onestop-gateway/onestop/api/words"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Settlements is what this room needs of the lifecycle. An empty tenant does
// not restrict. Every method may return the kinds Unavailable, Overloaded,
// InDoubt and Internal; the others are named at each.
type Settlements interface {
	// Settle settles once for each request key. Invalid, Blocked, Refused,
	// KeyReused, InFlight, Exists.
	Settle(ctx context.Context, ask lifecycle.Ask) (lifecycle.Answer, error)
	// Reverse undoes a settlement. NotFound, Blocked, KeyReused, InFlight.
	Reverse(ctx context.Context, ask lifecycle.ReverseAsk) (lifecycle.Answer, error)
	// Settlement reads one. NotFound, also for another tenant's.
	Settlement(ctx context.Context, tenant settlement.TenantID, id settlement.SettlementID) (settlement.Settlement, error)
	// List reads one page, newest first.
	List(ctx context.Context, query lifecycle.Query) (lifecycle.Page, error)
	// Statement reads what the printed sheet shows. NotFound.
	Statement(ctx context.Context, tenant settlement.TenantID, id settlement.SettlementID) (lifecycle.Statement, error)
}

// Quotes is what this room needs of the lifecycle before a bill is settled. The
// general kinds are those of Settlements.
type Quotes interface {
	// Quote says what a settlement would come to, and may hold it. Invalid,
	// Blocked, Refused, KeyReused.
	Quote(ctx context.Context, ask lifecycle.Ask) (lifecycle.Quote, error)
	// FindQuote reads a quote that was held. NotFound, also for another tenant's.
	FindQuote(ctx context.Context, tenant settlement.TenantID, id settlement.QuoteID) (lifecycle.Quote, error)
	// Holding reads one page of the quotes that hold now, and the id to go on
	// after, if any.
	Holding(ctx context.Context, query lifecycle.HoldingQuery) ([]lifecycle.Quote, settlement.QuoteID, error)
	// ReleaseQuote gives back what a quote holds. NotFound, Blocked.
	ReleaseQuote(ctx context.Context, ask lifecycle.ReleaseAsk) (lifecycle.Quote, error)
}

// service is the contract's server: decode, one verb, encode.
type service struct {
	onestopv1.UnimplementedSettlementServiceServer
	settlements Settlements
	quotes      Quotes
}

// QuoteSettlement says what a settlement would come to now.
func (s *service) QuoteSettlement(ctx context.Context, in *onestopv1.QuoteSettlementRequest) (*onestopv1.QuoteSettlementResponse, error) {
	ask, err := decodeQuoteAsk(ctx, in)
	if err != nil {
		return nil, err
	}
	quote, err := s.quotes.Quote(ctx, ask)
	if err != nil {
		return nil, err
	}
	if quote.Replayed {
		err = replayed(ctx)
	}
	return encodeQuote(&quote), err
}

// GetQuote reads a quote that was held.
func (s *service) GetQuote(ctx context.Context, in *onestopv1.GetQuoteRequest) (*onestopv1.QuoteSettlementResponse, error) {
	quote, err := s.quotes.FindQuote(ctx, tenantOf(ctx, ""), settlement.QuoteID(in.GetId()))
	if err != nil {
		return nil, err
	}
	return encodeQuote(&quote), nil
}

// ReleaseQuote gives back what a quote holds.
func (s *service) ReleaseQuote(ctx context.Context, in *onestopv1.ReleaseQuoteRequest) (*onestopv1.QuoteSettlementResponse, error) {
	tenant := tenantOf(ctx, "")
	quote, err := s.quotes.ReleaseQuote(ctx, lifecycle.ReleaseAsk{
		Tenant: tenant, Actor: actorOf(ctx, tenant), Quote: settlement.QuoteID(in.GetId()),
	})
	if err != nil {
		return nil, err
	}
	return encodeQuote(&quote), nil
}

// ListQuotes reads one page of the quotes that hold now.
func (s *service) ListQuotes(ctx context.Context, in *onestopv1.ListQuotesRequest) (*onestopv1.ListQuotesResponse, error) {
	query := lifecycle.HoldingQuery{
		Tenant: tenantOf(ctx, settlement.FacilityID(in.GetFacilityId())), Person: settlement.BeneficiaryID(in.GetPersonId()),
		Facility: settlement.FacilityID(in.GetFacilityId()), Limit: pageLimit(in.GetPageSize()),
	}
	key := "quotes\x00" + in.GetPersonId() + "\x00" + in.GetFacilityId() + "\x00" + string(query.Tenant)
	place, err := parsePageToken(in.GetPageToken(), key)
	if err != nil {
		return nil, err
	}
	if place != nil {
		query.After = settlement.QuoteID(place.ID)
	}
	found, next, err := s.quotes.Holding(ctx, query)
	if err != nil {
		return nil, err
	}
	out := &onestopv1.ListQuotesResponse{}
	for i := range found {
		out.Quotes = append(out.Quotes, encodeQuoteSummary(&found[i]))
	}
	if next != "" {
		out.NextPageToken = pageToken(lifecycle.Mark{ID: settlement.SettlementID(next)}, key)
	}
	return out, nil
}

// CreateSettlement settles one discharge.
func (s *service) CreateSettlement(ctx context.Context, in *onestopv1.CreateSettlementRequest) (*onestopv1.Settlement, error) {
	ask, err := decodeAsk(ctx, in)
	if err != nil {
		return nil, err
	}
	answer, err := s.settlements.Settle(ctx, ask)
	if err != nil {
		return nil, err
	}
	return encodeAnswer(ctx, &answer)
}

// ReverseSettlement undoes a settled bill.
func (s *service) ReverseSettlement(ctx context.Context, in *onestopv1.ReverseSettlementRequest) (*onestopv1.Settlement, error) {
	tenant := tenantOf(ctx, "")
	answer, err := s.settlements.Reverse(ctx, lifecycle.ReverseAsk{
		Tenant: tenant, Actor: actorOf(ctx, tenant), Request: settlement.RequestID(in.GetRequestId()),
		Settlement: settlement.SettlementID(in.GetId()), Cause: in.GetCause(),
	})
	if err != nil {
		return nil, err
	}
	return encodeAnswer(ctx, &answer)
}

// GetSettlement reads one settlement.
func (s *service) GetSettlement(ctx context.Context, in *onestopv1.GetSettlementRequest) (*onestopv1.Settlement, error) {
	found, err := s.settlements.Settlement(ctx, tenantOf(ctx, ""), settlement.SettlementID(in.GetId()))
	if err != nil {
		return nil, err
	}
	return encodeSettlement(&found), nil
}

// ListSettlements reads one page of summaries.
func (s *service) ListSettlements(ctx context.Context, in *onestopv1.ListSettlementsRequest) (*onestopv1.ListSettlementsResponse, error) {
	query, err := decodeQuery(ctx, in)
	if err != nil {
		return nil, err
	}
	page, err := s.settlements.List(ctx, query)
	if err != nil {
		return nil, err
	}
	return encodePage(&page, pageKey(in.GetFilter(), query.Tenant)), nil
}

// GetStatement prints the patient's one sheet.
func (s *service) GetStatement(ctx context.Context, in *onestopv1.GetStatementRequest) (*httpbody.HttpBody, error) {
	found, err := s.settlements.Statement(ctx, tenantOf(ctx, ""), settlement.SettlementID(in.GetId()))
	if err != nil {
		return nil, err
	}
	language := words.Language(in.GetLanguage())
	if in.GetFormat() == "TEXT" {
		return printed("text/plain; charset=utf-8")(statement.Text(&found, language))
	}
	return printed("text/html; charset=utf-8")(statement.HTML(&found, language))
}

// printed wraps a sheet with its content type.
func printed(contentType string) func([]byte, error) (*httpbody.HttpBody, error) {
	return func(sheet []byte, err error) (*httpbody.HttpBody, error) {
		if err != nil {
			return nil, err
		}
		return &httpbody.HttpBody{ContentType: contentType, Data: sheet}, nil
	}
}

// replayedHeader marks an answer that was given before.
const replayedHeader = "idempotency-replayed"

// encodeAnswer gives a final answer as it was first given, and otherwise where
// the settlement stands.
func encodeAnswer(ctx context.Context, answer *lifecycle.Answer) (*onestopv1.Settlement, error) {
	if answer.Body == nil {
		return encodeSettlement(&answer.Settlement), nil
	}
	first := &onestopv1.Settlement{}
	if visitOf(ctx) == nil {
		// Over gRPC the bytes that were kept go out as they are: a message sends
		// what it has not looked into.
		first.ProtoReflect().SetUnknown(answer.Body)
	} else if err := proto.Unmarshal(answer.Body, first); err != nil {
		return nil, err
	}
	if !answer.Replayed {
		return first, nil
	}
	if err := replayed(ctx); err != nil {
		return nil, err
	}
	return first, nil
}

// lookedInto is a settlement with its fields, also where encodeAnswer sent it on
// unseen.
func lookedInto(s *onestopv1.Settlement) *onestopv1.Settlement {
	kept := s.ProtoReflect().GetUnknown()
	if s.GetId() != "" || len(kept) == 0 {
		return s
	}
	whole := &onestopv1.Settlement{}
	if err := proto.Unmarshal(kept, whole); err != nil {
		return s
	}
	return whole
}
