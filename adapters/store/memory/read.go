package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Claim implements lifecycle.Store.
func (m *Store) Claim(ctx context.Context, claim lifecycle.Claim) ([]settlement.Settlement, error) {
	if err := store.GivenUp(ctx); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var due []settlement.Settlement
	for _, s := range m.settlements {
		if s.State.Open() && !claim.Now.Before(s.NextAt) && (s.Owner == "" || claim.Now.After(s.LeaseUntil)) {
			due = append(due, s)
		}
	}
	slices.SortFunc(due, func(a, b settlement.Settlement) int {
		return cmp.Or(a.NextAt.Compare(b.NextAt), a.OpenedAt.Compare(b.OpenedAt), cmp.Compare(a.ID, b.ID))
	})
	due = due[:min(len(due), claim.Limit)]
	for i := range due {
		due[i].Owner, due[i].LeaseUntil = claim.Owner, claim.Now.Add(claim.Lease)
		due[i].Epoch++
		due[i].Revision++
		m.settlements[due[i].ID] = due[i]
	}
	return due, nil
}

// Settlement implements lifecycle.Store.
func (m *Store) Settlement(ctx context.Context, id settlement.SettlementID) (settlement.Settlement, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, found := m.settlements[id]
	if !found {
		return s, refusal(settlement.KindNotFound, settlement.ReasonSettlementNotFound, id)
	}
	return s, store.GivenUp(ctx)
}

// Request implements lifecycle.Store.
func (m *Store) Request(ctx context.Context, key lifecycle.RequestKey) (lifecycle.Request, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept, found := m.requests[key]
	if !found {
		return kept, refusal(settlement.KindNotFound, settlement.ReasonSettlementNotFound, "")
	}
	return kept, store.GivenUp(ctx)
}

// List implements lifecycle.Store.
func (m *Store) List(ctx context.Context, query lifecycle.Query) ([]settlement.Settlement, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []settlement.Settlement
	for _, s := range m.settlements {
		if matches(&s, &query) && m.livesIn(s.Beneficiary.ID, query.Regions) {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b settlement.Settlement) int { return newest(a, lifecycle.Mark{OpenedAt: b.OpenedAt, ID: b.ID}) })
	return found[:min(len(found), query.Limit)], store.GivenUp(ctx)
}

// livesIn reports whether a person lives in one of the regions, if any are
// asked for.
func (m *Store) livesIn(person settlement.BeneficiaryID, regions []settlement.RegionID) bool {
	return len(regions) == 0 || slices.Contains(regions, m.persons[person].Region)
}

// newest orders a against a mark: the later opened first, then the larger id.
func newest(a settlement.Settlement, mark lifecycle.Mark) int {
	return cmp.Or(mark.OpenedAt.Compare(a.OpenedAt), cmp.Compare(mark.ID, a.ID))
}

func matches(s *settlement.Settlement, query *lifecycle.Query) bool {
	discharged := s.Claim.Discharge
	switch {
	case query.Tenant != "" && s.Tenant != query.Tenant,
		query.Facility != "" && s.Facility != query.Facility,
		query.Discharge != "" && s.Discharge != query.Discharge,
		query.Beneficiary != "" && s.Beneficiary.ID != query.Beneficiary,
		len(query.States) > 0 && !slices.Contains(query.States, s.State),
		query.From != 0 && discharged < query.From,
		query.To != 0 && discharged > query.To,
		query.Review && !s.Review,
		len(query.Facilities) > 0 && !slices.Contains(query.Facilities, s.Facility),
		query.Before != nil && newest(*s, *query.Before) <= 0:
		return false
	}
	return true
}

// Accumulator implements lifecycle.Store.
func (m *Store) Accumulator(ctx context.Context, key lifecycle.AccumulatorKey) (settlement.Accumulator, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.accumulators[key], store.GivenUp(ctx)
}

// Attempts are the journal of calls of a settlement, in order.
func (m *Store) Attempts(ctx context.Context, id settlement.SettlementID) ([]lifecycle.Attempt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.page(id).attempts), store.GivenUp(ctx)
}

// Entries are the ledger lines of a settlement, in order.
func (m *Store) Entries(ctx context.Context, id settlement.SettlementID) ([]settlement.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.page(id).entries), store.GivenUp(ctx)
}

// Events are the audit trail of a settlement, in order.
func (m *Store) Events(ctx context.Context, id settlement.SettlementID) ([]lifecycle.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.page(id).events), store.GivenUp(ctx)
}

// PersonByCertificate implements lifecycle.Registry.
func (m *Store) PersonByCertificate(ctx context.Context, certificate settlement.Private) (settlement.Person, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, person := range m.persons {
		if person.Certificate == certificate && certificate != "" {
			return person, store.GivenUp(ctx)
		}
	}
	return settlement.Person{}, refusal(settlement.KindNotFound, settlement.ReasonUnknownPerson, "")
}

// Person implements lifecycle.Registry.
func (m *Store) Person(ctx context.Context, id settlement.BeneficiaryID) (settlement.Person, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	person, found := m.persons[id]
	if !found {
		return person, refusal(settlement.KindNotFound, settlement.ReasonUnknownPerson, "")
	}
	return person, store.GivenUp(ctx)
}

// PutPerson plants a person without a history, as a simulation needs one.
func (m *Store) PutPerson(_ context.Context, person settlement.Person) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.persons[person.ID] = person
	return nil
}
