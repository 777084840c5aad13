package postgres

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// trips counts how often the store waits for the server while work is done: each trip
// ends with a message that asks the server to synchronise.
func trips(t *testing.T, s *Store, work func()) int {
	t.Helper()
	conn, err := s.writer.pool.Acquire(t.Context())
	must(t, err)
	var told bytes.Buffer
	frontend := conn.Conn().PgConn().Frontend()
	frontend.Trace(&told, pgproto3.TracerOptions{SuppressTimestamps: true})
	conn.Release()
	work()
	frontend.Untrace()
	return strings.Count(told.String(), "\tSync\t")
}

// ofPerson is number n, opened for somebody and a year, as it then stands.
func ofPerson(t *testing.T, s *Store, n int64, person settlement.Beneficiary, year int) settlement.Settlement {
	t.Helper()
	change := storetest.Opening(n)
	change.Settlement.Beneficiary, change.Settlement.Year = person, year
	must(t, s.Open(t.Context(), change))
	change.Settlement.Revision = 1
	return change.Settlement
}

// A lone settlement takes two trips to the server, one to open and one to close,
// whether its person is new, known from the same year, or from another.
func TestLoneSettlementTakesTwoTrips(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	known := settlement.Beneficiary{ID: "known"}
	settle := func(n int64, person settlement.Beneficiary, year int) (opening, closing int) {
		var opened settlement.Settlement
		opening = trips(t, s, func() { opened = ofPerson(t, s, n, person, year) })
		closing = trips(t, s, func() { must(t, closes(s, opened, storetest.Closing(opened))(t.Context())) })
		return opening, closing
	}
	for n := range int64(3) { // draws numbers and prepares statements
		settle(n, known, 2012)
	}
	for name, c := range map[string]struct {
		n      int64
		person settlement.Beneficiary
		year   int
	}{
		"a new person": {4, settlement.Beneficiary{ID: "new"}, 2012}, "known from the year": {5, known, 2012}, "known from another": {6, known, 2013},
	} {
		if opening, closing := settle(c.n, c.person, c.year); opening != 1 || closing != 1 {
			t.Errorf("%s: opening took %d trips, closing %d", name, opening, closing)
		}
	}
}

// Whatever happens between a lone opening and its closing, the closing decides on
// what then holds, and on nothing else.
func TestClosingSeesWhatHappenedSinceItsOpening(t *testing.T) {
	type meanwhile func(t *testing.T, other *Store, mine settlement.Settlement)
	settles := func(n int64, year int) meanwhile {
		return func(t *testing.T, other *Store, mine settlement.Settlement) {
			theirs := ofPerson(t, other, n, mine.Beneficiary, year)
			must(t, closes(other, theirs, storetest.Closing(theirs))(t.Context()))
		}
	}
	for name, c := range map[string]struct {
		before, happens meanwhile
		decided         int
		used            settlement.Money
		sequence        int64
	}{
		"nothing":                         {nil, nil, 1, 0, 1},
		"nothing, of a known person":      {settles(2, 2012), nil, 1, 1, 2},
		"the person's first year":         {nil, settles(2, 2012), 2, 1, 2},
		"more in the year":                {settles(2, 2012), settles(3, 2012), 2, 2, 3},
		"the first in another year":       {nil, settles(2, 2013), 2, 0, 2},
		"more in another year":            {settles(2, 2013), settles(3, 2013), 2, 0, 3},
		"a reversal, which has no number": {settles(2, 2012), reverses(2), 2, 0, 2},
		"a hold, which uses nothing": {settles(2, 2012), func(t *testing.T, other *Store, mine settlement.Settlement) {
			must(t, other.Hold(t.Context(), keyOf(&mine), aQuote))
		}, 2, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := gateways(t)
			settled(t, a, 100) // draws numbers: what opens next takes one trip
			person := storetest.Opening(1).Settlement
			if c.before != nil {
				c.before(t, b, person)
			}
			mine := ofPerson(t, a, 1, person.Beneficiary, person.Year)
			if c.happens != nil {
				c.happens(t, b, mine)
			}
			decided, ground := 0, lifecycle.Ground{}
			must(t, closes(a, mine, func(g lifecycle.Ground) (lifecycle.Change, error) {
				decided, ground = decided+1, g
				return storetest.Closing(mine)(g)
			})(t.Context()))
			if decided != c.decided || ground.Used.Used["total"] != c.used || ground.Sequence != c.sequence {
				t.Errorf("decided %d times, at last as number %d on %d used; want %d, %d, %d",
					decided, ground.Sequence, ground.Used.Used["total"], c.decided, c.sequence, c.used)
			}
			now, err := b.Accumulator(t.Context(), keyOf(&mine))
			must(t, err)
			if now.Used["total"] != c.used+1 {
				t.Errorf("used %d in the end", now.Used["total"])
			}
		})
	}
}

// reverses takes back number n.
func reverses(n int64) func(*testing.T, *Store, settlement.Settlement) {
	return func(t *testing.T, other *Store, _ settlement.Settlement) {
		committed, err := other.Settlement(t.Context(), storetest.Opening(n).Settlement.ID)
		must(t, err)
		must(t, closes(other, committed, storetest.Reversing(committed))(t.Context()))
	}
}

// A record that has moved on since it was opened is not closed on what was seen.
func TestOvertakenRecordIsNotClosedUnseen(t *testing.T) {
	a, b := gateways(t)
	settled(t, a, 100)
	mine := openedRecord(t, a, 1)
	must(t, b.Advance(t.Context(), lifecycle.Change{Settlement: mine}))
	wants(t, closes(a, mine, storetest.Closing(mine))(t.Context()), settlement.KindConflict)
	used, err := a.Accumulator(t.Context(), keyOf(&mine))
	must(t, err)
	if diff := cmp.Diff(settlement.Accumulator{}, used); diff != "" {
		t.Errorf("used (-want +got):\n%s", diff)
	}
}

// A decision against closing is made under lock: what was only seen may be wrong.
func TestRefusalIsDecidedUnderLock(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	settled(t, s, 100)
	mine, decided := openedRecord(t, s, 1), 0
	refusal := errors.New("no room")
	must(t, closes(s, mine, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		decided++
		if decided == 1 {
			return lifecycle.Change{}, refusal
		}
		return storetest.Closing(mine)(ground)
	})(t.Context()))
	other := openedRecord(t, s, 2)
	err := closes(s, other, func(lifecycle.Ground) (lifecycle.Change, error) { return lifecycle.Change{}, refusal })(t.Context())
	if !errors.Is(err, refusal) || decided != 2 {
		t.Errorf("decided %d times; refused with %v", decided, err)
	}
}

// What was seen is remembered for the latest few settlements, and of a person as long
// as for one of theirs.
func TestGlimpsesAreFew(t *testing.T) {
	g := newGlimpses()
	id := func(n int) settlement.SettlementID { return settlement.SettlementID(rune('A' + n)) }
	for n := range glimpsesMost + 2 {
		g.remember(id(n), int64(n), settlement.BeneficiaryID(rune('A'+n/2)))
	}
	for n, want := range map[int]bool{0: false, 1: false, 2: true, glimpsesMost + 1: true} {
		if one, there := g.settlements[id(n)]; there != want || there && one.no != int64(n) {
			t.Errorf("of %d: %t, %d", n, there, one.no)
		}
	}
	if len(g.settlements) != glimpsesMost || len(g.persons) != glimpsesMost/2 {
		t.Errorf("%d settlements of %d persons", len(g.settlements), len(g.persons))
	}
	g.forget(id(2))
	g.forget(id(2))
	if len(g.persons) != glimpsesMost/2 {
		t.Error("a person is forgotten before their last settlement")
	}
	g.forget(id(3))
	if len(g.persons) != glimpsesMost/2-1 {
		t.Error("a person is remembered after their last settlement")
	}
}

// A year that cannot be read is remembered as no ground to close on.
func TestUnreadableYearIsNoGround(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	settled(t, s, 1)
	_, err := s.reads.Exec(context.Background(), `UPDATE accumulator SET used = '{'`)
	must(t, err)
	mine := ofPerson(t, s, 2, storetest.Opening(1).Settlement.Beneficiary, 2012)
	wants(t, closes(s, mine, storetest.Closing(mine))(t.Context()), settlement.KindInternal)
}

// somebody is the n-th of some invented persons.
func somebody(n int) settlement.Beneficiary {
	return settlement.Beneficiary{ID: settlement.BeneficiaryID(rune('A' + n))}
}

// opensFor is the opening of number n for somebody as a piece of work.
func opensFor(s *Store, n int64, person settlement.Beneficiary) func(context.Context) error {
	change := storetest.Opening(n)
	change.Settlement.Beneficiary = person
	return func(ctx context.Context) error { return s.Open(ctx, change) }
}

// What queues takes one trip as well, whatever it is, and again where persons are
// settled for over and over.
func TestBatchTakesOneTrip(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	for n := range int64(2) { // draws numbers and prepares statements
		first := ofPerson(t, s, 1000+n, somebody(9), 2012)
		must(t, closes(s, first, storetest.Closing(first))(t.Context()))
	}
	opened := make([]settlement.Settlement, 6)
	for i := range opened {
		opened[i] = ofPerson(t, s, int64(i), somebody(i%4), 2012)
	}
	for round, works := range [][]func(context.Context) error{
		{
			closes(s, opened[0], storetest.Closing(opened[0])), closes(s, opened[1], storetest.Closing(opened[1])),
			func(ctx context.Context) error { return s.Advance(ctx, lifecycle.Change{Settlement: opened[2]}) },
			opensFor(s, 10, somebody(0)), opensFor(s, 11, somebody(7)),
		},
		{closes(s, opened[4], storetest.Closing(opened[4])), closes(s, opened[5], storetest.Closing(opened[5])), opensFor(s, 12, somebody(8))},
	} {
		took := trips(t, s, func() {
			for _, err := range queued(t, s, works...) {
				must(t, err)
			}
		})
		if took != 1 {
			t.Errorf("round %d: %d trips", round, took)
		}
	}
	for n, want := range map[int]settlement.Money{0: 2, 1: 2, 2: 0} {
		used, err := s.Accumulator(t.Context(), lifecycle.AccumulatorKey{Beneficiary: somebody(n).ID, Year: 2012})
		must(t, err)
		if used.Used["total"] != want {
			t.Errorf("of person %d %d is used, not %d", n, used.Used["total"], want)
		}
	}
}

// One of a batch that is refused or overtaken costs its neighbours a look and nothing
// else; the batches after it look first for a while.
func TestOneOfABatchIsOvertaken(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(t *testing.T, b *Store, mine settlement.Settlement)
		kind    settlement.Kind // of the error of the one it happens to
		used    settlement.Money
	}{
		"the person's year moved": {func(t *testing.T, b *Store, mine settlement.Settlement) {
			theirs := ofPerson(t, b, 500, mine.Beneficiary, 2012)
			must(t, closes(b, theirs, storetest.Closing(theirs))(t.Context()))
		}, 0, 2},
		"the record moved": {func(t *testing.T, b *Store, mine settlement.Settlement) {
			must(t, b.Advance(t.Context(), lifecycle.Change{Settlement: mine}))
		}, settlement.KindConflict, 0},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := gateways(t)
			settled(t, a, 1000)
			opened := make([]settlement.Settlement, 3)
			works := []func(context.Context) error{opens(a, 20)}
			for i := range opened {
				opened[i] = ofPerson(t, a, int64(i), somebody(i), 2012)
				works = append(works, closes(a, opened[i], storetest.Closing(opened[i])))
			}
			c.happens(t, b, opened[1])
			for i, err := range queued(t, a, works...) {
				if i == 2 && c.kind != 0 {
					wants(t, err, c.kind)
				} else {
					must(t, err)
				}
			}
			if a.committer.looks != looksAfter-1 {
				t.Errorf("the next %d batches look first", a.committer.looks)
			}
			for i, want := range []settlement.Money{1, c.used, 1} {
				used, err := b.Accumulator(t.Context(), keyOf(&opened[i]))
				must(t, err)
				if used.Used["total"] != want {
					t.Errorf("of person %d %d is used, not %d", i, used.Used["total"], want)
				}
			}
		})
	}
}

// A repeat of a request among others is told from them, at once and while batches look
// first, and they go through.
func TestRepeatAmongOthers(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	settled(t, s, 1000)
	for round := range int64(looksAfter + 2) {
		repeat := storetest.Opening(1000)
		repeat.Settlement.ID, repeat.Request.Settlement = "another", "another"
		errs := queued(t, s, opens(s, 3*round), func(ctx context.Context) error { return s.Open(ctx, repeat) }, opens(s, 3*round+1))
		wants(t, errs[1], settlement.KindExists)
		must(t, errors.Join(errs[0], errs[2]))
	}
	absentRecord(t, s, "another")
}
