package api

import (
	"context"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// scopedSettlements lets a hospital meet what it settled, others what was
// settled for the persons of their regions. Another's is NotFound, like one
// that does not exist.
type scopedSettlements struct {
	of    Settlements
	homes homes
}

// Settle settles for a facility of the caller's.
func (s *scopedSettlements) Settle(ctx context.Context, ask lifecycle.Ask) (lifecycle.Answer, error) {
	if err := atFacility(ctx, ask.Facility); err != nil {
		return lifecycle.Answer{}, err
	}
	return s.of.Settle(ctx, ask)
}

// Reverse undoes what Settlement finds.
func (s *scopedSettlements) Reverse(ctx context.Context, ask lifecycle.ReverseAsk) (lifecycle.Answer, error) {
	if _, err := s.Settlement(ctx, ask.Tenant, ask.Settlement); err != nil {
		return lifecycle.Answer{}, err
	}
	return s.of.Reverse(ctx, ask)
}

// Settlement finds what the caller may meet.
func (s *scopedSettlements) Settlement(ctx context.Context, tenant settlement.TenantID, id settlement.SettlementID) (settlement.Settlement, error) {
	found, err := s.of.Settlement(inScope(ctx), tenant, id)
	if err == nil {
		err = s.met(ctx, &found)
	}
	if err != nil {
		return settlement.Settlement{}, err
	}
	return found, nil
}

// met refuses a settlement of somebody else's.
func (s *scopedSettlements) met(ctx context.Context, found *settlement.Settlement) error {
	met, err := s.homes.meetsWhat(ctx, found.Facility, found.Beneficiary.ID)
	if err == nil && !met {
		err = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonSettlementNotFound, Field: "id", Object: string(found.ID)}
	}
	return err
}

// List lists, of what is asked for, what the caller may meet.
func (s *scopedSettlements) List(ctx context.Context, query lifecycle.Query) (lifecycle.Page, error) {
	caller := identity.Of(ctx)
	if caller == nil {
		return lifecycle.Page{}, outOfScope("filter")
	}
	if caller.Hospital() {
		query.Facilities = caller.Own()
	} else {
		query.Regions = caller.Regions
	}
	return s.of.List(inScope(ctx), query)
}

// Statement prints what Settlement finds.
func (s *scopedSettlements) Statement(ctx context.Context, tenant settlement.TenantID, id settlement.SettlementID) (lifecycle.Statement, error) {
	if _, err := s.Settlement(ctx, tenant, id); err != nil {
		return lifecycle.Statement{}, err
	}
	return s.of.Statement(ctx, tenant, id)
}
