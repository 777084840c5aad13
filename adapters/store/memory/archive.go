package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Dossiers implements lifecycle.Archive.
func (m *Store) Dossiers(ctx context.Context, after lifecycle.Place, limit int) ([]lifecycle.Dossier, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []lifecycle.Dossier
	for id, s := range m.settlements {
		d := lifecycle.Dossier{Settlement: s}
		if byPlace(d.Place(), after) <= 0 {
			continue
		}
		page := m.page(id)
		d.Attempts, d.Entries, d.Events = slices.Clone(page.attempts), slices.Clone(page.entries), slices.Clone(page.events)
		d.Requests = m.requestsOf(id)
		found = append(found, d)
	}
	slices.SortFunc(found, func(a, b lifecycle.Dossier) int { return byPlace(a.Place(), b.Place()) })
	return found[:min(len(found), limit)], store.GivenUp(ctx)
}

func (m *Store) requestsOf(id settlement.SettlementID) (requests []lifecycle.Request) {
	for _, request := range m.requests {
		if request.Settlement == id {
			requests = append(requests, request)
		}
	}
	slices.SortFunc(requests, func(a, b lifecycle.Request) int {
		return cmp.Or(cmp.Compare(a.Key.Method, b.Key.Method), cmp.Compare(a.Key.Request, b.Key.Request))
	})
	return requests
}

func byPlace(a, b lifecycle.Place) int {
	return cmp.Or(byYear(a.AccumulatorKey, b.AccumulatorKey), cmp.Compare(a.ID, b.ID))
}

func byYear(a, b lifecycle.AccumulatorKey) int {
	return cmp.Or(cmp.Compare(a.Beneficiary, b.Beneficiary), cmp.Compare(a.Year, b.Year))
}

// Accumulators implements lifecycle.Archive.
func (m *Store) Accumulators(ctx context.Context, after lifecycle.AccumulatorKey, limit int) ([]lifecycle.AccumulatorRow, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []lifecycle.AccumulatorRow
	for key, used := range m.accumulators {
		if byYear(key, after) > 0 {
			found = append(found, lifecycle.AccumulatorRow{Key: key, Used: used, Holds: m.holds[key]})
		}
	}
	slices.SortFunc(found, func(a, b lifecycle.AccumulatorRow) int { return byYear(a.Key, b.Key) })
	return found[:min(len(found), limit)], store.GivenUp(ctx)
}
