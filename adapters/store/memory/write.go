package memory

import (
	"bytes"
	"context"
	"slices"

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
		if change.Request == nil {
			return refusal(settlement.KindInternal, settlement.ReasonInternal, s.ID)
		}
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
		if err := m.fence(current); err != nil {
			return err
		}
		key := lifecycle.AccumulatorKey{Beneficiary: current.Beneficiary.ID, Year: current.Year}
		ground := lifecycle.Ground{Used: m.accumulators[key], Sequence: m.sequence + 1, Later: m.later(current)}
		change, err := decide(ground)
		if err != nil {
			return err
		}
		if err := m.put(change); err != nil {
			return err
		}
		m.accumulators[key] = m.accumulators[key].Plus(change.Delta)
		m.sequence = max(m.sequence, change.Settlement.Sequence)
		for _, id := range change.Review {
			flagged := m.settlements[id]
			flagged.Review = true
			m.settlements[id] = flagged
		}
		closed = m.settlements[current.ID]
		return nil
	})
	return closed, err
}

// later are the standing settlements of the same person and year after one
// that has a sequence.
func (m *Store) later(current settlement.Settlement) []settlement.Settlement {
	if current.Sequence == 0 {
		return nil
	}
	var later []settlement.Settlement
	for _, s := range m.settlements {
		same := s.Beneficiary.ID == current.Beneficiary.ID && s.Year == current.Year
		if same && s.Sequence > current.Sequence && s.State == settlement.StateCommitted {
			later = append(later, s)
		}
	}
	slices.SortFunc(later, func(a, b settlement.Settlement) int { return int(a.Sequence - b.Sequence) })
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
	for _, leg := range s.Legs {
		for _, message := range []settlement.MessageID{leg.Message, leg.Undo} {
			if message != "" {
				m.messages[message] = s.ID
			}
		}
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
	return nil
}

// collide refuses a change that meets a unique key or would alter a final
// answer.
func (m *Store) collide(change lifecycle.Change) error {
	s := change.Settlement
	for _, leg := range s.Legs {
		for _, message := range []settlement.MessageID{leg.Message, leg.Undo} {
			if owner, found := m.messages[message]; found && owner != s.ID {
				return refusal(settlement.KindExists, settlement.ReasonStaleRecord, owner)
			}
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
