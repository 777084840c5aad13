package api

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/clearance"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// sideOf is one of the two parties of the matrix: a hospital and the bureau of
// its region. Every object of a side has the side's name in its id.
type sideOf struct {
	name     string
	facility settlement.FacilityID
	region   settlement.RegionID
}

var (
	ownSide   = sideOf{"own", "H36082700001", "360827"}
	otherSide = sideOf{"other", "H51142500001", "511425"}
	twoSides  = []sideOf{ownSide, otherSide}
)

// sideNamed finds the side an id speaks of.
func sideNamed(id string) (sideOf, bool) {
	for _, side := range twoSides {
		if strings.Contains(id, side.name) {
			return side, true
		}
	}
	return sideOf{}, false
}

// twoTowns are the ports behind both transports, with objects of two sides. It
// counts what was done to the other side's.
type twoTowns struct {
	*fake
	wronged atomic.Int32
}

// done notes that something was done to an object or for a facility or region.
func (w *twoTowns) done(to string) {
	if strings.Contains(to, otherSide.name) || to == string(otherSide.facility) || to == string(otherSide.region) {
		w.wronged.Add(1)
	}
}

func (w *twoTowns) settled(side sideOf) settlement.Settlement {
	s := committed()
	s.ID, s.Tenant, s.Facility = settlement.SettlementID("st-"+side.name), settlement.TenantID(side.facility), side.facility
	s.Beneficiary.ID, s.Discharge = settlement.BeneficiaryID("p-"+side.name), settlement.DischargeID("d-"+side.name)
	return s
}

func (w *twoTowns) Settlement(_ context.Context, tenant settlement.TenantID, id settlement.SettlementID) (settlement.Settlement, error) {
	side, found := sideNamed(string(id))
	if !found || tenant != "" && tenant != settlement.TenantID(side.facility) {
		return settlement.Settlement{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonSettlementNotFound, Field: "id", Object: string(id)}
	}
	return w.settled(side), nil
}

func (w *twoTowns) Statement(ctx context.Context, tenant settlement.TenantID, id settlement.SettlementID) (lifecycle.Statement, error) {
	s, err := w.Settlement(ctx, tenant, id)
	return lifecycle.Statement{Settlement: s, Person: person(), Facility: facility(), Policy: "某某县办法"}, err
}

func (w *twoTowns) List(_ context.Context, query lifecycle.Query) (page lifecycle.Page, err error) {
	for _, side := range twoSides {
		if s := w.settled(side); (len(query.Facilities) == 0 || slices.Contains(query.Facilities, side.facility)) &&
			(len(query.Regions) == 0 || slices.Contains(query.Regions, side.region)) && (query.Tenant == "" || query.Tenant == s.Tenant) &&
			(query.Facility == "" || query.Facility == s.Facility) {
			page.Settlements = append(page.Settlements, s)
		}
	}
	return page, nil
}

func (w *twoTowns) Quote(ctx context.Context, ask lifecycle.Ask) (lifecycle.Quote, error) {
	w.done(string(ask.Facility))
	return w.fake.Quote(ctx, ask)
}

func (w *twoTowns) Settle(ctx context.Context, ask lifecycle.Ask) (lifecycle.Answer, error) {
	w.done(string(ask.Facility))
	return w.fake.Settle(ctx, ask)
}

func (w *twoTowns) Reverse(_ context.Context, ask lifecycle.ReverseAsk) (lifecycle.Answer, error) {
	s, err := w.Settlement(context.Background(), ask.Tenant, ask.Settlement)
	w.done(string(s.ID))
	return lifecycle.Answer{Settlement: s}, err
}

// FindQuote goes by the facility alone, as though the lifecycle forgot tenants.
func (w *twoTowns) FindQuote(_ context.Context, _ settlement.TenantID, id settlement.QuoteID) (lifecycle.Quote, error) {
	side, found := sideNamed(string(id))
	if !found {
		return lifecycle.Quote{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonQuoteNotFound, Field: "id", Value: string(id)}
	}
	s := committed()
	return lifecycle.Quote{Quote: settlement.Quote{ID: id, Facility: side.facility, Claim: s.Claim, Coverage: s.Total(), Adjudication: *adjudicated(), Legs: s.Legs}}, nil
}

func (w *twoTowns) Holding(ctx context.Context, query lifecycle.HoldingQuery) (found []lifecycle.Quote, _ settlement.QuoteID, _ error) {
	for _, side := range twoSides {
		if (len(query.Facilities) == 0 || slices.Contains(query.Facilities, side.facility)) && (len(query.Regions) == 0 || slices.Contains(query.Regions, side.region)) {
			quote, err := w.FindQuote(ctx, query.Tenant, settlement.QuoteID("q-"+side.name))
			if err != nil {
				return nil, "", err
			}
			quote.Beneficiary.ID = settlement.BeneficiaryID("p-" + side.name)
			found = append(found, quote)
		}
	}
	return found, "", nil
}

func (w *twoTowns) ReleaseQuote(ctx context.Context, ask lifecycle.ReleaseAsk) (lifecycle.Quote, error) {
	w.done(string(ask.Quote))
	return w.FindQuote(ctx, ask.Tenant, ask.Quote)
}

func (w *twoTowns) Notify(_ context.Context, ask lifecycle.Ask) (lifecycle.Noticed, error) {
	w.done(string(ask.Facility))
	return lifecycle.Noticed{Notice: lifecycle.Notice{ID: "n-1", Facility: ask.Facility}}, nil
}

// FindNotice goes by the facility alone, as though the lifecycle forgot tenants.
func (w *twoTowns) FindNotice(_ context.Context, _ settlement.TenantID, id settlement.NoticeID) (lifecycle.Notice, error) {
	side, found := sideNamed(string(id))
	if !found {
		return lifecycle.Notice{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonNoticeNotFound, Field: "id", Value: string(id)}
	}
	return lifecycle.Notice{ID: id, Facility: side.facility, Person: settlement.BeneficiaryID("p-" + side.name), Claim: committed().Claim}, nil
}

func (w *twoTowns) ListNotices(_ context.Context, query lifecycle.NoticeQuery) (found []lifecycle.Notice, _ *lifecycle.NoticeMark, _ error) {
	for _, side := range twoSides {
		if (query.Tenant == "" || query.Tenant == settlement.TenantID(side.facility)) && (len(query.Regions) == 0 || slices.Contains(query.Regions, side.region)) {
			found = append(found, lifecycle.Notice{ID: settlement.NoticeID("n-" + side.name), Facility: side.facility, Person: settlement.BeneficiaryID("p-" + side.name), Claim: committed().Claim})
		}
	}
	return found, nil, nil
}

// twoBureaus is the register of two towns.
type twoBureaus struct {
	*bureau
	towns *twoTowns
}

func (b *twoBureaus) Person(_ context.Context, id settlement.BeneficiaryID, _ time.Time, _ settlement.Date) (registry.State, error) {
	side, found := sideNamed(string(id))
	if !found {
		return registry.State{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonUnknownPerson, Object: string(id)}
	}
	state := b.state()
	state.Person.ID, state.Person.Region = id, side.region
	return state, nil
}

func (b *twoBureaus) History(ctx context.Context, id settlement.BeneficiaryID) ([]registry.Change, error) {
	if _, err := b.Person(ctx, id, time.Time{}, 0); err != nil {
		return nil, err
	}
	return b.bureau.History(ctx, id)
}

func (b *twoBureaus) Persons(_ context.Context, query eligibility.Query) (found []settlement.Person, _ settlement.BeneficiaryID, err error) {
	for _, side := range twoSides {
		if query.Region == "" || query.Region == side.region {
			p := person()
			p.ID, p.Region = settlement.BeneficiaryID("p-"+side.name), side.region
			found = append(found, p)
		}
	}
	return found, "", nil
}

func (b *twoBureaus) Enrol(ctx context.Context, ask eligibility.Enrolment) (eligibility.Recorded, error) {
	b.towns.done(string(ask.Draft.Facts.Region))
	return b.recorded()
}

func (b *twoBureaus) Record(ctx context.Context, ask eligibility.Notice) (eligibility.Recorded, error) {
	b.towns.done(string(ask.Person))
	if _, err := b.Person(ctx, ask.Person, time.Time{}, 0); err != nil {
		return eligibility.Recorded{}, err
	}
	return b.recorded()
}

func (b *twoBureaus) OpenReview(_ context.Context, region settlement.RegionID, q registry.Quarter, by string) (eligibility.Reviewed, error) {
	b.towns.done(string(region))
	return eligibility.Reviewed{Review: registry.Review{ID: registry.ReviewOf(region, q), Region: region, Quarter: q, By: by}}, nil
}

func (b *twoBureaus) Review(_ context.Context, id registry.ReviewID) (eligibility.Reviewed, error) {
	side, found := sideNamed(string(id))
	if !found {
		return eligibility.Reviewed{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonUnknownReview, Object: string(id)}
	}
	return eligibility.Reviewed{Review: registry.Review{ID: id, Region: side.region, By: "operator/maker"}}, nil
}

func (b *twoBureaus) Decide(ctx context.Context, d registry.Decision) (eligibility.Recorded, error) {
	b.towns.done(string(d.Review))
	if _, err := b.Review(ctx, d.Review); err != nil {
		return eligibility.Recorded{}, err
	}
	return b.recorded()
}

// twoDesks keeps an approval of each side.
type twoDesks struct{ towns *twoTowns }

func (d *twoDesks) Today() settlement.Date { return 20120701 }

func (d *twoDesks) Submit(_ context.Context, ask clearance.Submission) (clearance.Outcome, error) {
	d.towns.done(string(ask.Form.Person))
	if _, found := sideNamed(string(ask.Form.Person)); !found {
		return clearance.Outcome{}, &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonUnknownPerson, Field: "person_id"}
	}
	return clearance.Outcome{}, nil
}

func (d *twoDesks) Decide(ctx context.Context, ask clearance.Decision) (clearance.Outcome, error) {
	d.towns.done(string(ask.Number))
	found, err := d.Approval(ctx, ask.Number)
	return clearance.Outcome{Approval: found}, err
}

func (d *twoDesks) Approval(_ context.Context, number settlement.ApprovalNumber) (approval.Approval, error) {
	side, found := sideNamed(string(number))
	if !found {
		return approval.Approval{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonApprovalUnknown, Field: "number", Value: string(number)}
	}
	return approval.Approval{Form: approval.Form{Number: number, Person: settlement.BeneficiaryID("p-" + side.name), Facility: side.facility}}, nil
}

func (d *twoDesks) Approvals(ctx context.Context, query clearance.Query) (found []approval.Approval, _ settlement.ApprovalNumber, err error) {
	for _, side := range twoSides {
		if (len(query.Facilities) == 0 || slices.Contains(query.Facilities, side.facility)) && (len(query.Regions) == 0 || slices.Contains(query.Regions, side.region)) {
			a, err := d.Approval(ctx, settlement.ApprovalNumber("a-"+side.name))
			if err != nil {
				return nil, "", err
			}
			found = append(found, a)
		}
	}
	return found, "", nil
}

// twoBooks notes whose fund is posted to.
type twoBooks struct {
	books
	towns *twoTowns
}

func (b *twoBooks) Post(_ context.Context, p fund.Posting) (fund.Posting, bool, error) {
	b.towns.done(string(p.Key.Region))
	return p, false, nil
}

func (b *twoBooks) Postings(context.Context, fund.Key) ([]fund.Posting, error) { return nil, nil }
