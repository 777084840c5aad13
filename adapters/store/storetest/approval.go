package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/clearance"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var approvalScenarios = []scenario{
	{"keeps every field of a form and of its history", approvalFields},
	{"an approval never submitted is not found", approvalUnknown},
	{"refuses a number or a request that is there, and a line that is", approvalOnce},
	{"keeps one form though submitted at once", approvalAtOnce},
	{"lists by number, person and facility, page by page", approvalList},
	{"refuses what no column may hold", approvalUnsound},
	{"does not note when given up", approvalGivenUp},
	{"keeps approvals when opened again", approvalReopened},
	{"is used by the settlement that names it, and free once that is undone", approvalUsed},
	{"is free again when a settlement is aborted", approvalAborted},
	{"the discharge comes before the approval", approvalDischarge},
	{"settlements without one do not meet", approvalNone},
	{"openers of one approval let one through", approvalRace},
}

// form is an approval of p-1.
func form(name string) approval.Form {
	return approval.Form{
		Number: settlement.ApprovalNumber("a-" + name), Person: "p-1", Facility: facility,
		Valid: settlement.Period{From: 20120601, To: 20120831}, Issuer: "某某县民政局", Mode: settlement.Inpatient, Class: settlement.Serious,
	}
}

// submission is the first line of a form's history.
func submission(f approval.Form) clearance.Note {
	return clearance.Note{
		Key: clearance.Key{Tenant: tenant, Request: settlement.RequestID("submit " + f.Number)}, Number: f.Number, Form: &f,
		Event: approval.Event{Line: 1, Act: approval.Submitted, By: "operator/li", At: moment},
	}
}

// decided is a later line of it.
func decided(f approval.Form, line int, act approval.Act) clearance.Note {
	return clearance.Note{
		Key: clearance.Key{Tenant: tenant, Request: settlement.RequestID(fmt.Sprint(line, " ", f.Number))}, Number: f.Number,
		Event: approval.Event{Line: line, Act: act, By: "operator/wang", At: moment.Add(time.Duration(line) * time.Hour), Cause: "材料不齐"},
	}
}

func (o Opened) notes(t *testing.T, notes ...clearance.Note) {
	t.Helper()
	for _, note := range notes {
		if err := o.Desk.Note(t.Context(), note); err != nil {
			t.Fatalf("noting line %d of %s: %v", note.Event.Line, note.Number, err)
		}
	}
}

func (o Opened) approval(t *testing.T, number settlement.ApprovalNumber) approval.Approval {
	t.Helper()
	found, err := o.Desk.Approval(t.Context(), number)
	same(t, "error", err, nil)
	return found
}

func approvalFields(t *testing.T, o Opened) {
	f, bare := form("1"), form("2")
	bare.Mode, bare.Class = "", ""
	first, second := submission(f), decided(f, 2, approval.Refused)
	o.notes(t, first, submission(bare), second)
	same(t, "approval", o.approval(t, "a-1"), approval.Approval{Form: f, History: []approval.Event{first.Event, second.Event}})
	same(t, "bare", o.approval(t, "a-2").Form, bare)
	mark, err := o.Desk.Noted(t.Context(), second.Key)
	same(t, "error", err, nil)
	same(t, "mark", mark, clearance.Mark{Number: "a-1", Line: 2})
}

func approvalUnknown(t *testing.T, o Opened) {
	_, err := o.Desk.Approval(t.Context(), "a-1")
	refused(t, "approval", err, settlement.KindNotFound)
	same(t, "reason", settlement.ReasonOf(err), settlement.ReasonApprovalUnknown)
	_, err = o.Desk.Noted(t.Context(), submission(form("1")).Key)
	refused(t, "request", err, settlement.KindNotFound)
}

func approvalOnce(t *testing.T, o Opened) {
	f := form("1")
	o.notes(t, submission(f), decided(f, 2, approval.Approved))
	other := submission(f)
	other.Key.Request = "another"
	err := o.Desk.Note(t.Context(), other)
	refused(t, "same number", err, settlement.KindExists)
	same(t, "reason", settlement.ReasonOf(err), settlement.ReasonApprovalExists)
	again := submission(form("2"))
	again.Key = submission(f).Key
	err = o.Desk.Note(t.Context(), again)
	refused(t, "same request", err, settlement.KindExists)
	same(t, "reason", settlement.ReasonOf(err), settlement.ReasonRequestInFlight)
	line := decided(f, 2, approval.Refused)
	line.Key.Request = "a third"
	refused(t, "same line", o.Desk.Note(t.Context(), line), settlement.KindConflict)
	same(t, "history", len(o.approval(t, "a-1").History), 2)
	_, err = o.Desk.Approval(t.Context(), "a-2")
	refused(t, "not written", err, settlement.KindNotFound)
	elsewhere := decided(f, 3, approval.Revoked)
	elsewhere.Key = clearance.Key{Tenant: "another hospital", Request: submission(f).Key.Request}
	o.notes(t, elsewhere)
}

func approvalAtOnce(t *testing.T, o Opened) {
	const callers = 8
	errs := make(chan error, callers)
	for n := range callers {
		note := submission(form("1"))
		note.Key.Request = settlement.RequestID(fmt.Sprint("r-", n))
		go func() { errs <- o.Desk.Note(context.Background(), note) }()
	}
	kept := 0
	for range callers {
		if err := <-errs; err == nil {
			kept++
		} else if settlement.KindOf(err) != settlement.KindExists {
			t.Error(err)
		}
	}
	if kept != 1 || len(o.approval(t, "a-1").History) != 1 {
		t.Errorf("%d were told that it is kept", kept)
	}
}

func approvalList(t *testing.T, o Opened) {
	theirs, elsewhere := form("2"), form("4")
	theirs.Person, elsewhere.Facility = "p-2", "H36082700002"
	for _, f := range []approval.Form{elsewhere, form("3"), theirs, form("1")} {
		o.notes(t, submission(f))
	}
	o.notes(t, decided(form("3"), 2, approval.Approved))
	for _, c := range []struct {
		query clearance.Query
		want  string
	}{
		{clearance.Query{Limit: 9}, "a-1/1 a-2/1 a-3/2 a-4/1"},
		{clearance.Query{Limit: 2}, "a-1/1 a-2/1"},
		{clearance.Query{Limit: 2, After: "a-2"}, "a-3/2 a-4/1"},
		{clearance.Query{Limit: 9, Person: "p-1"}, "a-1/1 a-3/2 a-4/1"},
		{clearance.Query{Limit: 9, Facility: facility, After: "a-1"}, "a-2/1 a-3/2"},
		{clearance.Query{Limit: 9, Person: "p-2", Facility: "H36082700002"}, ""},
	} {
		found, err := o.Desk.Approvals(t.Context(), c.query)
		same(t, "error", err, nil)
		got := ""
		for i, a := range found {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprintf("%s/%d", a.Number, len(a.History))
		}
		same(t, fmt.Sprint(c.query), got, c.want)
	}
}

func approvalUnsound(t *testing.T, o Opened) {
	note := submission(form("1"))
	note.Form.Issuer = "nul\x00"
	refused(t, "a NUL", o.Desk.Note(t.Context(), note), settlement.KindInvalid)
}

func approvalGivenUp(t *testing.T, o Opened) {
	refused(t, "given up", o.Desk.Note(cancelled(t), submission(form("1"))), settlement.KindUnavailable)
	_, err := o.Desk.Approval(t.Context(), "a-1")
	refused(t, "not written", err, settlement.KindNotFound)
}

func approvalReopened(t *testing.T, o Opened) {
	o.notes(t, submission(form("1")), decided(form("1"), 2, approval.Approved))
	s := o.opens(t, naming("1", "a-1"))
	o = o.reopens(t)
	found := o.approval(t, "a-1")
	same(t, "history", len(found.History), 2)
	same(t, "use", found.Use, useBy(s))
	same(t, "settlement", o.reads(t, s.ID).Claim.Approval, settlement.ApprovalNumber("a-1"))
}

// naming is a record by an approval.
func naming(name string, number settlement.ApprovalNumber) settlement.Settlement {
	s := record(name)
	s.Claim.Approval = number
	return s
}

func useBy(s settlement.Settlement) *approval.Use {
	return &approval.Use{Settlement: s.ID, Tenant: s.Tenant, Discharge: s.Discharge}
}

// takenBy wants the opening of s refused because its approval is used.
func takenBy(t *testing.T, o Opened, s settlement.Settlement) {
	t.Helper()
	err := o.Store.Open(t.Context(), opening(s))
	refused(t, "opening "+string(s.ID), err, settlement.KindExists)
	same(t, "reason", settlement.ReasonOf(err), settlement.ReasonApprovalUsed)
	o.absent(t, s.ID)
}

func approvalUsed(t *testing.T, o Opened) {
	o.notes(t, submission(form("1")))
	same(t, "use", o.approval(t, "a-1").Use, (*approval.Use)(nil))
	s := naming("1", "a-1")
	takes := func(s settlement.Settlement) settlement.Settlement {
		done := o.commits(t, s, 500)
		same(t, "use", o.approval(t, "a-1").Use, useBy(done))
		return done
	}
	first := takes(s)
	takenBy(t, o, naming("2", "a-1"))
	o.reverses(t, first)
	same(t, "use", o.approval(t, "a-1").Use, (*approval.Use)(nil))
	takes(naming("3", "a-1"))
	takenBy(t, o, naming("4", "a-1"))
}

func approvalAborted(t *testing.T, o Opened) {
	s := o.opens(t, naming("1", "a-1"))
	s.State, s.Decision = settlement.StateAborted, settlement.Abort
	o.advances(t, lifecycle.Change{Settlement: s})
	o.opens(t, naming("2", "a-1"))
}

func approvalDischarge(t *testing.T, o Opened) {
	s := o.opens(t, naming("1", "a-1"))
	again := naming("2", "a-1")
	again.Discharge = s.Discharge
	err := o.Store.Open(t.Context(), opening(again))
	refused(t, "same discharge", err, settlement.KindExists)
	same(t, "reason", settlement.ReasonOf(err), settlement.ReasonDischargeOpen)
}

func approvalNone(t *testing.T, o Opened) {
	o.opens(t, record("1"))
	o.opens(t, record("2"))
	o.opens(t, naming("3", "a-3"))
	o.opens(t, naming("4", "a-4"))
}

func approvalRace(t *testing.T, o Opened) {
	const openers = 16
	errs := make([]error, openers)
	var group sync.WaitGroup
	for i := range openers {
		s := naming(fmt.Sprintf("%02d", i), "a-1")
		group.Go(func() { errs[i] = o.Store.Open(t.Context(), opening(s)) })
	}
	group.Wait()
	through := 0
	for i, err := range errs {
		switch {
		case err == nil:
			through++
		case settlement.ReasonOf(err) != settlement.ReasonApprovalUsed:
			t.Errorf("opener %d: %v", i, err)
		}
	}
	same(t, "openers let through", through, 1)
}
