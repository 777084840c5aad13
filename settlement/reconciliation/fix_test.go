package reconciliation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

const (
	li   = "operator/li"
	wang = "operator/wang"
)

// fixes has two people agree on a fix.
func (o *office) fixes(t *testing.T, id reconciliation.FindingID, fix reconcile.Fix) reconciliation.Finding {
	t.Helper()
	f, err := o.Propose(t.Context(), reconciliation.Proposal{Finding: id, Fix: fix, Document: "赣医保函〔2012〕7号", Cause: "类别更正", By: li})
	if err != nil {
		t.Fatal(err)
	}
	f, err = o.Approve(t.Context(), id, wang, len(f.History))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFixesAreCarriedOut(t *testing.T) {
	stray := row("E9", "R9", 60_00)
	stray.Message = "M9"
	at := func(state settlement.State) *settlement.Settlement {
		s := settled("E2", "R2", 11, 60_00)
		s.State = state
		if state != settlement.StateCommitted {
			s.Legs[0].State = settlement.LegReversed
		}
		return &s
	}
	type carriedOut struct {
		name   string
		ours   *settlement.Settlement
		lines  []reconcile.Line
		fix    reconcile.Fix
		answer settlement.Result
		did    []string
		ends   reconciliation.Act
	}
	tests := []carriedOut{
		{
			"what stands here is asked about", at(settlement.StateCommitted), both[:1], reconcile.Requery, settlement.ResultNotFound,
			[]string{"inquire s-R2 of A for " + wang}, reconciliation.Done,
		},
		{
			"what is reversed here and stands there is reversed by its message", at(settlement.StateReversed), both, reconcile.ReverseMessage, settlement.ResultReversed,
			[]string{"reverse s-R2 of A for " + wang}, reconciliation.Done,
		},
		{
			"a payer that does not answer leaves it open", at(settlement.StateReversed), both, reconcile.ReverseMessage, settlement.ResultInDoubt,
			[]string{"reverse s-R2 of A for " + wang}, reconciliation.Failed,
		},
		{
			"what waits for people is tried again by the two", at(settlement.StateAttention), both, reconcile.Requery, "",
			[]string{"propose retry of s-R2 by " + li, "approve s-R2 at 7 by " + wang}, reconciliation.Done,
		},
		{
			"what is under way is woken", at(settlement.StateReversing), both, reconcile.ReverseMessage, "",
			[]string{"wake [s-R2]"}, reconciliation.Done,
		},
		{
			"what nobody here has is taken back", at(settlement.StateCommitted), append(both[:2:2], stray), reconcile.ReverseMessage, "",
			[]string{"take back M9 of A"}, reconciliation.Done,
		},
		{
			"theirs is accepted with a document", at(settlement.StateCommitted), both[:1], reconcile.AcceptTheirs, "",
			nil, reconciliation.Settled,
		},
	}
	tests = append(tests, carriedOut{
		"what is off is posted, to the fen", at(settlement.StateCommitted), []reconcile.Line{both[0], row("E2", "R2", 59_30)}, reconcile.PostAdjustment, "",
		[]string{"adjust s-R2 of A from 60.00 to 59.30 as run-1/1: 赣医保函〔2012〕7号, 类别更正, by " + li + " and " + wang}, reconciliation.Done,
	})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := newOffice(t)
			o.held[1], o.hands.at[test.ours.ID], o.hands.answer = *test.ours, *test.ours, test.answer
			ask := o.ask("q-1", test.lines...)
			ask.List.(*list).states = reconcile.StatesMessage
			run := o.runs(t, ask)
			o.hands.did = nil
			f := o.fixes(t, reconciliation.FindingID{Run: run.ID, Line: 1}, test.fix)
			equals(t, "did", o.hands.did, test.did)
			equals(t, "state", f.State(), test.ends)
			again, err := o.Approve(t.Context(), f.FindingID, wang, 1)
			if err != nil || len(again.History) != len(f.History) {
				t.Errorf("approved again: %v, %v", again.History, err)
			}
			equals(t, "did", o.hands.did, test.did)
		})
	}
}

func TestFixesNeedTwo(t *testing.T) {
	o := newOffice(t)
	run := o.runs(t, o.ask("q-1", both[:1]...))
	id := reconciliation.FindingID{Run: run.ID, Line: 1}
	p := reconciliation.Proposal{Finding: id, Fix: reconcile.Requery, Document: "电话记录", By: li}
	refused := func(what string, err error, kind settlement.Kind) {
		t.Helper()
		if err == nil || settlement.KindOf(err) != kind {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := o.Approve(t.Context(), id, wang, 0)
	refused("nothing proposed", err, settlement.KindBlocked)
	bare := p
	bare.Document = ""
	_, err = o.Propose(t.Context(), bare)
	refused("no document", err, settlement.KindInvalid)
	other := p
	other.Fix = reconcile.ReverseMessage
	_, err = o.Propose(t.Context(), other)
	refused("reversing what they do not have", err, settlement.KindBlocked)
	for range 2 { // the same proposal again is the same
		f, err := o.Propose(t.Context(), p)
		if err != nil || len(f.History) != 1 {
			t.Errorf("%v, %v", f.History, err)
		}
	}
	_, err = o.Approve(t.Context(), id, li, 1)
	refused("the same person", err, settlement.KindForbidden)
	later := p
	later.Fix, later.By = reconcile.AcceptTheirs, "operator/zhao"
	if _, err := o.Propose(t.Context(), later); err != nil {
		t.Error(err)
	}
	_, err = o.Approve(t.Context(), id, wang, 1)
	refused("another proposal since", err, settlement.KindBlocked)
	f, err := o.Decline(t.Context(), id, wang)
	if err != nil || f.State() != reconciliation.Declined {
		t.Errorf("%v, %v", f.State(), err)
	}
	_, err = o.Decline(t.Context(), id, li)
	refused("declined twice", err, settlement.KindBlocked)
	if _, err := o.Void(t.Context(), run.ID, li, "wrong file"); err != nil {
		t.Error(err)
	}
	_, err = o.Propose(t.Context(), p)
	refused("a run that does not count", err, settlement.KindBlocked)
	_, err = o.Finding(t.Context(), reconciliation.FindingID{Run: run.ID, Line: 9})
	refused("no such line", err, settlement.KindNotFound)
}

// What was approved is carried out though the process that heard it ended.
func TestFixesAreResumed(t *testing.T) {
	o := newOffice(t)
	o.hands.at["s-R2"] = o.held[1]
	run := o.runs(t, o.ask("q-1", both[:1]...))
	id := reconciliation.FindingID{Run: run.ID, Line: 1}
	if _, err := o.Propose(t.Context(), reconciliation.Proposal{Finding: id, Fix: reconcile.Requery, Document: "d", By: li}); err != nil {
		t.Fatal(err)
	}
	o.hands.err = &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable}
	if _, err := o.Approve(t.Context(), id, wang, 1); settlement.KindOf(err) != settlement.KindUnavailable {
		t.Fatal(err)
	}
	o.hands.err, o.hands.answer = nil, settlement.ResultNotFound
	for _, want := range []int{0, 1, 0} {
		n, err := o.Resume(t.Context())
		if n != want || err != nil {
			t.Errorf("%d, %v; want %d", n, err, want)
		}
		o.now = o.now.Add(3 * time.Minute)
	}
	f, err := o.Finding(t.Context(), id)
	if err != nil || f.State() != reconciliation.Done || f.History[2].By != wang {
		t.Errorf("%+v, %v", f.History, err)
	}
}

// What is proposed for a difference is approved within its time or not at all,
// and may be proposed again in the same words.
func TestAFixExpires(t *testing.T) {
	o := newOffice(t)
	o.ProposalLife = 7 * 24 * time.Hour
	run := o.runs(t, o.ask("q-1", both[:1]...))
	id := reconciliation.FindingID{Run: run.ID, Line: 1}
	p := reconciliation.Proposal{Finding: id, Fix: reconcile.AcceptTheirs, Document: "函1号", By: li}
	f, err := o.Propose(t.Context(), p)
	if err != nil || !f.Until.Equal(o.now.Add(o.ProposalLife)) {
		t.Fatalf("until %s, %v", f.Until, err)
	}
	o.now = f.Until.Add(time.Microsecond)
	_, err = o.Approve(t.Context(), id, wang, 1)
	if settlement.KindOf(err) != settlement.KindBlocked || settlement.ReasonOf(err) != settlement.ReasonProposalExpired {
		t.Errorf("too late: %v", err)
	}
	listed, _, err := o.Findings(t.Context(), reconciliation.FindingQuery{Run: run.ID, Limit: 1})
	if err != nil || len(listed) != 1 || !listed[0].Lapsed(o.now) {
		t.Errorf("%+v, %v", listed, err)
	}
	f, err = o.Propose(t.Context(), p)
	if err != nil || len(f.History) != 2 || f.Lapsed(o.now) {
		t.Fatalf("%+v, %v", f.History, err)
	}
	o.now = f.Until
	f, err = o.Approve(t.Context(), id, wang, 2)
	if err != nil || f.State() == reconciliation.Proposed || !f.Until.IsZero() {
		t.Errorf("at the last moment: %s, %v", f.State(), err)
	}
}

// A fix that cannot be carried out holds up none of those behind it, is told by
// its run and line, and is tried again.
func TestAStubbornFixHoldsUpNoOther(t *testing.T) {
	o := newOffice(t)
	o.hands.at["s-R1"], o.hands.at["s-R2"] = o.held[0], o.held[1]
	run := o.runs(t, o.ask("q-1"))
	o.hands.err = &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable}
	for line := 1; line <= 2; line++ {
		id := reconciliation.FindingID{Run: run.ID, Line: line}
		if _, err := o.Propose(t.Context(), reconciliation.Proposal{Finding: id, Fix: reconcile.Requery, Document: "d", By: li}); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Approve(t.Context(), id, wang, 1); settlement.KindOf(err) != settlement.KindUnavailable {
			t.Fatal(err)
		}
	}
	first, err := o.Finding(t.Context(), reconciliation.FindingID{Run: run.ID, Line: 1})
	if err != nil {
		t.Fatal(err)
	}
	o.hands.err, o.hands.answer, o.hands.mute = nil, settlement.ResultNotFound, first.Settlement
	o.now = o.now.Add(3 * time.Minute)
	for _, want := range []int{1, 0} {
		n, err := o.Resume(t.Context())
		if n != want || settlement.KindOf(err) != settlement.KindUnavailable || !strings.Contains(err.Error(), "line 1 of run "+string(run.ID)) || strings.Contains(err.Error(), "line 2") {
			t.Errorf("%d carried out, %v; want %d", n, err, want)
		}
	}
	o.hands.mute = ""
	if n, err := o.Resume(t.Context()); n != 1 || err != nil {
		t.Errorf("once the payer answers: %d, %v", n, err)
	}
}
