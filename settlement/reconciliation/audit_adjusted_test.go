package reconciliation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// thereAndBack is a history in which a payment of 60.00 was posted up to 61.00
// after run-1 and, by another list, back to 60.00 after run-2, all within the
// quarter of an hour that a trail's clock may be off by. run-2 saw 61.00.
func thereAndBack(t *testing.T) *audited {
	o := newOffice(t)
	for _, s := range o.held {
		o.hands.at[s.ID] = s
	}
	for i, said := range []settlement.Money{61_00, 60_00} {
		run := o.runs(t, o.ask(fmt.Sprint("q-", i), both[0], row("E2", "R2", said)))
		o.now = o.now.Add(time.Minute)
		o.fixes(t, reconciliation.FindingID{Run: run.ID, Line: 1}, reconcile.PostAdjustment)
		o.held[1].Adjustments[i].At = o.now
	}
	return &audited{Archive: o.store, dossiers: []lifecycle.Dossier{dossierOf(o.held[0]), dossierOf(o.held[1])}}
}

// What was adjusted about the time of a run may have been in it with any of the
// amounts that it came to, and with no other; it was in it in any case.
func TestAuditBoundsWhatWasAdjusted(t *testing.T) {
	for name, c := range map[string]struct {
		off  settlement.Money // of what run-2 has as ours
		want int
	}{
		"what it had":                      {0, 0},
		"what it came to before and after": {-1_00, 0},
		"a fen more than it ever came to":  {1, 1},
		"a fen less than it ever came to":  {-1_01, 1},
	} {
		t.Run(name, func(t *testing.T) {
			a := thereAndBack(t)
			a.run = func(k *reconciliation.Kept) {
				if k.ID == "run-2" {
					k.End.Result.Groups[0].Ours.Amounts[reconcile.Fund] += c.off
					k.End.Result.Groups[0].Theirs.Amounts[reconcile.Fund] += c.off
				}
			}
			lines, runs, bounded := a.audits(t)
			if len(lines) != c.want || runs != 2 || bounded != 2 {
				t.Errorf("%d runs, %d bounded: %q", runs, bounded, lines)
			}
		})
	}
	a := thereAndBack(t)
	a.dossier = func(d *lifecycle.Dossier) bool { return d.Settlement.ID != "s-R2" }
	lines, _, _ := a.audits(t)
	if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, "R2 run run-2: compared 2 lines") }) {
		t.Errorf("the adjusted one is gone: %q", lines)
	}
	a.dossier = nil
	a.run = func(k *reconciliation.Kept) { k.End.Result.Ours-- }
	if lines, _, _ := a.audits(t); len(lines) != 2 {
		t.Errorf("the adjusted one was not compared: %q", lines)
	}
}
