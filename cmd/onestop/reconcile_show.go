package main

import (
	"fmt"
	"strings"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// showRun writes a run whole, if the call for it did not fail.
func (p printer) showRun(run *onestopv1.Reconciliation, err error) error {
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "reconciliation %s %s: payer %s, facility %s, %s to %s, %s, begun %s by %s\n", run.GetId(),
		shortName(run.GetState().String(), "RECONCILIATION_STATE_"), orDash(run.GetPayer()), orDash(run.GetFacilityId()), run.GetFromDate(), run.GetToDate(),
		shortName(run.GetForm().String(), "LIST_FORM_"), moment(run.GetCreateTime()), run.GetOperator())
	if note := noteOf(run); note != "" {
		fmt.Fprintln(p.out, note)
	}
	if run.GetVoidOperator() != "" {
		fmt.Fprintf(p.out, "voided %s by %s %s%s\n", moment(run.GetVoidTime()), run.GetVoidOperator(), run.GetVoidCause(), run.GetReplacedBy())
	}
	if run.GetReason() != "" {
		fmt.Fprintf(p.out, "%s: %s\n", run.GetReason(), run.GetDetail())
		p.say("", run.GetReasonText())
		return nil
	}
	p.groups(run.GetGroups(), run.GetForm() == onestopv1.ListForm_LIST_FORM_LIVE)
	for _, bad := range run.GetBadRows() {
		fmt.Fprintf(p.out, "bad row %d: %s: %s\n", bad.GetRow(), bad.GetField(), bad.GetDetail())
	}
	fmt.Fprintf(p.out, "%d rows theirs, %d ours, %d bad", run.GetTheirs(), run.GetOurs(), run.GetBad())
	if !run.GetDetailed() {
		_, err := fmt.Fprintln(p.out, "; details not compared")
		return err
	}
	fmt.Fprintf(p.out, "; %d equal, %d differ", run.GetEqual(), run.GetDifferences())
	for _, c := range run.GetClasses() {
		fmt.Fprintf(p.out, ", %s %d", shortName(c.GetClass().String(), "DIFFERENCE_CLASS_"), c.GetCount())
	}
	_, err = fmt.Fprintf(p.out, "; theirs less ours: %s\n", totalText(run.GetTheirsLessOurs()))
	return err
}

// groups writes the totals, two rows a group: theirs and ours. A payer that was
// asked itself says whether its total is ours, and not what it is.
func (p printer) groups(groups []*onestopv1.ReconciliationGroup, live bool) {
	rows := p.columns()
	for _, g := range groups {
		for _, side := range []struct {
			name  string
			total *onestopv1.ReconciliationTotal
		}{{"theirs", g.GetTheirs()}, {"ours", g.GetOurs()}} {
			text := totalText(side.total)
			if live && side.total == g.GetTheirs() && text != totalText(g.GetOurs()) {
				text = "differs"
			}
			fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\n", orDash(g.GetFacilityId()), shortName(g.GetScheme().String(), "SCHEME_"), shortName(g.GetMode().String(), "MODE_"),
				side.name, text)
		}
	}
	_ = rows.Flush() // what fails here fails again below
}

func totalText(t *onestopv1.ReconciliationTotal) string {
	return fmt.Sprintf("count %d, bill %s, fund %s, account %s, assistance %s", t.GetCount(), t.GetBill(), t.GetFund(), t.GetAccount(), t.GetAssistance())
}

// difference writes one line.
func (p printer) difference(d *onestopv1.Difference) {
	fmt.Fprintf(p.out, "%d %s %s", d.GetLine(), shortName(d.GetClass().String(), "DIFFERENCE_CLASS_"), d.GetEncounterId())
	for _, named := range []struct{ name, value string }{{"record", d.GetReference()}, {"settlement", d.GetSettlementId()}} {
		if named.value != "" {
			fmt.Fprintf(p.out, " %s %s", named.name, named.value)
		}
	}
	fmt.Fprintf(p.out, ": %s (%s), propose %s", shortName(d.GetCause().String(), "DIFFERENCE_CAUSE_"), d.GetEvidence(), shortName(d.GetSuggestedFix().String(), "FIX_"))
	for _, f := range d.GetFields() {
		fmt.Fprintf(p.out, "; %s %s there, %s here", f.GetField(), orDash(f.GetTheirs()), orDash(f.GetOurs()))
	}
	if d.GetState() != 0 {
		fmt.Fprintf(p.out, "; %s", actText(d.GetState()))
	}
	fmt.Fprintln(p.out)
}

func actText(act onestopv1.DifferenceAct) string { return shortName(act.String(), "DIFFERENCE_ACT_") }

// showDifference writes one difference whole, if the call for it did not fail.
func (p printer) showDifference(d *onestopv1.Difference, err error) error {
	if err != nil {
		return err
	}
	p.difference(d)
	fmt.Fprintf(p.out, "known since %s; theirs less ours: %s\n", moment(d.GetSeenTime()), totalText(d.GetTheirsLessOurs()))
	if d.GetAdjustment() != "" {
		fmt.Fprintf(p.out, "an adjustment would post %s\n", d.GetAdjustment())
	}
	for _, e := range d.GetEvents() {
		fmt.Fprintf(p.out, "%s %s by %s: %s %s %s %s\n", moment(e.GetTime()), actText(e.GetAct()), e.GetOperator(),
			shortName(e.GetFix().String(), "FIX_"), e.GetDocument(), e.GetDetail(), e.GetReconciliationId())
	}
	var possible []string
	for _, fix := range d.GetPossibleFixes() {
		possible = append(possible, shortName(fix.String(), "FIX_"))
	}
	_, err = fmt.Fprintf(p.out, "can be proposed: %s; etag %s\n", orDash(strings.Join(possible, ", ")), d.GetEtag())
	return err
}
