package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var clearingScenarios = []scenario{
	{"keeps every field of a clearing, its history and its positions", clearingFields},
	{"a clearing never opened is not found", clearingUnknown},
	{"shows a scope its own positions and payments, and every step", clearingScope},
	{"refuses a request, a number and a line that are there", clearingOnce},
	{"keeps one line though entered at once", clearingAtOnce},
	{"lists the newest first, page by page", clearingList},
	{"refuses what no column may hold", clearingUnsound},
	{"does nothing when given up", clearingGivenUp},
	{"keeps clearings when opened again", clearingReopened},
	{"a cut takes what was booked before, whole, and each once", clearingCut},
	{"what comes after a cut is the next one's", clearingNext},
	{"an adjustment is in the next clearing and in what its fund paid", clearingAdjusted},
	{"what a voided clearing held is the next one's", clearingVoided},
	{"what waits for its period is not passed by", clearingWaits},
	{"what is voided behind other cuts is the next one's", clearingReleased},
	{"cuts and voids under load neither miss nor double a movement", clearingStorm},
	{"a cut in doubt is all there or not at all", clearingDoubt},
	{"cuts under load neither miss nor double a movement", clearingLoad},
}

// july is the period in which the records of this suite are settled.
var july = settlement.Period{From: 20120701, To: 20120731}

// afterJuly is the first moment that is not in it.
var afterJuly = settlement.Date(20120801).Midnight()

// line is one line of a clearing's history; the first opens it.
func line(number clearing.Number, n int, act clearing.Act) clearinghouse.Note {
	note := clearinghouse.Note{
		Key:    clearinghouse.Key{Tenant: tenant, Request: settlement.RequestID(fmt.Sprint("clearing ", number, " ", n))},
		Number: number,
		Event:  clearing.Event{Line: n, Act: act, By: "operator/li", At: moment.Add(time.Duration(n) * time.Hour), Cause: "月结"},
	}
	if act == clearing.Opened {
		period := july
		note.Period, note.PayOn = &period, 20120830
	}
	return note
}

func (o Opened) enters(t *testing.T, notes ...clearinghouse.Note) {
	t.Helper()
	for _, note := range notes {
		if err := o.House.Enter(t.Context(), note); err != nil {
			t.Fatalf("entering line %d of clearing %d: %v", note.Event.Line, note.Number, err)
		}
	}
}

// cuts opens a clearing and cuts it.
func (o Opened) cuts(t *testing.T, number clearing.Number, until time.Time) {
	t.Helper()
	o.enters(t, line(number, 1, clearing.Opened))
	same(t, "error", o.House.Cut(t.Context(), line(number, 2, clearing.Cut), until), nil)
}

// movement is what a clearing has of a settlement.
type movement struct {
	Settlement settlement.SettlementID
	Revision   int64
}

// moved are the movements of a clearing, and how often each is there.
func (o Opened) moved(t *testing.T, number clearing.Number) map[movement]int {
	t.Helper()
	found := map[movement]int{}
	err := o.House.Movements(t.Context(), number, func(m *clearing.Movement) error {
		found[movement{m.Settlement, m.Revision}]++
		return nil
	})
	same(t, "error", err, nil)
	return found
}

func (o Opened) clearing(t *testing.T, number clearing.Number) clearing.Clearing {
	t.Helper()
	found, err := o.House.Clearing(t.Context(), number)
	same(t, "error", err, nil)
	return found
}

func clearingFields(t *testing.T, o Opened) {
	opened, frozen, paid := line(1, 1, clearing.Opened), line(1, 2, clearing.Frozen), line(1, 3, clearing.Paid)
	frozen.Key = clearinghouse.Key{}
	frozen.Event.Digest = "0123456789abcdef"
	frozen.Positions = []clearing.Position{
		{Facility: "", Account: "bills", Settled: 1, Reversed: 2, Settlements: 3, Reversals: 4, Days: -5},
		{Facility: facility, Account: "fund/rural/360827/2012/county", Settled: 600, Reversed: 700, Settlements: 8, Reversals: 9, Days: 15_000_000},
	}
	paid.Event.Payment = &clearing.Payment{Facility: facility, Bearer: "fund/rural/360827/2012", Amount: -100, Reference: "2012-银-7", Day: 20120831}
	o.enters(t, opened, frozen, paid)
	same(t, "clearing", o.clearing(t, 1), clearing.Clearing{
		Number: 1, Period: july, PayOn: 20120830, History: []clearing.Event{opened.Event, frozen.Event, paid.Event},
	})
	positions, err := o.House.Positions(t.Context(), 1)
	same(t, "error", err, nil)
	same(t, "positions", positions, frozen.Positions)
	mark, err := o.House.Entered(t.Context(), paid.Key)
	same(t, "error", err, nil)
	same(t, "mark", mark, clearinghouse.Mark{Number: 1, Line: 3})
}

func clearingUnknown(t *testing.T, o Opened) {
	_, err := o.House.Clearing(t.Context(), 7)
	refused(t, "clearing", err, settlement.KindNotFound)
	for _, key := range []clearinghouse.Key{{Tenant: tenant, Request: "r"}, {}} {
		_, err = o.House.Entered(t.Context(), key)
		refused(t, "request", err, settlement.KindNotFound)
	}
	positions, err := o.House.Positions(t.Context(), 7)
	same(t, "error", err, nil)
	same(t, "positions", len(positions), 0)
}

func clearingOnce(t *testing.T, o Opened) {
	o.enters(t, line(1, 1, clearing.Opened))
	again := line(1, 2, clearing.Cut)
	again.Key = line(1, 1, clearing.Opened).Key
	refused(t, "a request that is there", o.House.Enter(t.Context(), again), settlement.KindExists)
	refused(t, "a request that is there, cutting", o.House.Cut(t.Context(), again, afterJuly), settlement.KindExists)
	again = line(1, 1, clearing.Opened)
	again.Key.Request = "another"
	refused(t, "a number that is there", o.House.Enter(t.Context(), again), settlement.KindConflict)
	again = line(1, 1, clearing.Voided)
	again.Key.Request = "another"
	refused(t, "a line that is there", o.House.Cut(t.Context(), again, afterJuly), settlement.KindConflict)
	same(t, "lines", len(o.clearing(t, 1).History), 1)
	for n := range 2 { // lines without a request do not meet
		frozen := line(clearing.Number(n+2), 1, clearing.Opened)
		frozen.Key = clearinghouse.Key{}
		o.enters(t, frozen)
	}
}

func clearingAtOnce(t *testing.T, o Opened) {
	o.enters(t, line(1, 1, clearing.Opened))
	const callers = 8
	errs := make([]error, callers)
	var group sync.WaitGroup
	for n := range callers {
		group.Go(func() {
			note := line(1, 2, clearing.Cut)
			note.Key.Request += settlement.RequestID(fmt.Sprint(n))
			errs[n] = o.House.Cut(t.Context(), note, afterJuly)
		})
	}
	group.Wait()
	kept := 0
	for _, err := range errs {
		if err == nil {
			kept++
		} else if kind := settlement.KindOf(err); kind != settlement.KindConflict {
			t.Error(err)
		}
	}
	same(t, "kept", kept, 1)
	same(t, "lines", len(o.clearing(t, 1).History), 2)
}

func clearingList(t *testing.T, o Opened) {
	for _, number := range []clearing.Number{2, 10, 1, 9} {
		o.enters(t, line(number, 1, clearing.Opened))
	}
	o.enters(t, line(9, 2, clearing.Voided))
	page := func(query clearinghouse.Query) (numbers []clearing.Number) {
		query.Scope.All = true
		found, err := o.House.Clearings(t.Context(), query)
		same(t, "error", err, nil)
		for _, c := range found {
			numbers = append(numbers, c.Number)
			want := 1
			if c.Number == 9 {
				want = 2
			}
			same(t, "lines", len(c.History), want)
		}
		return numbers
	}
	same(t, "all", page(clearinghouse.Query{Limit: 9}), []clearing.Number{10, 9, 2, 1})
	same(t, "the first page", page(clearinghouse.Query{Limit: 2}), []clearing.Number{10, 9})
	same(t, "the second page", page(clearinghouse.Query{Before: 9, Limit: 2}), []clearing.Number{2, 1})
	same(t, "behind the last", page(clearinghouse.Query{Before: 1, Limit: 2}), []clearing.Number(nil))
}

func clearingUnsound(t *testing.T, o Opened) {
	for name, change := range map[string]func(*clearinghouse.Note){
		"tenant":    func(n *clearinghouse.Note) { n.Key.Tenant = "\x00" },
		"request":   func(n *clearinghouse.Note) { n.Key.Request = "\xff" },
		"operator":  func(n *clearinghouse.Note) { n.Event.By = "\x00" },
		"cause":     func(n *clearinghouse.Note) { n.Event.Cause = "\x00" },
		"reference": func(n *clearinghouse.Note) { n.Event.Payment = &clearing.Payment{Reference: "\x00"} },
	} {
		note := line(1, 1, clearing.Opened)
		change(&note)
		refused(t, name, o.House.Enter(t.Context(), note), settlement.KindInvalid)
		refused(t, name+", cutting", o.House.Cut(t.Context(), note, afterJuly), settlement.KindInvalid)
	}
}

func clearingGivenUp(t *testing.T, o Opened) {
	refused(t, "entering", o.House.Enter(cancelled(t), line(1, 1, clearing.Opened)), settlement.KindUnavailable)
	_, err := o.House.Clearing(t.Context(), 1)
	refused(t, "clearing", err, settlement.KindNotFound)
	o.enters(t, line(1, 1, clearing.Opened))
	refused(t, "cutting", o.House.Cut(cancelled(t), line(1, 2, clearing.Cut), afterJuly), settlement.KindUnavailable)
	_, err = o.House.Clearing(cancelled(t), 1)
	unread(t, "a clearing", err)
	unread(t, "movements", o.House.Movements(cancelled(t), 1, func(*clearing.Movement) error { return nil }))
}

func clearingReopened(t *testing.T, o Opened) {
	if o.Reopen == nil {
		t.Skip("nothing outlives this store")
	}
	o.commits(t, record("1"), 500)
	o.cuts(t, 1, afterJuly)
	before := o.clearing(t, 1)
	o = o.Reopen(t)
	same(t, "clearing", o.clearing(t, 1), before)
	same(t, "movements", o.moved(t, 1), map[movement]int{{"s-1", 2}: 1})
}

func clearingCut(t *testing.T, o Opened) {
	settled := o.commits(t, record("1"), 500)
	undone := o.reverses(t, o.commits(t, record("2"), 300))
	o.opens(t, record("3"))
	late := o.opens(t, record("4"))
	o.closes(t, late, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		change := committing(late, ground.Sequence, 100)
		change.Events[0].At = afterJuly
		return change, nil
	})
	o.cuts(t, 1, afterJuly)
	want := map[movement]int{{settled.ID, settled.Revision}: 1, {undone.ID, undone.Revision - 1}: 1, {undone.ID, undone.Revision}: 1}
	same(t, "movements", o.moved(t, 1), want)
	var first *clearing.Movement
	err := o.House.Movements(t.Context(), 1, func(m *clearing.Movement) error {
		if m.Settlement == settled.ID {
			whole := *m
			whole.Entries = append([]settlement.Entry(nil), m.Entries...)
			first = &whole
		}
		return nil
	})
	same(t, "error", err, nil)
	same(t, "movement", first, &clearing.Movement{
		Settlement: settled.ID, Revision: settled.Revision, Facility: facility, Discharged: 20120701, Booked: moment.Add(time.Second),
		Entries: committing(record("1"), 1, 500).Entries,
	})
	stop := fmt.Errorf("stop")
	same(t, "each's error", o.House.Movements(t.Context(), 1, func(*clearing.Movement) error { return stop }) == stop, true)
}

func clearingNext(t *testing.T, o Opened) {
	first := o.commits(t, record("1"), 500)
	o.cuts(t, 1, afterJuly)
	late := o.commits(t, record("2"), 300) // of the same period, by its date
	undone := o.reverses(t, first)
	same(t, "the first", o.moved(t, 1), map[movement]int{{first.ID, first.Revision}: 1})
	o.cuts(t, 2, afterJuly)
	same(t, "the next", o.moved(t, 2), map[movement]int{{late.ID, late.Revision}: 1, {undone.ID, undone.Revision}: 1})
	o.cuts(t, 3, afterJuly)
	same(t, "the one after", o.moved(t, 3), map[movement]int{})
}

func clearingVoided(t *testing.T, o Opened) {
	first := o.commits(t, record("1"), 500)
	o.cuts(t, 1, afterJuly)
	o.enters(t, line(1, 3, clearing.Frozen), line(1, 4, clearing.Voided))
	o.cuts(t, 2, afterJuly)
	want := map[movement]int{{first.ID, first.Revision}: 1}
	same(t, "the next", o.moved(t, 2), want)
	same(t, "the voided one still says what it held", o.moved(t, 1), want)
	o.cuts(t, 3, afterJuly)
	same(t, "the one after", o.moved(t, 3), map[movement]int{})
}

func clearingDoubt(t *testing.T, o Opened) {
	if o.Doubt == nil {
		t.Skip("commits cannot be made to fail")
	}
	first := o.commits(t, record("1"), 500)
	o.enters(t, line(1, 1, clearing.Opened))
	for _, applied := range []bool{false, true} {
		o.Doubt(applied)
		refused(t, "cutting", o.House.Cut(t.Context(), line(1, 2, clearing.Cut), afterJuly), settlement.KindInDoubt)
		lines, want := 1, map[movement]int{}
		if applied {
			lines, want = 2, map[movement]int{{first.ID, first.Revision}: 1}
		}
		same(t, "lines", len(o.clearing(t, 1).History), lines)
		same(t, "movements", o.moved(t, 1), want)
	}
	again := settlement.KindOf(o.House.Cut(t.Context(), line(1, 2, clearing.Cut), afterJuly))
	if again != settlement.KindExists && again != settlement.KindConflict {
		t.Errorf("again: kind %d", again)
	}
}

// While many settle and reverse, one clearing after the other is cut. In the
// end each write is in one of them, and none in two.
func clearingLoad(t *testing.T, o Opened) {
	const settlers, each, cutsMost = 8, 24, 400
	want := make([]map[movement]int, settlers)
	begun := make(chan struct{}) // something was cut: the second half is for later clearings
	var group sync.WaitGroup
	for n := range settlers {
		want[n] = map[movement]int{}
		group.Go(func() {
			for i := range each {
				if i == each/2 {
					<-begun
				}
				s := o.commits(t, record(fmt.Sprintf("%d-%02d", n, i)), 10)
				want[n][movement{s.ID, s.Revision}] = 1
				if i%3 == 0 {
					s = o.reverses(t, s)
					want[n][movement{s.ID, s.Revision}] = 1
				}
			}
		})
	}
	over := make(chan struct{})
	go func() {
		group.Wait()
		close(over)
	}()
	cuts, idle := clearing.Number(0), true
	for running := true; running; {
		select {
		case <-over:
			running = false // and one more, for the rest
		case <-time.After(time.Millisecond):
		}
		if cuts++; cuts > cutsMost && !idle {
			<-over
			running = false
		}
		o.cuts(t, cuts, afterJuly)
		if idle && len(o.moved(t, cuts)) > 0 {
			idle = false
			close(begun)
		}
	}
	all, got, filled := map[movement]int{}, map[movement]int{}, 0
	for n := range settlers {
		for m := range want[n] {
			all[m] = 1
		}
	}
	for number := clearing.Number(1); number <= cuts; number++ {
		found := o.moved(t, number)
		if len(found) > 0 {
			filled++
		}
		for m, times := range found {
			got[m] += times
		}
	}
	same(t, "movements", got, all)
	if filled < 2 {
		t.Errorf("all of it is in %d of %d clearings: nothing was cut under load", filled, cuts)
	}
}
