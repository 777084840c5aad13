package lifecycle

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// Settlement reads one settlement of a tenant; an empty tenant may read all.
// Another tenant's settlement is NotFound, like one that does not exist.
func (l *Lifecycle) Settlement(ctx context.Context, tenant settlement.TenantID, id settlement.SettlementID) (settlement.Settlement, error) {
	leave := reading(ctx)
	s, err := l.Store.Settlement(ctx, id)
	leave()
	if err == nil && tenant != "" && s.Tenant != tenant {
		err = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonSettlementNotFound}
	}
	if settlement.KindOf(err) == settlement.KindNotFound {
		return settlement.Settlement{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonSettlementNotFound, Field: "id", Object: string(id)}
	}
	return s, err
}

// List reads one page of settlements, newest first.
func (l *Lifecycle) List(ctx context.Context, query Query) (Page, error) {
	limit := query.Limit
	query.Limit++ // one more tells whether there is a next page
	leave := reading(ctx)
	found, err := l.Store.List(ctx, query)
	leave()
	if err != nil {
		return Page{}, err
	}
	if len(found) <= limit {
		return Page{Settlements: found}, nil
	}
	last := found[limit-1]
	return Page{Settlements: found[:limit], Next: &Mark{last.OpenedAt, last.ID}}, nil
}

// Statement reads what the person's printed sheet shows. NotFound as in
// Settlement.
func (l *Lifecycle) Statement(ctx context.Context, tenant settlement.TenantID, id settlement.SettlementID) (Statement, error) {
	s, err := l.Settlement(ctx, tenant, id)
	if err != nil {
		return Statement{}, err
	}
	person, err := l.Registry.Person(ctx, s.Beneficiary.ID)
	if err != nil {
		return Statement{}, err
	}
	used, err := l.Store.Accumulator(ctx, AccumulatorKey{s.Beneficiary.ID, s.Year})
	if err != nil {
		return Statement{}, err
	}
	statement := Statement{Settlement: s, Person: person, Facility: l.Directory.Facilities[s.Facility], Used: used}
	policy, version := l.policies.version(s.Policy, s.Version)
	if version == nil {
		return statement, nil
	}
	statement.Policy = policy.Title
	if s.Adjudication != nil {
		statement.Caps = version.Caps(s.Adjudication.Category, &s.Beneficiary, &s.Claim, &s.Coverage)
	}
	return statement, nil
}
