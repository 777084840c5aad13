package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// person writes what was known of a person, without what identifies them.
func (p printer) person(s *registry.State, history []registry.Change, known time.Time) error {
	who := &s.Person
	fmt.Fprintf(p.out, "%s  region %s  %s  %s\n", who.ID, who.Region, who.Residence, who.Scheme)
	if s.Watched != 0 {
		fmt.Fprintf(p.out, "on the watch list since %s\n", s.Watched)
	}
	if s.Surveyed != 0 {
		fmt.Fprintf(p.out, "surveyed %s: %d members, %s yuan a month\n", s.Surveyed, s.Survey.Members, s.Survey.Income)
	}
	if s.Died != 0 {
		fmt.Fprintf(p.out, "died %s\n", s.Died)
	}
	rows := p.columns()
	fmt.Fprintln(rows, "CATEGORY\tFROM\tTO\tDOCUMENT")
	for _, e := range who.Entitlements {
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\n", e.Category, e.Period.From, orDash(e.Period.To.String()), orDash(e.Document))
	}
	fmt.Fprintln(rows, "\nNUMBER\tRECORDED\tACTION\tEFFECTIVE\tCATEGORY\tCAUSE\tCORRECTS\tBY\tDOCUMENT")
	for i := range history {
		c := &history[i]
		if !known.IsZero() && c.Recorded.After(known) {
			continue
		}
		corrects := "-"
		if c.Corrects != 0 {
			corrects = fmt.Sprint(c.Corrects)
		}
		fmt.Fprintf(rows, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Number, c.Recorded.UTC().Format(time.RFC3339), c.Action, c.Effective,
			orDash(string(c.Category)), orDash(string(c.Cause)), corrects, strings.TrimPrefix(c.By, staffPrefix), orDash(c.Document))
	}
	return rows.Flush()
}

// review writes a run, its proposals and what was decided.
func (p printer) review(r *eligibility.Reviewed) error {
	run := &r.Review
	fmt.Fprintf(p.out, "%s: %d persons due (%d numbered households), %d kept, %d proposals; run by %s\n",
		run.ID, run.Due, run.Households, run.Kept, len(run.Proposals), strings.TrimPrefix(run.By, staffPrefix))
	decided := map[int]string{}
	for _, d := range r.Decisions {
		word := "rejected by "
		if d.Confirmed {
			word = "confirmed by "
		}
		decided[d.Line] = word + strings.TrimPrefix(d.By, staffPrefix)
	}
	rows := p.columns()
	fmt.Fprintln(rows, "LINE\tPERSON\tACTION\tCATEGORY\tEFFECTIVE\tCAUSE\tDECIDED")
	for _, proposal := range run.Proposals {
		fmt.Fprintf(rows, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", proposal.Line, proposal.Person, proposal.Action,
			orDash(string(proposal.Category)), proposal.Effective, proposal.Cause, orDash(decided[proposal.Line]))
	}
	return rows.Flush()
}
