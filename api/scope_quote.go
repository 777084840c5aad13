package api

import (
	"context"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// scopedQuotes lets a hospital quote, and meet what it was quoted. Others see
// what is held for the persons of their regions.
type scopedQuotes struct{ of Quotes }

// Quote asks for a facility of the caller's.
func (s *scopedQuotes) Quote(ctx context.Context, ask lifecycle.Ask) (lifecycle.Quote, error) {
	if err := atFacility(ctx, ask.Facility); err != nil {
		return lifecycle.Quote{}, err
	}
	return s.of.Quote(ctx, ask)
}

// FindQuote finds what was quoted to a facility of the caller's.
func (s *scopedQuotes) FindQuote(ctx context.Context, tenant settlement.TenantID, id settlement.QuoteID) (lifecycle.Quote, error) {
	quote, err := s.of.FindQuote(inScope(ctx), tenant, id)
	if err != nil {
		return lifecycle.Quote{}, err
	}
	if atFacility(ctx, quote.Facility) != nil {
		return lifecycle.Quote{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonQuoteNotFound, Field: "id", Value: string(id)}
	}
	return quote, nil
}

// ReleaseQuote releases what FindQuote finds.
func (s *scopedQuotes) ReleaseQuote(ctx context.Context, ask lifecycle.ReleaseAsk) (lifecycle.Quote, error) {
	if _, err := s.FindQuote(ctx, ask.Tenant, ask.Quote); err != nil {
		return lifecycle.Quote{}, err
	}
	return s.of.ReleaseQuote(ctx, ask)
}

// Holding lists, of what is asked for, what the caller may meet: a bureau goes
// by where the person lived when it was quoted.
func (s *scopedQuotes) Holding(ctx context.Context, query lifecycle.HoldingQuery) ([]lifecycle.Quote, settlement.QuoteID, error) {
	caller := identity.Of(ctx)
	if caller == nil {
		return nil, "", outOfScope("facility_id")
	}
	if caller.Hospital() {
		query.Facilities = caller.Own()
	} else {
		query.Regions = caller.Regions
	}
	return s.of.Holding(inScope(ctx), query)
}
