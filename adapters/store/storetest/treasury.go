package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

var treasuryScenarios = []scenario{
	{"keeps every field of a posting", postingFields},
	{"keeps each request once", postingOnce},
	{"keeps the requests of tenants apart", postingTenants},
	{"keeps nothing twice though posted at once", postingAtOnce},
	{"lists a fund's postings in order", postingOrder},
	{"refuses what no column may hold", postingUnsound},
	{"does not post when given up", postingGivenUp},
	{"keeps postings when opened again", postingReopened},
	{"sums nothing for a fund nobody drew on", daysNone},
	{"sums what was drawn by day of discharge", daysSummed},
	{"takes a reversal off its day", daysReversed},
	{"sums the accounts of the levels below a fund", daysLevels},
	{"tells what adjustments made of what was drawn", daysAdjusted},
	{"hands the assisted in order of the person", assistedOrder},
	{"hands the names of those who are registered", assistedNames},
	{"stops handing at the first error", assistedStops},
}

// rural is the fund that the records of this suite draw on.
var rural = fund.Key{Region: "360827", Fund: settlement.RuralFund, Year: 2012}

func posting(name string) fund.Posting {
	return fund.Posting{
		ID: fund.PostingID("g-" + name), Request: settlement.RequestID("q-" + name), Key: rural, Kind: fund.Budget,
		Level: settlement.Province, Amount: 950_000_000, Document: "赣财社〔2012〕1号", Day: 20120110, By: "bureau/li", At: 1_326_160_800_123_456,
	}
}

func (o Opened) posts(t *testing.T, p fund.Posting) {
	t.Helper()
	if err := o.Treasury.Post(t.Context(), p, nil); err != nil {
		t.Fatalf("posting %s: %v", p.ID, err)
	}
}

func (o Opened) booked(t *testing.T, key fund.Key) []fund.Posting {
	t.Helper()
	found, err := o.Treasury.Postings(t.Context(), key)
	same(t, "error", err, nil)
	return found
}

func postingFields(t *testing.T, o Opened) {
	budget, enrolment := posting("1"), posting("2")
	enrolment.Kind, enrolment.Level, enrolment.Persons, enrolment.Amount = fund.Enrolment, "", -7, -35_000
	o.posts(t, budget)
	o.posts(t, enrolment)
	same(t, "postings", o.booked(t, rural), []fund.Posting{budget, enrolment})
	found, err := o.Treasury.PostingOf(t.Context(), enrolment.Tenant, enrolment.Request)
	same(t, "error", err, nil)
	same(t, "posting", found, enrolment)
	_, err = o.Treasury.PostingOf(t.Context(), "", "q-3")
	refused(t, "unknown request", err, settlement.KindNotFound)
}

func postingOnce(t *testing.T, o Opened) {
	o.posts(t, posting("1"))
	again := posting("2")
	again.Request = posting("1").Request
	refused(t, "same request", o.Treasury.Post(t.Context(), again, nil), settlement.KindExists)
	again = posting("2")
	again.ID = posting("1").ID
	refused(t, "same id", o.Treasury.Post(t.Context(), again, nil), settlement.KindExists)
	same(t, "postings", o.booked(t, rural), []fund.Posting{posting("1")})
}

func postingAtOnce(t *testing.T, o Opened) {
	const callers = 8
	errs := make(chan error, callers)
	for n := range callers {
		p := posting("1")
		p.ID = fund.PostingID(fmt.Sprint("g-", n))
		go func() { errs <- o.Treasury.Post(context.Background(), p, nil) }()
	}
	kept := 0
	for range callers {
		if err := <-errs; err == nil {
			kept++
		} else if settlement.KindOf(err) != settlement.KindExists {
			t.Error(err)
		}
	}
	if kept != 1 || len(o.booked(t, rural)) != 1 {
		t.Errorf("%d were told that it is kept, %d are", kept, len(o.booked(t, rural)))
	}
}

func postingOrder(t *testing.T, o Opened) {
	elsewhere, urban, later := posting("3"), posting("4"), posting("5")
	elsewhere.Key.Region, urban.Key.Fund, later.Key.Year = "511425", settlement.UrbanFund, 2013
	all := []fund.Posting{posting("9"), elsewhere, urban, later, posting("1")}
	for _, p := range all {
		o.posts(t, p)
	}
	same(t, "postings", o.booked(t, rural), []fund.Posting{posting("9"), posting("1")})
	same(t, "elsewhere", o.booked(t, elsewhere.Key), []fund.Posting{elsewhere})
	same(t, "urban", o.booked(t, urban.Key), []fund.Posting{urban})
	same(t, "next year", o.booked(t, later.Key), []fund.Posting{later})
}

func postingUnsound(t *testing.T, o Opened) {
	p := posting("1")
	p.Document = "nul\x00"
	refused(t, "a NUL", o.Treasury.Post(t.Context(), p, nil), settlement.KindInvalid)
	same(t, "postings", len(o.booked(t, rural)), 0)
}

func postingGivenUp(t *testing.T, o Opened) {
	refused(t, "given up", o.Treasury.Post(cancelled(t), posting("1"), nil), settlement.KindUnavailable)
	same(t, "postings", len(o.booked(t, rural)), 0)
}

func postingReopened(t *testing.T, o Opened) {
	o.posts(t, posting("1"))
	o = o.reopens(t)
	same(t, "postings", o.booked(t, rural), []fund.Posting{posting("1")})
}

func (o Opened) days(t *testing.T, key fund.Key) []fund.Day {
	t.Helper()
	days, err := o.Treasury.Days(t.Context(), key)
	same(t, "error", err, nil)
	return days
}

func daysNone(t *testing.T, o Opened) {
	o.posts(t, posting("1"))
	o.opens(t, record("1"))
	same(t, "days", len(o.days(t, rural)), 0)
}

// dischargedOn is a record of another day.
func dischargedOn(name string, day settlement.Date) settlement.Settlement {
	s := record(name)
	s.Claim.Discharge = day
	return s
}

func daysSummed(t *testing.T, o Opened) {
	o.commits(t, dischargedOn("1", 20120703), 500)
	o.commits(t, dischargedOn("2", 20120701), 30)
	o.commits(t, dischargedOn("3", 20120703), 2)
	want := []fund.Day{{Date: 20120701, Paid: 30, Settlements: 1}, {Date: 20120703, Paid: 502, Settlements: 2}}
	same(t, "days", o.days(t, rural), want)
	for _, other := range []fund.Key{{Region: "360827", Fund: settlement.UrbanFund, Year: 2012}, {Region: "36082", Fund: settlement.RuralFund, Year: 2012}, {Region: "360827", Fund: settlement.RuralFund, Year: 201}} {
		same(t, other.Account(), len(o.days(t, other)), 0)
	}
}

func daysReversed(t *testing.T, o Opened) {
	o.reverses(t, o.commits(t, dischargedOn("1", 20120703), 500))
	o.commits(t, dischargedOn("2", 20120703), 30)
	o.reverses(t, o.commits(t, dischargedOn("3", 20120705), 7))
	same(t, "days", o.days(t, rural), []fund.Day{{Date: 20120703, Paid: 30, Settlements: 1}})
}

func daysLevels(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	o.closes(t, s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		change := committing(s, ground.Sequence, 500)
		change.Entries = []settlement.Entry{
			{Account: rural.Account() + "/province", Debit: 300}, {Account: rural.Account() + "/county", Debit: 200},
			{Account: "facility/" + string(s.Facility), Credit: 500},
		}
		return change, nil
	})
	same(t, "days", o.days(t, rural), []fund.Day{{Date: 20120701, Paid: 500, Settlements: 1}})
}

// An adjustment is on the day of discharge, and changes no count: what it took
// off altogether was granted all the same. Days and what is handed agree.
func daysAdjusted(t *testing.T, o Opened) {
	o.adjusts(t, o.adjusts(t, o.commits(t, dischargedOn("1", 20120703), 500), 100), 20)
	o.commits(t, dischargedOn("2", 20120703), 30)
	o.adjusts(t, o.commits(t, dischargedOn("3", 20120704), 7), 7)
	gone := o.adjusts(t, o.commits(t, dischargedOn("4", 20120705), 9), 2)
	change := reversing(gone)
	change.Entries = settlement.Counter(o.trails(t, gone.ID).Entries)
	o.closes(t, gone, func(lifecycle.Ground) (lifecycle.Change, error) { return change, nil })
	days := []fund.Day{
		{Date: 20120703, Paid: 410, Settlements: 2, Adjusted: -120},
		{Date: 20120704, Paid: 0, Settlements: 1, Adjusted: -7},
	}
	same(t, "days", o.days(t, rural), days)
	handed := fund.Draws{}
	err := o.Treasury.Assisted(t.Context(), rural.Region, rural.Year, func(d treasury.Drawn) error {
		same(t, "fund", d.Fund, rural.Fund)
		handed.Add(d.Settlement.Claim.Discharge, d.Paid, d.Adjusted)
		return nil
	})
	same(t, "error", err, nil)
	same(t, "handed", handed.Days(), days)
}

// assisted are the ids of what is handed for the rural county's year.
func (o Opened) assisted(t *testing.T) (ids []settlement.SettlementID) {
	t.Helper()
	err := o.Treasury.Assisted(t.Context(), rural.Region, rural.Year, func(d treasury.Drawn) error {
		ids = append(ids, d.Settlement.ID)
		return nil
	})
	same(t, "error", err, nil)
	return ids
}

func assistedOrder(t *testing.T, o Opened) {
	same(t, "nobody", len(o.assisted(t)), 0)
	first := o.commits(t, record("2"), 500)
	again := record("3")
	again.Beneficiary.ID = first.Beneficiary.ID
	o.commits(t, again, 20)
	o.commits(t, record("1"), 30)
	o.opens(t, record("4"))
	same(t, "assisted", o.assisted(t), []settlement.SettlementID{"s-1", "s-2", "s-3"})

	var whole settlement.Settlement
	err := o.Treasury.Assisted(t.Context(), rural.Region, rural.Year, func(d treasury.Drawn) error {
		if d.Settlement.ID == first.ID {
			whole = *d.Settlement
		}
		return nil
	})
	same(t, "error", err, nil)
	same(t, "settlement", whole, o.reads(t, first.ID))
}

func assistedNames(t *testing.T, o Opened) {
	o.commits(t, record("1"), 500)
	o.commits(t, record("2"), 30)
	o.puts(t, person("p-2", oneCertificate))
	var names []settlement.Private
	err := o.Treasury.Assisted(t.Context(), rural.Region, rural.Year, func(d treasury.Drawn) error {
		names = append(names, d.Name)
		return nil
	})
	same(t, "error", err, nil)
	same(t, "names", names, []settlement.Private{"", "张测试"})
}

func assistedStops(t *testing.T, o Opened) {
	o.commits(t, record("1"), 500)
	o.commits(t, record("2"), 500)
	enough, handed := errors.New("enough"), 0
	err := o.Treasury.Assisted(t.Context(), rural.Region, rural.Year, func(treasury.Drawn) error {
		handed++
		return enough
	})
	if !errors.Is(err, enough) || handed != 1 {
		t.Errorf("handed %d, then %v", handed, err)
	}
	o.commits(t, record("3"), 500) // nothing is held
}

// A key tells nothing of what another tenant asked.
func postingTenants(t *testing.T, o Opened) {
	none, one, other := posting("1"), posting("2"), posting("3")
	one.Tenant, one.Request = "MZ360827", none.Request
	other.Tenant, other.Request = "MZ511425", none.Request
	for _, p := range []fund.Posting{none, one, other} {
		_, err := o.Treasury.PostingOf(t.Context(), p.Tenant, p.Request)
		refused(t, "before "+string(p.ID), err, settlement.KindNotFound)
		o.posts(t, p)
		found, err := o.Treasury.PostingOf(t.Context(), p.Tenant, p.Request)
		same(t, "error", err, nil)
		same(t, "posting", found, p)
	}
}
