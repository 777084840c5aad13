package reconciliation_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// books are settlements opened at noon of a day of July 2012 (China).
type books []settlement.Settlement

func (b books) Opened(_ context.Context, from, until time.Time, each func(*settlement.Settlement) error) error {
	for i := range b {
		if at := b[i].OpenedAt; !at.Before(from) && at.Before(until) {
			if err := each(&b[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// list is read from memory.
type list struct {
	lines   []reconcile.Line
	bad     []*settlement.Problem
	partial bool
	states  reconcile.Fields // beside the usual ones
	broken  error            // at its end
}

func (l *list) States() reconcile.Fields {
	return l.states | reconcile.StatesReference | reconcile.StatesBill | reconcile.StatesFund | reconcile.StatesAccount
}
func (l *list) Partial() bool { return l.partial }

func (l *list) Each(line func(reconcile.Line) error, bad func(*settlement.Problem) error) error {
	for _, p := range l.bad {
		if err := bad(p); err != nil {
			return err
		}
	}
	for _, one := range l.lines {
		if err := line(one); err != nil {
			return err
		}
	}
	return l.broken
}

// heap sorts in memory.
type heap struct{ lines [][]byte }

func (h *heap) Add(line []byte) error {
	h.lines = append(h.lines, bytes.Clone(line))
	return nil
}

func (h *heap) Sorted(give func([]byte) error) error {
	slices.SortFunc(h.lines, bytes.Compare)
	for _, line := range h.lines {
		if err := give(line); err != nil {
			return err
		}
	}
	return nil
}

func settled(encounter, reference string, day int, fund settlement.Money) settlement.Settlement {
	at := time.Date(2012, 7, day, 4, 0, 0, 0, time.UTC)
	return settlement.Settlement{
		ID: settlement.SettlementID("s-" + reference), Facility: "H1", OpenedAt: at, State: settlement.StateCommitted, Decision: settlement.Commit,
		Legs: []settlement.Leg{{Payer: "A", State: settlement.LegApplied, Message: settlement.MessageID("M" + reference), Payment: settlement.Payment{
			Reference: reference, Encounter: settlement.EncounterID(encounter), Bill: settlement.Bill{Submitted: 100_00}, Basic: fund, At: at,
		}}},
	}
}

func row(encounter, reference string, fund settlement.Money) reconcile.Line {
	return reconcile.Line{
		Encounter: settlement.EncounterID(encounter), Reference: reference, Amounts: reconcile.Amounts{reconcile.Bill: 100_00, reconcile.Fund: fund},
	}
}

// told is all that a run says.
type told struct {
	totals  [][]reconcile.Compared
	classes []reconcile.Class
	bad     []int
	read    int
}

func run(b books, l *list) (*reconciliation.Run, *told) {
	heard := new(told)
	return &reconciliation.Run{
		Scope: reconcile.Scope{Share: reconcile.InsuranceShare, Payer: "A", Period: settlement.Period{From: 20120702, To: 20120731}},
		Books: b, List: l, Lines: new(heap),
		Totals: func(groups []reconcile.Compared) error { heard.totals = append(heard.totals, groups); return nil },
		Difference: func(d *reconcile.Difference) error {
			heard.classes = append(heard.classes, d.Class)
			return nil
		},
		Bad:      func(p *settlement.Problem) error { heard.bad = append(heard.bad, p.Line); return nil },
		Progress: func(read int) { heard.read = read },
	}, heard
}

func TestRun(t *testing.T) {
	held := books{settled("E1", "R1", 10, 60_00), settled("E2", "R2", 11, 50_00), settled("E0", "R0", 1, 1_00)}
	same := []reconcile.Line{row("E2", "R2", 50_00), row("E1", "R1", 60_00)}
	shifted := []reconcile.Line{row("E1", "R1", 60_01), row("E2", "R2", 49_99)}
	unequal := reconcile.Tally{Classes: map[reconcile.Class]int{reconcile.AmountDiffers: 2}, Causes: map[reconcile.Cause]int{reconcile.Rounding: 2}, Outside: 1}
	equal := reconcile.Tally{Equal: 2, Outside: 1}
	tests := []struct {
		name    string
		list    list
		details bool
		want    reconciliation.Result
		classes []reconcile.Class
	}{
		{name: "totals agree, and nothing more is looked at", list: list{lines: shifted}, want: reconciliation.Result{Theirs: 2, Ours: 3, Agree: true}},
		{
			name: "totals agree, and details do not", list: list{lines: shifted}, details: true,
			want:    reconciliation.Result{Theirs: 2, Ours: 3, Agree: true, Detailed: true, Tally: unequal},
			classes: []reconcile.Class{reconcile.AmountDiffers, reconcile.AmountDiffers},
		},
		{
			name: "all agrees", list: list{lines: same}, details: true,
			want: reconciliation.Result{Theirs: 2, Ours: 3, Agree: true, Detailed: true, Tally: equal},
		},
		{
			name: "a bad row is skipped, and so something is missing", list: list{lines: same[:1], bad: []*settlement.Problem{{Line: 7}}},
			want: reconciliation.Result{Theirs: 1, Ours: 3, Bad: 1, Detailed: true, Tally: reconcile.Tally{
				Equal: 1, Outside: 1, Classes: map[reconcile.Class]int{reconcile.OursOnly: 1}, Causes: map[reconcile.Cause]int{reconcile.Unexplained: 1},
				Off: reconcile.Total{Count: -1, Amounts: reconcile.Amounts{reconcile.Bill: -100_00, reconcile.Fund: -60_00}},
			}},
			classes: []reconcile.Class{reconcile.OursOnly},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, heard := run(held, &test.list)
			r.Details = test.details
			got, err := r.Do(t.Context())
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
				t.Error(err, diff)
			}
			if !slices.Equal(heard.classes, test.classes) || len(heard.bad) != test.want.Bad || heard.read != got.Theirs+got.Ours || len(heard.totals) != 1 {
				t.Errorf("told %+v", heard)
			}
		})
	}
}

// Our own list has what counts in the period, and no more.
func TestHold(t *testing.T) {
	held := books{settled("E1", "R1", 10, 60_00), settled("E0", "R0", 1, 1_00), settled("E2", "R2", 31, 50_00)}
	r, _ := run(held, &list{})
	var got []string
	err := reconciliation.Hold(t.Context(), held, &r.Scope, func(l reconcile.Line) error {
		got = append(got, l.Reference)
		return nil
	})
	if want := []string{"R1", "R2"}; !slices.Equal(got, want) || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	full := errors.New("full")
	err = reconciliation.Hold(t.Context(), held, &r.Scope, func(reconcile.Line) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

// A list of differences has no totals to compare, and proves nothing of what
// it leaves out.
func TestPartial(t *testing.T) {
	held := books{settled("E1", "R1", 10, 60_00), settled("E2", "R2", 11, 50_00)}
	r, heard := run(held, &list{lines: []reconcile.Line{row("E1", "R1", 7_00)}, partial: true})
	got, err := r.Do(t.Context())
	if err != nil || len(heard.totals) != 0 || !got.Detailed || got.Tally.Differences() != 1 || got.Tally.Outside != 1 {
		t.Errorf("%+v, %+v, %v", got, heard, err)
	}
}

// Nothing is told of a list that cannot be read to its end, nor after whoever
// is told gives up.
func TestRunStops(t *testing.T) {
	held := books{settled("E1", "R1", 10, 60_00)}
	full := errors.New("full")
	for name, broken := range map[string]func(*reconciliation.Run, *list){
		"the list breaks off": func(_ *reconciliation.Run, l *list) { l.broken = full },
		"bad rows":            func(r *reconciliation.Run, _ *list) { r.Bad = func(*settlement.Problem) error { return full } },
		"totals":              func(r *reconciliation.Run, _ *list) { r.Totals = func([]reconcile.Compared) error { return full } },
	} {
		l := &list{lines: []reconcile.Line{row("E1", "R1", 1)}, bad: []*settlement.Problem{{Line: 1}}}
		r, heard := run(held, l)
		broken(r, l)
		if _, err := r.Do(t.Context()); !errors.Is(err, full) || len(heard.classes) != 0 {
			t.Errorf("%s: %v, told %v", name, err, heard.classes)
		}
	}
	r, _ := run(held, &list{})
	r.Difference = func(*reconcile.Difference) error { return full }
	if _, err := r.Do(t.Context()); !errors.Is(err, full) {
		t.Errorf("differences: %v", err)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	r, _ = run(held, &list{})
	if _, err := r.Do(ended); settlement.KindOf(err) != settlement.KindUnavailable {
		t.Errorf("given up: %v", err)
	}
	r, _ = run(held, &list{})
	r.Scope.Payer = ""
	if _, err := r.Do(t.Context()); settlement.KindOf(err) != settlement.KindInvalid {
		t.Errorf("no payer: %v", err)
	}
}
