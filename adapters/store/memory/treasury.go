package memory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// Post implements treasury.Store.
func (m *Store) Post(ctx context.Context, p fund.Posting, approval *correction.Note) error {
	if err := store.SoundPosting(p); err != nil {
		return err
	}
	if err := store.SoundCorrection(approval); err != nil {
		return err
	}
	return m.write(ctx, "post", func() error {
		for i := range m.postings {
			if m.postings[i].ID == p.ID || m.postings[i].Request == p.Request && m.postings[i].Tenant == p.Tenant {
				return store.Taken("request_id", settlement.ReasonRequestInFlight)
			}
		}
		if err := m.unsuggestible(approval); err != nil {
			return err
		}
		m.postings = append(m.postings, p)
		m.suggest(approval)
		return nil
	})
}

// PostingOf implements treasury.Store.
func (m *Store) PostingOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) (fund.Posting, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.postings, func(p fund.Posting) bool { return p.Request == request && p.Tenant == tenant })
	if i < 0 {
		return fund.Posting{}, store.Missing("request_id", "")
	}
	return m.postings[i], store.GivenUp(ctx)
}

// Postings implements treasury.Store.
func (m *Store) Postings(ctx context.Context, key fund.Key) (found []fund.Posting, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.postings {
		if p.Key == key {
			found = append(found, p)
		}
	}
	return found, store.GivenUp(ctx)
}

// drawn is what a settlement drew on a fund's account and those below it, what
// of that adjustments made, and whether it ever drew.
func (m *Store) drawn(id settlement.SettlementID, account string) (paid, adjusted settlement.Money, ever bool) {
	for _, e := range m.page(id).entries {
		if e.Account != account && !strings.HasPrefix(e.Account, account+"/") {
			continue
		}
		paid, ever = paid+e.Debit-e.Credit, true
		if e.Account == account+settlement.AdjustmentBelow {
			adjusted += e.Debit - e.Credit
		}
	}
	return paid, adjusted, ever
}

// Days implements treasury.Store.
func (m *Store) Days(ctx context.Context, key fund.Key) ([]fund.Day, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	draws := fund.Draws{}
	for id, s := range m.settlements {
		paid, adjusted, _ := m.drawn(id, key.Account())
		draws.Add(s.Claim.Discharge, paid, adjusted)
	}
	return draws.Days(), store.GivenUp(ctx)
}

// Assisted implements treasury.Store.
func (m *Store) Assisted(ctx context.Context, region settlement.RegionID, year int, each func(treasury.Drawn) error) error {
	m.mu.Lock()
	var found []treasury.Drawn
	for id, s := range m.settlements {
		for _, name := range []settlement.Fund{settlement.UrbanFund, settlement.RuralFund} {
			paid, adjusted, ever := m.drawn(id, fund.Key{Region: region, Fund: name, Year: year}.Account())
			if ever {
				found = append(found, treasury.Drawn{
					Settlement: &s, Name: m.persons[s.Beneficiary.ID].Name, Fund: name, Paid: paid, Adjusted: adjusted,
				})
			}
		}
	}
	m.mu.Unlock()
	slices.SortFunc(found, func(x, y treasury.Drawn) int {
		a, b := x.Settlement, y.Settlement
		return cmp.Or(cmp.Compare(a.Beneficiary.ID, b.Beneficiary.ID), cmp.Compare(a.Sequence, b.Sequence))
	})
	for _, drawn := range found {
		if err := each(drawn); err != nil {
			return err
		}
	}
	return store.GivenUp(ctx)
}
