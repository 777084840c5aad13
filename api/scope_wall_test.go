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
	"github.com/onestop-gateway/onestop/settlement/stay"
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

type lookedStays struct {
	Admissions
	asked stay.Query
}

func (l *lookedStays) List(_ context.Context, query stay.Query) ([]stay.Stay, *stay.Mark, error) {
	l.asked = query
	return nil, nil, nil
}

type lookedNotices struct {
	Notices
	asked lifecycle.NoticeQuery
}

func (l *lookedNotices) ListNotices(_ context.Context, query lifecycle.NoticeQuery) ([]lifecycle.Notice, *lifecycle.NoticeMark, error) {
	l.asked = query
	return nil, nil, nil
}

// A caller whose token names facilities of a tenant lists no other facility's
// stays and notices, whatever the database can leave out by itself.
func TestListsAreOfTheCallersFacilities(t *testing.T) {
	for name, caller := range map[string]*identity.Caller{
		"a tenant's":    {Tenant: "H1", Roles: []identity.Role{identity.Cashier}},
		"a facility's":  {Tenant: "H1", Roles: []identity.Role{identity.Cashier}, Facilities: []settlement.FacilityID{"F1", "F2"}},
		"of an auditor": {Tenant: "H1", Roles: []identity.Role{identity.HospitalAuditor}, Facilities: []settlement.FacilityID{"F3"}},
	} {
		ctx, stays, notices := identity.With(t.Context(), caller), &lookedStays{}, &lookedNotices{}
		_, _, err := (&scopedAdmissions{of: stays}).List(ctx, stay.Query{})
		_, _, failed := (&scopedNotices{of: notices}).ListNotices(ctx, lifecycle.NoticeQuery{})
		if err != nil || failed != nil {
			t.Errorf("%s: %v, %v", name, err, failed)
		}
		for _, asked := range [][]settlement.FacilityID{stays.asked.Facilities, notices.asked.Facilities} {
			if diff := cmp.Diff(caller.Own(), asked); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

// movedAway is a correction of a person who lived in one region when it was
// proposed, and in another now.
type movedAway struct {
	Corrections
	decided []correction.Act
}

func (m *movedAway) Proposal(context.Context, correction.ID) (assent.Reading, error) {
	kept := correction.Proposal{Region: "360827", History: []correction.Event{{Act: correction.Proposed}}}
	return assent.Reading{Proposal: kept, Effect: &correction.Effect{Region: "511425"}}, nil
}

func (m *movedAway) Decide(_ context.Context, ask assent.Decision) (r assent.Reading, _ error) {
	m.decided = append(m.decided, ask.Act)
	return r, nil
}

// A bureau changes nobody who lives in another's region by now, whoever proposed
// it before; it may decline.
func TestACorrectionOfWhoMovedAwayIsNotApproved(t *testing.T) {
	for _, c := range []struct {
		act     correction.Act
		regions []settlement.RegionID
		want    settlement.Reason
	}{
		{correction.Approved, []settlement.RegionID{"360827"}, settlement.ReasonOutOfScope},
		{correction.Approved, []settlement.RegionID{"360827", "511425"}, ""},
		{correction.Declined, []settlement.RegionID{"360827"}, ""},
		{correction.Declined, []settlement.RegionID{"511425"}, settlement.ReasonCorrectionUnknown},
	} {
		of := &movedAway{}
		ctx := identity.With(t.Context(), &identity.Caller{Tenant: "MZ", Roles: []identity.Role{identity.BureauOfficer}, Regions: c.regions})
		_, err := (&scopedCorrections{of: of}).Decide(ctx, assent.Decision{Act: c.act})
		if err != nil && settlement.ReasonOf(err) != c.want || (err == nil) != (c.want == "") || (len(of.decided) == 1) != (c.want == "") {
			t.Errorf("%s in %v: %v, %v", c.act, c.regions, err, of.decided)
		}
	}
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
