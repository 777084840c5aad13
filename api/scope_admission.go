package api

import (
	"context"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// scopedAdmissions lets a hospital register and charge its own stays and meet
// them, others meet those of the persons of their regions.
type scopedAdmissions struct {
	of    Admissions
	homes homes
}

// Register registers for a facility of the caller's.
func (s *scopedAdmissions) Register(ctx context.Context, ask stay.Ask) (stay.Outcome, error) {
	if err := atFacility(ctx, ask.Facility); err != nil {
		return stay.Outcome{}, err
	}
	return s.of.Register(ctx, ask)
}

// Charge charges what Find finds.
func (s *scopedAdmissions) Charge(ctx context.Context, ask stay.ChargeAsk) (stay.Stay, error) {
	if _, err := s.Find(ctx, ask.Tenant, ask.Stay); err != nil {
		return stay.Stay{}, err
	}
	return s.of.Charge(ctx, ask)
}

// State speaks of what Find finds.
func (s *scopedAdmissions) State(ctx context.Context, said stay.Statement) (stay.Stay, error) {
	if _, err := s.Find(ctx, said.Tenant, said.Stay); err != nil {
		return stay.Stay{}, err
	}
	return s.of.State(ctx, said)
}

// Propose speaks of what Find finds.
func (s *scopedAdmissions) Propose(ctx context.Context, said stay.Suggestion) (stay.Stay, error) {
	if _, err := s.Find(ctx, said.Tenant, said.Stay); err != nil {
		return stay.Stay{}, err
	}
	return s.of.Propose(ctx, said)
}

// Approve decides on what Find finds.
func (s *scopedAdmissions) Approve(ctx context.Context, said stay.Decision) (stay.Stay, error) {
	if _, err := s.Find(ctx, said.Tenant, said.Stay); err != nil {
		return stay.Stay{}, err
	}
	return s.of.Approve(ctx, said)
}

// Decline decides on what Find finds.
func (s *scopedAdmissions) Decline(ctx context.Context, said stay.Decision) (stay.Stay, error) {
	if _, err := s.Find(ctx, said.Tenant, said.Stay); err != nil {
		return stay.Stay{}, err
	}
	return s.of.Decline(ctx, said)
}

// Find finds what the caller may meet.
func (s *scopedAdmissions) Find(ctx context.Context, tenant settlement.TenantID, id stay.ID) (stay.Stay, error) {
	found, err := s.of.Find(inScope(ctx), tenant, id)
	if err != nil {
		return stay.Stay{}, err
	}
	met, err := s.homes.meetsWhat(ctx, found.Form.Facility, found.Form.Person)
	if err == nil && !met {
		err = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonAdmissionNotFound, Field: "id", Value: string(id)}
	}
	if err != nil {
		return stay.Stay{}, err
	}
	return found, nil
}

// List lists, of what is asked for, what the caller may meet.
func (s *scopedAdmissions) List(ctx context.Context, query stay.Query) ([]stay.Summary, *stay.Mark, error) {
	caller := identity.Of(ctx)
	if caller == nil {
		return nil, nil, outOfScope("facility_id")
	}
	if caller.Hospital() {
		query.Tenant, query.Facilities = caller.Tenant, caller.Own()
	} else {
		query.Regions = caller.Regions
	}
	return s.of.List(inScope(ctx), query)
}
