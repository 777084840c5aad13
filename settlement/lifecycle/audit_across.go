package lifecycle

import (
	"bytes"
	"strconv"

	"github.com/onestop-gateway/onestop/settlement"
)

// Sorter puts lines in order, more of them than memory holds.
type Sorter interface {
	// Add takes a line, whatever bytes it has.
	Add(line []byte) error

	// Sorted gives every line that was added in the order of bytes; a line is
	// good until give returns, and an error of give is returned as it is.
	Sorted(give func(line []byte) error) error
}

// What can only be seen across settlements is written down as lines, sorted
// and looked at group by group. The fields of a line are divided by a NUL,
// which none of them has; the group is named by the first three.
const (
	lineDischarge = "d" // tenant, discharge, settlement: a live one
	lineBooked    = "b" // payer, message, net: what a payer's book says
	lineLeg       = "l" // payer, message, settlement, what the payer should hold
)

const (
	divider  = "\x00"
	anything = "" // held or not: it is still moving
)

// Book begins the comparison with a payer's own book. Each line of it is then
// given to the function returned: net settlements of message stand, or were
// added (or taken back, below zero) where the book has a line for each.
func (a *Auditor) Book(payer settlement.PayerCode) func(message settlement.MessageID, net int) error {
	if a.books == nil {
		a.books = map[settlement.PayerCode]bool{}
	}
	a.books[payer] = true
	return func(message settlement.MessageID, net int) error {
		return a.note(lineBooked, string(payer), string(message), strconv.Itoa(net))
	}
}

// note writes a line down. What belongs to one group starts alike: the kind of
// a message's line stands behind its name.
func (a *Auditor) note(kind, first, second string, more ...string) error {
	group := kind
	if kind != lineDischarge {
		group = "m"
	}
	line := []byte(group + divider + first + divider + second + divider + kind)
	for _, field := range more {
		line = append(append(line, divider...), field...)
	}
	return a.Lines.Add(line)
}

// across writes down what of a settlement is compared with others.
func (a *Auditor) across(s *settlement.Settlement) error {
	if s.State != settlement.StateAborted && s.State != settlement.StateReversed {
		if err := a.note(lineDischarge, string(s.Tenant), string(s.Discharge), string(s.ID)); err != nil {
			return err
		}
	}
	holds := anything
	switch {
	case s.State == settlement.StateCommitted:
		holds = "1"
	case s.State.Terminal():
		holds = "0"
	}
	for i := range s.Legs {
		leg := &s.Legs[i]
		if leg.Message == "" {
			continue
		}
		if err := a.note(lineLeg, string(leg.Payer), string(leg.Message), string(s.ID), holds); err != nil {
			return err
		}
	}
	return nil
}

// compare looks at what was written down, once all of it is there.
func (a *Auditor) compare() error {
	g := group{Auditor: a}
	err := a.Lines.Sorted(func(line []byte) error {
		fields := bytes.Split(line, []byte(divider))
		if !g.takes(fields) {
			g.end()
			g = group{Auditor: a, kind: string(fields[0]), first: string(fields[1]), second: string(fields[2])}
		}
		return g.add(fields[3:])
	})
	g.end()
	return err
}

// group is what is said of one discharge, or of one message of one payer.
type group struct {
	*Auditor
	kind, first, second string
	id, other           settlement.SettlementID // of those it belongs to, the first and the last
	settlements         int
	holds               string
	net, added          int
}

func (g *group) takes(fields [][]byte) bool {
	return string(fields[0]) == g.kind && string(fields[1]) == g.first && string(fields[2]) == g.second
}

func (g *group) add(fields [][]byte) error {
	if string(fields[0]) == lineBooked {
		net, err := strconv.Atoi(string(fields[1]))
		g.net += net
		g.added += max(0, net)
		return err
	}
	if g.id == "" {
		g.id = settlement.SettlementID(fields[1])
	}
	g.other = settlement.SettlementID(fields[1])
	g.settlements++
	if string(fields[0]) == lineLeg {
		g.holds = string(fields[2])
	}
	return nil
}

// end judges a group.
func (g *group) end() {
	s := &settlement.Settlement{ID: g.other}
	switch {
	case g.kind == lineDischarge && g.settlements > 1:
		g.found("I7", s, "discharge %s of %s is settled %d times, by %s too", g.second, g.first, g.settlements, g.id)
	case g.kind == "m" && g.settlements > 1:
		g.found("I14", s, "message %s to payer %s is of %s too", g.second, g.first, g.id)
	}
	if g.kind == "m" && g.books[settlement.PayerCode(g.first)] {
		g.book(s)
	}
}

// book: I5 and I7, the payer's own book has each message of a committed
// settlement once, no other, and none that nobody sent.
func (g *group) book(s *settlement.Settlement) {
	switch {
	case g.settlements == 0:
		s.ID = settlement.SettlementID(g.first + "/" + g.second)
		g.found("I5", s, "the payer's book has it, %d standing, and no settlement knows the message", g.net)
	case g.holds != anything && g.holds != strconv.Itoa(g.net):
		g.found("I5", s, "payer %s has %s standing %d times, want %s", g.first, g.second, g.net, g.holds)
	}
	if g.added > 1 || g.net < 0 {
		g.found("I7", s, "payer %s applied %s %d times, %d of them standing", g.first, g.second, g.added, g.net)
	}
}
