package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

var reconciliationScenarios = []scenario{
	{"keeps every field of a run, of its end and of what voids it", runFields},
	{"a run never begun is not found", runUnknown},
	{"begins a request, and an attempt of a subject, once", runOnce},
	{"begins one of many that begin at once", runAtOnce},
	{"ends a run once", runEnds},
	{"lists runs newest first, page by page, by what is asked", runList},
	{"keeps every field of a difference and of its history", findingFields},
	{"keeps a line once, and none of its page otherwise", findingOnce},
	{"lists differences by all that is asked", findingList},
	{"keeps all of some remarks or none", remarksWhole},
	{"counts what waits in runs that count", findingCounted},
	{"refuses what no column may hold", runUnsound},
	{"keeps runs when opened again", runReopened},
}

// comparison is a run under way.
func comparison(name string) reconciliation.Kept {
	return reconciliation.Kept{
		ID: reconciliation.RunID("c-" + name), Key: reconciliation.Key{Tenant: tenant, Request: settlement.RequestID("q-" + name)},
		Subject: "subject " + name, Attempt: 1,
		Scope: reconcile.Scope{
			Share: reconcile.InsuranceShare, Payer: "A", Facility: facility, Insurance: settlement.SchemeNCMS, Clearing: settlement.Inpatient,
			Period: settlement.Period{From: 20120701, To: 20120731}, States: reconcile.StatesFund | reconcile.StatesBill, Partial: true,
		},
		Input:   reconciliation.Input{Form: "csv", Digest: "9f86d081884c7d65", Size: 1 << 33},
		Details: true, Forced: true, Late: true, OutOfOrder: true, By: "operator/li", At: moment,
	}
}

// outcome is an end with something in every field.
func outcome() reconciliation.Ending {
	off := reconcile.Total{Count: -1, Amounts: reconcile.Amounts{reconcile.Bill: -100_00, reconcile.Fund: 1}}
	return reconciliation.Ending{At: moment.Add(time.Minute), Result: reconciliation.Outcome{
		Theirs: 3, Ours: 4, Bad: 1, Detailed: true, Equal: 2, Outside: 1, Off: off,
		Classes: []reconciliation.ClassCount{{Class: reconcile.OursOnly, Count: 1}},
		Causes:  []reconciliation.CauseCount{{Cause: reconcile.Unexplained, Count: 1}},
		Groups:  []reconcile.Compared{{Group: reconcile.Group{Facility: facility}, Theirs: off, Ours: reconcile.Total{Count: 1}}},
		BadRows: []settlement.Problem{{Line: 7, Path: "fund_pay_sumamt", Value: "x", Says: "不是金额"}},
	}}
}

// difference is what a run found in a line.
func difference(run reconciliation.RunID, line int) reconciliation.Finding {
	return reconciliation.Finding{
		FindingID: reconciliation.FindingID{Run: run, Line: line}, Share: reconcile.InsuranceShare, Payer: "A",
		Class: reconcile.AmountDiffers, Cause: reconcile.Rounding, Fix: reconcile.AcceptTheirs, Says: "一分之差",
		Days:   settlement.Period{From: 20120710, To: 20120711},
		Fields: []reconcile.Differing{{Field: "fund", Theirs: "60.01", Ours: "60.00"}},
		Off:    reconcile.Total{Amounts: reconcile.Amounts{reconcile.Fund: 1}}, Encounter: settlement.EncounterID(fmt.Sprint("E-", line)),
		Reference: "R-1", Message: "M-1", Settlement: "s-1", Facility: facility, Person: "3600001", Row: 12, SeenAt: moment,
	}
}

// said is one remark on a difference.
func said(id reconciliation.FindingID, number int, act reconciliation.Act) reconciliation.Remark {
	return reconciliation.Remark{
		FindingID: id, Number: number, Act: act, By: "operator/li", At: moment.Add(time.Duration(number) * time.Second),
		Fix: reconcile.Requery, Document: "赣医保函〔2012〕7号", Says: "查询", Other: "c-9",
	}
}

func (o Opened) begins(t *testing.T, runs ...reconciliation.Kept) {
	t.Helper()
	for _, run := range runs {
		if err := o.Reconciliations.BeginRun(t.Context(), run); err != nil {
			t.Fatalf("beginning %s: %v", run.ID, err)
		}
	}
}

func (o Opened) differs(t *testing.T, findings ...reconciliation.Finding) {
	t.Helper()
	if err := o.Reconciliations.KeepFindings(t.Context(), findings, nil); err != nil {
		t.Fatal(err)
	}
}

func (o Opened) ended(t *testing.T, id reconciliation.RunID, remarks ...reconciliation.Remark) {
	t.Helper()
	if err := o.Reconciliations.EndRun(t.Context(), id, outcome(), remarks); err != nil {
		t.Fatal(err)
	}
}

func (o Opened) run(t *testing.T, id reconciliation.RunID) reconciliation.Kept {
	t.Helper()
	found, err := o.Reconciliations.KeptRun(t.Context(), id)
	same(t, "error", err, nil)
	return found
}

func (o Opened) findings(t *testing.T, query reconciliation.FindingQuery) []reconciliation.Finding {
	t.Helper()
	if query.Limit == 0 {
		query.Limit = 100
	}
	found, err := o.Reconciliations.Findings(t.Context(), query)
	same(t, "error", err, nil)
	return found
}

func runFields(t *testing.T, o Opened) {
	run, end := comparison("1"), outcome()
	o.begins(t, run)
	same(t, "under way", o.run(t, run.ID), run)
	o.ended(t, run.ID)
	run.End = &end
	same(t, "ended", o.run(t, run.ID), run)
	void := said(reconciliation.FindingID{Run: run.ID}, 1, reconciliation.Voided)
	same(t, "error", o.Reconciliations.Remark(t.Context(), []reconciliation.Remark{void}), nil)
	run.Void = &void
	same(t, "voided", o.run(t, run.ID), run)
}

func runUnknown(t *testing.T, o Opened) {
	_, err := o.Reconciliations.KeptRun(t.Context(), "c-1")
	refused(t, "unknown", err, settlement.KindNotFound)
	runs, err := o.Reconciliations.KeptRuns(t.Context(), reconciliation.RunQuery{Limit: 1})
	same(t, "error", err, nil)
	same(t, "runs", len(runs), 0)
	same(t, "differences", len(o.findings(t, reconciliation.FindingQuery{Run: "c-1"})), 0)
}

func runOnce(t *testing.T, o Opened) {
	o.begins(t, comparison("1"))
	again := comparison("2")
	again.Key = comparison("1").Key
	refused(t, "same request", o.Reconciliations.BeginRun(t.Context(), again), settlement.KindExists)
	again = comparison("2")
	again.Subject = comparison("1").Subject
	refused(t, "same attempt", o.Reconciliations.BeginRun(t.Context(), again), settlement.KindExists)
	again.Attempt = 2
	o.begins(t, again)
}

func runAtOnce(t *testing.T, o Opened) {
	const gateways = 6
	errs := make(chan error, gateways)
	for n := range gateways {
		run := comparison(fmt.Sprint(n))
		run.Subject = "one"
		go func() { errs <- o.Reconciliations.BeginRun(t.Context(), run) }()
	}
	begun := 0
	for range gateways {
		if err := <-errs; err == nil {
			begun++
		} else if settlement.KindOf(err) != settlement.KindExists {
			t.Error(err)
		}
	}
	same(t, "begun", begun, 1)
}

func runEnds(t *testing.T, o Opened) {
	run := comparison("1")
	o.begins(t, run)
	o.ended(t, run.ID)
	err := o.Reconciliations.EndRun(t.Context(), run.ID, reconciliation.Ending{Failed: settlement.ReasonBadDocument}, nil)
	refused(t, "again", err, settlement.KindConflict)
	same(t, "failed", o.run(t, run.ID).End.Failed, settlement.Reason(""))
}

func runList(t *testing.T, o Opened) {
	first, second, other := comparison("1"), comparison("2"), comparison("3")
	second.At, other.At = moment.Add(time.Hour), moment.Add(time.Hour)
	other.Scope.Share, other.Scope.Payer = reconcile.AssistanceShare, ""
	o.begins(t, first, second, other)
	list := func(query reconciliation.RunQuery) (ids []reconciliation.RunID) {
		t.Helper()
		runs, err := o.Reconciliations.KeptRuns(t.Context(), query)
		same(t, "error", err, nil)
		for i := range runs {
			ids = append(ids, runs[i].ID)
		}
		return ids
	}
	same(t, "first page", list(reconciliation.RunQuery{Limit: 2}), []reconciliation.RunID{"c-3", "c-2"})
	same(t, "second", list(reconciliation.RunQuery{Limit: 2, Before: &reconciliation.RunMark{At: second.At, ID: "c-2"}}), []reconciliation.RunID{"c-1"})
	same(t, "payer", list(reconciliation.RunQuery{Limit: 9, Share: reconcile.InsuranceShare, Payer: "A"}), []reconciliation.RunID{"c-2", "c-1"})
	same(t, "share", list(reconciliation.RunQuery{Limit: 9, Share: reconcile.AssistanceShare}), []reconciliation.RunID{"c-3"})
	same(t, "request", list(reconciliation.RunQuery{Limit: 9, Key: second.Key}), []reconciliation.RunID{"c-2"})
	same(t, "subject", list(reconciliation.RunQuery{Limit: 9, Subject: first.Subject}), []reconciliation.RunID{"c-1"})
	sees := func(sight reconciliation.Sight) []reconciliation.RunID {
		return list(reconciliation.RunQuery{Limit: 9, Sight: &sight})
	}
	same(t, "in sight of its payer", sees(reconciliation.Sight{Payers: []settlement.PayerCode{"A", "B"}}), []reconciliation.RunID{"c-2", "c-1"})
	same(t, "in sight of assistance", sees(reconciliation.Sight{Payers: []settlement.PayerCode{""}, Assistance: true}), []reconciliation.RunID{"c-3"})
	same(t, "in sight of both", len(sees(reconciliation.Sight{Payers: []settlement.PayerCode{"A"}, Assistance: true})), 3)
	same(t, "in nobody's sight", len(sees(reconciliation.Sight{})), 0)
	same(t, "nobody's", len(list(reconciliation.RunQuery{Limit: 9, Payer: "Z"})), 0)
}

func findingFields(t *testing.T, o Opened) {
	o.begins(t, comparison("1"))
	plain, worked := difference("c-1", 1), difference("c-1", 2)
	history := []reconciliation.Remark{said(worked.FindingID, 1, reconciliation.Proposed), said(worked.FindingID, 2, reconciliation.Approved)}
	same(t, "error", o.Reconciliations.KeepFindings(t.Context(), []reconciliation.Finding{plain, worked}, history[:1]), nil)
	same(t, "error", o.Reconciliations.Remark(t.Context(), history[1:]), nil)
	worked.History = history
	same(t, "differences", o.findings(t, reconciliation.FindingQuery{Run: "c-1"}), []reconciliation.Finding{plain, worked})
}

func findingOnce(t *testing.T, o Opened) {
	o.begins(t, comparison("1"))
	o.differs(t, difference("c-1", 1))
	err := o.Reconciliations.KeepFindings(t.Context(), []reconciliation.Finding{difference("c-1", 2), difference("c-1", 1)}, nil)
	refused(t, "line 1 again", err, settlement.KindConflict)
	same(t, "differences", len(o.findings(t, reconciliation.FindingQuery{Run: "c-1"})), 1)
}

func findingList(t *testing.T, o Opened) {
	o.begins(t, comparison("1"), comparison("2"))
	a, b, c, d := difference("c-1", 1), difference("c-1", 2), difference("c-2", 1), difference("c-2", 3)
	b.Class, b.Days = reconcile.OursOnly, settlement.Period{From: 20120731, To: 20120801}
	d.Share, d.Payer = reconcile.AssistanceShare, ""
	c.Facility = "H-other"
	o.differs(t, a, b)
	o.differs(t, c, d)
	same(t, "error", o.Reconciliations.Remark(t.Context(), []reconciliation.Remark{said(a.FindingID, 1, reconciliation.Healed)}), nil)
	insurance := reconciliation.FindingQuery{Share: reconcile.InsuranceShare, Payer: "A"}
	list := func(change func(*reconciliation.FindingQuery)) (ids []reconciliation.FindingID) {
		t.Helper()
		query := insurance
		change(&query)
		for _, f := range o.findings(t, query) {
			ids = append(ids, f.FindingID)
		}
		return ids
	}
	type ids = []reconciliation.FindingID
	same(t, "payer", list(func(*reconciliation.FindingQuery) {}), ids{a.FindingID, b.FindingID, c.FindingID})
	same(t, "page", list(func(q *reconciliation.FindingQuery) { q.After, q.Limit = &a.FindingID, 1 }), ids{b.FindingID})
	same(t, "line", list(func(q *reconciliation.FindingQuery) { q.Run, q.Line = "c-1", 2 }), ids{b.FindingID})
	same(t, "except", list(func(q *reconciliation.FindingQuery) { q.Except = "c-1" }), ids{c.FindingID})
	same(t, "class", list(func(q *reconciliation.FindingQuery) { q.Class = reconcile.OursOnly }), ids{b.FindingID})
	same(t, "days", list(func(q *reconciliation.FindingQuery) { q.Within = settlement.Period{From: 20120701, To: 20120731} }), ids{a.FindingID, c.FindingID})
	same(t, "facilities", list(func(q *reconciliation.FindingQuery) { q.Facilities = []settlement.FacilityID{"H-other", "H-9"} }), ids{c.FindingID})
	same(t, "no facility", len(list(func(q *reconciliation.FindingQuery) { q.Facilities = []settlement.FacilityID{} })), 0)
	same(t, "encounters", list(func(q *reconciliation.FindingQuery) { q.Encounters = []settlement.EncounterID{"E-2", "E-7"} }), ids{b.FindingID})
	same(t, "no encounter", len(list(func(q *reconciliation.FindingQuery) { q.Encounters = []settlement.EncounterID{} })), 0)
	same(t, "untouched", list(func(q *reconciliation.FindingQuery) { q.States = []reconciliation.Act{""} }), ids{b.FindingID, c.FindingID})
	same(t, "healed", list(func(q *reconciliation.FindingQuery) { q.States = []reconciliation.Act{reconciliation.Healed} }), ids{a.FindingID})
}

func remarksWhole(t *testing.T, o Opened) {
	o.begins(t, comparison("1"))
	a, b := difference("c-1", 1), difference("c-1", 2)
	o.differs(t, a, b)
	first := said(a.FindingID, 1, reconciliation.Proposed)
	same(t, "error", o.Reconciliations.Remark(t.Context(), []reconciliation.Remark{first}), nil)
	err := o.Reconciliations.Remark(t.Context(), []reconciliation.Remark{said(b.FindingID, 1, reconciliation.Proposed), first})
	refused(t, "a number that is there", err, settlement.KindConflict)
	a.History = []reconciliation.Remark{first}
	same(t, "differences", o.findings(t, reconciliation.FindingQuery{Run: "c-1"}), []reconciliation.Finding{a, b})
}

func findingCounted(t *testing.T, o Opened) {
	o.begins(t, comparison("1"), comparison("2"), comparison("3"))
	old := difference("c-1", 4)
	old.SeenAt = moment.Add(-72 * time.Hour)
	o.differs(t, difference("c-1", 1), difference("c-1", 2), difference("c-1", 3), old)
	o.differs(t, difference("c-2", 1)) // still under way
	o.differs(t, difference("c-3", 1)) // voided
	at := func(line int) reconciliation.FindingID { return reconciliation.FindingID{Run: "c-1", Line: line} }
	o.ended(t, "c-1", said(at(2), 1, reconciliation.Proposed), said(at(3), 1, reconciliation.Healed))
	o.ended(t, "c-3", said(reconciliation.FindingID{Run: "c-3"}, 1, reconciliation.Voided))
	counts, err := o.Reconciliations.FindingCounts(t.Context())
	same(t, "error", err, nil)
	want := reconciliation.FindingCount{Share: reconcile.InsuranceShare, Payer: "A", Class: reconcile.AmountDiffers, Count: 2, Since: old.SeenAt}
	waiting := want
	waiting.State, waiting.Count, waiting.Since = reconciliation.Proposed, 1, moment
	same(t, "counts", counts, []reconciliation.FindingCount{want, waiting})
}

func runUnsound(t *testing.T, o Opened) {
	run := comparison("1")
	run.Subject = "nul\x00"
	refused(t, "a subject", o.Reconciliations.BeginRun(t.Context(), run), settlement.KindInvalid)
	o.begins(t, comparison("1"))
	f := difference("c-1", 1)
	f.Encounter = "\xff"
	refused(t, "an encounter", o.Reconciliations.KeepFindings(t.Context(), []reconciliation.Finding{f}, nil), settlement.KindInvalid)
	r := said(f.FindingID, 1, "\x00")
	refused(t, "an act", o.Reconciliations.Remark(t.Context(), []reconciliation.Remark{r}), settlement.KindInvalid)
	refused(t, "an end", o.Reconciliations.EndRun(t.Context(), "c-1", outcome(), []reconciliation.Remark{r}), settlement.KindInvalid)
	refused(t, "given up", o.Reconciliations.BeginRun(cancelled(t), comparison("2")), settlement.KindUnavailable)
}

func runReopened(t *testing.T, o Opened) {
	o.begins(t, comparison("1"))
	o.differs(t, difference("c-1", 1))
	o.ended(t, "c-1")
	o = o.reopens(t)
	same(t, "end", *o.run(t, "c-1").End, outcome())
	same(t, "differences", o.findings(t, reconciliation.FindingQuery{Run: "c-1"}), []reconciliation.Finding{difference("c-1", 1)})
}
