package api

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// looked notes the scope that what is looked up is bound to.
type looked struct {
	Settlements
	scope *lifecycle.Scope
}

func (l *looked) note(ctx context.Context) {
	scope, bound := lifecycle.ScopeOf(ctx)
	if l.scope = nil; bound {
		l.scope = &scope
	}
}

func (l *looked) List(ctx context.Context, _ lifecycle.Query) (page lifecycle.Page, _ error) {
	l.note(ctx)
	return page, nil
}

func (l *looked) Settle(ctx context.Context, _ lifecycle.Ask) (a lifecycle.Answer, _ error) {
	l.note(ctx)
	return a, nil
}

// registered is Persons, whose name one of its methods has.
type registered Persons

type lookedPersons struct {
	registered
	seen *looked
}

func (l *lookedPersons) Persons(ctx context.Context, _ eligibility.Query) (_ []settlement.Person, _ settlement.BeneficiaryID, _ error) {
	l.seen.note(ctx)
	return nil, "", nil
}

type lookedCorrections struct {
	Corrections
	seen *looked
}

func (l *lookedCorrections) Proposals(ctx context.Context, _ assent.Query) (_ []correction.Proposal, _ correction.ID, _ error) {
	l.seen.note(ctx)
	return nil, "", nil
}

// What is looked up for a caller is bound to the caller's scope on its way to
// the store, and settling is not.
func TestLookingUpIsBoundToTheScope(t *testing.T) {
	hospital := &identity.Caller{Tenant: "H1", Roles: []identity.Role{identity.Cashier}}
	bureau := &identity.Caller{Tenant: "MZ", Roles: []identity.Role{identity.BureauOfficer}, Regions: []settlement.RegionID{"360827"}}
	l := &looked{}
	lists := func(ctx context.Context) { _, _ = (&scopedSettlements{of: l}).List(ctx, lifecycle.Query{}) }
	for name, tt := range map[string]struct {
		caller *identity.Caller
		call   func(context.Context)
		want   *lifecycle.Scope
	}{
		"a hospital's list": {hospital, lists, &lifecycle.Scope{Facilities: []settlement.FacilityID{"H1"}}},
		"a bureau's list":   {bureau, lists, &lifecycle.Scope{Regions: []settlement.RegionID{"360827"}}},
		"settling": {hospital, func(ctx context.Context) {
			_, _ = (&scopedSettlements{of: l}).Settle(ctx, lifecycle.Ask{Facility: "H1"})
		}, nil},
		"persons": {bureau, func(ctx context.Context) {
			_, _, _ = (&scopedPersons{of: &lookedPersons{seen: l}}).Persons(ctx, eligibility.Query{})
		}, &lifecycle.Scope{Regions: []settlement.RegionID{"360827"}}},
		"corrections, of one who holds all regions": {bureau, func(ctx context.Context) {
			_, _, _ = (&scopedCorrections{of: &lookedCorrections{seen: l}, regions: bureau.Regions}).Proposals(ctx, assent.Query{})
		}, &lifecycle.Scope{Regions: []settlement.RegionID{"", "360827"}}},
		"corrections, of one who does not": {bureau, func(ctx context.Context) {
			_, _, _ = (&scopedCorrections{of: &lookedCorrections{seen: l}, regions: []settlement.RegionID{"511425"}}).Proposals(ctx, assent.Query{})
		}, &lifecycle.Scope{Regions: []settlement.RegionID{"360827"}}},
	} {
		tt.call(identity.With(t.Context(), tt.caller))
		if diff := cmp.Diff(tt.want, l.scope); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if scope, bound := lifecycle.ScopeOf(inScope(t.Context())); !bound || len(scope.Regions)+len(scope.Facilities) != 0 {
		t.Errorf("nobody is bound to %+v, %v", scope, bound)
	}
}
