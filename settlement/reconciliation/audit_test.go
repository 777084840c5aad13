package reconciliation_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// audited is what an auditor reads, in which something may be not as it was
// written.
type audited struct {
	reconciliation.Archive
	dossiers []lifecycle.Dossier
	run      func(*reconciliation.Kept)
	finding  func(*reconciliation.Finding) bool // whether it is there
	dossier  func(*lifecycle.Dossier) bool
}

func (a *audited) KeptRuns(ctx context.Context, query reconciliation.RunQuery) ([]reconciliation.Kept, error) {
	found, err := a.Archive.KeptRuns(ctx, query)
	for i := range found {
		if end := found[i].End; end != nil {
			changed := *end
			changed.Result.Groups = slices.Clone(end.Result.Groups)
			found[i].End = &changed
		}
		if a.run != nil {
			a.run(&found[i])
		}
	}
	return found, err
}

func (a *audited) Findings(ctx context.Context, query reconciliation.FindingQuery) ([]reconciliation.Finding, error) {
	found, err := a.Archive.Findings(ctx, query)
	for i := range found {
		found[i].History = slices.Clone(found[i].History)
	}
	return slices.DeleteFunc(found, func(f reconciliation.Finding) bool { return a.finding != nil && !a.finding(&f) }), err
}

// changed is one difference changed in place.
func (a *audited) changed(run reconciliation.RunID, line int, change func(*reconciliation.Finding)) {
	archive := a.Archive
	a.Archive = altered{archive, func(f *reconciliation.Finding) {
		if f.Run == run && f.Line == line {
			f.History = slices.Clone(f.History)
			change(f)
		}
	}}
}

type altered struct {
	reconciliation.Archive
	change func(*reconciliation.Finding)
}

func (a altered) Findings(ctx context.Context, query reconciliation.FindingQuery) ([]reconciliation.Finding, error) {
	found, err := a.Archive.Findings(ctx, query)
	for i := range found {
		a.change(&found[i])
	}
	return found, err
}

// Dossiers implements lifecycle.Archive: all at once.
func (a *audited) Dossiers(context.Context, lifecycle.Place, int) ([]lifecycle.Dossier, error) {
	found := slices.Clone(a.dossiers)
	for i := range found {
		found[i].Entries, found[i].Events = slices.Clone(found[i].Entries), slices.Clone(found[i].Events)
		found[i].Settlement.Legs, found[i].Settlement.Adjustments = slices.Clone(found[i].Settlement.Legs), slices.Clone(found[i].Settlement.Adjustments)
	}
	there := found[:0]
	for _, d := range found {
		if a.dossier == nil || a.dossier(&d) {
			there = append(there, d)
		}
	}
	return there, nil
}

func (a *audited) Accumulators(context.Context, lifecycle.AccumulatorKey, int) ([]lifecycle.AccumulatorRow, error) {
	return nil, nil
}

// audits is what an auditor says, and what it says of how many runs.
func (a *audited) audits(t *testing.T) (lines []string, runs, bounded int) {
	t.Helper()
	auditor, err := reconciliation.NewAuditor(t.Context(), a, func(b reconciliation.Breach) { lines = append(lines, b.String()) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := auditor.Watch(a).Dossiers(t.Context(), lifecycle.Place{}, 1); err != nil {
		t.Fatal(err)
	}
	runs, bounded = auditor.End()
	return lines, runs, bounded
}

// event is a line of an audit trail.
func event(at time.Time, action string, state settlement.State) lifecycle.Event {
	return lifecycle.Event{At: at, Action: action, State: state}
}

// dossierOf is a settlement as the lifecycle would have written it.
func dossierOf(s settlement.Settlement, more ...lifecycle.Event) lifecycle.Dossier {
	opened := event(s.OpenedAt, "settle.open", settlement.StateReceived)
	d := lifecycle.Dossier{Settlement: s, Events: []lifecycle.Event{opened, event(s.OpenedAt.Add(time.Second), "settle.commit", settlement.StateCommitted)}}
	for i := range s.Legs {
		if p := s.Legs[i].Payment; p.Basic != 0 {
			d.Entries = append(d.Entries, settlement.Entry{Account: "payer/" + string(s.Legs[i].Payer) + "/basic", Debit: p.Basic}, settlement.Entry{Account: "facility/H1", Credit: p.Basic})
		}
	}
	for i := range s.Adjustments {
		one := &s.Adjustments[i]
		d.Entries = append(d.Entries, s.AdjustingEntries(one)...)
		d.Events = append(d.Events, event(one.At, "reconcile.adjust", settlement.StateCommitted))
	}
	d.Events = append(d.Events, more...)
	return d
}

// story is a history in which people have had each kind of thing put right: of
// run-1 line 1 is posted (E2), 2 is asked about (E3), 3 is taken back (E4), 4 is
// accepted (E5); run-2 has the same list, after it.
func story(t *testing.T) *audited {
	o := newOffice(t)
	o.held = append(o.held, settled("E3", "R3", 10, 30_00), settled("E5", "R5", 11, 10_00))
	for _, s := range o.held {
		o.hands.at[s.ID] = s
	}
	stray := row("E4", "R4", 9_00)
	stray.Message = "M4"
	lines := []reconcile.Line{both[0], row("E2", "R2", 58_50), stray, row("E5", "R5", 9_99)}
	list := func() *list { return &list{lines: slices.Clone(lines), states: reconcile.StatesMessage} }
	ask := o.ask("q-1", lines...)
	ask.List = list()
	run := o.runs(t, ask)
	o.now = o.now.Add(time.Hour)
	for i, fix := range []reconcile.Fix{reconcile.PostAdjustment, reconcile.Requery, reconcile.ReverseMessage, reconcile.AcceptTheirs} {
		o.fixes(t, reconciliation.FindingID{Run: run.ID, Line: i + 1}, fix)
	}
	for i := range o.held {
		for j := range o.held[i].Adjustments {
			o.held[i].Adjustments[j].At = o.now
		}
	}
	asked := event(o.now, "reconcile.inquire.not_found", settlement.StateCommitted)
	o.now = o.now.Add(time.Hour)
	ask.Key.Request, ask.List, ask.Force = "q-2", list(), true
	o.runs(t, ask)
	a := &audited{Archive: o.store}
	for _, s := range o.held {
		if s.ID == "s-R3" {
			a.dossiers = append(a.dossiers, dossierOf(s, asked))
			continue
		}
		a.dossiers = append(a.dossiers, dossierOf(s))
	}
	taken := settled("E4", "R4", 10, 9_00)
	taken.ID, taken.State, taken.Decision, taken.OpenedAt = "s-stray", settlement.StateAborted, settlement.Abort, o.now.AddDate(0, 0, 1)
	taken.Legs[0].State, taken.Legs[0].Message, taken.Legs[0].Payment = settlement.LegReversed, "M4", settlement.Payment{}
	a.dossiers = append(a.dossiers, lifecycle.Dossier{Settlement: taken, Events: []lifecycle.Event{event(taken.OpenedAt, "reconcile.found", settlement.StateAborting)}})
	return a
}

func TestAuditFindsNothingWhereNothingIsWrong(t *testing.T) {
	lines, runs, bounded := story(t).audits(t)
	if len(lines) != 0 || runs != 2 || bounded != 0 {
		t.Errorf("%d runs, %d bounded: %q", runs, bounded, lines)
	}
	none := &audited{Archive: newOffice(t).store}
	if lines, runs, _ := none.audits(t); len(lines) != 0 || runs != 0 {
		t.Errorf("%d runs: %q", runs, lines)
	}
}

// Every breach that is planted is named, with what it concerns.
func TestAuditNamesWhatIsPlanted(t *testing.T) {
	first := func(change func(*reconciliation.Outcome)) func(*audited) {
		return func(a *audited) {
			a.run = func(k *reconciliation.Kept) {
				if k.ID == "run-1" {
					change(&k.End.Result)
				}
			}
		}
	}
	line := func(n int, change func(*reconciliation.Finding)) func(*audited) {
		return func(a *audited) { a.changed("run-1", n, change) }
	}
	of := func(id settlement.SettlementID, change func(*lifecycle.Dossier) bool) func(*audited) {
		return func(a *audited) {
			a.dossier = func(d *lifecycle.Dossier) bool { return d.Settlement.ID != id || change(d) }
		}
	}
	gone := func(*lifecycle.Dossier) bool { return false }
	for name, c := range map[string]struct {
		plant func(*audited)
		want  string
	}{
		"a difference gone": {func(a *audited) {
			a.finding = func(f *reconciliation.Finding) bool { return f.Run != "run-1" || f.Line != 2 }
		}, "R1 run run-1: has no line 2"},
		"a class that was not":  {line(4, func(f *reconciliation.Finding) { f.Class = reconcile.PayerOnly }), "R1 run run-1: ended with"},
		"a cause that was not":  {line(4, func(f *reconciliation.Finding) { f.Cause = reconcile.CutOff }), "R1 run run-1: ended with"},
		"a fen in a difference": {line(4, func(f *reconciliation.Finding) { f.Off.Amounts[reconcile.Fund]-- }), "R1 run run-1: ended with"},
		"a total of theirs":     {first(func(o *reconciliation.Outcome) { o.Groups[0].Theirs.Amounts[reconcile.Fund]++ }), "R1 run run-1: totals are off by"},
		"totals that agree":     {first(func(o *reconciliation.Outcome) { o.Agree = true }), "R1 run run-1: says that its totals agree"},
		"voided for nothing": {func(a *audited) {
			a.run = func(k *reconciliation.Kept) {
				if k.Void != nil {
					k.Void = &reconciliation.Remark{Other: "run-9"}
				}
			}
		}, "R1 run run-1: is voided for run run-9"},

		"a total of ours": {first(func(o *reconciliation.Outcome) {
			o.Groups[0].Ours.Amounts[reconcile.Fund]++
			o.Groups[0].Theirs.Amounts[reconcile.Fund]++
		}), "R2 run run-1: has ours of"},
		"a line of ours":    {first(func(o *reconciliation.Outcome) { o.Ours++ }), "R2 run run-1: compared 5 lines of ours, the settlements had 4"},
		"a settlement gone": {of("s-R1", gone), "R2 run run-1: compared 4 lines of ours, the settlements had 3"},
		"a payment changed": {of("s-R1", func(d *lifecycle.Dossier) bool { d.Settlement.Legs[0].Payment.Basic++; return true }), "R2 run run-1: has ours of"},
		"an adjustment dated back": {of("s-R2", func(d *lifecycle.Dossier) bool {
			d.Settlement.Adjustments[0].At = d.Settlement.OpenedAt
			d.Events[2].At = d.Events[1].At
			return true
		}), "R2 run run-1: has ours of"},

		"approved by who proposed": {line(1, func(f *reconciliation.Finding) { f.History[1].By = li }), "R3 difference run-1/1: line 2 approves"},
		"another fix than agreed":  {line(4, func(f *reconciliation.Finding) { f.History[2].Fix = reconcile.Requery }), "R3 difference run-1/4: line 3 carries out requery"},
		"another document":         {line(2, func(f *reconciliation.Finding) { f.History[1].Document = "x" }), "R3 difference run-1/2: line 2 approves"},
		"without a document":       {line(3, func(f *reconciliation.Finding) { f.History[0].Document = "" }), "R3 difference run-1/3: line 1 proposes"},
		"an approval gone":         {line(1, func(f *reconciliation.Finding) { f.History = slices.Delete(f.History, 1, 2) }), "R3 difference run-1/1: line 3, done by"},
		"the first word gone":      {line(2, func(f *reconciliation.Finding) { f.History = f.History[1:] }), "R3 difference run-1/2: line 2, approved by"},
		"closed by no run":         {line(2, func(f *reconciliation.Finding) { f.History[3].Other = "run-9" }), `R3 difference run-1/2: line 4, again, names run "run-9"`},
		"settled where nobody did": {func(a *audited) {
			a.changed("run-2", 3, func(f *reconciliation.Finding) { f.History[0].Document = "x" })
		}, "R3 difference run-2/3: line 1 is settled as in run run-1"},
		"asked, and no trail of it": {of("s-R3", func(d *lifecycle.Dossier) bool { d.Events = d.Events[:2]; return true }), "R3 difference run-1/2: its settlement has no line"},
		"nobody took it back":       {of("s-stray", gone), "R3 difference run-1/3: its message was taken back"},
		"nothing was posted":        {of("s-R2", func(d *lifecycle.Dossier) bool { d.Settlement.Adjustments = nil; return true }), "R3 difference run-1/1: its adjustment was carried out"},

		"posted by nobody":     {line(1, func(f *reconciliation.Finding) { f.History = nil }), "R4 s-R2: adjustment run-1/1 of -1.50 is none"},
		"another amount":       {of("s-R2", func(d *lifecycle.Dossier) bool { d.Settlement.Adjustments[0].To--; return true }), "R4 s-R2: adjustment run-1/1 of -1.51"},
		"another document too": {of("s-R2", func(d *lifecycle.Dossier) bool { d.Settlement.Adjustments[0].Document = "x"; return true }), "R4 s-R2"},
		"another settlement's": {of("s-R1", func(d *lifecycle.Dossier) bool {
			d.Settlement.Adjustments = []settlement.Adjustment{{ID: "run-1/1", Payer: "A", From: 60_00, To: 58_50}}
			return true
		}), "R4 s-R1"},

		"a fen in the ledger":      {of("s-R1", func(d *lifecycle.Dossier) bool { d.Entries[0].Debit++; return true }), "R5 s-R1: counts 60.00 of insurance A, the ledger has 60.01"},
		"an adjustment not booked": {of("s-R2", func(d *lifecycle.Dossier) bool { d.Entries = d.Entries[:2]; return true }), "R5 s-R2: counts 58.50 of insurance A, the ledger has 60.00"},
		"assistance from nowhere": {of("s-R1", func(d *lifecycle.Dossier) bool {
			d.Entries = append(d.Entries, settlement.Entry{Account: "fund/rural/360827/2012", Debit: 1})
			return true
		}), "R5 s-R1: counts 0.00 of assistance , the ledger has 0.01"},
	} {
		t.Run(name, func(t *testing.T) {
			a := story(t)
			c.plant(a)
			lines, _, _ := a.audits(t)
			if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, c.want) }) {
				t.Errorf("no %q in %q", c.want, lines)
			}
		})
	}
}

// A settlement that moved while a run read it may be in its totals or not, and
// explains no more than itself.
func TestAuditBoundsWhatMoved(t *testing.T) {
	a := story(t)
	moved := func(offset time.Duration) {
		a.dossier = func(d *lifecycle.Dossier) bool {
			if d.Settlement.ID == "s-R1" {
				d.Events[1].At = time.Date(2012, 7, 12, 1, 1, 0, 0, time.UTC).Add(offset)
			}
			return true
		}
	}
	moved(5 * time.Minute)
	if lines, _, bounded := a.audits(t); len(lines) != 0 || bounded != 1 {
		t.Errorf("%d bounded: %q", bounded, lines)
	}
	a.run = func(k *reconciliation.Kept) {
		if k.ID == "run-1" {
			k.End.Result.Groups[0].Ours.Amounts[reconcile.Fund]++
			k.End.Result.Groups[0].Theirs.Amounts[reconcile.Fund]++
		}
	}
	if lines, _, _ := a.audits(t); len(lines) != 1 || !strings.HasPrefix(lines[0], "R2 run run-1: has ours of") {
		t.Errorf("a fen more than all that moved: %q", lines)
	}
	a.run = nil
	moved(30 * time.Minute) // committed after the first run: it cannot have been in it
	lines, _, _ := a.audits(t)
	if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, "R2 run run-1: has ours of") }) {
		t.Errorf("%q", lines)
	}
}

// What was reversed since, or is being reversed, was in the run or may have been.
func TestAuditSeesReversals(t *testing.T) {
	noon := time.Date(2012, 7, 11, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		events  []lifecycle.Event
		state   settlement.State
		bounded int
		found   bool
	}{
		"reversed long after": {[]lifecycle.Event{event(noon.AddDate(0, 0, 9), "reverse.commit", settlement.StateReversed)}, settlement.StateReversed, 0, false},
		"being reversed then": {[]lifecycle.Event{event(noon, "reverse.open", settlement.StateReversing)}, settlement.StateReversing, 2, false},
		"reversed before":     {[]lifecycle.Event{event(noon, "reverse.commit", settlement.StateReversed)}, settlement.StateReversed, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			a := story(t)
			a.dossier = func(d *lifecycle.Dossier) bool {
				if d.Settlement.ID == "s-R1" {
					d.Events = append(d.Events, c.events...)
					d.Settlement.State = c.state
					if c.state == settlement.StateReversed {
						d.Settlement.Legs[0].State = settlement.LegReversed
						d.Entries = append(d.Entries, settlement.Counter(d.Entries)...)
					}
				}
				return true
			}
			lines, _, bounded := a.audits(t)
			if bounded != c.bounded || (len(lines) > 0) != c.found {
				t.Errorf("%d bounded: %q", bounded, lines)
			}
		})
	}
}
