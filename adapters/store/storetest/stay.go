package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

var stayScenarios = []scenario{
	{"keeps the events of a stay in order", stayKeeps},
	{"refuses a number or a request twice", stayTwice},
	{"lists newest first, by person, facility, tenant and what is outstanding, page by page", stayList},
	{"lists a stay as it is after its last event", stayListed},
	{"a stay never registered is not found", stayUnknown},
	{"is not kept when given up, nor with what no column may hold", stayUnsound},
	{"writers of one number let one through", stayRace},
	{"an event in doubt is all there or not at all", stayDoubt},
	{"outlives the store", stayReopen},
}

// stayEvent is one with something in every field; only the first has a request.
func stayEvent(id stay.ID, no int) stay.Event {
	e := stay.Event{
		Stay: id, No: no, At: moment.Add(time.Duration(no) * time.Second), Actor: "cashier-7", Act: stay.ActCharge,
		Rows:   []stay.Row{{ID: "r-1", Item: "x", Name: "药", Number: "2", Price: "1.2500", Total: 2_50}},
		Result: settlement.ResultApplied, Encounter: "I1", Lines: []stay.Line{{Of: "r-1", Taken: true, Eligible: 1_25, Words: "w"}},
		Words: "words", Body: "<body/>",
	}
	if no == 1 {
		e.Discharge = "d-1"
		e.Tenant, e.Request = "t-1", settlement.RequestID("r-"+string(id))
		e.Form = stay.Form{
			Fingerprint: "f", Facility: "H1", Person: "p-1", Region: "360827", Scheme: settlement.SchemeNCMS, Payer: "ncms", Insured: "9",
			Details: stay.Details{
				Inpatient: "zy1", Admission: 20120801, Department: "内科", Doctor: "张测试", Status: "1", Disease: "J18", Bed: "3", Referred: true, Notice: "MZ1",
			},
		}
	}
	return e
}

// StayAfter is the summary of the stay after an event, with something in every
// field.
func StayAfter(e *stay.Event) *stay.Summary {
	after := &stay.Summary{
		Event: *e, Events: e.No, State: stay.Registered, Encounter: "I1", Words: "words", Taken: "d-1", Charged: 2_50, Sent: 2, NotTaken: 1,
		Missing: "r-2", Unanswered: 3, Handed: 4, Proposed: true, Asked: stay.Tries{At: e.At, Times: 1}, Uploaded: stay.Tries{At: e.At, Times: 2},
	}
	after.Event.Body = ""
	return after
}

func (o Opened) adding(t *testing.T, e stay.Event) error {
	return o.Stays.AddStayEvent(t.Context(), e, StayAfter(&e))
}

func (o Opened) addsStay(t *testing.T, events ...stay.Event) []stay.Event {
	t.Helper()
	for _, e := range events {
		if err := o.adding(t, e); err != nil {
			t.Fatalf("event %d of %s: %v", e.No, e.Stay, err)
		}
	}
	return events
}

// stayOf asserts the events of a stay.
func (o Opened) stayOf(t *testing.T, name string, id stay.ID, want []stay.Event) {
	t.Helper()
	found, err := o.Stays.StayEvents(t.Context(), id)
	same(t, name+": error", err, nil)
	same(t, name, found, want)
}

func stayKeeps(t *testing.T, o Opened) {
	want := o.addsStay(t, stayEvent("y-1", 1), stayEvent("y-1", 2), stayEvent("y-1", 3))
	o.addsStay(t, stayEvent("y-2", 1))
	o.stayOf(t, "by its id", "y-1", want)
	found, err := o.Stays.StayEventsOf(t.Context(), "t-1", "r-y-1")
	same(t, "error", err, nil)
	same(t, "by its request", found, want)
}

func stayTwice(t *testing.T, o Opened) {
	want := o.addsStay(t, stayEvent("y-1", 1), stayEvent("y-1", 2))
	refused(t, "a number again", o.adding(t, stayEvent("y-1", 2)), settlement.KindExists)
	second := stayEvent("y-2", 1)
	second.Request = want[0].Request
	refused(t, "a request again", o.adding(t, second), settlement.KindExists)
	second.Tenant = "t-2"
	o.addsStay(t, second)
	o.stayOf(t, "what is there", "y-1", want)
}

// staysOf asserts the stays that a query finds.
func (o Opened) staysOf(t *testing.T, name string, query stay.Query, want ...stay.ID) {
	t.Helper()
	if query.Limit == 0 {
		query.Limit = 10
	}
	listed, err := o.Stays.Stays(t.Context(), query)
	same(t, name+": error", err, nil)
	var found []stay.ID
	for i := range listed {
		found = append(found, listed[i].Stay)
	}
	same(t, name, found, want)
}

func stayList(t *testing.T, o Opened) {
	older, newer, twin, foreign := stayEvent("y-1", 1), stayEvent("y-2", 1), stayEvent("y-3", 1), stayEvent("y-4", 1)
	newer.At = older.At.Add(time.Hour)
	twin.At, twin.Form.Facility = newer.At, "H2"
	foreign.At, foreign.Tenant, foreign.Form.Person = older.At.Add(-time.Hour), "t-2", "p-2"
	o.addsStay(t, twin, older, foreign, newer, stayEvent("y-1", 2))
	o.staysOf(t, "all", stay.Query{}, "y-3", "y-2", "y-1", "y-4")
	o.staysOf(t, "of a person", stay.Query{Person: "p-2"}, "y-4")
	o.staysOf(t, "of a facility", stay.Query{Facility: "H2"}, "y-3")
	o.staysOf(t, "of one of two facilities", stay.Query{Facilities: []settlement.FacilityID{"H2", "H3"}}, "y-3")
	o.staysOf(t, "of a tenant", stay.Query{Tenant: "t-1", Person: "p-1", Facility: "H1"}, "y-2", "y-1")
	o.staysOf(t, "of a region where nobody lives", stay.Query{Regions: []settlement.RegionID{"360827"}})
	o.staysOf(t, "a page", stay.Query{Limit: 2}, "y-3", "y-2")
	o.staysOf(t, "behind one of two of a moment", stay.Query{Before: &stay.Mark{At: twin.At, ID: "y-3"}, Limit: 2}, "y-2", "y-1")
	for _, outstanding := range []bool{true, false} {
		e := stayEvent("y-2", 2)
		if !outstanding {
			e.No = 3
		}
		after := StayAfter(&e)
		after.Outstanding = outstanding
		same(t, "adding", o.Stays.AddStayEvent(t.Context(), e, after), nil)
		want := []stay.ID{"y-2"}
		if !outstanding {
			want = nil
		}
		o.staysOf(t, "outstanding", stay.Query{Outstanding: true}, want...)
	}
	o.staysOf(t, "for people", stay.Query{ForPeople: true}, "y-3", "y-2", "y-1", "y-4")
	for no, handed := range []int{0, 1} {
		e := stayEvent("y-3", no+2)
		after := StayAfter(&e)
		after.Proposed, after.Handed = false, handed
		same(t, "adding", o.Stays.AddStayEvent(t.Context(), e, after), nil)
		if handed == 0 {
			o.staysOf(t, "for people, one less", stay.Query{ForPeople: true, Tenant: "t-1"}, "y-2", "y-1")
		}
	}
	o.staysOf(t, "a page for people", stay.Query{ForPeople: true, Limit: 1}, "y-3")
	_, err := o.Stays.Stays(cancelled(t), stay.Query{Limit: 1})
	unread(t, "stays", err)
}

func stayListed(t *testing.T, o Opened) {
	events := o.addsStay(t, stayEvent("y-1", 1), stayEvent("y-1", 2))
	behind := StayAfter(&events[0])
	o.addsStay(t, stayEvent("y-2", 1))
	third := stayEvent("y-2", 2)
	lagging := StayAfter(&third)
	lagging.Events = 1
	same(t, "adding", o.Stays.AddStayEvent(t.Context(), third, lagging), nil)
	found, err := o.Stays.Stays(t.Context(), stay.Query{Limit: 3})
	same(t, "error", err, nil)
	same(t, "listed", found, []stay.Listed{{Summary: *lagging, Kept: 2}, {Summary: *StayAfter(&events[1]), Kept: 2}})
	if behind.Events == found[1].Events {
		t.Error("the summary before the last")
	}
	refused(t, "a number again", o.adding(t, stayEvent("y-1", 2)), settlement.KindExists)
	again, err := o.Stays.Stays(t.Context(), stay.Query{Limit: 3})
	same(t, "error", err, nil)
	same(t, "listed after a refused event", again, found)
}

func stayUnknown(t *testing.T, o Opened) {
	o.addsStay(t, stayEvent("y-1", 1), stayEvent("y-1", 2))
	_, err := o.Stays.StayEvents(t.Context(), "another")
	refused(t, "a stay never registered", err, settlement.KindNotFound)
	for tenant, request := range map[settlement.TenantID]settlement.RequestID{"t-1": "another", "t-2": "r-y-1", "": ""} {
		_, err := o.Stays.StayEventsOf(t.Context(), tenant, request)
		refused(t, "a request never made", err, settlement.KindNotFound)
	}
}

func stayUnsound(t *testing.T, o Opened) {
	e := stayEvent("y-1", 1)
	e.Request = "a\x00b"
	refused(t, "a NUL", o.adding(t, e), settlement.KindInvalid)
	refused(t, "adding", o.Stays.AddStayEvent(cancelled(t), stayEvent("y-1", 1), &stay.Summary{}), settlement.KindUnavailable)
	_, err := o.Stays.StayEvents(t.Context(), "y-1")
	refused(t, "what is there", err, settlement.KindNotFound)
	_, err = o.Stays.StayEvents(cancelled(t), "y-1")
	unread(t, "events", err)
}

func stayRace(t *testing.T, o Opened) {
	o.addsStay(t, stayEvent("y-1", 1))
	errs := make([]error, closers)
	var group sync.WaitGroup
	for i := range errs {
		e := stayEvent("y-1", 2)
		e.Actor = fmt.Sprint(i)
		group.Go(func() { errs[i] = o.adding(t, e) })
	}
	group.Wait()
	oneThrough(t, errs, "a taken number")
}

func stayDoubt(t *testing.T, o Opened) {
	o.doubts(t, false)
	refused(t, "not applied", o.adding(t, stayEvent("y-1", 1)), settlement.KindInDoubt)
	_, err := o.Stays.StayEvents(t.Context(), "y-1")
	refused(t, "after it", err, settlement.KindNotFound)
	o.doubts(t, true)
	refused(t, "applied", o.adding(t, stayEvent("y-1", 1)), settlement.KindInDoubt)
	o.stayOf(t, "after it", "y-1", []stay.Event{stayEvent("y-1", 1)})
}

func stayReopen(t *testing.T, o Opened) {
	want := o.addsStay(t, stayEvent("y-1", 1), stayEvent("y-1", 2))
	o.reopens(t).stayOf(t, "opened again", "y-1", want)
}
