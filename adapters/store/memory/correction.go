package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
)

// corrections is what is kept of proposals for two people.
type corrections struct {
	proposals map[correction.ID]correction.Proposal
	suggested map[correction.Key]correction.Mark
}

func newCorrections() corrections {
	return corrections{proposals: map[correction.ID]correction.Proposal{}, suggested: map[correction.Key]correction.Mark{}}
}

// Suggest implements assent.Store.
func (m *Store) Suggest(ctx context.Context, note correction.Note) error {
	if err := store.SoundCorrection(&note); err != nil {
		return err
	}
	return m.write(ctx, "suggest", func() error {
		if err := m.unsuggestible(&note); err != nil {
			return err
		}
		m.suggest(&note)
		return nil
	})
}

// unsuggestible says what of a line meets something that is there.
func (m *Store) unsuggestible(note *correction.Note) error {
	if note == nil {
		return nil
	}
	kept, found := m.proposals[note.ID]
	_, asked := m.suggested[note.Key]
	switch {
	case asked:
		return store.Taken("request_id", settlement.ReasonRequestInFlight)
	case note.Matter == nil && !found:
		return refusal(settlement.KindInternal, settlement.ReasonInternal, "")
	case note.Matter != nil && found, note.Event.Line <= len(kept.History):
		return store.Abandoned(string(note.ID))
	}
	return nil
}

// suggest appends one line, if there is one to append.
func (m *Store) suggest(note *correction.Note) {
	if note == nil {
		return
	}
	kept := m.proposals[note.ID]
	if note.Matter != nil {
		kept = correction.Proposal{ID: note.ID, Region: note.Region, Matter: *note.Matter}
	}
	kept.History = append(slices.Clip(kept.History), note.Event)
	m.proposals[note.ID] = kept
	m.suggested[note.Key] = correction.Mark{ID: note.ID, Line: note.Event.Line}
}

// Proposal implements assent.Store.
func (m *Store) Proposal(ctx context.Context, id correction.ID) (correction.Proposal, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept, found := m.proposals[id]
	if !found {
		return kept, store.NoCorrection("id", id)
	}
	return kept, store.GivenUp(ctx)
}

// Proposals implements assent.Store.
func (m *Store) Proposals(ctx context.Context, query assent.Query) ([]correction.Proposal, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []correction.Proposal
	for id, kept := range m.proposals {
		if id > query.After && (len(query.Regions) == 0 || slices.Contains(query.Regions, kept.Region)) && (!query.Open || kept.Open()) {
			found = append(found, kept)
		}
	}
	slices.SortFunc(found, func(a, b correction.Proposal) int { return cmp.Compare(a.ID, b.ID) })
	return found[:min(len(found), query.Limit)], store.GivenUp(ctx)
}

// Suggested implements assent.Store.
func (m *Store) Suggested(ctx context.Context, key correction.Key) (correction.Mark, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mark, found := m.suggested[key]
	if !found {
		return mark, store.NoCorrection("request_id", "")
	}
	return mark, store.GivenUp(ctx)
}
