package eligibility_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// What settling reads is written with the change: the next settlement sees it
// at once, and nothing in between can hold an older person.
func TestSettlingReadsAChangeAtOnce(t *testing.T) {
	w := newWorld(t)
	w.enrols("p-1", numbers[0])
	reads := func() settlement.Date {
		person, err := w.store.PersonByCertificate(t.Context(), numbers[0])
		if err != nil || len(person.Entitlements) != 1 {
			t.Fatalf("%+v %v", person, err)
		}
		return person.Entitlements[0].Period.To
	}
	if to := reads(); to != 0 {
		t.Fatalf("ends %v before anything ended it", to)
	}
	w.records("p-1", ended(20120630))
	if to := reads(); to != 20120630 {
		t.Errorf("ends %v", to)
	}
}

// A change asked for twice is recorded once, and answered alike; another
// change under the same key is refused and says what differs.
func TestARequestKeyIsAnsweredOnce(t *testing.T) {
	w := newWorld(t)
	w.enrols("p-1", numbers[0])
	ask := eligibility.Notice{Key: eligibility.Key{Tenant: "bureau", Request: "r-1"}, Person: "p-1", Change: ended(20120630)}
	first, err := w.Record(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Hour)
	w.records("p-1", registry.Change{Action: registry.Watched, Effective: 20120901})
	again, err := w.Record(t.Context(), ask)
	if err != nil || !again.Replayed {
		t.Fatalf("%+v, %v", again, err)
	}
	again.Replayed = false
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
	for field, spoil := range map[string]func(*eligibility.Notice){
		"effective_date": func(n *eligibility.Notice) { n.Change.Effective = 20120701 },
		"cause":          func(n *eligibility.Notice) { n.Change.Cause = registry.CauseDeath },
		"operator":       func(n *eligibility.Notice) { n.Change.By = "clerk-2" },
		"action":         func(n *eligibility.Notice) { n.Change.Action = registry.Suspended },
		"id":             func(n *eligibility.Notice) { n.Person = "p-2" },
	} {
		other := ask
		spoil(&other)
		_, err := w.Record(t.Context(), other)
		refuses(t, err, settlement.KindKeyReused, settlement.ReasonKeyReused, field)
	}
	history, _ := w.History(t.Context(), "p-1")
	if len(history) != 4 {
		t.Errorf("%d rows", len(history))
	}
}

func TestEnrolAnswersItsKeyOnce(t *testing.T) {
	w := newWorld(t)
	ask := enrolment("r-1", draft("", numbers[0]))
	first, err := w.Enrol(t.Context(), ask)
	if err != nil || first.State.Person.ID != "b-1" || len(first.Changes) != 2 {
		t.Fatalf("%+v, %v", first, err)
	}
	w.now = w.now.Add(48 * time.Hour)
	again, err := w.Enrol(t.Context(), ask)
	if err != nil || again.State.Person.ID != "b-1" || !again.Replayed {
		t.Errorf("%+v, %v", again.State.Person.ID, err)
	}
	ask.Draft.Facts.Name = "李测试"
	_, err = w.Enrol(t.Context(), ask)
	refuses(t, err, settlement.KindKeyReused, settlement.ReasonKeyReused, "facts")
	_, err = w.Enrol(t.Context(), enrolment("r-2", draft("b-1", numbers[1])))
	refuses(t, err, settlement.KindExists, settlement.ReasonPersonExists, "id")
	_, err = w.Enrol(t.Context(), enrolment("r-3", draft("", numbers[0])))
	refuses(t, err, settlement.KindExists, settlement.ReasonPersonMismatch, "id_number")
	_, err = w.Record(t.Context(), eligibility.Notice{Person: "nobody", Change: ended(20120630)})
	refuses(t, err, settlement.KindNotFound, settlement.ReasonUnknownPerson, "")
}

// As-of answers: what was known then for a day, and what is known now.
func TestPersonAsOf(t *testing.T) {
	w := newWorld(t)
	w.enrols("p-1", numbers[0])
	before := w.now
	w.now = w.now.Add(time.Hour)
	w.records("p-1", registry.Change{Action: registry.Watched, Effective: 20120801})
	for _, tt := range []struct {
		known time.Time
		on    settlement.Date
		want  settlement.Date
	}{
		{time.Time{}, 0, 20120801},
		{time.Time{}, 20120731, 0},
		{before, 20120915, 0},
	} {
		state, err := w.Person(t.Context(), "p-1", tt.known, tt.on)
		if err != nil || state.Watched != tt.want {
			t.Errorf("%v on %v: watched since %v, %v", tt.known, tt.on, state.Watched, err)
		}
	}
	_, err := w.Person(t.Context(), "p-1", before.Add(-time.Hour), 0)
	refuses(t, err, settlement.KindNotFound, settlement.ReasonUnknownPerson, "")
}

// settles commits a stay of person p-1, as the lifecycle would.
func (w *world) settles(name string, from, to settlement.Date) {
	w.t.Helper()
	s := settlement.Settlement{
		ID: settlement.SettlementID(name), Tenant: "hospital", Discharge: settlement.DischargeID(name),
		Beneficiary: settlement.Beneficiary{ID: "p-1"}, OpenedAt: w.now, Year: to.Year(), State: settlement.StateSettling,
		Claim: settlement.Claim{Admission: from, Discharge: to},
	}
	key := lifecycle.RequestKey{Tenant: "hospital", Request: settlement.RequestID(name)}
	ctx := w.t.Context()
	if err := w.store.Open(ctx, lifecycle.Change{Settlement: s, Request: &lifecycle.Request{Key: key, Settlement: s.ID}}); err != nil {
		w.t.Fatal(err)
	}
	s.Revision, s.State, s.Decision = 1, settlement.StateCommitted, settlement.Commit
	if err := w.store.Advance(ctx, lifecycle.Change{Settlement: s}); err != nil {
		w.t.Fatal(err)
	}
}

// A back-dated change names the settlements that stood on other ground, and
// flags just them.
func TestABackDatedChangeFlagsWhatItTouches(t *testing.T) {
	w := newWorld(t)
	w.enrols("p-1", numbers[0])
	w.settles("before", 20120501, 20120531)
	w.settles("across", 20120625, 20120705)
	w.settles("after", 20120701, 20120710)
	done := w.records("p-1", ended(20120630))
	if diff := cmp.Diff([]settlement.SettlementID{"after"}, done.Touched); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[settlement.SettlementID]bool{"before": false, "across": false, "after": true} {
		s, err := w.store.Settlement(t.Context(), name)
		if err != nil || s.Review != want {
			t.Errorf("%s: flagged %v, %v", name, s.Review, err)
		}
	}
	fixed := ended(20120430)
	fixed.Corrects = 3
	done = w.records("p-1", fixed)
	if diff := cmp.Diff([]settlement.SettlementID{"before", "across"}, done.Touched); diff != "" {
		t.Error(diff)
	}
}

// interloper records a change of its own right before another's write.
type interloper struct {
	*memory.Store
	before func()
}

func (i *interloper) Keep(ctx context.Context, batch eligibility.Batch) error {
	if before := i.before; before != nil {
		i.before = nil
		before()
	}
	return i.Store.Keep(ctx, batch)
}

// Two who record at once both get their row, numbered one behind the other.
func TestRacingChangesAreBothRecorded(t *testing.T) {
	w := newWorld(t)
	w.enrols("p-1", numbers[0])
	other := eligibility.New(w.Config)
	w.Store = &interloper{w.store, func() {
		change := registry.Change{Action: registry.Watched, Effective: 20120801, By: "clerk-2"}
		if _, err := other.Record(t.Context(), eligibility.Notice{Person: "p-1", Change: change}); err != nil {
			t.Error(err)
		}
	}}
	w.records("p-1", ended(20120630))
	history, _ := w.History(t.Context(), "p-1")
	if len(history) != 4 || history[2].By != "clerk-2" || history[3].Action != registry.Ended || !history[3].Recorded.After(history[2].Recorded) {
		t.Errorf("%+v", history)
	}
}

// overtaken is a store where something happens after the look for a request's
// key and before what it stands on is read.
type overtaken struct {
	*memory.Store
	before func()
}

func (o *overtaken) Recorded(ctx context.Context, key eligibility.Key) (eligibility.Record, error) {
	kept, err := o.Store.Recorded(ctx, key)
	if before := o.before; before != nil {
		o.before = nil
		before()
	}
	return kept, err
}

// The same request, sent twice at once, overtakes itself: both hear what was
// recorded, once, and none that it stands in its own way.
func TestARequestOvertakesItself(t *testing.T) {
	for name, send := range map[string]func(*testing.T, *eligibility.Register) (eligibility.Recorded, error){
		"a new person": func(t *testing.T, r *eligibility.Register) (eligibility.Recorded, error) {
			return r.Enrol(t.Context(), enrolment("r", draft("p-2", numbers[1])))
		},
		"a change": func(t *testing.T, r *eligibility.Register) (eligibility.Recorded, error) {
			key := eligibility.Key{Tenant: "bureau", Request: "r"}
			return r.Record(t.Context(), eligibility.Notice{Key: key, Person: "p-1", Change: ended(20120630)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.enrols("p-1", numbers[0])
			other := eligibility.New(w.Config)
			var first eligibility.Recorded
			w.Store = &overtaken{w.store, func() {
				var err error
				if first, err = send(t, other); err != nil || first.Replayed {
					t.Errorf("%+v, %v", first, err)
				}
			}}
			second, err := send(t, w.Register)
			if err != nil || !second.Replayed || !cmp.Equal(second.Changes, first.Changes) {
				t.Errorf("%+v, %v, want %+v", second, err, first)
			}
		})
	}
}
