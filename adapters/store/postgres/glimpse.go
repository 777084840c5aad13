package postgres

import (
	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
)

// glimpse is what a lone opening saw of its person's years, in its one trip and
// without a lock. The lone closing that follows rests its decision on it, so that it
// takes one trip too: the years are locked first as for any other closing, and the
// server gives the transaction up unless they are what was seen. Then, and whenever
// the decision is anything but a plain closing, the closing takes its two trips.
type glimpse struct {
	of   settlement.SettlementID
	no   int64
	year year
	seen string // the rows as the server writes them; empty: there were none
	good bool   // they could be read
}

// glimpsesMost bounds what is remembered: a lone caller opens one settlement at a
// time, and few wait long for their payers.
const glimpsesMost = 64

// glimpses are the latest of them. Only who has the committer's turn uses them.
type glimpses struct {
	ring [glimpsesMost]glimpse
	next int
}

func (g *glimpses) keep(one glimpse) {
	if one.good {
		g.ring[g.next] = one
		g.next = (g.next + 1) % glimpsesMost
	}
}

// take gives what was seen for a settlement, and forgets it.
func (g *glimpses) take(of settlement.SettlementID) (one glimpse, there bool) {
	for i := range g.ring {
		if g.ring[i].of == of {
			one, g.ring[i] = g.ring[i], glimpse{}
			return one, true
		}
	}
	return one, false
}

// written is a row of accumulators as a text, by which it is known again.
const written = `ROW(` + used + `)::text`

// glimpseYears looks at the years of the person for whom m opens a settlement. What
// cannot be read is left to the closing's own look.
func glimpseYears(queued *pgx.Batch, m *member) *glimpse {
	const text = `SELECT ` + used + `, ` + written + ` FROM accumulator WHERE beneficiary = $1 ORDER BY year`
	s := &m.change.Settlement
	g := &glimpse{of: s.ID, no: m.no, year: year{key: keyOf(s), fresh: true}}
	queued.Queue(text, string(s.Beneficiary.ID)).Query(func(rows pgx.Rows) error {
		g.good = true
		for rows.Next() {
			var row string
			found, err := scanYear(beside{rows, &row})
			if err != nil && !store.Known(err) {
				return err
			}
			g.good = g.good && err == nil
			g.year.meet(found)
			g.seen += row
		}
		return rows.Err()
	})
	return g
}

// guess decides a lone closing by what its opening saw, and reports whether that may
// be tried. A decision not to close is not taken on what was only seen.
func (c *committer) guess(members []*member) bool {
	m := members[0]
	if len(members) > 1 || !m.closes() || m.current.Sequence != 0 {
		return false
	}
	g, there := c.glimpses.take(m.current.ID)
	if !there || g.year.key != m.counted() {
		return false
	}
	m.no, m.year, m.seen = g.no, &g.year, g.seen
	m.settle()
	m.guessed = m.err == nil && len(m.change.Review) == 0
	if !m.guessed {
		m.reset()
	}
	return m.guessed
}

// lockSeen locks the years of a guessed closing. The division fails, and with it the
// transaction, if they are not what was seen.
func lockSeen(queued *pgx.Batch, m *member) {
	const text = `SELECT 1 / (coalesce(string_agg(l.row, '' ORDER BY l.year), '') = $2)::int
		FROM (SELECT year, ` + written + ` AS row FROM accumulator WHERE beneficiary = $1 ORDER BY beneficiary, year FOR UPDATE) AS l`
	queued.Queue(text, string(m.year.key.Beneficiary), m.seen)
}
