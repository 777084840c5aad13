package reconciliation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// inbox has a list of each of some days.
type inbox map[settlement.Date][]reconcile.Line

func (i inbox) List(_ settlement.PayerCode, day settlement.Date) (reconciliation.ClosingList, reconciliation.Input, error) {
	lines, found := i[day]
	if !found {
		return nil, reconciliation.Input{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonReconciliationNotFound}
	}
	l := &list{lines: lines, states: reconcile.StatesAssistance}
	if lines == nil {
		l.broken = &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonBadDocument}
	}
	return closing{l}, reconciliation.Input{Form: "csv", Digest: fmt.Sprint(day, lines)}, nil
}

// calendar is one gateway's, of payer A since 9 July 2012 at half past two.
func (o *office) calendar(i inbox, told *[]string) *reconciliation.Calendar {
	return &reconciliation.Calendar{
		Desk: o.Desk, Inbox: i,
		Plans: []reconciliation.Plan{{
			Share: reconcile.InsuranceShare, Payer: "A", At: 150 * time.Minute, Since: 20120709, From: []reconciliation.Origin{reconciliation.FromInbox},
		}},
		Told: func(payer settlement.PayerCode, day settlement.Date, run *reconciliation.Kept, err error) {
			text := fmt.Sprint(day, " ", err)
			if run != nil {
				text = fmt.Sprint(day, " ", run.End.Failed, " late ", run.Late)
			}
			*told = append(*told, text)
		},
		Missing: func(_ settlement.PayerCode, days int) { o.missing = days },
	}
}

// china is an instant on China's clock.
func china(day settlement.Date, hour, minute int) time.Time {
	return day.Midnight().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// Each day is run once, on the next day at its time, by one of the gateways.
func TestCalendar(t *testing.T) {
	o := newOffice(t)
	var told []string
	lists := inbox{20120709: {}, 20120710: both[:1], 20120711: both[1:]}
	one, other := o.calendar(lists, &told), o.calendar(lists, &told)
	for _, step := range []struct {
		at   time.Time
		want int
	}{
		{china(20120710, 2, 29), 0}, {china(20120710, 2, 30), 1}, {china(20120710, 2, 31), 0}, {china(20120711, 2, 29), 0}, {china(20120711, 9, 0), 1}, {china(20120712, 2, 30), 1},
	} {
		o.now = step.at
		if got := one.Tick(t.Context(), t.Context()) + other.Tick(t.Context(), t.Context()); got != step.want {
			t.Errorf("at %s: %d runs, want %d", step.at, got, step.want)
		}
	}
	equals(t, "told", told, []string{"2012-07-09  late false", "2012-07-10  late false", "2012-07-11  late false"})
}

// Days missed while nobody looked, and lists that came late, are made up for,
// oldest first.
func TestCalendarCatchesUp(t *testing.T) {
	o := newOffice(t)
	var told []string
	lists := inbox{20120710: both[:1], 20120711: both[1:]}
	c := o.calendar(lists, &told)
	o.now = china(20120715, 8, 0)
	c.Tick(t.Context(), t.Context())
	lists[20120709] = []reconcile.Line{}
	o.now = o.now.Add(time.Minute)
	c.Tick(t.Context(), t.Context())
	equals(t, "told", told, []string{"2012-07-10  late true", "2012-07-11  late true", "2012-07-09  late true"})
	runs, _, err := o.Runs(t.Context(), reconciliation.RunQuery{Limit: 1})
	if err != nil || !runs[0].OutOfOrder {
		t.Errorf("%+v, %v", runs, err)
	}
}

// A list that cannot be read is tried again, an hour apart and a few times.
func TestCalendarTriesAgain(t *testing.T) {
	o := newOffice(t)
	var told []string
	lists := inbox{20120709: nil}
	c := o.calendar(lists, &told)
	ran := 0
	for o.now = china(20120710, 3, 0); o.now.Before(china(20120711, 2, 0)); o.now = o.now.Add(10 * time.Minute) {
		ran += c.Tick(t.Context(), t.Context())
	}
	if ran != 5 || told[0] != "2012-07-09 BAD_DOCUMENT late false" {
		t.Errorf("%d runs, %q", ran, told)
	}
}

// A payer that can be asked is asked where no list has come.
func TestCalendarLive(t *testing.T) {
	o := newOffice(t)
	var told []string
	c := o.calendar(inbox{}, &told)
	c.Plans[0].From = []reconciliation.Origin{reconciliation.FromInbox, reconciliation.FromPayer}
	o.now = china(20120710, 3, 0)
	if ran := c.Tick(t.Context(), t.Context()); ran != 1 || len(o.source.asked) != 1 {
		t.Errorf("%d runs, asked %d times", ran, len(o.source.asked))
	}
}

// A payer that is asked first and comes to no result has its list compared, at
// once or when it comes; asked again it is an hour later, and a few times.
func TestCalendarLiveThenInbox(t *testing.T) {
	o := newOffice(t)
	var told []string
	lists := inbox{}
	c := o.calendar(lists, &told)
	c.Plans[0].From = []reconciliation.Origin{reconciliation.FromPayer, reconciliation.FromInbox}
	o.source.err = &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerUnavailable}
	tick := func(at time.Time) (string, int) {
		t.Helper()
		o.now = at
		c.Tick(t.Context(), t.Context())
		return fmt.Sprint(len(o.source.asked), " asked, ", o.missing, " missing"), len(told)
	}
	steps := []string{}
	step := func(at time.Time) {
		t.Helper()
		text, n := tick(at)
		steps = append(steps, fmt.Sprint(text, ", ", n, " told"))
	}
	step(china(20120710, 2, 30))
	step(china(20120710, 2, 31))
	lists[20120709] = []reconcile.Line{}
	step(china(20120710, 2, 32))
	step(china(20120710, 9, 0))
	o.source.err = nil
	step(china(20120711, 2, 30))
	equals(t, "steps", steps, []string{
		"1 asked, 1 missing, 1 told", "1 asked, 1 missing, 1 told", "1 asked, 0 missing, 2 told", "1 asked, 0 missing, 2 told", "2 asked, 0 missing, 3 told",
	})
}

// What assistance bears is compared by the day, too, under a name of its own.
func TestCalendarOfAssistance(t *testing.T) {
	o := newOffice(t)
	var told []string
	c := o.calendar(inbox{20120709: {}}, &told)
	c.Plans[0].Share, c.Plans[0].Payer = reconcile.AssistanceShare, ""
	o.now = china(20120710, 2, 30)
	if ran := c.Tick(t.Context(), t.Context()); ran != 1 || o.missing != 0 {
		t.Errorf("%d runs, %d missing, %q", ran, o.missing, told)
	}
	run, err := o.Run(t.Context(), "run-1")
	if err != nil || run.Scope.Share != reconcile.AssistanceShare || !strings.HasPrefix(string(run.Key.Request), "daily/assistance/2012-07-09/") {
		t.Errorf("%+v, %v", run, err)
	}
}

// The last day of a year is compared on the first of the next, and what is
// booked there around midnight counts to the day that the payer's clock says.
func TestCalendarYearEnd(t *testing.T) {
	o := newOffice(t)
	late := settled("E3", "R3", 1, 60_00)
	late.OpenedAt = china(20121231, 23, 58)
	late.Legs[0].Payment.At = china(20121231, 23, 59)
	o.held = books{late}
	var told []string
	c := o.calendar(inbox{20121231: {}, 20130101: {row("E3", "R3", 60_00)}}, &told)
	c.Plans[0].Since = 20121231
	for _, at := range []time.Time{china(20130101, 2, 0), china(20130101, 2, 30), china(20130102, 2, 30)} {
		o.now = at
		c.Tick(t.Context(), t.Context())
	}
	equals(t, "told", told, []string{"2012-12-31  late false", "2013-01-01  late false"})
	equals(t, "31 December", o.open(t, "run-1"), []string{"1 ours_only E3 "})
	found, err := o.Finding(t.Context(), reconciliation.FindingID{Run: "run-1", Line: 1})
	if err != nil || found.Cause != reconcile.CutOff {
		t.Errorf("%+v, %v", found, err)
	}
	equals(t, "1 January", o.open(t, "run-2"), []string{"1 wrong_day E3 "})
}

// A day is missing until a result of all of it counts, whoever had it made.
func TestCalendarMissing(t *testing.T) {
	o := newOffice(t)
	var told []string
	lists := inbox{}
	c := o.calendar(lists, &told)
	miss := func(at time.Time, want int) {
		t.Helper()
		o.now = at
		if c.Tick(t.Context(), t.Context()); o.missing != want {
			t.Errorf("at %s: %d missing, want %d", at, o.missing, want)
		}
	}
	miss(china(20120710, 2, 0), 0)
	miss(china(20120710, 3, 0), 1)
	miss(china(20120712, 3, 0), 3)
	by := o.ask("by-hand", both...) // of 10 and 11 July
	by.Scope.Facility = "H1"
	o.runs(t, by)
	miss(china(20120712, 4, 0), 3) // one facility is not all
	by = o.ask("by-hand-too", both...)
	run := o.runs(t, by)
	miss(china(20120712, 5, 10), 1)
	lists[20120710], lists[20120711] = both[:1], both[1:]
	miss(china(20120712, 6, 30), 1)
	if len(told) != 0 {
		t.Errorf("compared again: %q", told)
	}
	if _, err := o.Void(t.Context(), run.ID, "operator/li", "wrong file"); err != nil {
		t.Fatal(err)
	}
	miss(china(20120712, 7, 40), 1)
	equals(t, "told", told, []string{"2012-07-10  late true", "2012-07-11  late false"})
}

// What people took back is not made again of the same list, but of another.
func TestCalendarVoided(t *testing.T) {
	o := newOffice(t)
	var told []string
	lists := inbox{20120709: both[:1]}
	c := o.calendar(lists, &told)
	o.now = china(20120710, 3, 0)
	c.Tick(t.Context(), t.Context())
	if _, err := o.Void(t.Context(), "run-1", "operator/li", "wrong file"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		o.now = o.now.Add(61 * time.Minute)
		if ran := c.Tick(t.Context(), t.Context()); ran != 0 || o.missing != 1 {
			t.Errorf("%d runs, %d missing", ran, o.missing)
		}
	}
	lists[20120709] = []reconcile.Line{}
	o.now = o.now.Add(61 * time.Minute)
	if ran := c.Tick(t.Context(), t.Context()); ran != 1 || o.missing != 0 {
		t.Errorf("%d runs, %d missing", ran, o.missing)
	}
}

// An inbox that cannot be looked into keeps nobody else from being compared,
// and a gateway that stops begins no further day.
func TestCalendarTroubled(t *testing.T) {
	o := newOffice(t)
	var told []string
	c := o.calendar(inbox{20120709: {}}, &told)
	c.Plans = append([]reconciliation.Plan{{Share: reconcile.InsuranceShare, Payer: "B", Since: 20120709, From: c.Plans[0].From}}, c.Plans...)
	c.Inbox = half{c.Inbox}
	o.now = china(20120710, 3, 0)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if ran := c.Tick(stopped, t.Context()); ran != 0 {
		t.Errorf("%d runs after the end", ran)
	}
	if ran := c.Tick(t.Context(), t.Context()); ran != 1 || len(told) != 2 || !strings.Contains(told[0], "UNAVAILABLE") && !strings.Contains(told[0], "INTERNAL") {
		t.Errorf("%d runs, %q", ran, told)
	}
}

// half is an inbox whose folder of payer B cannot be read.
type half struct{ reconciliation.Inbox }

func (h half) List(payer settlement.PayerCode, day settlement.Date) (reconciliation.ClosingList, reconciliation.Input, error) {
	if payer == "B" {
		return nil, reconciliation.Input{}, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonInternal}
	}
	return h.Inbox.List(payer, day)
}
