package reconcile

import (
	"fmt"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// groupMost bounds the lines of one encounter, which are held at once: an
// encounter is settled, reversed and settled again, a few times at most.
const groupMost = 1000

// Tally is what a comparison came to.
type Tally struct {
	Equal   int // bookings that both sides have and agree on
	Outside int // lines that do not count in the scope and met nothing in it
	Classes map[Class]int
	Causes  map[Cause]int
	Off     Total // theirs less ours, over all differences
}

// Differences is how many there are.
func (t *Tally) Differences() int {
	n := 0
	for _, count := range t.Classes {
		n += count
	}
	return n
}

// Comparison compares the lines of both sides, handed in the order of their
// encounters, whichever side comes first and however they are ordered inside
// one. It holds one encounter at a time.
type Comparison struct {
	scope     Scope
	each      func(*Difference) error
	encounter settlement.EncounterID
	lines     [Ours + 1][]Line
	tally     Tally
}

// NewComparison begins a comparison that tells each difference as it is found.
func NewComparison(scope Scope, each func(*Difference) error) *Comparison {
	return &Comparison{scope: scope, each: each, tally: Tally{Classes: map[Class]int{}, Causes: map[Cause]int{}}}
}

// Take compares what came before, if line begins another encounter. Internal:
// the encounters are not in order. TooManyRows: one has more lines than any
// encounter could. Any other error is that of each.
func (c *Comparison) Take(side Side, line Line) error {
	switch {
	case line.Encounter < c.encounter:
		return &settlement.Error{Kind: settlement.KindInternal, Reason: settlement.ReasonInternal, Cause: fmt.Errorf("encounter %s after %s", line.Encounter, c.encounter)}
	case line.Encounter > c.encounter:
		if err := c.settle(); err != nil {
			return err
		}
		c.encounter = line.Encounter
	case len(c.lines[Theirs])+len(c.lines[Ours]) >= groupMost:
		return &settlement.Error{
			Kind: settlement.KindTooManyRows, Reason: settlement.ReasonInvalidArgument, Field: "encounter", Object: string(line.Encounter),
			Value: fmt.Sprintf("more than %d rows", groupMost),
		}
	}
	c.lines[side] = append(c.lines[side], c.scope.heard(side, line))
	return nil
}

// End compares what is left and gives the tally.
func (c *Comparison) End() (Tally, error) {
	err := c.settle()
	return c.tally, err
}

// settle compares the lines of one encounter.
func (c *Comparison) settle() error {
	if c.scope.Partial && len(c.lines[Theirs]) == 0 {
		c.tally.Outside += len(c.lines[Ours])
		c.lines[Ours] = c.lines[Ours][:0]
	}
	theirs, ours := net(c.lines[Theirs], &c.scope), c.ours()
	c.lines[Theirs], c.lines[Ours] = c.lines[Theirs][:0], c.lines[Ours][:0]
	for _, p := range match(theirs, ours) {
		d := c.scope.judge(p)
		if d == nil {
			c.agreed(p)
			continue
		}
		d.Encounter = c.encounter
		c.tally.Classes[d.Class]++
		c.tally.Causes[d.Cause]++
		c.tally.Off = c.tally.Off.Plus(d.Off)
		if err := c.each(d); err != nil {
			return err
		}
	}
	return nil
}

// ours are our bookings of the encounter: each is one line already.
func (c *Comparison) ours() []Booking {
	slices.SortFunc(c.lines[Ours], byContent)
	bookings := make([]Booking, len(c.lines[Ours]))
	for i, l := range c.lines[Ours] {
		bookings[i] = booked(l, &c.scope)
	}
	return bookings
}

// agreed counts a pair with which nothing is wrong.
func (c *Comparison) agreed(p pair) {
	theirs, ours := p.theirs != nil && p.theirs.counts, p.ours != nil && p.ours.counts
	switch {
	case !theirs && !ours:
		c.tally.Outside++
	case p.theirs != nil && p.ours != nil:
		c.tally.Equal++
	}
}
