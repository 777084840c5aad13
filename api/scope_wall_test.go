package api

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/report"
	"github.com/onestop-gateway/onestop/settlement/stay"
	"github.com/onestop-gateway/onestop/settlement/treasury"
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

type lookedQuotes struct {
	Quotes
	seen *looked
}

func (l *lookedQuotes) FindQuote(ctx context.Context, _ settlement.TenantID, _ settlement.QuoteID) (q lifecycle.Quote, _ error) {
	l.seen.note(ctx)
	return q, nil
}

func (l *lookedQuotes) Holding(ctx context.Context, _ lifecycle.HoldingQuery) (_ []lifecycle.Quote, _ settlement.QuoteID, _ error) {
	l.seen.note(ctx)
	return nil, "", nil
}

type lookedFunds struct {
	Funds
	seen *looked
}

func (l *lookedFunds) Standing(ctx context.Context, _ fund.Key) (s fund.Standing, _ error) {
	l.seen.note(ctx)
	return s, nil
}

func (l *lookedFunds) Report(ctx context.Context, _ settlement.RegionID, _ int) (r treasury.Report, _ error) {
	l.seen.note(ctx)
	return r, nil
}

func (l *lookedFunds) Disclose(ctx context.Context, _ settlement.RegionID, _ int, _ func(report.Disclosure) error) error {
	l.seen.note(ctx)
	return nil
}

// shownClearings is Clearings, whose name one of its methods has.
type shownClearings Clearings

type lookedClearings struct {
	shownClearings
	seen *looked
}

func (l *lookedClearings) Clearing(ctx context.Context, _ clearing.Number, _ clearinghouse.Scope) (c clearing.Clearing, _ []clearing.Position, _ error) {
	l.seen.note(ctx)
	return c, nil, nil
}

func (l *lookedClearings) Clearings(ctx context.Context, _ clearinghouse.Query) (_ []clearing.Clearing, _ clearing.Number, _ error) {
	l.seen.note(ctx)
	return nil, 0, nil
}

// Quotes, the books of funds and clearings are looked up behind the wall, too;
// who holds everything of a clearing is bound to nothing.
func TestQuotesFundsAndClearingsAreBoundToTheScope(t *testing.T) {
	own := []settlement.RegionID{"360827"}
	hospital := &identity.Caller{Tenant: "H1", Roles: []identity.Role{identity.Cashier}}
	bureau := &identity.Caller{Tenant: "MZ", Roles: []identity.Role{identity.BureauOfficer}, Regions: own}
	operator := &identity.Caller{Tenant: "OP", Roles: []identity.Role{identity.Operator}}
	l := &looked{}
	quotes, funds := &scopedQuotes{of: &lookedQuotes{seen: l}}, &scopedFunds{of: &lookedFunds{seen: l}}
	places := places{"H1": {ID: "H1", Region: "360827"}, "H2": {ID: "H2", Region: "511425"}}
	shared := &scopedClearings{of: &lookedClearings{seen: l}, places: places, regions: []settlement.RegionID{"360827", "511425"}}
	whole := &scopedClearings{of: &lookedClearings{seen: l}, places: map[settlement.FacilityID]lifecycle.Facility{"H1": places["H1"]}, regions: own}
	all := clearinghouse.Scope{All: true}
	books := &lifecycle.Scope{Regions: own, Funds: own}
	for name, tt := range map[string]struct {
		caller *identity.Caller
		call   func(context.Context)
		want   *lifecycle.Scope
	}{
		"a hospital's quote":  {hospital, func(ctx context.Context) { _, _ = quotes.FindQuote(ctx, "H1", "q") }, &lifecycle.Scope{Facilities: []settlement.FacilityID{"H1"}}},
		"what is held":        {bureau, func(ctx context.Context) { _, _, _ = quotes.Holding(ctx, lifecycle.HoldingQuery{}) }, &lifecycle.Scope{Regions: own}},
		"how a fund stands":   {bureau, func(ctx context.Context) { _, _ = funds.Standing(ctx, fund.Key{Region: "360827"}) }, books},
		"a year":              {bureau, func(ctx context.Context) { _, _ = funds.Report(ctx, "360827", 2012) }, books},
		"a public list":       {bureau, func(ctx context.Context) { _ = funds.Disclose(ctx, "360827", 2012, nil) }, books},
		"a clearing, to one":  {hospital, func(ctx context.Context) { _, _, _ = shared.Clearing(ctx, 1, all) }, &lifecycle.Scope{Facilities: []settlement.FacilityID{"H1"}}},
		"clearings, to some":  {bureau, func(ctx context.Context) { _, _, _ = shared.Clearings(ctx, clearinghouse.Query{Scope: all}) }, &lifecycle.Scope{Facilities: []settlement.FacilityID{"H1"}, Regions: own, Funds: own}},
		"one, to who has all": {bureau, func(ctx context.Context) { _, _, _ = whole.Clearing(ctx, 1, all) }, nil},
		"one, to an operator": {operator, func(ctx context.Context) { _, _, _ = shared.Clearing(ctx, 1, all) }, nil},
	} {
		l.scope = &lifecycle.Scope{Regions: []settlement.RegionID{"nothing was looked up"}}
		tt.call(identity.With(t.Context(), tt.caller))
		if diff := cmp.Diff(tt.want, l.scope); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// sheets notes what a statement's settlement was looked up behind.
type sheets struct {
	*looked
	behind bool
}

func (p *sheets) Settlement(ctx context.Context, _ settlement.TenantID, _ settlement.SettlementID) (s settlement.Settlement, _ error) {
	_, p.behind = lifecycle.ScopeOf(ctx)
	s.Facility = "H2"
	return s, nil
}

// A sheet is printed of a settlement that was found behind the wall, and of no
// other.
func TestASheetIsOfWhatTheCallerFinds(t *testing.T) {
	p := &sheets{looked: &looked{}} // whose Statement would be a nil call
	hospital := &identity.Caller{Tenant: "H1", Roles: []identity.Role{identity.Cashier}}
	_, err := (&scopedSettlements{of: p}).Statement(identity.With(t.Context(), hospital), "H1", "s")
	if !p.behind || settlement.ReasonOf(err) != settlement.ReasonSettlementNotFound {
		t.Errorf("behind the wall %t: %v", p.behind, err)
	}
}

type lookedStays struct {
	Admissions
	asked stay.Query
}

func (l *lookedStays) List(_ context.Context, query stay.Query) ([]stay.Summary, *stay.Mark, error) {
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
