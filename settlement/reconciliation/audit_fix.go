package reconciliation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// auditedFix is a fix that two people agreed on.
type auditedFix struct {
	id         FindingID
	settlement settlement.SettlementID // "" of what nobody here has
	approvedAt time.Time
	done       bool
	seen       bool                  // its outcome was
	adjustment settlement.Adjustment // that it posts, without its time
}

// auditedFixes are those whose outcome is looked for.
type auditedFixes struct {
	of          map[settlement.SettlementID][]*auditedFix // asked or reversed
	strays      map[settlement.MessageID][]*auditedFix    // taken back
	adjustments map[settlement.AdjustmentID][]*auditedFix
}

func newAuditedFixes() auditedFixes {
	return auditedFixes{
		of: map[settlement.SettlementID][]*auditedFix{}, strays: map[settlement.MessageID][]*auditedFix{},
		adjustments: map[settlement.AdjustmentID][]*auditedFix{},
	}
}

// name is how a difference is told of.
func (id FindingID) name() string { return fmt.Sprintf("difference %s/%d", id.Run, id.Line) }

// next says which acts may come after which; "" is before the first.
var next = map[Act][]Act{
	"":       {Proposed, Healed, Again, Settled},
	Proposed: {Proposed, Declined, Approved, Healed, Again},
	Declined: {Proposed, Healed, Again},
	Approved: {Done, Failed, Settled, Healed, Again},
	Done:     {Proposed, Healed, Again},
	Failed:   {Proposed, Healed, Again},
}

// history: R3, line by line.
func (a *Auditor) history(ctx context.Context, f *Finding) error {
	before := Remark{}
	for i := range f.History {
		r := &f.History[i]
		switch {
		case r.Number != i+1 || !slices.Contains(next[before.Act], r.Act) || r.By == "":
			a.found("R3", f.name(), "line %d, %s by %q, does not follow %q", r.Number, r.Act, r.By, before.Act)
		case r.Act == Proposed && r.Document == "":
			a.found("R3", f.name(), "line %d proposes %s without a document", r.Number, r.Fix)
		case r.Act == Approved && (r.By == before.By || !r.about(&before)):
			a.found("R3", f.name(), "line %d approves by %s what %s proposed, or something else", r.Number, r.By, before.By)
		case before.Act == Approved && (r.Act == Done || r.Act == Failed || r.Act == Settled) && !r.about(&before):
			a.found("R3", f.name(), "line %d carries out %s, approved was %s", r.Number, r.Fix, before.Fix)
		case r.Act == Healed || r.Act == Again || r.Act == Settled && before.Act == "":
			if err := a.other(ctx, f, r); err != nil {
				return err
			}
		}
		if r.Act == Approved && before.Act == Proposed {
			a.agreed(f, &before, r, i+1 < len(f.History) && f.History[i+1].Act == Done)
		}
		before = *r
	}
	return nil
}

// about reports whether a remark is about what an earlier one is.
func (r *Remark) about(earlier *Remark) bool {
	return r.Fix == earlier.Fix && r.Document == earlier.Document
}

// other checks that the run which closed a difference has a result and, where
// it only carried a decision on, that the decision was made there.
func (a *Auditor) other(ctx context.Context, f *Finding, r *Remark) error {
	run := a.runs[r.Other]
	if run == nil || !run.has() && r.Act != Settled || r.Other == f.Run {
		a.found("R3", f.name(), "line %d, %s, names run %q, which proves nothing", r.Number, r.Act, r.Other)
		return nil
	}
	if r.Act != Settled {
		return nil
	}
	earlier, err := a.archive.Findings(ctx, FindingQuery{Run: r.Other, Encounters: []settlement.EncounterID{f.Encounter}, Limit: pageMost})
	decided := slices.ContainsFunc(earlier, func(e Finding) bool {
		return f.same(&e) && slices.ContainsFunc(e.History, func(past Remark) bool {
			return (past.Act == Settled || past.Act == Done && past.Fix == reconcile.PostAdjustment) && r.about(&past)
		})
	})
	if err == nil && !decided {
		a.found("R3", f.name(), "line %d is settled as in run %s, where nobody decided that", r.Number, r.Other)
	}
	return err
}

// agreed notes a fix whose outcome is looked for among the settlements.
func (a *Auditor) agreed(f *Finding, proposed, approved *Remark, done bool) {
	fix := &auditedFix{id: f.FindingID, settlement: f.Settlement, approvedAt: approved.At, done: done}
	switch {
	case approved.Fix == reconcile.PostAdjustment:
		c, _ := f.Correction()
		fix.adjustment = settlement.Adjustment{
			ID: AdjustmentOf(f.FindingID), Payer: f.Payer, From: c.Ours, To: c.Theirs,
			Document: approved.Document, Cause: proposed.Says, By: proposed.By, Approver: approved.By,
		}
		a.fixes.adjustments[fix.adjustment.ID] = append(a.fixes.adjustments[fix.adjustment.ID], fix)
	case approved.Fix == reconcile.AcceptTheirs || !done:
	case f.Settlement == "":
		a.fixes.strays[f.Message] = append(a.fixes.strays[f.Message], fix)
	default:
		a.fixes.of[f.Settlement] = append(a.fixes.of[f.Settlement], fix)
	}
}

// carriedOut looks for the outcome of fixes in a settlement (R3), and for whose
// its adjustments are (R4).
func (a *Auditor) carriedOut(d *lifecycle.Dossier) {
	s := &d.Settlement
	for _, fix := range a.fixes.of[s.ID] {
		since := fix.approvedAt.Add(-writtenWithin)
		fix.seen = fix.seen || s.State.Open() || slices.ContainsFunc(d.Events, func(e lifecycle.Event) bool { return e.At.After(since) })
	}
	for i := range s.Legs {
		for _, fix := range a.fixes.strays[s.Legs[i].Message] {
			fix.seen = true
		}
	}
	for i := range s.Adjustments {
		a.posted(s, s.Adjustments[i])
	}
}

// posted: R4, an adjustment is what two people agreed on.
func (a *Auditor) posted(s *settlement.Settlement, one settlement.Adjustment) {
	one.At = time.Time{}
	agreed := false
	for _, fix := range a.fixes.adjustments[one.ID] {
		if fix.settlement == s.ID && fix.adjustment == one {
			agreed, fix.seen = true, true
		}
	}
	if !agreed {
		a.found("R4", string(s.ID), "adjustment %s of %s is none that two people agreed on", one.ID, one.Amount())
	}
}

// outcomes: R3, what was done has its outcome.
func (a *Auditor) outcomes() {
	for _, fixes := range a.fixes.of {
		a.unseen(fixes, "settlement has no line since it was carried out")
	}
	for _, fixes := range a.fixes.strays {
		a.unseen(fixes, "message was taken back, and no settlement has it")
	}
	for _, fixes := range a.fixes.adjustments {
		a.unseen(fixes, "adjustment was carried out, and none is posted")
	}
}

func (a *Auditor) unseen(fixes []*auditedFix, says string) {
	for _, fix := range fixes {
		if fix.done && !fix.seen {
			a.found("R3", fix.id.name(), "its %s", says)
		}
	}
}
