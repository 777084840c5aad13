package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/gazette"
)

// press is what is kept of publications.
type press struct {
	publications map[gazette.PublicationID]gazette.Publication
	published    map[gazette.Key]gazette.Mark
}

func newPress() press {
	return press{publications: map[gazette.PublicationID]gazette.Publication{}, published: map[gazette.Key]gazette.Mark{}}
}

// Publish implements gazette.Store.
func (m *Store) Publish(ctx context.Context, note gazette.Note) error {
	if err := store.SoundPublication(&note); err != nil {
		return err
	}
	return m.write(ctx, "publish", func() error {
		kept, found := m.publications[note.ID]
		_, asked := m.published[note.Key]
		switch {
		case asked:
			return store.Taken("request_id", settlement.ReasonRequestInFlight)
		case note.Files == nil && !found:
			return refusal(settlement.KindInternal, settlement.ReasonInternal, "")
		case note.Files != nil && found, note.Event.Line <= len(kept.History), note.Event.Edition > 0 && note.Event.Edition <= m.edition(note.Policy).Number:
			return store.Abandoned(string(note.ID))
		}
		if note.Files != nil {
			kept = gazette.Publication{
				ID: note.ID, Policy: note.Policy, Text: slices.Clone(note.Files.Text), Cases: slices.Clone(note.Files.Cases), Digest: gazette.Digest(note.Files.Text),
			}
		}
		kept.History = append(slices.Clip(kept.History), note.Event)
		m.publications[note.ID] = kept
		m.published[note.Key] = gazette.Mark{ID: note.ID, Line: note.Event.Line}
		return nil
	})
}

// edition is the newest of a policy.
func (m *Store) edition(policy settlement.PolicyID) (newest gazette.Edition) {
	for id, p := range m.publications {
		last := p.History[len(p.History)-1]
		if p.Policy == policy && last.Edition > newest.Number {
			newest = gazette.Edition{Policy: policy, Number: last.Edition, ID: id}
		}
	}
	return newest
}

// Publication implements gazette.Store.
func (m *Store) Publication(ctx context.Context, id gazette.PublicationID) (gazette.Publication, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept, found := m.publications[id]
	if !found {
		return kept, store.NoPublication("id", id)
	}
	return kept, store.GivenUp(ctx)
}

// Publications implements gazette.Store.
func (m *Store) Publications(ctx context.Context, query gazette.Query) ([]gazette.Publication, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []gazette.Publication
	for id, kept := range m.publications {
		if id > query.After && (len(query.Policies) == 0 || slices.Contains(query.Policies, kept.Policy)) {
			kept.Text, kept.Cases = nil, nil
			found = append(found, kept)
		}
	}
	slices.SortFunc(found, func(a, b gazette.Publication) int { return cmp.Compare(a.ID, b.ID) })
	return found[:min(len(found), query.Limit)], store.GivenUp(ctx)
}

// Editions implements gazette.Store.
func (m *Store) Editions(ctx context.Context) ([]gazette.Edition, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []gazette.Edition
	for _, p := range m.publications {
		newest := m.edition(p.Policy)
		if newest.Number > 0 && newest.ID == p.ID {
			found = append(found, newest)
		}
	}
	slices.SortFunc(found, func(a, b gazette.Edition) int { return cmp.Compare(a.Policy, b.Policy) })
	return found, store.GivenUp(ctx)
}

// Published implements gazette.Store.
func (m *Store) Published(ctx context.Context, key gazette.Key) (gazette.Mark, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mark, found := m.published[key]
	if !found {
		return mark, store.NoPublication("request_id", "")
	}
	return mark, store.GivenUp(ctx)
}
