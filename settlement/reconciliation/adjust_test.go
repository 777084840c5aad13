package reconciliation_test

import (
	"slices"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// A posting needs a difference that it can close: what is off is the one amount
// that the ledger books of a booking that stands on both sides.
func TestCorrection(t *testing.T) {
	fund := func(off settlement.Money) reconcile.Total {
		return reconcile.Total{Amounts: reconcile.Amounts{reconcile.Fund: off}}
	}
	good := reconciliation.Finding{
		Share: reconcile.InsuranceShare, Class: reconcile.AmountDiffers, Settlement: "s-1", Off: fund(-1_50),
		Fields: []reconcile.Differing{{Field: "category", Theirs: "a", Ours: "b"}, {Field: "fund", Theirs: "58.50", Ours: "60.00"}},
	}
	for name, c := range map[string]struct {
		change func(*reconciliation.Finding)
		want   settlement.Money // 0: none
	}{
		"less is borne there": {func(*reconciliation.Finding) {}, -1_50},
		"more is borne there": {func(f *reconciliation.Finding) {
			f.Off, f.Fields = fund(2_00), []reconcile.Differing{{Field: "fund", Theirs: "62.00", Ours: "60.00"}}
		}, 2_00},
		"of assistance": {func(f *reconciliation.Finding) {
			f.Share, f.Off = reconcile.AssistanceShare, reconcile.Total{Amounts: reconcile.Amounts{reconcile.Assistance: 7}}
			f.Fields = []reconcile.Differing{{Field: "assistance", Theirs: "0.08", Ours: "0.01"}}
		}, 7},
		"the bills differ too":         {func(f *reconciliation.Finding) { f.Off.Amounts[reconcile.Bill] = 1 }, 0},
		"a personal account does too":  {func(f *reconciliation.Finding) { f.Off.Amounts[reconcile.Account] = 1 }, 0},
		"it counts on one side only":   {func(f *reconciliation.Finding) { f.Off.Count = 1 }, 0},
		"only they hold it":            {func(f *reconciliation.Finding) { f.Class = reconcile.PayerOnly }, 0},
		"it is reversed on one side":   {func(f *reconciliation.Finding) { f.Class = reconcile.StatusDiffers }, 0},
		"we have no settlement of it":  {func(f *reconciliation.Finding) { f.Settlement = "" }, 0},
		"nothing is off":               {func(f *reconciliation.Finding) { f.Off, f.Fields = reconcile.Total{}, f.Fields[:1] }, 0},
		"the sum is not of its fields": {func(f *reconciliation.Finding) { f.Off = fund(-1_49) }, 0},
		"theirs is below zero": {func(f *reconciliation.Finding) {
			f.Off, f.Fields = fund(-61_00), []reconcile.Differing{{Field: "fund", Theirs: "-1.00", Ours: "60.00"}}
		}, 0},
		"what they say is no amount": {func(f *reconciliation.Finding) { f.Fields[1].Theirs = "" }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := good
			f.Fields = slices.Clone(good.Fields)
			c.change(&f)
			got, adjustable := f.Correction()
			if adjustable != (c.want != 0) || adjustable && got.Amount() != c.want {
				t.Errorf("%+v, %t; want %s", got, adjustable, c.want)
			}
			if offered := slices.Contains(f.Possible(), reconcile.PostAdjustment); offered != adjustable {
				t.Errorf("offered %t", offered)
			}
		})
	}
}

// adjusted posts what is off about E2, which the payer bears 58.50 of.
func adjusted(t *testing.T, theirs reconcile.Line) (*office, reconciliation.FindingID, reconciliation.Ask) {
	o := newOffice(t)
	ask := o.ask("q-1", both[0], theirs)
	ask.List.(*list).states = reconcile.StatesCategory
	o.held[1].Coverage.Scheme = settlement.SchemeResident
	run := o.runs(t, ask)
	id := reconciliation.FindingID{Run: run.ID, Line: 1}
	if f := o.fixes(t, id, reconcile.PostAdjustment); f.State() != reconciliation.Done {
		t.Fatalf("%+v", f.History)
	}
	return o, id, ask
}

// What was posted is what we hold from then on: the next run finds nothing, and
// the difference is closed.
func TestAdjustmentClosesTheDifference(t *testing.T) {
	short := row("E2", "R2", 58_50)
	o, id, _ := adjusted(t, short)
	second := o.ask("q-2", short, both[0])
	run := o.runs(t, second)
	if r := run.End.Result; !r.Agree || r.Equal != 2 || r.Differences() != 0 {
		t.Errorf("%+v", r)
	}
	equals(t, "first", o.open(t, id.Run), []string{"1 amount_differs E2 healed"})
	f, err := o.Finding(t.Context(), id)
	if err != nil || len(f.Possible()) != 0 || f.History[0].Says != "类别更正" || f.History[2].Says != "posted -1.50: 60.00 was booked, and 58.50 is from now on" {
		t.Errorf("%+v, %v", f.History, err)
	}
	// What they then change again is another difference, of what is left.
	third := o.runs(t, o.ask("q-3", both...))
	again, err := o.Finding(t.Context(), reconciliation.FindingID{Run: third.ID, Line: 1})
	if c, adjustable := again.Correction(); err != nil || !adjustable || c.Amount() != 1_50 || c.Ours != 58_50 {
		t.Errorf("%+v, %v", again, err)
	}
}

// Where the person counts as another category there, the amounts agree after
// the posting, and what else differs is what its document is about.
func TestAdjustmentSettlesWhatItsDocumentSays(t *testing.T) {
	other := row("E2", "R2", 58_50)
	other.Category = "dibao"
	o, id, ask := adjusted(t, other)
	found, err := o.Finding(t.Context(), id)
	if err != nil || found.Cause == reconcile.Rounding || len(found.Fields) != 2 {
		t.Fatalf("%+v, %v", found, err)
	}
	ask.Key.Request, ask.Force, ask.List = "q-2", true, &list{lines: []reconcile.Line{other, both[0]}, states: reconcile.StatesCategory}
	run := o.runs(t, ask)
	equals(t, "second", o.open(t, run.ID), []string{"1 amount_differs E2 settled"})
	equals(t, "first", o.open(t, id.Run), []string{"1 amount_differs E2 again"})
	f, err := o.Finding(t.Context(), reconciliation.FindingID{Run: run.ID, Line: 1})
	if last := f.History[0]; err != nil || last.Document != "赣医保函〔2012〕7号" || last.Fix != reconcile.PostAdjustment || last.Other != id.Run || last.By != wang {
		t.Errorf("%+v, %v", f.History, err)
	}
}

// A posting needs a reason, and the proposal that is approved is the one that
// gave it.
func TestAdjustmentNeedsItsCause(t *testing.T) {
	o := newOffice(t)
	run := o.runs(t, o.ask("q-1", both[0], row("E2", "R2", 58_50)))
	p := reconciliation.Proposal{Finding: reconciliation.FindingID{Run: run.ID, Line: 1}, Fix: reconcile.PostAdjustment, Document: "d", By: li}
	if _, err := o.Propose(t.Context(), p); settlement.KindOf(err) != settlement.KindInvalid {
		t.Errorf("without a cause: %v", err)
	}
	for n, cause := range []string{"one", "one", "another"} {
		p.Cause = cause
		f, err := o.Propose(t.Context(), p)
		if want := []int{1, 1, 2}[n]; err != nil || len(f.History) != want {
			t.Errorf("%s: %d lines, %v", cause, len(f.History), err)
		}
	}
}

// What the settlement became meanwhile is not overridden: the posting fails,
// and what is open is looked at again. A store that does not answer is asked
// again by the same name.
func TestAdjustmentThatCannotBePosted(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		ends reconciliation.Act
	}{
		"reversed meanwhile":   {&settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonFixNotPossible}, reconciliation.Failed},
		"no answer of a store": {&settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonStoreUnavailable}, reconciliation.Approved},
		"somebody writes it":   {&settlement.Error{Kind: settlement.KindConflict}, reconciliation.Approved},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			run := o.runs(t, o.ask("q-1", both[0], row("E2", "R2", 58_50)))
			id := reconciliation.FindingID{Run: run.ID, Line: 1}
			if _, err := o.Propose(t.Context(), reconciliation.Proposal{Finding: id, Fix: reconcile.PostAdjustment, Document: "d", Cause: "c", By: li}); err != nil {
				t.Fatal(err)
			}
			o.hands.err, o.hands.did = c.err, nil
			_, _ = o.Approve(t.Context(), id, wang, 1)
			f, err := o.Finding(t.Context(), id)
			if err != nil || f.State() != c.ends {
				t.Fatalf("%s, %v", f.State(), err)
			}
			o.hands.err, o.now = nil, o.now.Add(3*time.Minute)
			if _, err := o.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
			if want := map[reconciliation.Act]int{reconciliation.Failed: 1, reconciliation.Approved: 2}[c.ends]; len(o.hands.did) != want || o.hands.did[0] != o.hands.did[want-1] {
				t.Errorf("did %q", o.hands.did)
			}
		})
	}
}
