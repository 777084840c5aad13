package clearinghouse_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// world is a house over a store in memory, with a clock of its own.
type world struct {
	*clearinghouse.House
	t     *testing.T
	store *memory.Store
	now   time.Time
	paid  []string // what the observer was told
}

func (w *world) Paid(bearer clearing.Bearer, days int64) {
	w.paid = append(w.paid, fmt.Sprintf("%s %d", bearer, days))
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, store: memory.New(), now: time.Date(2012, 8, 2, 8, 0, 0, 123, time.UTC)}
	w.House = clearinghouse.New(clearinghouse.Config{Store: w.store, Now: func() time.Time { return w.now }, Term: 30, Observer: w})
	return w
}

// settles books a bill of which the fund bears all.
func (w *world) settles(name string, booked time.Time, amount settlement.Money) settlement.Settlement {
	w.t.Helper()
	s := settlement.Settlement{
		ID: settlement.SettlementID("s-" + name), Tenant: "H1", Facility: "H1", Discharge: settlement.DischargeID(name), Year: 2012,
		Claim: settlement.Claim{Discharge: settlement.DayOf(booked)}, OpenedAt: booked, State: settlement.StateSettling,
	}
	key := lifecycle.RequestKey{Tenant: "H1", Method: lifecycle.MethodSettle, Request: settlement.RequestID("r-" + name)}
	err := w.store.Open(w.t.Context(), lifecycle.Change{Settlement: s, Request: &lifecycle.Request{Key: key, Settlement: s.ID}})
	if err != nil {
		w.t.Fatal(err)
	}
	s.Revision = 1
	return w.books(s, settlement.StateCommitted, booked, []settlement.Entry{
		{Account: "fund/rural/360827/2012", Debit: amount}, {Account: "facility/H1", Credit: amount},
	})
}

func (w *world) books(s settlement.Settlement, state settlement.State, booked time.Time, entries []settlement.Entry) settlement.Settlement {
	w.t.Helper()
	s.State = state
	change := lifecycle.Change{Settlement: s, Entries: entries, Events: []lifecycle.Event{{At: booked}}}
	if err := w.store.Advance(w.t.Context(), change); err != nil {
		w.t.Fatal(err)
	}
	s.Revision++
	return s
}

const july, august = 20120701, 20120801

func month(first settlement.Date) settlement.Period {
	last := first
	for last.Next().Month() == first.Month() {
		last = last.Next()
	}
	return settlement.Period{From: first, To: last}
}

func key(request settlement.RequestID) clearinghouse.Key {
	return clearinghouse.Key{Tenant: "bureau", Request: request}
}

// opens opens a month.
func (w *world) opens(first settlement.Date) clearing.Clearing {
	w.t.Helper()
	done, err := w.Open(w.t.Context(), clearinghouse.Opening{Key: key(settlement.RequestID(fmt.Sprint("open ", first, " ", w.now))), Period: month(first), By: "li"})
	if err != nil {
		w.t.Fatal(err)
	}
	return done.Clearing
}

// step is a step of a clearing by li, or by wang who approves, told from others
// by its time.
func (w *world) step(number clearing.Number, act clearing.Act) clearinghouse.Step {
	by, etag := "li", ""
	if act == clearing.Approved {
		by = "wang"
		c, _, err := w.Clearing(w.t.Context(), number, clearinghouse.Scope{All: true})
		if err != nil {
			w.t.Fatal(err)
		}
		etag = c.Etag()
	}
	return clearinghouse.Step{
		Key: key(settlement.RequestID(fmt.Sprint(number, " ", act, " ", w.now.UnixNano()))), Number: number, Act: act, By: by, Cause: "csv", Etag: etag,
	}
}

func (w *world) takes(number clearing.Number, acts ...clearing.Act) (last clearing.Clearing) {
	w.t.Helper()
	for _, act := range acts {
		w.now = w.now.Add(time.Second)
		done, err := w.Take(w.t.Context(), w.step(number, act))
		if err != nil {
			w.t.Fatalf("%s: %v", act, err)
		}
		last = done.Clearing
	}
	return last
}

func refuses(t *testing.T, err error, kind settlement.Kind, reason settlement.Reason, field string) {
	t.Helper()
	e, ok := err.(*settlement.Error)
	if !ok || e.Kind != kind || e.Reason != reason || e.Field != field {
		t.Errorf("got %v, want %s of %q", err, reason, field)
	}
}

func actsOf(c clearing.Clearing) (acts []clearing.Act) {
	for _, e := range c.History {
		acts = append(acts, e.Act)
	}
	return acts
}

func TestFromOpeningToPayment(t *testing.T) {
	w := newWorld(t)
	w.settles("1", time.Date(2012, 7, 3, 4, 0, 0, 0, time.UTC), 600_00)
	w.settles("2", time.Date(2012, 7, 5, 4, 0, 0, 0, time.UTC), 400_00)
	c := w.opens(july)
	if c.Number != 1 || c.PayOn != 20120830 {
		t.Fatalf("%+v", c)
	}
	c = w.takes(1, clearing.Cut, clearing.Proposed, clearing.Approved, clearing.Exported)
	want := []clearing.Act{clearing.Opened, clearing.Cut, clearing.Frozen, clearing.Proposed, clearing.Approved, clearing.Exported}
	if diff := cmp.Diff(want, actsOf(c)); diff != "" {
		t.Error(diff)
	}
	for i, amount := range []settlement.Money{300_00, 700_00} {
		step := w.step(1, clearing.Paid)
		step.Key.Request += settlement.RequestID(fmt.Sprint(i))
		step.Payment = &clearing.Payment{Facility: "H1", Bearer: "fund/rural/360827/2012", Amount: amount, Reference: fmt.Sprint("b-", i), Day: 20120802}
		done, err := w.Take(t.Context(), step)
		if err != nil || done.Replayed {
			t.Fatal(err)
		}
		if len(w.paid) != i {
			t.Errorf("after payment %d the observer was told %q", i+1, w.paid)
		}
		again, err := w.Take(t.Context(), step)
		if err != nil || !again.Replayed || len(w.paid) != i {
			t.Errorf("a repeat: %v, replayed %t, told %q", err, again.Replayed, w.paid)
		}
	}
	if diff := cmp.Diff([]string{"fund/rural/360827/2012 29"}, w.paid); diff != "" {
		t.Error(diff)
	}
	positions, err := w.Positions(t.Context(), 1)
	c, _, _ = w.Clearing(t.Context(), 1, clearinghouse.Scope{All: true})
	totals := clearing.Total(positions, c.History)
	if err != nil || totals.Paid != totals.Borne || totals.Bills != 1000_00 || !totals.Balanced() {
		t.Errorf("%v %+v", err, totals)
	}
}

func TestPeriodsFollowEachOther(t *testing.T) {
	w := newWorld(t)
	w.opens(july)
	_, err := w.Open(t.Context(), clearinghouse.Opening{Key: key("r"), Period: month(august), By: "li"})
	refuses(t, err, settlement.KindBlocked, settlement.ReasonClearingOpen, "from_date")
	w.takes(1, clearing.Cut)
	for _, from := range []settlement.Date{july, 20120802} {
		_, err = w.Open(t.Context(), clearinghouse.Opening{Key: key("r"), Period: settlement.Period{From: from, To: 20120831}, By: "li"})
		refuses(t, err, settlement.KindBlocked, settlement.ReasonClearingPeriod, "from_date")
	}
	_, err = w.Open(t.Context(), clearinghouse.Opening{Key: key("r"), Period: settlement.Period{From: 20120802, To: 20120801}, By: "li"})
	refuses(t, err, settlement.KindInvalid, settlement.ReasonDateOrder, "to_date")
	w.opens(august)
	_, err = w.Take(t.Context(), w.step(2, clearing.Cut))
	refuses(t, err, settlement.KindBlocked, settlement.ReasonClearingPeriod, "number")
	w.takes(2, clearing.Voided) // and the period is August still
	if c := w.opens(august); c.Number != 3 {
		t.Error(c.Number)
	}
}

// Many voided ones between do not hide the one that stands.
func TestThePeriodBeforeIsFoundBehindVoidedOnes(t *testing.T) {
	w := newWorld(t)
	w.opens(july)
	w.takes(1, clearing.Cut)
	for n := range clearing.Number(30) {
		w.now = w.now.Add(time.Second)
		w.opens(august)
		w.takes(n+2, clearing.Voided)
	}
	_, err := w.Open(t.Context(), clearinghouse.Opening{Key: key("r"), Period: month(july), By: "li"})
	refuses(t, err, settlement.KindBlocked, settlement.ReasonClearingPeriod, "from_date")
}

func TestWhatComesAfterTheFreezeIsTheNextOnes(t *testing.T) {
	w := newWorld(t)
	first := w.settles("1", time.Date(2012, 7, 3, 0, 0, 0, 0, time.UTC), 600_00)
	w.opens(july)
	w.takes(1, clearing.Cut)
	w.books(first, settlement.StateReversed, time.Date(2012, 8, 2, 9, 0, 0, 0, time.UTC), []settlement.Entry{
		{Account: "fund/rural/360827/2012", Credit: 600_00}, {Account: "facility/H1", Debit: 600_00},
	})
	w.settles("2", time.Date(2012, 7, 31, 0, 0, 0, 0, time.UTC), 100_00) // committed late
	w.opens(august)
	w.now = time.Date(2012, 9, 1, 0, 0, 0, 0, time.UTC)
	w.takes(2, clearing.Cut)
	for number, want := range map[clearing.Number]settlement.Money{1: 600_00, 2: -500_00} {
		positions, err := w.Positions(t.Context(), number)
		if got := clearing.Total(positions, nil); err != nil || got.Borne != want {
			t.Errorf("clearing %d: %v, %s, want %s", number, err, got.Borne, want)
		}
	}
}

func TestApprovingTakesAnotherPersonAndWhatWasRead(t *testing.T) {
	w := newWorld(t)
	w.opens(july)
	w.takes(1, clearing.Cut, clearing.Proposed)
	own := w.step(1, clearing.Approved)
	own.By = "li"
	_, err := w.Take(t.Context(), own)
	refuses(t, err, settlement.KindBlocked, settlement.ReasonSamePerson, "operator")
	seen := w.step(1, clearing.Approved)
	w.takes(1, clearing.Declined, clearing.Proposed)
	_, err = w.Take(t.Context(), seen)
	refuses(t, err, settlement.KindBlocked, settlement.ReasonProposalChanged, "etag")
	w.takes(1, clearing.Approved)
	_, err = w.Take(t.Context(), w.step(1, clearing.Voided))
	refuses(t, err, settlement.KindBlocked, settlement.ReasonClearingStatus, "number")
}

func TestPaymentsNameAStatement(t *testing.T) {
	w := newWorld(t)
	w.settles("1", time.Date(2012, 7, 3, 0, 0, 0, 0, time.UTC), 600_00)
	w.opens(july)
	w.takes(1, clearing.Cut, clearing.Proposed, clearing.Approved, clearing.Exported)
	step := w.step(1, clearing.Paid)
	for _, c := range []struct {
		payment clearing.Payment
		kind    settlement.Kind
		reason  settlement.Reason
		field   string
	}{
		{clearing.Payment{Facility: "H2", Bearer: "fund/rural/360827/2012", Amount: 1, Reference: "b", Day: 20120802}, settlement.KindNotFound, settlement.ReasonStatementUnknown, "bearer"},
		{clearing.Payment{Facility: "H1", Bearer: "payer/a", Amount: 1, Reference: "b", Day: 20120802}, settlement.KindNotFound, settlement.ReasonStatementUnknown, "bearer"},
		{clearing.Payment{Facility: "H1", Bearer: "fund/rural/360827/2012", Amount: 1, Reference: "b", Day: 20120803}, settlement.KindInvalid, settlement.ReasonDateOrder, "day"},
	} {
		step.Payment = &c.payment
		_, err := w.Take(t.Context(), step)
		refuses(t, err, c.kind, c.reason, c.field)
	}
}

// A repeat gets its first answer, whatever happened since; a key used for
// something else is refused, naming what differs.
func TestRequestsAreAnsweredOnce(t *testing.T) {
	w := newWorld(t)
	ask := clearinghouse.Opening{Key: key("open"), Period: month(july), By: "li"}
	if _, err := w.Open(t.Context(), ask); err != nil {
		t.Fatal(err)
	}
	freeze := w.step(1, clearing.Cut)
	frozen, err := w.Take(t.Context(), freeze)
	if err != nil || frozen.Replayed || frozen.Clearing.Act() != clearing.Frozen {
		t.Fatal(err)
	}
	w.takes(1, clearing.Proposed)
	again, err := w.Open(t.Context(), ask)
	if err != nil || !again.Replayed || len(again.Clearing.History) != 1 {
		t.Errorf("opening again: %v %+v", err, again)
	}
	again, err = w.Take(t.Context(), freeze)
	if err != nil || !again.Replayed || again.Clearing.Act() != clearing.Frozen {
		t.Errorf("freezing again: %v %+v", err, again)
	}
	other := ask
	other.Period.To = 20120730
	_, err = w.Open(t.Context(), other)
	refuses(t, err, settlement.KindKeyReused, settlement.ReasonKeyReused, "to_date")
	other = ask
	other.By = "wang"
	_, err = w.Open(t.Context(), other)
	refuses(t, err, settlement.KindKeyReused, settlement.ReasonKeyReused, "operator")
	reused := freeze
	reused.Act = clearing.Voided
	_, err = w.Take(t.Context(), reused)
	refuses(t, err, settlement.KindKeyReused, settlement.ReasonKeyReused, "act")
}

// A gateway that ends between the cut and the positions leaves a clearing that
// any further freeze completes, and nothing is taken twice or left out.
func TestAFreezeThatWasBrokenOffIsCompleted(t *testing.T) {
	w := newWorld(t)
	w.settles("1", time.Date(2012, 7, 3, 0, 0, 0, 0, time.UTC), 600_00)
	w.opens(july)
	broken := &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable}
	w.store.Fault = func(m memory.Moment) error {
		if m.Verb == "enter" {
			return broken
		}
		return nil
	}
	freeze := w.step(1, clearing.Cut)
	_, err := w.Take(t.Context(), freeze)
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	w.store.Fault = nil
	w.settles("2", time.Date(2012, 7, 4, 0, 0, 0, 0, time.UTC), 1_00) // too late
	_, err = w.Open(t.Context(), clearinghouse.Opening{Key: key("r"), Period: month(august), By: "li"})
	refuses(t, err, settlement.KindBlocked, settlement.ReasonClearingOpen, "from_date")
	for name, ask := range map[string]clearinghouse.Step{"the same request": freeze, "another": w.step(1, clearing.Cut)} {
		done, err := w.Take(t.Context(), ask)
		if err != nil && settlement.ReasonOf(err) != settlement.ReasonClearingStatus {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && done.Clearing.Act() != clearing.Frozen {
			t.Errorf("%s: %s", name, done.Clearing.Act())
		}
	}
	positions, err := w.Positions(t.Context(), 1)
	if got := clearing.Total(positions, nil); err != nil || got.Borne != 600_00 {
		t.Errorf("%v %+v", err, got)
	}
}

// Eight people freeze at once: one history, one set of positions.
func TestFreezingAtOnce(t *testing.T) {
	w := newWorld(t)
	w.settles("1", time.Date(2012, 7, 3, 0, 0, 0, 0, time.UTC), 600_00)
	w.opens(july)
	var group sync.WaitGroup
	for n := range 8 {
		step := w.step(1, clearing.Cut)
		step.Key.Request += settlement.RequestID(fmt.Sprint(n))
		group.Go(func() {
			_, err := w.Take(context.Background(), step)
			if err != nil && settlement.ReasonOf(err) != settlement.ReasonClearingStatus {
				t.Error(err)
			}
		})
	}
	group.Wait()
	c, _, err := w.Clearing(t.Context(), 1, clearinghouse.Scope{All: true})
	if err != nil || !slices.Equal(actsOf(c), []clearing.Act{clearing.Opened, clearing.Cut, clearing.Frozen}) {
		t.Errorf("%v %v", err, actsOf(c))
	}
}

func TestClearingsComePageByPage(t *testing.T) {
	w := newWorld(t)
	w.opens(july)
	w.takes(1, clearing.Cut)
	w.opens(august)
	page, next, err := w.Clearings(t.Context(), clearinghouse.Query{Limit: 1})
	if err != nil || len(page) != 1 || page[0].Number != 2 || next != 2 {
		t.Errorf("%v %v %d", err, page, next)
	}
	page, next, err = w.Clearings(t.Context(), clearinghouse.Query{Before: next, Limit: 1})
	if err != nil || len(page) != 1 || page[0].Number != 1 || next != 0 {
		t.Errorf("%v %v %d", err, page, next)
	}
}
