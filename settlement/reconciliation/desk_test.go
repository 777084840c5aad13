package reconciliation_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// office is a desk with all that surrounds it.
type office struct {
	*reconciliation.Desk
	held   books
	store  *memory.Store
	now    time.Time
	hands  hands
	source *source
	healed []time.Duration
	ran    int
	// missing is what a calendar said last.
	missing int
}

func (o *office) Ran(*reconciliation.Kept) { o.ran++ }

func (o *office) Healed(_ settlement.PayerCode, _ reconcile.Class, after time.Duration) {
	o.healed = append(o.healed, after)
}

func (h *heap) Close() error { return nil }

// hands does nothing and tells what it was asked to.
type hands struct {
	did    []string
	at     map[settlement.SettlementID]settlement.Settlement
	answer settlement.Result
	err    error
	posts  func(settlement.SettlementID, settlement.Adjustment)
	mute   settlement.SettlementID // whose payer never answers
}

func (h *hands) note(text string, args ...any) error {
	h.did = append(h.did, fmt.Sprintf(text, args...))
	return h.err
}

func (h *hands) WakeAll(_ context.Context, ids []settlement.SettlementID, _ time.Duration) error {
	return h.note("wake %v", ids)
}

func (h *hands) Settlement(_ context.Context, _ settlement.TenantID, id settlement.SettlementID) (settlement.Settlement, error) {
	return h.at[id], nil
}

func (h *hands) Ask(_ context.Context, q lifecycle.Question) (settlement.Result, error) {
	if q.Settlement == h.mute {
		return "", &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerUnavailable, Object: string(q.Settlement)}
	}
	return h.answer, h.note("%s %s of %s for %s", q.Operation, q.Settlement, q.Payer, q.Actor)
}

func (h *hands) TakeBack(_ context.Context, s lifecycle.Stray) (settlement.SettlementID, error) {
	return "s-stray", h.note("take back %s of %s", s.Message, s.Payer)
}

func (h *hands) Propose(_ context.Context, id settlement.SettlementID, p settlement.Proposal) (lifecycle.Matter, error) {
	return lifecycle.Matter{Settlement: settlement.Settlement{ID: id, Revision: 7}}, h.note("propose %s of %s by %s", p.Resolution, id, p.By)
}

func (h *hands) Approve(_ context.Context, id settlement.SettlementID, by string, seen int64) (lifecycle.Matter, error) {
	return lifecycle.Matter{}, h.note("approve %s at %d by %s", id, seen, by)
}

// Adjust also posts to the record that the office holds, as the lifecycle does.
func (h *hands) Adjust(_ context.Context, id settlement.SettlementID, a settlement.Adjustment) error {
	if h.err == nil && h.posts != nil {
		h.posts(id, a)
	}
	return h.note("adjust %s of %s from %s to %s as %s: %s, %s, by %s and %s", id, a.Payer, a.From, a.To, a.ID, a.Document, a.Cause, a.By, a.Approver)
}

// source is a payer that says which groups differ, and what does in them.
type source struct {
	differ []reconcile.Group
	list   list
	asked  [][]reconcile.Compared
	err    error
}

func (s *source) Totals(_ context.Context, _ reconcile.Scope, ours []reconcile.Compared) ([]reconcile.Group, error) {
	s.asked = append(s.asked, ours)
	return s.differ, s.err
}

func (s *source) Details(_ context.Context, _ reconcile.Scope, _ []reconcile.Group, hold func(func(reconcile.Line) error) error) (reconciliation.ClosingList, error) {
	return closing{&s.list}, hold(func(reconcile.Line) error { return nil })
}

type closing struct{ *list }

func (closing) Close() error { return nil }

// newOffice keeps two settlements of July 2012, each of which the payer bears
// 60.00 of.
func newOffice(t *testing.T) *office {
	o := &office{
		held:   books{settled("E1", "R1", 10, 60_00), settled("E2", "R2", 11, 60_00)},
		store:  memory.New(),
		now:    time.Date(2012, 7, 12, 1, 0, 0, 0, time.UTC),
		hands:  hands{at: map[settlement.SettlementID]settlement.Settlement{}},
		source: &source{},
	}
	o.hands.posts = func(id settlement.SettlementID, a settlement.Adjustment) {
		for i := range o.held {
			if s := &o.held[i]; s.ID == id && s.Adjustment(a.ID) == nil {
				s.Adjustments = append(s.Adjustments, a)
			}
		}
	}
	n := 0
	o.Desk = reconciliation.New(reconciliation.Config{
		Store: o.store, Hands: &o.hands, Observer: o, AskWithin: time.Second, BrokenAfter: time.Hour,
		Books: func(context.Context) (reconciliation.Books, func() error, error) {
			return o.held, func() error { return nil }, nil
		},
		Scratch: func() reconciliation.Scratch { return new(heap) },
		Payers:  []settlement.PayerCode{"A", "B"},
		Sources: map[settlement.PayerCode]reconciliation.Source{"A": o.source},
		Now:     func() time.Time { return o.now },
		NewID: func() reconciliation.RunID {
			n++
			return reconciliation.RunID(fmt.Sprint("run-", n))
		},
	})
	return o
}

// ask asks to compare a list of the two days with what is held.
func (o *office) ask(request string, lines ...reconcile.Line) reconciliation.Ask {
	digest := ""
	for _, l := range lines {
		digest += fmt.Sprint(l.Reference, l.Amounts)
	}
	return reconciliation.Ask{
		Key:   reconciliation.Key{Request: settlement.RequestID(request)},
		Scope: reconcile.Scope{Share: reconcile.InsuranceShare, Payer: "A", Period: settlement.Period{From: 20120710, To: 20120711}},
		Input: reconciliation.Input{Form: "csv", Digest: "x" + digest}, List: &list{lines: lines}, By: "operator/li",
	}
}

func (o *office) runs(t *testing.T, ask reconciliation.Ask) reconciliation.Begun {
	t.Helper()
	o.now = o.now.Add(time.Minute)
	run, err := o.Reconcile(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func (o *office) open(t *testing.T, run reconciliation.RunID) (found []string) {
	t.Helper()
	all, _, err := o.Findings(t.Context(), reconciliation.FindingQuery{Run: run, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		f := &all[i]
		found = append(found, fmt.Sprintf("%d %s %s %s", f.Line, f.Class, f.Encounter, f.State()))
	}
	return found
}

func equals(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

var both = []reconcile.Line{row("E1", "R1", 60_00), row("E2", "R2", 60_00)}

func TestRunIsKept(t *testing.T) {
	o := newOffice(t)
	o.held[0].Legs[0].State = settlement.LegUnknown
	o.held[0].State, o.held[0].Decision = settlement.StateSettling, settlement.Undecided
	run := o.runs(t, o.ask("q-1", both...))
	kept, err := o.Run(t.Context(), run.ID)
	if err != nil || !kept.Standing() || kept.Late || kept.OutOfOrder || o.ran != 1 {
		t.Errorf("%+v, %v", kept, err)
	}
	r := kept.End.Result
	if r.Theirs != 2 || r.Ours != 2 || r.Equal != 1 || r.Differences() != 1 || len(r.Groups) != 1 || r.Groups[0].Theirs.Count != 2 {
		t.Errorf("%+v", r)
	}
	equals(t, "found", o.open(t, run.ID), []string{"1 payer_only E1 "})
	equals(t, "asked first", o.hands.did, []string{"wake [s-R1]"})
}

// One request is one run, and so is one file, unless it is forced.
func TestRunOnce(t *testing.T) {
	o := newOffice(t)
	first := o.runs(t, o.ask("q-1", both[:1]...))
	for _, again := range []reconciliation.Begun{o.runs(t, o.ask("q-1", both[:1]...)), o.runs(t, o.ask("q-2", both[:1]...))} {
		if !again.Replayed || again.ID != first.ID {
			t.Errorf("another run: %+v", again)
		}
	}
	_, err := o.Reconcile(t.Context(), o.ask("q-1", both...))
	if settlement.KindOf(err) != settlement.KindKeyReused {
		t.Errorf("another file under the same request: %v", err)
	}
	forced := o.ask("q-3", both[:1]...)
	forced.Force = true
	second := o.runs(t, forced)
	kept, _ := o.Run(t.Context(), first.ID)
	if second.Replayed || second.Attempt != 2 || kept.Void == nil || kept.Void.Other != second.ID || kept.End == nil {
		t.Errorf("forced %+v over %+v", second, kept)
	}
	equals(t, "kept of the first", o.open(t, first.ID), []string{"1 ours_only E2 again"})
	equals(t, "found by the second", o.open(t, second.ID), []string{"1 ours_only E2 "})
}

// A run that was kept though the store's answer was lost is compared by who asked
// for it.
func TestRunOfALostAnswer(t *testing.T) {
	o := newOffice(t)
	o.store.Fault = func(m memory.Moment) error {
		if m.Verb == "begin" && m.Applied {
			return &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonStoreUnavailable}
		}
		return nil
	}
	run := o.runs(t, o.ask("q-1", both...))
	if run.Replayed || !run.Standing() {
		t.Errorf("%+v", run)
	}
	o.store.Fault = nil
	if again := o.runs(t, o.ask("q-1", both...)); !again.Replayed || again.ID != run.ID {
		t.Errorf("%+v after %+v", again, run)
	}
}

// What a later run finds equal is healed, and how long it was open is told.
func TestRunHeals(t *testing.T) {
	o := newOffice(t)
	first := o.runs(t, o.ask("q-1", both[:1]...))
	o.now = o.now.Add(time.Hour)
	second := o.runs(t, o.ask("q-2", both...))
	if !second.End.Result.Detailed || !second.End.Result.Agree {
		t.Errorf("%+v", second.End.Result)
	}
	equals(t, "first", o.open(t, first.ID), []string{"1 ours_only E2 healed"})
	equals(t, "after", o.healed, []time.Duration{time.Hour + time.Minute})
}

// A difference that is found again is known since it was found first, and one
// that was decided for good is not asked about again.
func TestRunRemembers(t *testing.T) {
	o := newOffice(t)
	short := row("E2", "R2", 59_99)
	first := o.runs(t, o.ask("q-1", both[0], short))
	id := reconciliation.FindingID{Run: first.ID, Line: 1}
	second := o.runs(t, o.ask("q-2", short, both[0]))
	found, err := o.Finding(t.Context(), reconciliation.FindingID{Run: second.ID, Line: 1})
	if err != nil || !found.SeenAt.Equal(first.At) {
		t.Errorf("%+v, %v", found, err)
	}
	equals(t, "first", o.open(t, id.Run), []string{"1 amount_differs E2 again"})
	o.fixes(t, found.FindingID, reconcile.AcceptTheirs)
	wide := o.ask("q-3", short, both[0])
	wide.Scope.Period.From = 20120709
	equals(t, "third", o.open(t, o.runs(t, wide).ID), []string{"1 amount_differs E2 settled"})
}

func TestRunLateAndOutOfOrder(t *testing.T) {
	o := newOffice(t)
	o.runs(t, o.ask("q-1", both...))
	early := o.ask("q-2", both...)
	early.Scope.Period = settlement.Period{From: 20120709, To: 20120709}
	if run := o.runs(t, early); !run.Late || !run.OutOfOrder || !run.Standing() {
		t.Errorf("%+v", run.Kept)
	}
}

// A list that breaks off is a run that failed: it is kept, says why, and keeps
// nobody from comparing the whole list.
func TestRunFails(t *testing.T) {
	o := newOffice(t)
	broken := o.ask("q-1", both...)
	broken.List.(*list).broken = &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonBadDocument, Value: "cut short"}
	run := o.runs(t, broken)
	if run.End.Failed != settlement.ReasonBadDocument || run.End.Says == "" || run.Standing() {
		t.Errorf("%+v", run.End)
	}
	if again := o.runs(t, o.ask("q-2", both...)); again.Replayed || again.Attempt != 2 || !again.Standing() {
		t.Errorf("%+v", again)
	}
}

// A run whose process ended is in the way for a while, and then is not.
func TestRunLeftBehind(t *testing.T) {
	o := newOffice(t)
	ask := o.ask("q-1", both...)
	lost := errors.New("lost")
	o.store.Fault = func(m memory.Moment) error {
		if m.Verb == "end" {
			return &settlement.Error{Kind: settlement.KindUnavailable, Cause: lost}
		}
		return nil
	}
	if _, err := o.Reconcile(t.Context(), ask); !errors.Is(err, lost) {
		t.Fatal(err)
	}
	o.store.Fault = nil
	ask.Key.Request = "q-2"
	_, err := o.Reconcile(t.Context(), ask)
	if settlement.KindOf(err) != settlement.KindInFlight {
		t.Errorf("%v", err)
	}
	o.now = o.now.Add(time.Hour)
	run := o.runs(t, ask)
	left, _ := o.Run(t.Context(), "run-1")
	if !run.Standing() || run.Attempt != 2 || left.End.Failed != settlement.ReasonReconciliationBroken {
		t.Errorf("%+v after %+v", run.Kept, left.End)
	}
}

// A payer that is asked compares totals first, and only where they differ says
// what does.
func TestRunLive(t *testing.T) {
	o := newOffice(t)
	ask := o.ask("q-1")
	ask.List, ask.Input = nil, reconciliation.Input{Form: reconciliation.Live}
	run := o.runs(t, ask)
	if r := run.End.Result; !r.Agree || r.Detailed || r.Ours != 2 || o.source.asked[0][0].Ours.Amounts[reconcile.Fund] != 120_00 {
		t.Errorf("%+v, asked %+v", r, o.source.asked)
	}
	o.source.differ = []reconcile.Group{{Facility: "H1"}}
	o.source.list = list{lines: []reconcile.Line{row("E1", "R1", 50_00)}, partial: true}
	ask.Key.Request = "q-2"
	second := o.runs(t, ask)
	equals(t, "found", o.open(t, second.ID), []string{"1 amount_differs E1 "})
	ask.Key.Request, ask.Scope.Payer = "q-3", "B"
	if _, err := o.Reconcile(t.Context(), ask); settlement.KindOf(err) != settlement.KindInvalid {
		t.Errorf("a payer that cannot be asked: %v", err)
	}
	o.source.err = &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerUnavailable}
	ask.Key.Request, ask.Scope.Payer = "q-4", "A"
	if failed := o.runs(t, ask); failed.End.Failed != settlement.ReasonPayerUnavailable {
		t.Errorf("%+v", failed.End)
	}
}

func TestVoid(t *testing.T) {
	o := newOffice(t)
	run := o.runs(t, o.ask("q-1", both...))
	voided, err := o.Void(t.Context(), run.ID, "operator/li", "wrong file")
	if err != nil || voided.Void.Says != "wrong file" {
		t.Error(voided.Void, err)
	}
	if _, err := o.Void(t.Context(), run.ID, "operator/li", ""); settlement.KindOf(err) != settlement.KindBlocked {
		t.Errorf("twice: %v", err)
	}
	if again := o.runs(t, o.ask("q-2", both...)); again.Replayed || !again.Standing() {
		t.Errorf("the same file again: %+v", again)
	}
	runs, next, err := o.Runs(t.Context(), reconciliation.RunQuery{Limit: 1})
	if err != nil || len(runs) != 1 || next == nil || next.ID != runs[0].ID {
		t.Errorf("%v, %v, %v", runs, next, err)
	}
	if _, _, err := o.Findings(t.Context(), reconciliation.FindingQuery{Run: "none", Limit: 1}); settlement.KindOf(err) != settlement.KindNotFound {
		t.Errorf("%v", err)
	}
}
