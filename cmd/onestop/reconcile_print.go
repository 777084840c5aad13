package main

import (
	"bufio"
	"fmt"
	"text/tabwriter"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// reconcilePrinter prints what a run tells, for people and for grep.
type reconcilePrinter struct{ out *bufio.Writer }

// totals prints two rows a group: theirs and ours.
func (p reconcilePrinter) totals(groups []reconcile.Compared) error {
	rows := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(rows, "FACILITY\tINSURANCE\tCLEARING\tSIDE\tCOUNT\tBILL\tFUND\tACCOUNT\tASSISTANCE\t")
	for _, g := range groups {
		agrees := "agrees"
		if g.Theirs != g.Ours {
			agrees = "DIFFERS"
		}
		row := func(side string, t reconcile.Total, verdict string) {
			a := t.Amounts
			fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\n", orDash(string(g.Facility)), orDash(string(g.Insurance)), orDash(string(g.Clearing)),
				side, t.Count, a[reconcile.Bill], a[reconcile.Fund], a[reconcile.Account], a[reconcile.Assistance], verdict)
		}
		row("theirs", g.Theirs, "")
		row("ours", g.Ours, agrees)
	}
	return rows.Flush()
}

// difference prints one line.
func (p reconcilePrinter) difference(d *reconcile.Difference) error {
	fmt.Fprintf(p.out, "%s %s", d.Class, d.Encounter)
	if d.Theirs != nil {
		fmt.Fprintf(p.out, " row %d", d.Theirs.Row)
		if d.Theirs.Reference != "" {
			fmt.Fprintf(p.out, " record %s", d.Theirs.Reference)
		}
	}
	if d.Ours != nil {
		fmt.Fprintf(p.out, " settlement %s", d.Ours.Settlement)
	}
	fmt.Fprintf(p.out, ": %s (%s), propose %s", d.Cause, d.Evidence, d.Fix)
	for _, f := range d.Fields {
		fmt.Fprintf(p.out, "; %s %s there, %s here", f.Field, orDash(f.Theirs), orDash(f.Ours))
	}
	_, err := fmt.Fprintln(p.out)
	return err
}

func (p reconcilePrinter) bad(problem *settlement.Problem) error {
	_, err := fmt.Fprintln(p.out, "bad row:", problem)
	return err
}

// result prints what it all came to, in one line.
func (p reconcilePrinter) result(r *reconciliation.Result) error {
	fmt.Fprintf(p.out, "%d rows theirs, %d ours, %d bad", r.Theirs, r.Ours, r.Bad)
	if !r.Detailed {
		_, err := fmt.Fprintln(p.out, "; totals agree, details not compared")
		return err
	}
	t := &r.Tally
	fmt.Fprintf(p.out, "; %d equal, %d differ", t.Equal, t.Differences())
	for _, class := range reconcile.Classes() {
		if n := t.Classes[class]; n > 0 {
			fmt.Fprintf(p.out, ", %s %d", class, n)
		}
	}
	a := t.Off.Amounts
	_, err := fmt.Fprintf(p.out, "; theirs less ours: count %d, bill %s, fund %s, account %s, assistance %s\n",
		t.Off.Count, a[reconcile.Bill], a[reconcile.Fund], a[reconcile.Account], a[reconcile.Assistance])
	return err
}
