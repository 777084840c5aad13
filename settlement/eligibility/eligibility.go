package eligibility

import (
	"context"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// Config is what a Register is made of. Every field but TwoPeople is required.
type Config struct {
	Store     Store
	Standards map[settlement.RegionID]registry.Standard
	Now       func() time.Time
	NewID     func() settlement.BeneficiaryID
	// TwoPeople lets nobody correct what is known of a person alone.
	TwoPeople bool
}

// Register records what happens to persons and answers what was known of them.
type Register struct{ Config }

// New makes a Register.
func New(config Config) *Register { return &Register{config} }

// now is to the precision of the stores, so that what is answered at once and
// what is read again later are the same.
func (r *Register) now() time.Time { return r.Now().Truncate(time.Microsecond) }

// after is now, or just behind the last row of a history where a clock lags:
// a row is never known before the one it follows.
func after(history []registry.Change, now time.Time) time.Time {
	for i := range history {
		if next := history[i].Recorded.Add(time.Microsecond); next.After(now) {
			now = next
		}
	}
	return now
}

// Person is what was known of a person at a time, for a day; a zero time is
// now and a zero day is today. NotFound: not registered by then.
func (r *Register) Person(ctx context.Context, id settlement.BeneficiaryID, known time.Time, on settlement.Date) (registry.State, error) {
	history, err := r.history(ctx, id)
	if err != nil {
		return registry.State{}, err
	}
	now := r.now()
	if on == 0 {
		on = settlement.DayOf(now)
	}
	if known.IsZero() {
		known = after(history, now)
	}
	state, found := registry.At(id, history, known, on)
	if !found {
		return state, unknown(id)
	}
	return state, nil
}

// History reads every row of a person's history. NotFound.
func (r *Register) History(ctx context.Context, id settlement.BeneficiaryID) ([]registry.Change, error) {
	history, err := r.history(ctx, id)
	if err == nil && len(history) == 0 {
		err = unknown(id)
	}
	return history, err
}

func (r *Register) history(ctx context.Context, id settlement.BeneficiaryID) ([]registry.Change, error) {
	found, err := r.Store.Histories(ctx, []settlement.BeneficiaryID{id})
	return found[id], err
}

// Persons reads one page of persons, and the id to go on after, if any.
func (r *Register) Persons(ctx context.Context, query Query) ([]settlement.Person, settlement.BeneficiaryID, error) {
	limit := query.Limit
	query.Limit++
	found, err := r.Store.Persons(ctx, query)
	if err != nil || len(found) <= limit {
		return found, "", err
	}
	return found[:limit], found[limit-1].ID, nil
}

// States are what is known now, for today, of persons that Persons read.
func (r *Register) States(ctx context.Context, persons []settlement.Person) ([]registry.State, error) {
	ids := make([]settlement.BeneficiaryID, len(persons))
	for i := range persons {
		ids[i] = persons[i].ID
	}
	histories, err := r.Store.Histories(ctx, ids)
	if err != nil {
		return nil, err
	}
	now := r.now()
	states := make([]registry.State, len(ids))
	for i, id := range ids {
		states[i], _ = registry.At(id, histories[id], after(histories[id], now), settlement.DayOf(now))
	}
	return states, nil
}

// Rules are the standards of every region there are any for, by region.
func (r *Register) Rules() []registry.Standard {
	var list []registry.Standard
	for _, standard := range r.Standards {
		list = append(list, standard)
	}
	slices.SortFunc(list, func(a, b registry.Standard) int {
		if a.Region < b.Region {
			return -1
		}
		return 1
	})
	return list
}

func unknown(id settlement.BeneficiaryID) error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonUnknownPerson, Object: string(id)}
}
