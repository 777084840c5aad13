package clearance_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/clearance"
)

// world is a desk over a store in memory, with a clock of its own.
type world struct {
	*clearance.Desk
	t     *testing.T
	store *memory.Store
	now   time.Time
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, store: memory.New(), now: time.Date(2012, 7, 1, 8, 0, 0, 123, time.UTC)}
	person := settlement.Person{Beneficiary: settlement.Beneficiary{ID: "p-1", Region: "360827"}, Name: "张测试"}
	if err := w.store.PutPerson(t.Context(), person); err != nil {
		t.Fatal(err)
	}
	w.Desk = clearance.New(clearance.Config{
		Store: w.store, Persons: w.store, Now: func() time.Time { return w.now },
		Known: func(id settlement.FacilityID) bool { return id == "H1" },
	})
	return w
}

func form() approval.Form {
	return approval.Form{
		Number: "A-1", Person: "p-1", Facility: "H1", Valid: settlement.Period{From: 20120601, To: 20120831}, Issuer: "某某县民政局",
	}
}

func key(request settlement.RequestID) clearance.Key {
	return clearance.Key{Tenant: "bureau", Request: request}
}

func submission(request settlement.RequestID) clearance.Submission {
	return clearance.Submission{Key: key(request), Form: form(), By: "li"}
}

func decision(request settlement.RequestID, act approval.Act) clearance.Decision {
	return clearance.Decision{Key: key(request), Number: "A-1", Act: act, By: "wang", Cause: "x"}
}

// submits takes a form in for a test that is about something else.
func (w *world) submits() {
	w.t.Helper()
	if _, err := w.Submit(w.t.Context(), submission("submit")); err != nil {
		w.t.Fatal(err)
	}
}

func refuses(t *testing.T, err error, kind settlement.Kind, reason settlement.Reason, field string) {
	t.Helper()
	e, ok := err.(*settlement.Error)
	if !ok || e.Kind != kind || e.Reason != reason || e.Field != field {
		t.Errorf("got %v, want %s of %q", err, reason, field)
	}
}

func TestSubmitAndDecide(t *testing.T) {
	w := newWorld(t)
	w.submits()
	w.now = w.now.Add(-time.Hour) // a clock that lags
	done, err := w.Decide(t.Context(), decision("approve", approval.Approved))
	if err != nil || done.Replayed {
		t.Fatal(err)
	}
	first := time.Date(2012, 7, 1, 8, 0, 0, 0, time.UTC)
	want := approval.Approval{Form: form(), History: []approval.Event{
		{Line: 1, Act: approval.Submitted, By: "li", At: first},
		{Line: 2, Act: approval.Approved, By: "wang", At: first.Add(time.Microsecond), Cause: "x"},
	}}
	kept, err := w.Approval(t.Context(), "A-1")
	if diff := cmp.Diff(want, kept); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if diff := cmp.Diff(want, done.Approval); diff != "" {
		t.Errorf("answered otherwise than kept\n%s", diff)
	}
}

func TestSubmitRefuses(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		change func(*clearance.Submission)
		kind   settlement.Kind
		reason settlement.Reason
		field  string
	}{
		"a form that says nothing": {func(s *clearance.Submission) { s.Form.Issuer = "" }, settlement.KindInvalid, settlement.ReasonInvalidArgument, "issuer"},
		"a person nobody knows":    {func(s *clearance.Submission) { s.Form.Person = "p-2" }, settlement.KindBlocked, settlement.ReasonUnknownPerson, "person_id"},
		"a hospital nobody knows":  {func(s *clearance.Submission) { s.Form.Facility = "H2" }, settlement.KindBlocked, settlement.ReasonUnknownFacility, "facility_id"},
		"nobody":                   {func(s *clearance.Submission) { s.By = "" }, settlement.KindInvalid, settlement.ReasonInvalidArgument, "operator"},
	} {
		t.Run(name, func(t *testing.T) {
			ask := submission("r")
			c.change(&ask)
			_, err := w.Submit(t.Context(), ask)
			refuses(t, err, c.kind, c.reason, c.field)
		})
	}
	w.submits()
	_, err := w.Submit(t.Context(), submission("another"))
	refuses(t, err, settlement.KindExists, settlement.ReasonApprovalExists, "number")
}

func TestDecideRefuses(t *testing.T) {
	w := newWorld(t)
	_, err := w.Decide(t.Context(), decision("r", approval.Approved))
	refuses(t, err, settlement.KindNotFound, settlement.ReasonApprovalUnknown, "number")
	w.submits()
	own := decision("r", approval.Approved)
	own.By = "li"
	_, err = w.Decide(t.Context(), own)
	refuses(t, err, settlement.KindBlocked, settlement.ReasonSamePerson, "operator")
	_, err = w.Decide(t.Context(), decision("r", approval.Revoked))
	refuses(t, err, settlement.KindBlocked, settlement.ReasonApprovalDecided, "number")
}

// A repeat gets its first answer, whatever was decided since; a key used for
// something else is refused, naming what differs.
func TestRequestsAreAnsweredOnce(t *testing.T) {
	w := newWorld(t)
	w.submits()
	if _, err := w.Decide(t.Context(), decision("approve", approval.Approved)); err != nil {
		t.Fatal(err)
	}
	again, err := w.Submit(t.Context(), submission("submit"))
	if err != nil || !again.Replayed || len(again.Approval.History) != 1 {
		t.Errorf("%v %+v", err, again)
	}
	again, err = w.Decide(t.Context(), decision("approve", approval.Approved))
	if err != nil || !again.Replayed || len(again.Approval.History) != 2 {
		t.Errorf("%v %+v", err, again)
	}
	for field, change := range map[string]func(*clearance.Submission){
		"number":          func(s *clearance.Submission) { s.Form.Number = "A-2" },
		"operator":        func(s *clearance.Submission) { s.By = "zhao" },
		"person_id":       func(s *clearance.Submission) { s.Form.Person = "p-2" },
		"facility_id":     func(s *clearance.Submission) { s.Form.Facility = "H2" },
		"valid_from_date": func(s *clearance.Submission) { s.Form.Valid.From = 20120602 },
		"valid_to_date":   func(s *clearance.Submission) { s.Form.Valid.To = 20120830 },
		"issuer":          func(s *clearance.Submission) { s.Form.Issuer = "x" },
		"mode":            func(s *clearance.Submission) { s.Form.Mode = settlement.Care },
		"disease_class":   func(s *clearance.Submission) { s.Form.Class = settlement.Special },
	} {
		ask := submission("submit")
		change(&ask)
		_, err := w.Submit(t.Context(), ask)
		refuses(t, err, settlement.KindKeyReused, settlement.ReasonKeyReused, field)
	}
	_, err = w.Decide(t.Context(), decision("approve", approval.Refused))
	refuses(t, err, settlement.KindKeyReused, settlement.ReasonKeyReused, "act")
	other := decision("approve", approval.Approved)
	other.Cause = "y"
	_, err = w.Decide(t.Context(), other)
	refuses(t, err, settlement.KindKeyReused, settlement.ReasonKeyReused, "cause")
}

// Of many who decide at once one is heard; of one request sent many times all
// get the same answer.
func TestDecidedAtOnce(t *testing.T) {
	for name, request := range map[string]func(n int) settlement.RequestID{
		"many requests": func(n int) settlement.RequestID { return settlement.RequestID(fmt.Sprint("r-", n)) },
		"one request":   func(int) settlement.RequestID { return "r" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.submits()
			const callers = 8
			errs := make([]error, callers)
			var group sync.WaitGroup
			for n := range callers {
				group.Go(func() { _, errs[n] = w.Decide(t.Context(), decision(request(n), approval.Approved)) })
			}
			group.Wait()
			heard := 0
			for _, err := range errs {
				switch {
				case err == nil:
					heard++
				case settlement.ReasonOf(err) != settlement.ReasonApprovalDecided:
					t.Error(err)
				}
			}
			want := 1
			if name == "one request" {
				want = callers
			}
			kept, err := w.Approval(t.Context(), "A-1")
			if err != nil || heard != want || len(kept.History) != 2 {
				t.Errorf("%v: %d heard, want %d; %v", err, heard, want, kept.History)
			}
		})
	}
}

func TestApprovalsInPages(t *testing.T) {
	w := newWorld(t)
	for _, number := range []settlement.ApprovalNumber{"A-3", "A-1", "A-2"} {
		ask := submission(settlement.RequestID(number))
		ask.Form.Number = number
		if _, err := w.Submit(t.Context(), ask); err != nil {
			t.Fatal(err)
		}
	}
	page, next, err := w.Approvals(t.Context(), clearance.Query{Limit: 2})
	if err != nil || len(page) != 2 || page[1].Number != "A-2" || next != "A-2" {
		t.Fatal(err, page, next)
	}
	page, next, err = w.Approvals(t.Context(), clearance.Query{Limit: 2, After: next})
	if err != nil || len(page) != 1 || page[0].Number != "A-3" || next != "" {
		t.Fatal(err, page, next)
	}
}
