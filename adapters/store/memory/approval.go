package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/clearance"
)

// desk is what is kept of approvals.
type desk struct {
	approvals map[settlement.ApprovalNumber]approval.Approval // without their uses
	noted     map[clearance.Key]clearance.Mark
}

func newDesk() desk {
	return desk{approvals: map[settlement.ApprovalNumber]approval.Approval{}, noted: map[clearance.Key]clearance.Mark{}}
}

// Note implements clearance.Store.
func (m *Store) Note(ctx context.Context, note clearance.Note) error {
	if err := store.SoundNote(&note); err != nil {
		return err
	}
	return m.write(ctx, "note", func() error {
		kept, found := m.approvals[note.Number]
		_, asked := m.noted[note.Key]
		switch {
		case asked:
			return store.Taken("request_id", settlement.ReasonRequestInFlight)
		case note.Form != nil && found:
			return store.Taken("number", settlement.ReasonApprovalExists)
		case note.Form == nil && !found:
			return refusal(settlement.KindInternal, settlement.ReasonInternal, "")
		case note.Event.Line <= len(kept.History):
			return store.Abandoned(string(note.Number))
		}
		if note.Form != nil {
			kept.Form = *note.Form
		}
		kept.History = append(slices.Clip(kept.History), note.Event)
		m.approvals[note.Number] = kept
		m.noted[note.Key] = clearance.Mark{Number: note.Number, Line: note.Event.Line}
		return nil
	})
}

// Approval implements clearance.Store.
func (m *Store) Approval(ctx context.Context, number settlement.ApprovalNumber) (approval.Approval, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept, found := m.approvals[number]
	if !found {
		return kept, store.NoApproval("number", number)
	}
	kept.Use = m.useOf(number)
	return kept, store.GivenUp(ctx)
}

// useOf is the live settlement that names an approval, or nil.
func (m *Store) useOf(number settlement.ApprovalNumber) *approval.Use {
	for _, s := range m.settlements {
		if s.Claim.Approval == number && s.State != settlement.StateAborted && s.State != settlement.StateReversed {
			return &approval.Use{Settlement: s.ID, Tenant: s.Tenant, Discharge: s.Discharge}
		}
	}
	return nil
}

// Approvals implements clearance.Store.
func (m *Store) Approvals(ctx context.Context, query clearance.Query) ([]approval.Approval, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []approval.Approval
	for number, kept := range m.approvals {
		if number > query.After && (query.Person == "" || query.Person == kept.Person) && (query.Facility == "" || query.Facility == kept.Facility) &&
			(len(query.Facilities) == 0 || slices.Contains(query.Facilities, kept.Facility)) && m.livesIn(kept.Person, query.Regions) {
			kept.Use = m.useOf(number)
			found = append(found, kept)
		}
	}
	slices.SortFunc(found, func(a, b approval.Approval) int { return cmp.Compare(a.Number, b.Number) })
	return found[:min(len(found), query.Limit)], store.GivenUp(ctx)
}

// Noted implements clearance.Store.
func (m *Store) Noted(ctx context.Context, key clearance.Key) (clearance.Mark, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mark, found := m.noted[key]
	if !found {
		return mark, store.NoApproval("request_id", "")
	}
	return mark, store.GivenUp(ctx)
}
