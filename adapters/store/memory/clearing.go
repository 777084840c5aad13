package memory

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// house is what is kept of clearings.
type house struct {
	clearings map[clearing.Number]clearing.Clearing
	entered   map[clearinghouse.Key]clearinghouse.Mark
	positions map[clearing.Number][]clearing.Position
	in        map[booking][]clearing.Number
}

// booking names a movement.
type booking struct {
	settlement settlement.SettlementID
	revision   int64
}

func newHouse() house {
	return house{
		clearings: map[clearing.Number]clearing.Clearing{}, entered: map[clearinghouse.Key]clearinghouse.Mark{},
		positions: map[clearing.Number][]clearing.Position{}, in: map[booking][]clearing.Number{},
	}
}

// movementOf is what a change books for a settlement, as it is after it; no
// entries where it books nothing.
func movementOf(s *settlement.Settlement, change *lifecycle.Change) clearing.Movement {
	m := clearing.Movement{
		Settlement: s.ID, Revision: s.Revision, Facility: s.Facility, Discharged: s.Claim.Discharge, Entries: slices.Clone(change.Entries),
	}
	if len(change.Events) > 0 {
		m.Booked = change.Events[0].At
	}
	return m
}

// Enter implements clearinghouse.Store.
func (m *Store) Enter(ctx context.Context, note clearinghouse.Note) error {
	if err := store.SoundEntering(&note); err != nil {
		return err
	}
	return m.write(ctx, "enter", func() error { return m.enter(&note) })
}

// Cut implements clearinghouse.Store.
func (m *Store) Cut(ctx context.Context, note clearinghouse.Note, until time.Time) error {
	if err := store.SoundEntering(&note); err != nil {
		return err
	}
	return m.write(ctx, "cut", func() error {
		if err := m.enter(&note); err != nil {
			return err
		}
		for _, page := range m.journal {
			for i := range page.movements {
				moved := &page.movements[i]
				at := booking{moved.Settlement, moved.Revision}
				if moved.Booked.Before(until) && !slices.ContainsFunc(m.in[at], m.stands) {
					m.in[at] = append(m.in[at], note.Number)
				}
			}
		}
		return nil
	})
}

// stands reports whether a clearing was not voided.
func (m *Store) stands(number clearing.Number) bool {
	kept := m.clearings[number]
	return kept.Act() != clearing.Voided
}

func (m *Store) enter(note *clearinghouse.Note) error {
	kept, found := m.clearings[note.Number]
	_, asked := m.entered[note.Key]
	switch {
	case asked && note.Key.Request != "":
		return store.Taken("request_id", settlement.ReasonRequestInFlight)
	case note.Period == nil && !found:
		return refusal(settlement.KindInternal, settlement.ReasonInternal, "")
	case note.Event.Line <= len(kept.History):
		return store.Abandoned("clearing")
	}
	if note.Period != nil {
		kept = clearing.Clearing{Number: note.Number, Period: *note.Period, PayOn: note.PayOn}
	}
	kept.History = append(slices.Clip(kept.History), note.Event)
	m.clearings[note.Number] = kept
	if note.Key.Request != "" {
		m.entered[note.Key] = clearinghouse.Mark{Number: note.Number, Line: note.Event.Line}
	}
	if note.Positions != nil {
		m.positions[note.Number] = slices.Clone(note.Positions)
	}
	return nil
}

// booked are all movements of the ledger, in order.
func (m *Store) booked() (all []clearing.Movement) {
	for _, page := range m.journal {
		all = append(all, page.movements...)
	}
	slices.SortFunc(all, func(a, b clearing.Movement) int {
		return cmp.Or(cmp.Compare(a.Settlement, b.Settlement), cmp.Compare(a.Revision, b.Revision))
	})
	return all
}

// Movements implements clearinghouse.Store.
func (m *Store) Movements(ctx context.Context, number clearing.Number, each func(*clearing.Movement) error) error {
	return m.Ledger(ctx, func(moved *clearing.Movement, in []clearing.Number) error {
		if !slices.Contains(in, number) {
			return nil
		}
		return each(moved)
	})
}

// Ledger implements clearinghouse.Archive.
func (m *Store) Ledger(ctx context.Context, each func(*clearing.Movement, []clearing.Number) error) error {
	m.mu.Lock()
	all := m.booked()
	in := make([][]clearing.Number, len(all))
	for i := range all {
		in[i] = m.in[booking{all[i].Settlement, all[i].Revision}]
	}
	m.mu.Unlock()
	for i := range all {
		if err := each(&all[i], in[i]); err != nil {
			return err
		}
	}
	return store.GivenUp(ctx)
}

// Rows implements clearinghouse.Archive.
func (m *Store) Rows(ctx context.Context) (map[clearing.Number]int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	counts := map[clearing.Number]int{}
	for _, numbers := range m.in {
		for _, number := range numbers {
			counts[number]++
		}
	}
	return counts, store.GivenUp(ctx)
}

// Clearing implements clearinghouse.Store.
func (m *Store) Clearing(ctx context.Context, number clearing.Number) (clearing.Clearing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept, found := m.clearings[number]
	if !found {
		return kept, store.NoClearing("number")
	}
	return kept, store.GivenUp(ctx)
}

// Seen implements clearinghouse.Store.
func (m *Store) Seen(ctx context.Context, number clearing.Number, scope clearinghouse.Scope) (clearing.Clearing, []clearing.Position, error) {
	kept, err := m.Clearing(ctx, number)
	if err != nil {
		return kept, nil, err
	}
	positions, err := m.Positions(ctx, number)
	positions = slices.DeleteFunc(positions, func(p clearing.Position) bool { return !meets(scope, p.Facility, string(p.Account)) })
	return seen(kept, scope), positions, err
}

// seen is a clearing with only those payments that are in scope.
func seen(c clearing.Clearing, scope clearinghouse.Scope) clearing.Clearing {
	c.History = slices.DeleteFunc(slices.Clone(c.History), func(e clearing.Event) bool {
		return e.Payment != nil && !meets(scope, e.Payment.Facility, string(e.Payment.Bearer))
	})
	return c
}

func meets(scope clearinghouse.Scope, facility settlement.FacilityID, bearer string) bool {
	return scope.All || slices.Contains(scope.Facilities, facility) ||
		slices.ContainsFunc(scope.Bearers, func(owing string) bool { return strings.HasPrefix(bearer, owing) })
}

// Clearings implements clearinghouse.Store.
func (m *Store) Clearings(ctx context.Context, query clearinghouse.Query) ([]clearing.Clearing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []clearing.Clearing
	for number, kept := range m.clearings {
		if query.Before == 0 || number < query.Before {
			found = append(found, seen(kept, query.Scope))
		}
	}
	slices.SortFunc(found, func(a, b clearing.Clearing) int { return cmp.Compare(b.Number, a.Number) })
	return found[:min(len(found), query.Limit)], store.GivenUp(ctx)
}

// Positions implements clearinghouse.Store.
func (m *Store) Positions(ctx context.Context, number clearing.Number) ([]clearing.Position, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.positions[number]), store.GivenUp(ctx)
}

// Entered implements clearinghouse.Store.
func (m *Store) Entered(ctx context.Context, key clearinghouse.Key) (clearinghouse.Mark, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mark, found := m.entered[key]
	if !found {
		return mark, store.NoClearing("request_id")
	}
	return mark, store.GivenUp(ctx)
}
