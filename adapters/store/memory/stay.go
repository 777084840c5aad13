package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// AddStayEvent implements stay.Store.
func (m *Store) AddStayEvent(ctx context.Context, event stay.Event, after *stay.Summary) error {
	if err := store.SoundStayEvent(&event); err != nil {
		return err
	}
	return m.write(ctx, "stay", func() error {
		for i := range m.stays {
			kept := &m.stays[i]
			if kept.Stay == event.Stay && kept.No == event.No || event.Request != "" && kept.Tenant == event.Tenant && kept.Request == event.Request {
				return store.Taken("request_id", settlement.ReasonRequestInFlight)
			}
		}
		m.stays = append(m.stays, event)
		m.summaries[event.Stay] = *after
		return nil
	})
}

// Stays implements stay.Store.
func (m *Store) Stays(ctx context.Context, query stay.Query) ([]stay.Listed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var marks []stay.Mark
	for i := range m.stays {
		e := &m.stays[i]
		mark, after := stay.Mark{At: e.At, ID: e.Stay}, m.summaries[e.Stay]
		if e.No == 1 && (query.Tenant == "" || query.Tenant == e.Tenant) && (query.Person == "" || query.Person == e.Form.Person) &&
			(query.Facility == "" || query.Facility == e.Form.Facility) &&
			(len(query.Facilities) == 0 || slices.Contains(query.Facilities, e.Form.Facility)) && m.livesIn(e.Form.Person, query.Regions) &&
			(!query.Outstanding || after.Outstanding) && (!query.ForPeople || after.ForPeople()) && (query.Before == nil || later(*query.Before, mark) < 0) {
			marks = append(marks, mark)
		}
	}
	slices.SortFunc(marks, later)
	var found []stay.Listed
	for _, mark := range marks[:min(len(marks), query.Limit)] {
		listed := stay.Listed{Summary: m.summaries[mark.ID]}
		for i := range m.stays {
			if m.stays[i].Stay == mark.ID {
				listed.Kept++
			}
		}
		found = append(found, listed)
	}
	return found, store.GivenUp(ctx)
}

// later is the order of a listing: by time and then id, both descending.
func later(a, b stay.Mark) int {
	return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID))
}

// StayEvents implements stay.Store. What is kept of a stay is in order.
func (m *Store) StayEvents(ctx context.Context, id stay.ID) ([]stay.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stayEvents(ctx, id)
}

// StayEventsOf implements stay.Store.
func (m *Store) StayEventsOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) ([]stay.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.stays {
		if kept := &m.stays[i]; kept.No == 1 && kept.Tenant == tenant && kept.Request == request {
			return m.stayEvents(ctx, kept.Stay)
		}
	}
	return nil, store.NoStay("")
}

func (m *Store) stayEvents(ctx context.Context, id stay.ID) ([]stay.Event, error) {
	var found []stay.Event
	for no, more := 1, true; more; no++ {
		more = false
		for i := range m.stays {
			if m.stays[i].Stay == id && m.stays[i].No == no {
				found, more = append(found, m.stays[i]), true
			}
		}
	}
	if err := store.GivenUp(ctx); err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, store.NoStay(id)
	}
	return found, nil
}
