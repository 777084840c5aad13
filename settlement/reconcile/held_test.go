package reconcile_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// settled is a committed settlement that two payers bear.
func settled() settlement.Settlement {
	return settlement.Settlement{
		ID: "s1", Facility: "H1", Encounter: "E0", Insured: "P1",
		Coverage: settlement.Coverage{Scheme: settlement.SchemeResident},
		Claim:    settlement.Claim{Mode: settlement.Inpatient, Bill: settlement.Bill{Submitted: 100_00}},
		State:    settlement.StateCommitted, Decision: settlement.Commit, ClosedAt: noon.Add(time.Second),
		Legs: []settlement.Leg{
			{Payer: "A", State: settlement.LegApplied, Message: "M1", SentAt: noon, Payment: settlement.Payment{
				Reference: "R1", Encounter: "E1", Bill: settlement.Bill{Submitted: 100_00}, Basic: 50_00, CriticalIllness: 10_00, PersonalAccount: 5_00,
				Others: []settlement.Share{{Source: settlement.HospitalDerate, Amount: 3_00}, {Source: settlement.Commercial, Amount: 2_00}},
				At:     time.Date(2012, 7, 10, 16, 0, 1, 0, time.UTC), // the next day in China
			}},
			{Payer: "B", State: settlement.LegApplied, Message: "M2"},
		},
		Adjudication: &settlement.Adjudication{Category: "rural_dibao", Benefit: 20_00},
	}
}

func TestHeldOfAPayer(t *testing.T) {
	s, scope := settled(), scoped(everything)
	want := []reconcile.Line{{
		Encounter: "E1", Reference: "R1", Message: "M1", Person: "P1", Facility: "H1", Day: 20120711,
		Insurance: settlement.SchemeResident, Clearing: settlement.Inpatient, Settlement: "s1", At: s.Legs[0].Payment.At,
		Amounts: reconcile.Amounts{reconcile.Bill: 100_00, reconcile.Fund: 62_00, reconcile.Account: 5_00},
	}}
	if diff := cmp.Diff(want, reconcile.Held(&s, &scope)); diff != "" {
		t.Error(diff)
	}
	unanswered := settled()
	unanswered.Decision, unanswered.State = settlement.Undecided, settlement.StateSettling
	unanswered.Legs[0].State, unanswered.Legs[0].Payment = settlement.LegUnknown, settlement.Payment{}
	held := reconcile.Held(&unanswered, &scope)[0]
	if held.Status != reconcile.Doubted || held.Day != 20120710 || held.Encounter != "E0" || held.Amounts != (reconcile.Amounts{reconcile.Bill: 100_00}) {
		t.Errorf("%+v", held)
	}
}

func TestHeldStanding(t *testing.T) {
	tests := []struct {
		decision settlement.Decision
		leg      settlement.LegState
		want     reconcile.Status
	}{
		{settlement.Commit, settlement.LegApplied, reconcile.Standing},
		{settlement.Commit, settlement.LegUndoIntent, reconcile.Undoing},
		{settlement.Commit, settlement.LegUnconfirmed, reconcile.Undoing},
		{settlement.Commit, settlement.LegReversed, reconcile.Reversed},
		{settlement.Undecided, settlement.LegIntent, reconcile.Doubted},
		{settlement.Undecided, settlement.LegApplied, reconcile.Doubted},
		{settlement.Abort, settlement.LegUnknown, reconcile.Doubted},
		{settlement.Abort, settlement.LegApplied, reconcile.Doubted},
		{settlement.Abort, settlement.LegUnconfirmed, reconcile.Undoing},
		{settlement.Abort, settlement.LegReversed, reconcile.Aborted},
		{settlement.Abort, settlement.LegRejected, reconcile.Aborted},
	}
	scope := scoped(everything)
	for _, test := range tests {
		s := settled()
		s.Decision, s.Legs[0].State = test.decision, test.leg
		if got := reconcile.Held(&s, &scope)[0].Status; got != test.want {
			t.Errorf("%s %s: %q, want %q", test.decision, test.leg, got, test.want)
		}
	}
	s := settled()
	s.Legs[0].State = settlement.LegPlanned
	if got := reconcile.Held(&s, &scope); len(got) != 0 {
		t.Errorf("nothing was sent: %+v", got)
	}
}

// The assistance share is a line of its own, which no payer's list has.
func TestHeldOfAssistance(t *testing.T) {
	scope := reconcile.Scope{Share: reconcile.AssistanceShare, Period: july, States: reconcile.StatesAssistance}
	s := settled()
	want := []reconcile.Line{{
		Encounter: "E0", Person: "P1", Facility: "H1", Day: 20120710, Category: "rural_dibao",
		Insurance: settlement.SchemeResident, Clearing: settlement.Inpatient, Settlement: "s1", At: s.ClosedAt,
		Amounts: reconcile.Amounts{reconcile.Bill: 100_00, reconcile.Assistance: 20_00},
	}}
	if diff := cmp.Diff(want, reconcile.Held(&s, &scope)); diff != "" {
		t.Error(diff)
	}
	for state, want := range map[settlement.State]reconcile.Status{
		settlement.StateReversed: reconcile.Reversed, settlement.StateReversing: reconcile.Undoing, settlement.StateAttention: reconcile.Undoing,
	} {
		if s.State = state; reconcile.Held(&s, &scope)[0].Status != want {
			t.Errorf("%s is not %s", state, want)
		}
	}
	s.Decision = settlement.Abort
	if got := reconcile.Held(&s, &scope); len(got) != 0 {
		t.Errorf("nothing was granted: %+v", got)
	}
}

func TestScope(t *testing.T) {
	whole := scoped(everything)
	if err := whole.Check(); err != nil {
		t.Error(err)
	}
	from, until := whole.Opened()
	if want := "2012-06-28T16:00:00Z 2012-08-02T16:00:00Z"; from.UTC().Format(time.RFC3339)+" "+until.UTC().Format(time.RFC3339) != want {
		t.Errorf("opened %s to %s", from.UTC(), until.UTC())
	}
	for field, change := range map[string]func(*reconcile.Scope){
		"share":   func(s *reconcile.Scope) { s.Share = "" },
		"payer":   func(s *reconcile.Scope) { s.Payer = "" },
		"period":  func(s *reconcile.Scope) { s.Period.To = 20120630 },
		"columns": func(s *reconcile.Scope) { s.States = reconcile.StatesBill },
	} {
		bad := scoped(everything)
		change(&bad)
		want := &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: field}
		if field == "columns" {
			want.Value = "fund"
		}
		if diff := cmp.Diff(want, bad.Check()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTotalsByGroup(t *testing.T) {
	totals := reconcile.NewTotals(scoped(everything))
	outpatient := with(func(l *reconcile.Line) { l.Clearing = settlement.Outpatient })
	for _, l := range lines(line(), outpatient, taken(outpatient), with(func(l *reconcile.Line) { l.Day = 20120801 })) {
		totals.Add(reconcile.Theirs, l)
	}
	totals.Add(reconcile.Ours, line())
	totals.Add(reconcile.Ours, with(func(l *reconcile.Line) { l.Status, l.Clearing = reconcile.Doubted, settlement.Care }))
	one := reconcile.Total{Count: 1, Amounts: line().Amounts}
	want := []reconcile.Compared{
		{Group: reconcile.Group{Facility: "H1", Insurance: settlement.SchemeResident, Clearing: settlement.Inpatient}, Theirs: one, Ours: one},
		{Group: reconcile.Group{Facility: "H1", Insurance: settlement.SchemeResident, Clearing: settlement.Outpatient}},
	}
	if diff := cmp.Diff(want, totals.Groups()); diff != "" || !totals.Agree() {
		t.Error(diff)
	}
	totals.Add(reconcile.Theirs, outpatient)
	if totals.Agree() {
		t.Error("one more on their side, and they agree")
	}
}
