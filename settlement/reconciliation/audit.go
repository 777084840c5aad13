package reconciliation

import (
	"context"
	"fmt"
	"maps"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// Breach is one breach of what reconciliation promises.
type Breach struct {
	Rule   string // as in "R1"
	Object string // the run, the difference or the settlement concerned
	Says   string
}

// String is the breach on one line.
func (b Breach) String() string { return b.Rule + " " + b.Object + ": " + b.Says }

// Auditor ties what is kept of reconciliation to the settlements and the
// ledger, to the fen. R1: what a run came to agrees with the differences that
// are kept of it, and its totals with both. R2: our side of a run is what the
// settlements came to while it read them. R3: a history is lawful, two people
// agreed on what was done, and what was done has its outcome. R4: an adjustment
// in the ledger is one that two people agreed on for a difference, and is what
// that difference was. R5: what reconciliation counts as ours of a settlement
// is what the ledger has; C1 ties that to clearings.
//
// Its memory is bounded by the runs and their groups, not by settlements, nor by
// differences but for those that people had put right.
type Auditor struct {
	archive Archive
	report  func(Breach)
	runs    map[RunID]*auditedRun
	order   []*auditedRun
	days    map[settlement.Date][]*auditedRun // on which a settlement was opened that the run may have
	fixes   auditedFixes
}

// NewAuditor reads all runs and their differences, and checks what can be seen
// on them alone. The settlements follow by Watch, and End comes last.
func NewAuditor(ctx context.Context, archive Archive, report func(Breach)) (*Auditor, error) {
	a := &Auditor{
		archive: archive, report: report, runs: map[RunID]*auditedRun{}, days: map[settlement.Date][]*auditedRun{}, fixes: newAuditedFixes(),
	}
	query := RunQuery{Limit: pageMost}
	for {
		page, err := archive.KeptRuns(ctx, query)
		if err != nil {
			return nil, err
		}
		for i := range page {
			a.take(&page[i])
		}
		if len(page) < query.Limit {
			break
		}
		last := &page[len(page)-1]
		query.Before = &RunMark{last.At, last.ID}
	}
	for _, run := range a.order {
		if err := a.differences(ctx, run); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *Auditor) found(rule, object, says string, args ...any) {
	a.report(Breach{rule, object, fmt.Sprintf(says, args...)})
}

func (k *Kept) name() string { return "run " + string(k.ID) }

// take notes a run and the days of the settlements it may have.
func (a *Auditor) take(k *Kept) {
	run := newAuditedRun(k)
	a.runs[k.ID], a.order = run, append(a.order, run)
	if !run.has() {
		return
	}
	from, until := k.Scope.Opened()
	for day := settlement.DayOf(from); day.Midnight().Before(until); day = day.Next() {
		a.days[day] = append(a.days[day], run)
	}
}

// differences checks a run against the differences kept of it (R1), and each of
// these by itself (R3).
func (a *Auditor) differences(ctx context.Context, run *auditedRun) error {
	kept := reconcile.Tally{Classes: map[reconcile.Class]int{}, Causes: map[reconcile.Cause]int{}}
	query, lines := FindingQuery{Run: run.ID, Limit: pageMost}, 0
	if v := run.Void; v != nil && v.Other != "" && a.runs[v.Other] == nil {
		a.found("R1", run.name(), "is voided for run %s, which is not there", v.Other)
	}
	for {
		page, err := a.archive.Findings(ctx, query)
		if err != nil {
			return err
		}
		for i := range page {
			f := &page[i]
			if lines++; f.Line != lines && run.has() {
				a.found("R1", run.name(), "has no line %d", lines)
				lines = f.Line
			}
			kept.Classes[f.Class]++
			kept.Causes[f.Cause]++
			kept.Off = kept.Off.Plus(f.Off)
			if err := a.history(ctx, f); err != nil {
				return err
			}
		}
		if len(page) < query.Limit {
			break
		}
		query.After = &page[len(page)-1].FindingID
	}
	if run.has() {
		a.outcome(run, &kept)
	}
	return nil
}

// outcome: R1, counts, sums and totals of a run are those of its differences.
func (a *Auditor) outcome(run *auditedRun, kept *reconcile.Tally) {
	r := &run.End.Result
	classes, causes := map[reconcile.Class]int{}, map[reconcile.Cause]int{}
	for _, c := range r.Classes {
		classes[c.Class] = c.Count
	}
	for _, c := range r.Causes {
		causes[c.Cause] = c.Count
	}
	if !maps.Equal(classes, kept.Classes) || !maps.Equal(causes, kept.Causes) || r.Off != kept.Off {
		a.found("R1", run.name(), "ended with %d differences of %v, and has %d of %v", r.Differences(), r.Off, kept.Differences(), kept.Off)
	}
	if run.Scope.Partial || run.Input.Form == Live {
		return // their list says no totals
	}
	agree, off := true, reconcile.Total{}
	for _, g := range r.Groups {
		agree, off = agree && g.Theirs == g.Ours, off.Plus(g.Theirs.Minus(g.Ours))
	}
	if r.Agree != agree {
		a.found("R1", run.name(), "says that its totals agree: %t", r.Agree)
	}
	if r.Detailed && off != r.Off {
		a.found("R1", run.name(), "totals are off by %v, differences by %v", off, r.Off)
	}
}

// watched is an archive that an auditor sees everything of.
type watched struct {
	lifecycle.Archive
	see func(*lifecycle.Dossier)
}

// Dossiers implements lifecycle.Archive.
func (w watched) Dossiers(ctx context.Context, after lifecycle.Place, limit int) ([]lifecycle.Dossier, error) {
	found, err := w.Archive.Dossiers(ctx, after, limit)
	for i := range found {
		w.see(&found[i])
	}
	return found, err
}

// Watch is an archive that is to be walked once: the auditor checks every
// settlement that is read from it.
func (a *Auditor) Watch(archive lifecycle.Archive) lifecycle.Archive {
	return watched{archive, a.dossier}
}

// dossier looks at one settlement.
func (a *Auditor) dossier(d *lifecycle.Dossier) {
	for _, run := range a.days[settlement.DayOf(d.Settlement.OpenedAt)] {
		run.see(d)
	}
	a.carriedOut(d)
	a.ledger(d)
}

// End checks what can be seen once every settlement was. It says how many runs
// there are, and of how many our side could only be bounded, because
// settlements moved while they read them.
func (a *Auditor) End() (runs, bounded int) {
	for _, run := range a.order {
		if !run.has() {
			continue
		}
		if run.unsure > 0 {
			bounded++
		}
		a.ours(run)
	}
	a.outcomes()
	return len(a.order), bounded
}
