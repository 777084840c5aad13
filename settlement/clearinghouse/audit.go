package clearinghouse

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement/clearing"
)

// Finding is one breach of what clearings promise.
type Finding struct {
	Rule   string // as in "C1"
	Object string // the clearing, or the settlement and revision concerned
	Says   string
}

// String is the finding on one line.
func (f Finding) String() string { return f.Rule + " " + f.Object + ": " + f.Says }

// commitWithin is how long after its time a write may be committed, clocks that
// differ included. What is older and was not cut is lost.
const commitWithin = 15 * time.Minute

// Audit checks all clearings against the ledger, summing anew, and says how
// many there are. C1: what is frozen is the sum of its entries, to the fen, and
// every fen has its bearer. C2: a movement is in one clearing that stands at
// most. C3: what is in a clearing was booked before its period's end. C4: no
// movement is lost between clearings. C5: the history is lawful; who approved is
// not who made it, and payments are of its statements. Memory is bounded by the
// positions, not by the entries.
func Audit(ctx context.Context, archive Archive, report func(Finding)) (clearings int, err error) {
	a := audit{report: report, kept: map[clearing.Number]*audited{}}
	query := Query{Limit: pieceMost, Scope: Scope{All: true}}
	for {
		found, err := archive.Clearings(ctx, query)
		if err != nil {
			return 0, err
		}
		for i := range found {
			a.take(&found[i])
		}
		if len(found) < query.Limit {
			break
		}
		query.Before = found[len(found)-1].Number
	}
	rows, err := archive.Rows(ctx)
	if err != nil || len(a.kept) == 0 && len(rows) == 0 {
		return 0, err
	}
	if err := archive.Ledger(ctx, a.movement); err != nil {
		return 0, err
	}
	for _, number := range a.order {
		positions, err := archive.Positions(ctx, number)
		if err != nil {
			return 0, err
		}
		a.clearing(a.kept[number], positions, rows[number])
	}
	return len(a.kept), nil
}

type audit struct {
	report func(Finding)
	kept   map[clearing.Number]*audited
	order  []clearing.Number
}

// audited is a clearing with what the ledger says of it.
type audited struct {
	clearing.Clearing
	sum    *clearing.Adder
	cut    time.Time // zero: not yet
	voided time.Time // zero: it stands
}

func (a *audit) found(rule, object, says string, args ...any) {
	a.report(Finding{rule, object, fmt.Sprintf(says, args...)})
}

// take notes a clearing and checks its history line by line.
func (a *audit) take(c *clearing.Clearing) {
	one := &audited{Clearing: *c, sum: clearing.NewAdder()}
	a.kept[c.Number], a.order = one, append(a.order, c.Number)
	if len(c.History) == 0 {
		a.found("C5", name(c.Number), "has no history")
	}
	before := *c
	for i := range c.History {
		event := &c.History[i]
		before.History = c.History[:i]
		if err := before.CheckNext(event); err != nil {
			a.found("C5", name(c.Number), "line %d, %s: %v", event.Line, event.Act, err)
		}
		switch event.Act {
		case clearing.Cut:
			one.cut = event.At
		case clearing.Voided:
			one.voided = event.At
		}
	}
}

func name(number clearing.Number) string { return fmt.Sprintf("clearing %d", number) }

// movement looks at one write of the ledger and the clearings it is in.
func (a *audit) movement(m *clearing.Movement, in []clearing.Number) error {
	object := fmt.Sprintf("%s revision %d", m.Settlement, m.Revision)
	var standing []clearing.Number
	for _, number := range in {
		one := a.kept[number]
		if one == nil {
			a.found("C2", object, "is in clearing %d, which was never opened", number)
			continue
		}
		one.sum.Add(m)
		if one.voided.IsZero() {
			standing = append(standing, number)
		}
		if !m.Booked.Before(one.Until()) {
			a.found("C3", object, "was booked on %s and is in clearing %d, which ends before", m.Booked.Format(time.RFC3339), number)
		}
	}
	switch {
	case len(standing) > 1:
		slices.Sort(standing)
		a.found("C2", object, "is in clearings %d", standing)
	case len(standing) == 0:
		a.lost(m, in, object)
	}
	return nil
}

// lost tells of a movement that a cut should have taken: it was there, and not
// held by a clearing that was voided only then.
func (a *audit) lost(m *clearing.Movement, in []clearing.Number, object string) {
	for _, number := range a.order {
		one := a.kept[number]
		due := one.voided.IsZero() && !one.cut.IsZero() && m.Booked.Before(one.Until()) && m.Booked.Add(commitWithin).Before(one.cut)
		held := slices.ContainsFunc(in, func(other clearing.Number) bool {
			return a.kept[other] != nil && a.kept[other].voided.Add(commitWithin).After(one.cut)
		})
		if due && !held {
			a.found("C4", object, "was booked on %s and is in no clearing, though clearing %d was cut after it", m.Booked.Format(time.RFC3339), number)
			return
		}
	}
}

// clearing compares what is kept of a clearing with its entries.
func (a *audit) clearing(c *audited, kept []clearing.Position, rows int) {
	object := name(c.Number)
	if rows != c.sum.Movements() {
		a.found("C1", object, "notes %d movements, the ledger has %d of them", rows, c.sum.Movements())
	}
	frozen := c.Frozen()
	if frozen == nil {
		if len(kept) > 0 {
			a.found("C1", object, "has positions and is not frozen")
		}
		return
	}
	summed := c.sum.Positions()
	says, want := clearing.Total(kept, c.History), clearing.Total(summed, nil)
	if digest := clearing.Digest(kept); digest != clearing.Digest(summed) {
		a.found("C1", object, "is kept as %s owed of %s billed, its entries sum to %s of %s", says.Borne, says.Bills, want.Borne, want.Bills)
	} else if digest != frozen.Digest {
		a.found("C1", object, "was frozen with other positions")
	}
	if !says.Balanced() {
		a.found("C1", object, "bills %s are not %s owed, of it %s by adjustments, and %s by patients", says.Bills, says.Borne, says.Adjusted, says.Patients)
	}
	paid := says.Paid
	for _, s := range clearing.Statements(kept, c.History) {
		paid -= s.Paid()
	}
	if paid != 0 {
		a.found("C5", object, "payments of %s are of no statement", paid)
	}
}
