package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Open implements lifecycle.Store.
func (m *Store) Open(ctx context.Context, change lifecycle.Change) error {
	return m.write(ctx, "open", func() error {
		s := change.Settlement
		if _, found := m.settlements[s.ID]; found || m.live(s.Tenant, s.Discharge) {
			return refusal(settlement.KindExists, settlement.ReasonDischargeOpen, s.ID)
		}
		if s.Claim.Approval != "" && m.useOf(s.Claim.Approval) != nil {
			return store.Taken("approval", settlement.ReasonApprovalUsed)
		}
		if change.Request == nil {
			return refusal(settlement.KindInternal, settlement.ReasonInternal, s.ID)
		}
		change.Settlement.Revision = 0
		return m.put(change)
	})
}

// live reports whether the discharge has a settlement that still counts.
func (m *Store) live(tenant settlement.TenantID, discharge settlement.DischargeID) bool {
	for _, s := range m.settlements {
		if s.Tenant == tenant && s.Discharge == discharge && s.State != settlement.StateAborted && s.State != settlement.StateReversed {
			return true
		}
	}
	return false
}

// Advance implements lifecycle.Store.
func (m *Store) Advance(ctx context.Context, change lifecycle.Change) error {
	return m.write(ctx, "advance", func() error {
		if err := m.fence(change.Settlement); err != nil {
			return err
		}
		return m.put(change)
	})
}

// fence refuses a write over a record that has moved on.
func (m *Store) fence(seen settlement.Settlement) error {
	current, found := m.settlements[seen.ID]
	if !found || current.Revision != seen.Revision || current.Epoch != seen.Epoch {
		return refusal(settlement.KindConflict, settlement.ReasonStaleRecord, seen.ID)
	}
	return nil
}

// Close implements lifecycle.Store.
func (m *Store) Close(ctx context.Context, current settlement.Settlement, decide lifecycle.Decide) (closed settlement.Settlement, err error) {
	err = m.write(ctx, "close", func() error {
		key := lifecycle.AccumulatorKey{Beneficiary: current.Beneficiary.ID, Year: current.Year}
		ground := lifecycle.Ground{Used: m.accumulators[key], Holds: m.holds[key], Sequence: m.sequence + 1, Later: m.later(current)}
		change, err := decide(ground)
		if err != nil {
			return err
		}
		if err := m.fence(change.Settlement); err != nil {
			return err
		}
		used := m.accumulators[key].Plus(change.Delta)
		if negative(used) || !m.known(change.Review) {
			return refusal(settlement.KindInternal, settlement.ReasonInternal, current.ID)
		}
		if err := m.put(change); err != nil {
			return err
		}
		m.accumulators[key] = used
		m.sequence = max(m.sequence, change.Settlement.Sequence)
		m.flag(change.Review)
		if len(change.Quotes) > 0 {
			m.tell(key, change.Holds, change.Quotes)
		}
		closed = m.settlements[current.ID]
		return nil
	})
	return closed, err
}

// negative reports whether any part of what is used would be less than nothing.
func negative(used settlement.Accumulator) bool {
	for _, amount := range used.Used {
		if amount < 0 {
			return true
		}
	}
	return min(used.DeductibleMet, used.CriticalIllnessBase, used.CriticalIllnessPaid, settlement.Money(used.CareGrants)) < 0
}

func (m *Store) known(ids []settlement.SettlementID) bool {
	return !slices.ContainsFunc(ids, func(id settlement.SettlementID) bool {
		_, found := m.settlements[id]
		return !found
	})
}

// flag marks settlements for review and raises their revision, so that a writer
// who has not seen the flag cannot take it off.
func (m *Store) flag(ids []settlement.SettlementID) {
	for _, id := range ids {
		s := m.settlements[id]
		s.Review = true
		s.Revision++
		m.settlements[id] = s
	}
}

// later are the settlements of the same person and year after one that has a
// sequence and not undone, in order.
func (m *Store) later(current settlement.Settlement) []settlement.Settlement {
	if current.Sequence == 0 {
		return nil
	}
	var later []settlement.Settlement
	for _, s := range m.settlements {
		same := s.Beneficiary.ID == current.Beneficiary.ID && s.Year == current.Year
		if same && s.Sequence > current.Sequence && s.State != settlement.StateReversed {
			later = append(later, s)
		}
	}
	slices.SortFunc(later, func(a, b settlement.Settlement) int { return cmp.Compare(a.Sequence, b.Sequence) })
	return later
}

// put checks everything a change could collide with and then writes it whole.
func (m *Store) put(change lifecycle.Change) error {
	s := change.Settlement
	if err := m.collide(change); err != nil {
		return err
	}
	s.Revision++
	m.settlements[s.ID] = s
	for _, message := range store.Allocated(change) {
		m.messages[message] = s.ID
	}
	if change.Request != nil {
		m.requests[change.Request.Key] = *change.Request
	}
	if change.Final != nil {
		kept := m.requests[change.Final.Key]
		kept.Answer = slices.Clone(change.Final.Body)
		m.requests[change.Final.Key] = kept
	}
	page := m.page(s.ID)
	page.attempts = append(page.attempts, change.Attempts...)
	page.entries = append(page.entries, change.Entries...)
	page.events = append(page.events, change.Events...)
	if len(change.Entries) > 0 {
		page.movements = append(page.movements, movementOf(&s, &change))
	}
	return nil
}

// collide refuses a change that meets a unique key or would alter a final
// answer.
func (m *Store) collide(change lifecycle.Change) error {
	s := change.Settlement
	for _, message := range store.Allocated(change) {
		if owner, found := m.messages[message]; found && owner != s.ID {
			return refusal(settlement.KindExists, settlement.ReasonStaleRecord, owner)
		}
	}
	if change.Request != nil {
		if kept, found := m.requests[change.Request.Key]; found {
			return refusal(settlement.KindExists, settlement.ReasonRequestInFlight, kept.Settlement)
		}
	}
	if change.Final != nil {
		kept, found := m.requests[change.Final.Key]
		fresh := change.Request != nil && change.Request.Key == change.Final.Key
		if !found && !fresh || kept.Answer != nil && !bytes.Equal(kept.Answer, change.Final.Body) {
			return refusal(settlement.KindConflict, settlement.ReasonStaleRecord, s.ID)
		}
	}
	return nil
}

func (m *Store) page(id settlement.SettlementID) *pages {
	if m.journal[id] == nil {
		m.journal[id] = &pages{}
	}
	return m.journal[id]
}
