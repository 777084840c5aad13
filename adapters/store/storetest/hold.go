package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var holdScenarios = []scenario{
	{"a year never seen holds nothing", holdUnseen},
	{"keeps a quote as it was given, and its history", holdKeeps},
	{"a quote never given is not found", holdUnknown},
	{"refuses a second quote of one request", holdTwice},
	{"keeps holds beside what is used", holdBeside},
	{"keeps the holds of two years apart", holdYears},
	{"passes on what decide refuses", holdRefused},
	{"refuses what no column may hold", holdUnsound},
	{"a closing takes up its hold in its own commit", holdSettled},
	{"a closing that says nothing of holds leaves them", holdLeft},
	{"a closing that is refused leaves them", holdKept},
	{"is not begun when given up", holdGivenUp},
	{"holders and closers of one person never exceed its cap", holdConcurrent},
	{"holders of one request let one through", holdRace},
	{"a hold in doubt is all there or not at all", holdDoubt},
	{"reads what may hold at an instant, page by page", holdHolding},
	{"outlives the store", holdReopen},
}

// quoted is a quote of p-1's year that holds amount.
func quoted(name string, amount settlement.Money) settlement.Quote {
	s := fullRecord(name)
	delta := settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{total: amount}, CareGrants: 1}
	return settlement.Quote{
		ID: settlement.QuoteID("q-" + name), Tenant: s.Tenant, Request: s.Request, Fingerprint: s.Fingerprint,
		Facility: s.Facility, Discharge: s.Discharge, Beneficiary: settlement.Beneficiary{ID: "p-1", Region: "360827"}, Year: 2012,
		Policy: s.Policy, Version: s.Version, At: moment, Until: moment.Add(time.Hour),
		Claim: s.Claim, Coverage: s.Coverage, Legs: s.Legs,
		Ground:       settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{total: 40}, Held: map[settlement.BucketID]settlement.Money{total: 7}, GrantsHeld: 1},
		Others:       []settlement.HeldRoom{{Bucket: total, Amount: 7, Until: moment.Add(time.Minute)}},
		Adjudication: settlement.Adjudication{Outcome: settlement.OutcomeOK, Reason: settlement.ReasonOK, Benefit: amount, Delta: delta},
	}
}

func yearOf(q *settlement.Quote) lifecycle.AccumulatorKey {
	return lifecycle.AccumulatorKey{Beneficiary: q.Beneficiary.ID, Year: q.Year}
}

func told(q *settlement.Quote, act settlement.QuoteAct) settlement.QuoteEvent {
	return settlement.QuoteEvent{Quote: q.ID, At: moment, Actor: "cashier-7", Act: act, Until: q.Until}
}

// granting decides to grant q beside the holds that are there.
func granting(q settlement.Quote) lifecycle.DecideHold {
	return func(row lifecycle.YearRow) (lifecycle.HoldChange, error) {
		holds := append(slices.Clone(row.Holds), q.Hold())
		return lifecycle.HoldChange{Quote: &q, Holds: holds, Events: []settlement.QuoteEvent{told(&q, settlement.QuoteHold)}}, nil
	}
}

func (o Opened) grants(t *testing.T, q settlement.Quote) settlement.Quote {
	t.Helper()
	if err := o.Quotes.Hold(t.Context(), yearOf(&q), granting(q)); err != nil {
		t.Fatalf("granting %s: %v", q.ID, err)
	}
	return q
}

func (o Opened) quotes(t *testing.T, id settlement.QuoteID) lifecycle.KeptQuote {
	t.Helper()
	kept, err := o.Quotes.Quote(t.Context(), id)
	if err != nil {
		t.Fatalf("reading quote %s: %v", id, err)
	}
	return kept
}

// holds asserts that the year of p-1 holds these quotes, in order.
func (o Opened) holds(t *testing.T, want ...settlement.Quote) {
	t.Helper()
	row, err := o.Quotes.Year(t.Context(), lifecycle.AccumulatorKey{Beneficiary: "p-1", Year: 2012})
	if err != nil {
		t.Fatalf("reading year: %v", err)
	}
	var holds settlement.Holds
	for i := range want {
		holds = append(holds, want[i].Hold())
	}
	same(t, "holds", row.Holds, holds, cmpopts.EquateEmpty())
}

func holdUnseen(t *testing.T, o Opened) {
	o.holds(t)
	same(t, "zero", o.uses(t, record("1")).Zero(), true)
}

func holdKeeps(t *testing.T, o Opened) {
	q := o.grants(t, quoted("1", 500))
	want := lifecycle.KeptQuote{Quote: q, History: []settlement.QuoteEvent{told(&q, settlement.QuoteHold)}}
	ratios := cmp.AllowUnexported(settlement.Ratio{})
	same(t, "quote", o.quotes(t, q.ID), want, ratios)
	byRequest, err := o.Quotes.QuoteOf(t.Context(), q.Tenant, q.Request)
	same(t, "error", err, nil)
	same(t, "quote of its request", byRequest, want, ratios)
	o.holds(t, q)
	release := func(lifecycle.YearRow) (lifecycle.HoldChange, error) {
		return lifecycle.HoldChange{Events: []settlement.QuoteEvent{told(&q, settlement.QuoteRelease)}}, nil
	}
	same(t, "releasing", o.Quotes.Hold(t.Context(), yearOf(&q), release), nil)
	want.History = append(want.History, told(&q, settlement.QuoteRelease))
	same(t, "quote released", o.quotes(t, q.ID), want, ratios)
	o.holds(t)
}

func holdUnknown(t *testing.T, o Opened) {
	q := o.grants(t, quoted("1", 500))
	_, err := o.Quotes.Quote(t.Context(), "another")
	refused(t, "a quote never given", err, settlement.KindNotFound)
	_, err = o.Quotes.QuoteOf(t.Context(), "another", q.Request)
	refused(t, "another tenant's request", err, settlement.KindNotFound)
	_, err = o.Quotes.QuoteOf(t.Context(), q.Tenant, "another")
	refused(t, "a request never made", err, settlement.KindNotFound)
}

func holdTwice(t *testing.T, o Opened) {
	first, second := o.grants(t, quoted("1", 500)), quoted("2", 300)
	second.Request = first.Request
	err := o.Quotes.Hold(t.Context(), yearOf(&second), granting(second))
	refused(t, "the same request", err, settlement.KindExists)
	o.holds(t, first)
	_, err = o.Quotes.Quote(t.Context(), second.ID)
	refused(t, "reading what was refused", err, settlement.KindNotFound)
	second.Tenant = "another"
	o.grants(t, second)
}

func holdBeside(t *testing.T, o Opened) {
	first := o.grants(t, quoted("1", 500))
	_, err := o.adds(t, "9", oneDelta)
	same(t, "error", err, nil)
	second := o.grants(t, quoted("2", 300))
	o.holds(t, first, second)
	same(t, "used", o.uses(t, settlement.Settlement{Beneficiary: first.Beneficiary, Year: 2012}), oneDelta)
}

func holdYears(t *testing.T, o Opened) {
	first, second := o.grants(t, quoted("1", 500)), quoted("2", 300)
	second.Year = 2013
	o.grants(t, second)
	o.holds(t, first)
	row, err := o.Quotes.Year(t.Context(), yearOf(&second))
	same(t, "error", err, nil)
	same(t, "holds of 2013", row.Holds, settlement.Holds{second.Hold()}, cmpopts.EquateEmpty())
}

func holdRefused(t *testing.T, o Opened) {
	q, own := o.grants(t, quoted("1", 500)), errors.New("of decide")
	err := o.Quotes.Hold(t.Context(), yearOf(&q), func(row lifecycle.YearRow) (lifecycle.HoldChange, error) {
		return lifecycle.HoldChange{}, own
	})
	same(t, "error", errors.Is(err, own), true)
	o.holds(t, q)
}

func holdUnsound(t *testing.T, o Opened) {
	q := quoted("1", 500)
	q.Request = "a\x00b"
	refused(t, "a NUL", o.Quotes.Hold(t.Context(), yearOf(&q), granting(q)), settlement.KindInvalid)
	o.holds(t)
}

// takingUp closes s by the hold of q.
func takingUp(s settlement.Settlement, q *settlement.Quote, benefit settlement.Money) lifecycle.Decide {
	return func(ground lifecycle.Ground) (lifecycle.Change, error) {
		change := committing(s, ground.Sequence, benefit)
		change.Holds = ground.Holds.Without(q.Tenant, q.Discharge)
		change.Quotes = []settlement.QuoteEvent{told(q, settlement.QuoteSettle)}
		change.Quotes[0].Settlement = s.ID
		return change, nil
	}
}

// personOne opens a settlement of p-1.
func (o Opened) personOne(t *testing.T, name string) settlement.Settlement {
	t.Helper()
	s := record(name)
	s.Beneficiary.ID = "p-1"
	return o.opens(t, s)
}

func holdSettled(t *testing.T, o Opened) {
	for i, benefit := range []settlement.Money{500, 0} { // nothing paid still ends the hold
		own, other := o.grants(t, quoted(fmt.Sprintf("own %d", i), 500)), o.grants(t, quoted(fmt.Sprintf("other %d", i), 300))
		s := o.personOne(t, fmt.Sprint(i))
		var seen settlement.Holds
		o.closes(t, s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
			seen = ground.Holds
			return takingUp(s, &own, benefit)(ground)
		})
		same(t, "holds under lock", seen, settlement.Holds{own.Hold(), other.Hold()}, cmpopts.EquateEmpty())
		o.holds(t, other)
		history := o.quotes(t, own.ID).History
		same(t, "last word", history[len(history)-1].Settlement, s.ID)
		release := func(lifecycle.YearRow) (lifecycle.HoldChange, error) { return lifecycle.HoldChange{}, nil }
		same(t, "releasing the other", o.Quotes.Hold(t.Context(), yearOf(&other), release), nil)
	}
}

func holdLeft(t *testing.T, o Opened) {
	q := o.grants(t, quoted("1", 500))
	_, err := o.adds(t, "2", oneDelta)
	same(t, "error", err, nil)
	o.holds(t, q)
}

func holdKept(t *testing.T, o Opened) {
	q, s := o.grants(t, quoted("1", 500)), o.personOne(t, "1")
	_, err := o.Store.Close(t.Context(), s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		change, _ := takingUp(s, &q, 500)(ground)
		change.Delta.DeductibleMet = -1
		return change, nil
	})
	refused(t, "closing below zero", err, settlement.KindInternal)
	o.holds(t, q)
	same(t, "history", len(o.quotes(t, q.ID).History), 1)
}

func holdGivenUp(t *testing.T, o Opened) {
	q := quoted("1", 500)
	refused(t, "holding", o.Quotes.Hold(cancelled(t), yearOf(&q), granting(q)), settlement.KindUnavailable)
	o.holds(t)
	_, err := o.Quotes.Year(cancelled(t), yearOf(&q))
	unread(t, "a year", err)
}

// Half of 32 hold up to 700 of a cap of 10,000, and half close for as much,
// each on what the others have left: what is used and held never exceeds the
// cap at any moment a decision is made, and in the end makes it full.
func holdConcurrent(t *testing.T, o Opened) {
	const limit, want = settlement.Money(10_000), settlement.Money(700)
	all := o.openMany(t, func(int) settlement.BeneficiaryID { return "p-1" })
	var over sync.Map
	free := func(used settlement.Accumulator, holds settlement.Holds) settlement.Money {
		taken := used.Used[total] + holds.On(used).Held[total]
		if taken > limit {
			over.Store(taken, true)
		}
		return min(want, limit-taken)
	}
	errs := make([]error, len(all))
	var group sync.WaitGroup
	for i, s := range all {
		group.Go(func() {
			if i%2 == 0 {
				_, errs[i] = o.Store.Close(t.Context(), s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
					return committing(s, ground.Sequence, free(ground.Used, ground.Holds)), nil
				})
				return
			}
			q := quoted(fmt.Sprint(i), 0)
			errs[i] = o.Quotes.Hold(t.Context(), yearOf(&q), func(row lifecycle.YearRow) (lifecycle.HoldChange, error) {
				return granting(quoted(fmt.Sprint(i), free(row.Used, row.Holds)))(row)
			})
		})
	}
	group.Wait()
	over.Range(func(taken, _ any) bool { t.Errorf("%v taken of %v", taken, limit); return true })
	for i, err := range errs {
		same(t, fmt.Sprintf("error of %d", i), err, nil)
	}
	row, err := o.Quotes.Year(t.Context(), lifecycle.AccumulatorKey{Beneficiary: "p-1", Year: 2012})
	same(t, "error", err, nil)
	same(t, "holds", len(row.Holds), closers/2)
	same(t, "used and held", row.Used.Used[total]+row.Holds.On(row.Used).Held[total], limit)
}

func holdRace(t *testing.T, o Opened) {
	errs := make([]error, closers)
	var group sync.WaitGroup
	for i := range errs {
		q := quoted(fmt.Sprint(i), 1)
		q.Request = "r-1"
		q.Beneficiary.ID = settlement.BeneficiaryID(fmt.Sprintf("p-%d", i%4))
		group.Go(func() { errs[i] = o.Quotes.Hold(t.Context(), yearOf(&q), granting(q)) })
	}
	group.Wait()
	oneThrough(t, errs, "a taken request")
}

func holdDoubt(t *testing.T, o Opened) {
	first, second := quoted("1", 500), quoted("2", 300)
	o.doubts(t, false)
	refused(t, "not applied", o.Quotes.Hold(t.Context(), yearOf(&first), granting(first)), settlement.KindInDoubt)
	o.holds(t)
	o.doubts(t, true)
	refused(t, "applied", o.Quotes.Hold(t.Context(), yearOf(&second), granting(second)), settlement.KindInDoubt)
	o.holds(t, second)
	same(t, "history", len(o.quotes(t, second.ID).History), 1)
	o.holds(t, second)
	s := o.personOne(t, "3")
	o.doubts(t, true)
	_, err := o.Store.Close(t.Context(), s, takingUp(s, &second, 300))
	refused(t, "closing, applied", err, settlement.KindInDoubt)
	o.holds(t)
	same(t, "history when settled", len(o.quotes(t, second.ID).History), 2)
}

func holdReopen(t *testing.T, o Opened) {
	first, second := o.grants(t, quoted("1", 500)), o.grants(t, quoted("2", 300))
	before := o.quotes(t, first.ID)
	o = o.reopens(t)
	o.holds(t, first, second)
	same(t, "quote", o.quotes(t, first.ID), before, cmp.AllowUnexported(settlement.Ratio{}))
}
