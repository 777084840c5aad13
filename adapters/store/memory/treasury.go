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

// drawn is what a settlement drew on a fund's account and those below it, and
// whether it ever did.
func (m *Store) drawn(id settlement.SettlementID, account string) (paid settlement.Money, ever bool) {
	for _, e := range m.page(id).entries {
		if e.Account == account || strings.HasPrefix(e.Account, account+"/") {
			paid, ever = paid+e.Debit-e.Credit, true
		}
	}
	return paid, ever
}

// Days implements treasury.Store.
func (m *Store) Days(ctx context.Context, key fund.Key) ([]fund.Day, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var days []fund.Day
	for id, s := range m.settlements {
		if paid, _ := m.drawn(id, key.Account()); paid > 0 {
			days = append(days, fund.Day{Date: s.Claim.Discharge, Paid: paid, Settlements: 1})
		}
	}
	return fund.Ordered(days), store.GivenUp(ctx)
}

// Assisted implements treasury.Store.
func (m *Store) Assisted(ctx context.Context, region settlement.RegionID, year int, each func(*settlement.Settlement, settlement.Private) error) error {
	urban, rural := store.FundAccounts(region, year)
	m.mu.Lock()
	var found []settlement.Settlement
	names := map[settlement.BeneficiaryID]settlement.Private{}
	for id, s := range m.settlements {
		_, inUrban := m.drawn(id, urban)
		_, inRural := m.drawn(id, rural)
		if inUrban || inRural {
			found = append(found, s)
			names[s.Beneficiary.ID] = m.persons[s.Beneficiary.ID].Name
		}
	}
	m.mu.Unlock()
	slices.SortFunc(found, func(a, b settlement.Settlement) int {
		return cmp.Or(cmp.Compare(a.Beneficiary.ID, b.Beneficiary.ID), cmp.Compare(a.Sequence, b.Sequence))
	})
	for i := range found {
		if err := each(&found[i], names[found[i].Beneficiary.ID]); err != nil {
			return err
		}
	}
	return store.GivenUp(ctx)
}
