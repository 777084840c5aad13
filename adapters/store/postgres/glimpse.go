package postgres

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
)

// What an opening saw of its person's years, in the trip that wrote it and without
// a lock, is remembered until the settlement closes. The closing rests its decision on
// it, so that it takes one trip too: the years are locked first as for any other
// closing, and the server gives the transaction up unless they are what was seen.
// Then, and whenever a decision is anything but a plain closing, the closing takes
// its two trips. What this gateway itself writes to a year that is remembered is
// looked at again in the same trip.

// seen are all years of one person as they were seen last.
type seen struct {
	person settlement.BeneficiaryID
	years  []year
	rows   string // as the server writes them; empty: there were none
	good   bool   // they could be read
	of     int    // how many settlements they are remembered for
}

// on is the year that key names, as it was seen.
func (s *seen) on(m *member) *year {
	y := &year{key: m.counted(), fresh: true}
	for i := range s.years {
		y.meet(s.years[i])
	}
	return y
}

// glimpse is what is remembered for one settlement.
type glimpse struct {
	no   int64
	seen *seen
}

// glimpsesMost bounds what is remembered: twice as many settlements as a gateway works
// on at once unless it is told otherwise.
const glimpsesMost = 512

// glimpses are the latest of them. Only who has the committer's turn uses them.
type glimpses struct {
	settlements map[settlement.SettlementID]glimpse
	persons     map[settlement.BeneficiaryID]*seen
	ring        [glimpsesMost]settlement.SettlementID
	next        int
}

func newGlimpses() *glimpses {
	return &glimpses{settlements: map[settlement.SettlementID]glimpse{}, persons: map[settlement.BeneficiaryID]*seen{}}
}

// remember remembers a settlement of a person, in the place of the oldest.
func (g *glimpses) remember(id settlement.SettlementID, no int64, person settlement.BeneficiaryID) {
	g.forget(g.ring[g.next])
	of := g.persons[person]
	if of == nil {
		of = &seen{person: person}
		g.persons[person] = of
	}
	of.of++
	g.settlements[id] = glimpse{no, of}
	g.ring[g.next] = id
	g.next = (g.next + 1) % glimpsesMost
}

// forget forgets a settlement, and its person with the last one.
func (g *glimpses) forget(id settlement.SettlementID) {
	one, there := g.settlements[id]
	if !there {
		return
	}
	delete(g.settlements, id)
	one.seen.of--
	if one.seen.of == 0 {
		delete(g.persons, one.seen.person)
	}
}

// concerns reports whether others are remembered whose ground the write of m moves.
func (g *glimpses) concerns(m *member) bool {
	if m.year == nil || m.year.buckets == "" {
		return false
	}
	of := g.persons[m.year.key.Beneficiary]
	if of == nil {
		return false
	}
	own := m.hold == nil && g.settlements[m.subject().ID].seen == of
	return of.of > 1 || !own
}

// written is a row of accumulators as a text, by which it is known again.
const written = `ROW(` + used + `)::text`

// look looks at the years of those for whom members open settlements, and of those
// whose years they write while others rest on them: behind all that is written.
func (g *glimpses) look(queued *pgx.Batch, members []*member) map[settlement.BeneficiaryID]*seen {
	const text = `SELECT ` + used + `, ` + written + ` FROM accumulator WHERE beneficiary = ANY ($1::text[]) ORDER BY beneficiary, year`
	fresh := make(map[settlement.BeneficiaryID]*seen, len(members))
	persons := make([]string, 0, len(members))
	for _, m := range members {
		if !m.opens && !g.concerns(m) {
			continue
		}
		id := m.person()
		if fresh[id] == nil {
			fresh[id], persons = &seen{good: true}, append(persons, string(id))
		}
	}
	if len(persons) == 0 {
		return nil
	}
	queued.Queue(text, persons).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var row string
			found, err := scanYear(beside{rows, []any{&row}})
			if err != nil && !store.Known(err) {
				return err
			}
			of := fresh[found.key.Beneficiary]
			of.good = of.good && err == nil // not readable: left to the closing's own look
			of.years, of.rows = append(of.years, found), of.rows+row
		}
		return rows.Err()
	})
	return fresh
}

// keep remembers what members wrote, and what was seen with it.
func (g *glimpses) keep(members []*member, fresh map[settlement.BeneficiaryID]*seen) {
	for _, m := range members {
		switch {
		case m.opens:
			g.remember(m.subject().ID, m.no, m.person())
		case m.hold == nil && m.change.Final != nil:
			g.forget(m.subject().ID)
		}
	}
	for id, now := range fresh {
		if of := g.persons[id]; of != nil {
			of.years, of.rows, of.good = now.years, now.rows, now.good
		}
	}
}

// drop forgets what members were written by, which did not hold.
func (g *glimpses) drop(members []*member) {
	for _, m := range members {
		if m.guessed {
			g.forget(m.subject().ID)
		}
	}
}

// enough reports whether m can be written by what is remembered.
func (g *glimpses) enough(m *member) bool {
	switch {
	case m.hold != nil || len(m.change.Review) > 0:
		return false
	case m.opens:
		return !m.counts()
	case m.subject().Sequence != 0 || !m.closes() && m.counts():
		return false
	}
	one, there := g.settlements[m.subject().ID]
	return there && one.seen.person == m.person() && (one.seen.good || !m.closes())
}

// guess gives members what they are written by without a look, decides those that
// close, and reports whether all may be written so. A decision not to close is not
// taken on what was only seen.
func (g *glimpses) guess(members []*member) bool {
	for _, m := range members {
		if !g.enough(m) {
			return false
		}
	}
	for _, m := range members {
		if m.opens {
			continue
		}
		one := g.settlements[m.subject().ID]
		m.guessed, m.no = true, one.no
		if !m.closes() {
			continue
		}
		m.year, m.seen = one.seen.on(m), one.seen.rows
		m.settle()
		if m.err != nil || len(m.change.Review) > 0 {
			return false
		}
	}
	return true
}

// lockSeen locks the years of members that were decided by what was seen. The division
// fails, and with it the transaction, if they are not what was seen.
func lockSeen(queued *pgx.Batch, members []*member) {
	const text = `SELECT 1 / (coalesce(string_agg(l.row, '' ORDER BY l.beneficiary, l.year), '') = $2)::int
		FROM (SELECT beneficiary, year, ` + written + ` AS row FROM accumulator WHERE beneficiary = ANY ($1::text[])
			ORDER BY beneficiary, year FOR UPDATE) AS l`
	var closing []*member
	for _, m := range members {
		if m.guessed && m.closes() {
			closing = append(closing, m)
		}
	}
	if len(closing) == 0 {
		return
	}
	slices.SortFunc(closing, func(a, b *member) int { return strings.Compare(string(a.person()), string(b.person())) })
	persons, rows := make([]string, len(closing)), strings.Builder{}
	for i, m := range closing {
		persons[i] = string(m.person())
		rows.WriteString(m.seen)
	}
	queued.Queue(text, persons, rows.String())
}
