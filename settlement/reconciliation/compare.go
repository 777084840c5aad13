package reconciliation

import (
	"context"
	"errors"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// The bounds of what a run holds in memory, whatever it compares.
const (
	pageMost    = 200 // differences that are written at once
	badRowsMost = 100 // bad rows that are kept word for word; all are counted
)

// comparing is one run that is kept, under way.
type comparing struct {
	*Desk
	run Kept
	ask *Ask

	page    []Finding // not written yet
	lines   int       // differences told so far
	groups  []reconcile.Compared
	badRows []settlement.Problem
}

// do compares, keeps what is found as it is found, and ends the run. What
// keeps it from a result is kept as its end; the error is the store's.
func (c *comparing) do(ctx context.Context) (Kept, error) {
	details, err := c.doubts(ctx)
	var result Result
	if err == nil {
		c.ask.Details = c.ask.Details || details
		result, err = c.compare(ctx)
	}
	end := Ending{At: c.Now(), Result: c.outcome(&result)}
	if err != nil {
		end.Failed, end.Says = settlement.ReasonInternal, err.Error()
		if e := new(settlement.Error); errors.As(err, &e) {
			end.Failed = e.Reason
		}
		end.Result = Outcome{}
	}
	// The end is written though the caller gave up: else the run stays open.
	ctx = context.WithoutCancel(ctx)
	voids, err := c.voids(ctx, end.Failed)
	if err != nil {
		return c.run, err
	}
	if err := c.Store.EndRun(ctx, c.run.ID, end, voids); err != nil {
		return c.run, err
	}
	c.run.End = &end
	if err := c.heal(ctx); err != nil {
		return c.run, err
	}
	c.Observer.Ran(&c.run)
	return c.run, nil
}

// compare opens the store and has the two sides compared.
func (c *comparing) compare(ctx context.Context) (result Result, err error) {
	books, shut, err := c.Books(ctx)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, shut()) }()
	if c.ask.List == nil {
		result, err = c.asked(ctx, books)
	} else {
		result, err = c.listed(ctx, books, c.ask.List)
	}
	if err == nil {
		err = c.flush(ctx)
	}
	return result, err
}

// listed compares a list with the store.
func (c *comparing) listed(ctx context.Context, books Books, list List) (result Result, err error) {
	lines := c.Scratch()
	defer func() { err = errors.Join(err, lines.Close()) }()
	run := Run{
		Scope: c.run.Scope, Books: books, List: list, Lines: lines, Details: c.ask.Details,
		Totals:     func(groups []reconcile.Compared) error { c.groups = groups; return nil },
		Difference: func(d *reconcile.Difference) error { return c.found(ctx, d) },
		Bad:        c.bad,
		Progress:   func(int) {},
	}
	return run.Do(ctx)
}

func (c *comparing) bad(p *settlement.Problem) error {
	if len(c.badRows) < badRowsMost {
		c.badRows = append(c.badRows, *p)
	}
	return nil
}

// found takes a difference into the page that is written next.
func (c *comparing) found(ctx context.Context, d *reconcile.Difference) error {
	c.lines++
	c.page = append(c.page, c.finding(d))
	if len(c.page) < pageMost {
		return nil
	}
	return c.flush(ctx)
}

// finding is a difference as it is kept.
func (c *comparing) finding(d *reconcile.Difference) Finding {
	f := Finding{
		FindingID: FindingID{c.run.ID, c.lines}, Share: c.run.Scope.Share, Payer: c.run.Scope.Payer,
		Class: d.Class, Cause: d.Cause, Fix: d.Fix, Says: d.Evidence, Fields: d.Fields, Off: d.Off,
		Encounter: d.Encounter, SeenAt: c.run.At,
	}
	for _, b := range []*reconcile.Booking{d.Theirs, d.Ours} { // what both have is theirs, but for ours alone
		if b == nil {
			continue
		}
		l := b.Said()
		f.Settlement, f.Row = max(f.Settlement, l.Settlement), max(f.Row, l.Row)
		first(&f.Reference, l.Reference)
		first(&f.Message, l.Message)
		first(&f.Facility, l.Facility)
		first(&f.Person, l.Person)
		if l.Day != 0 && (f.Days.From == 0 || l.Day < f.Days.From) {
			f.Days.From = l.Day
		}
		f.Days.To = max(f.Days.To, l.Day)
	}
	if f.Days.From == 0 {
		f.Days = c.run.Scope.Period
	}
	return f
}

// first keeps what was said first.
func first[T ~string](into *T, said T) {
	if *into == "" {
		*into = said
	}
}

// flush writes the page. What earlier runs knew of its encounters is carried
// on: since when a difference is known, and what was decided for good.
func (c *comparing) flush(ctx context.Context) error {
	if len(c.page) == 0 {
		return nil
	}
	var remarks []Remark
	encounters := make([]settlement.EncounterID, len(c.page))
	for i := range c.page {
		encounters[i] = c.page[i].Encounter
	}
	query := FindingQuery{Except: c.run.ID, Share: c.run.Scope.Share, Payer: c.run.Scope.Payer, Encounters: encounters, Limit: pageMost}
	err := c.each(ctx, query, func(earlier *Finding) error {
		for i := range c.page {
			f := &c.page[i]
			if !f.same(earlier) {
				continue
			}
			switch state := earlier.State(); {
			case state == Settled && f.Off == earlier.Off, f.posted(earlier):
				if !slices.ContainsFunc(remarks, func(r Remark) bool { return r.FindingID == f.FindingID }) {
					last := earlier.History[len(earlier.History)-1]
					remarks = append(remarks, Remark{
						FindingID: f.FindingID, Number: 1, Act: Settled, By: last.By, At: c.run.At, Fix: last.Fix, Document: last.Document, Other: earlier.Run,
					})
				}
			case state == Settled: // of another amount
			case state == Healed: // it came back, and is new
			default:
				if earlier.SeenAt.Before(f.SeenAt) {
					f.SeenAt = earlier.SeenAt
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = c.Store.KeepFindings(ctx, c.page, remarks)
	c.page = c.page[:0]
	return err
}

// same reports whether two runs found the same difference.
func (f *Finding) same(other *Finding) bool {
	return f.Encounter == other.Encounter && f.Class == other.Class && f.Settlement == other.Settlement && f.Reference == other.Reference
}

// each hands every difference that a query selects, a page at a time.
func (d *Desk) each(ctx context.Context, query FindingQuery, give func(*Finding) error) error {
	for {
		page, err := d.Store.Findings(ctx, query)
		if err != nil {
			return err
		}
		for i := range page {
			if err := give(&page[i]); err != nil {
				return err
			}
		}
		if len(page) < query.Limit {
			return nil
		}
		query.After = &page[len(page)-1].FindingID
	}
}

// outcome is a result as it is kept.
func (c *comparing) outcome(r *Result) Outcome {
	o := Outcome{
		Theirs: r.Theirs, Ours: r.Ours, Bad: r.Bad, Agree: r.Agree, Detailed: r.Detailed,
		Equal: r.Tally.Equal, Outside: r.Tally.Outside, Off: r.Tally.Off, Groups: c.groups, BadRows: c.badRows,
	}
	for _, class := range reconcile.Classes() {
		if n := r.Tally.Classes[class]; n > 0 {
			o.Classes = append(o.Classes, ClassCount{class, n})
		}
	}
	for _, cause := range reconcile.Causes() {
		if n := r.Tally.Causes[cause]; n > 0 {
			o.Causes = append(o.Causes, CauseCount{cause, n})
		}
	}
	return o
}

// voids are the remarks that take the results back in whose place this comes.
func (c *comparing) voids(ctx context.Context, failed settlement.Reason) ([]Remark, error) {
	if !c.run.Forced || failed != "" {
		return nil, nil
	}
	var voids []Remark
	query := RunQuery{Subject: c.run.Subject, Limit: lookedBack}
	earlier, err := c.Store.KeptRuns(ctx, query)
	for i := range earlier {
		if earlier[i].Standing() {
			void := voiding(earlier[i].ID, c.run.By, c.Now())
			void.Other = c.run.ID
			voids = append(voids, void)
		}
	}
	return voids, err
}
