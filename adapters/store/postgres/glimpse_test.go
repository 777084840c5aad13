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

// What was seen is remembered for the latest few, and for no year of which a row
// could not be read.
func TestGlimpsesAreFew(t *testing.T) {
	var g glimpses
	for n := range glimpsesMost + 2 {
		g.keep(glimpse{of: settlement.SettlementID(rune('A' + n)), no: int64(n), good: n != 1})
	}
	for n, want := range map[int]bool{0: false, 1: false, 2: true, glimpsesMost + 1: true} {
		one, there := g.take(settlement.SettlementID(rune('A' + n)))
		if there != want || there && one.no != int64(n) {
			t.Errorf("of %d: %t, %d", n, there, one.no)
		}
		if _, twice := g.take(settlement.SettlementID(rune('A' + n))); twice {
			t.Errorf("of %d there are two", n)
		}
	}
	s := openTest(t, Config{DSN: fresh(t)})
	settled(t, s, 1)
	_, err := s.reads.Exec(context.Background(), `UPDATE accumulator SET used = '{'`)
	must(t, err)
	mine := ofPerson(t, s, 2, storetest.Opening(1).Settlement.Beneficiary, 2012)
	wants(t, closes(s, mine, storetest.Closing(mine))(t.Context()), settlement.KindInternal)
}
