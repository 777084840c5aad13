package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// register is what is kept of persons beside what settling reads.
type register struct {
	histories map[settlement.BeneficiaryID][]registry.Change
	records   map[eligibility.Key]eligibility.Record
	reviews   map[registry.ReviewID]registry.Review
	decisions map[registry.ReviewID][]registry.Decision
	imported  map[string]eligibility.Progress
	touched   map[string][]settlement.SettlementID // by an import, sorted
}

func newRegister() register {
	return register{
		histories: map[settlement.BeneficiaryID][]registry.Change{},
		records:   map[eligibility.Key]eligibility.Record{},
		reviews:   map[registry.ReviewID]registry.Review{},
		decisions: map[registry.ReviewID][]registry.Decision{},
		imported:  map[string]eligibility.Progress{},
		touched:   map[string][]settlement.SettlementID{},
	}
}

// Keep implements eligibility.Store.
func (m *Store) Keep(ctx context.Context, batch eligibility.Batch) error {
	if err := store.SoundBatch(&batch); err != nil {
		return err
	}
	return m.write(ctx, "keep", func() error {
		if err := m.refuses(&batch); err != nil {
			return err
		}
		for _, write := range batch.Writes {
			id := write.Person.ID
			m.histories[id] = append(slices.Clip(m.histories[id]), write.Changes...)
			m.persons[id] = write.Person
		}
		if r := batch.Record; r != nil {
			m.records[r.Key] = *r
		}
		if r := batch.Review; r != nil {
			m.reviews[r.ID] = *r
		}
		if d := batch.Decision; d != nil {
			m.decisions[d.Review] = append(m.decisions[d.Review], *d)
		}
		if p := batch.Imported; p != nil {
			m.imported[p.File] = *p
			touched := append(slices.Clip(m.touched[p.File]), batch.Flagged...)
			slices.Sort(touched)
			m.touched[p.File] = slices.Compact(touched)
		}
		m.suggest(batch.Approval)
		m.flag(batch.Flagged)
		return nil
	})
}

// refuses says what of a batch meets something that is there.
func (m *Store) refuses(batch *eligibility.Batch) error {
	for i := range batch.Writes {
		write := &batch.Writes[i]
		if len(write.Changes) > 0 && len(m.histories[write.Person.ID]) != write.Seen {
			return store.Abandoned(string(write.Person.ID))
		}
	}
	if m.contested(batch.Writes) {
		return store.Taken("id_number", settlement.ReasonPersonMismatch)
	}
	if r := batch.Record; r != nil {
		if _, found := m.records[r.Key]; found {
			return store.Taken("request_id", settlement.ReasonRequestInFlight)
		}
	}
	if r := batch.Review; r != nil {
		if _, found := m.reviews[r.ID]; found {
			return store.Abandoned(string(r.ID))
		}
	}
	if d := batch.Decision; d != nil {
		same := func(other registry.Decision) bool { return other.Line == d.Line }
		if _, found := m.reviews[d.Review]; !found {
			return refusal(settlement.KindInternal, settlement.ReasonInternal, "")
		}
		if slices.ContainsFunc(m.decisions[d.Review], same) {
			return store.Abandoned(string(d.Review))
		}
	}
	if p := batch.Imported; p != nil {
		if before, found := m.imported[p.File]; found && before.Rows >= p.Rows {
			return store.Abandoned(p.File)
		}
	}
	if !m.known(batch.Flagged) {
		return refusal(settlement.KindInternal, settlement.ReasonInternal, "")
	}
	return m.unsuggestible(batch.Approval)
}

// contested reports whether two persons would have one identity number.
func (m *Store) contested(writes []eligibility.Write) bool {
	written := map[settlement.BeneficiaryID]bool{}
	held := map[settlement.Private]bool{}
	for i := range writes {
		p := &writes[i].Person
		written[p.ID] = true
		if p.Certificate != "" && held[p.Certificate] {
			return true
		}
		held[p.Certificate] = true
	}
	for id, person := range m.persons {
		if person.Certificate != "" && held[person.Certificate] && !written[id] {
			return true
		}
	}
	return false
}

// Histories implements eligibility.Store.
func (m *Store) Histories(ctx context.Context, ids []settlement.BeneficiaryID) (map[settlement.BeneficiaryID][]registry.Change, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := map[settlement.BeneficiaryID][]registry.Change{}
	for _, id := range ids {
		if history := m.histories[id]; len(history) > 0 {
			found[id] = slices.Clone(history)
		}
	}
	return found, store.GivenUp(ctx)
}

// Holders implements eligibility.Store.
func (m *Store) Holders(ctx context.Context, certificates []settlement.Private) (map[settlement.Private]settlement.BeneficiaryID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := map[settlement.Private]settlement.BeneficiaryID{}
	for id, person := range m.persons {
		if person.Certificate != "" && slices.Contains(certificates, person.Certificate) {
			found[person.Certificate] = id
		}
	}
	return found, store.GivenUp(ctx)
}

// Persons implements eligibility.Store.
func (m *Store) Persons(ctx context.Context, query eligibility.Query) ([]settlement.Person, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []settlement.Person
	for id, person := range m.persons {
		if id > query.After && (query.Region == "" || query.Region == person.Region) {
			found = append(found, person)
		}
	}
	slices.SortFunc(found, func(a, b settlement.Person) int { return cmp.Compare(a.ID, b.ID) })
	return found[:min(len(found), query.Limit)], store.GivenUp(ctx)
}

// Settled implements eligibility.Store.
func (m *Store) Settled(ctx context.Context, id settlement.BeneficiaryID, from settlement.Date) ([]settlement.Settlement, error) {
	return store.Settled(ctx, m, id, from)
}

// Recorded implements eligibility.Store.
func (m *Store) Recorded(ctx context.Context, key eligibility.Key) (eligibility.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept, found := m.records[key]
	if !found {
		return kept, store.Unrecorded()
	}
	return kept, store.GivenUp(ctx)
}

// Review implements eligibility.Store.
func (m *Store) Review(ctx context.Context, id registry.ReviewID) (registry.Review, []registry.Decision, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	run, found := m.reviews[id]
	if !found {
		return run, nil, store.Unreviewed(id)
	}
	decisions := slices.Clone(m.decisions[id])
	slices.SortFunc(decisions, func(a, b registry.Decision) int { return cmp.Compare(a.Line, b.Line) })
	return run, decisions, store.GivenUp(ctx)
}

// Imported implements eligibility.Store.
func (m *Store) Imported(ctx context.Context, file string) (eligibility.Progress, []settlement.SettlementID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	reached := m.imported[file]
	reached.File = file
	return reached, m.touched[file], store.GivenUp(ctx)
}
