package postgres

import (
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
)

// lookSettlements locks the settlements that are written over and refuses the
// writes whose record has moved on.
func lookSettlements(queued *pgx.Batch, members []*member) {
	const text = `SELECT no, id, revision, epoch FROM settlement WHERE id = ANY ($1::text[]) ORDER BY id FOR UPDATE`
	wanted := make(map[string]*member, len(members))
	ids := make([]string, 0, len(members))
	for _, m := range members {
		if !m.opens && m.hold == nil {
			id := string(m.subject().ID)
			wanted[id], ids = m, append(ids, id)
		}
	}
	if len(ids) == 0 {
		return
	}
	queued.Queue(text, ids).Query(func(rows pgx.Rows) error {
		var no, revision, epoch int64
		var id string
		_, err := pgx.ForEachRow(rows, []any{&no, &id, &revision, &epoch}, func() error {
			m := wanted[id]
			if s := m.subject(); s.Revision == revision && s.Epoch == epoch {
				m.no = no
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, m := range wanted {
			if m.no == 0 {
				m.refuse(store.Stale(m.subject().ID))
			}
		}
		return nil
	})
}

// lookDischarges refuses openings of a discharge that has a live settlement. A
// settlement's own id is never given out twice; should it be, it meets the
// constraint.
func (s *session) lookDischarges(queued *pgx.Batch, members []*member) {
	const text = `SELECT u.place FROM unnest($1::discharge_key[]) WITH ORDINALITY AS u (tenant, discharge, place)
		WHERE (SELECT true FROM settlement AS s WHERE s.discharge = u.discharge AND s.tenant = u.tenant
			AND CASE WHEN s.state IN ('ABORTED', 'REVERSED') THEN s.no ELSE 0 END = 0)`
	var asked []*member
	w := &s.link.rows.discharges
	for _, m := range members {
		if m.opens {
			asked = append(asked, m)
			w.row()
			w.text(string(m.change.Settlement.Tenant))
			w.text(string(m.change.Settlement.Discharge))
		}
	}
	w.query(queued, text, func(rows pgx.Rows) error {
		return refused(rows, asked, store.Taken("discharge", settlement.ReasonDischargeOpen))
	})
}

// refused reads the places, from 1 on, of those asked about that are refused.
func refused(rows pgx.Rows, asked []*member, err error) error {
	var place int
	_, reading := pgx.ForEachRow(rows, []any{&place}, func() error {
		asked[place-1].refuse(err)
		return nil
	})
	return reading
}

// lookNumbers draws short keys for the settlements that are opened, unless
// there are enough left.
func (s *session) lookNumbers(queued *pgx.Batch, members []*member) {
	const text = `SELECT nextval('settlement_no')`
	needed := 0
	for _, m := range members {
		if m.opens {
			needed++
		}
	}
	if needed <= s.link.numbers.left() {
		return
	}
	queued.Queue(text).QueryRow(func(row pgx.Row) error {
		var first int64
		err := row.Scan(&first)
		if err == nil {
			s.link.numbers = numbers{next: first, end: first + numberBlock}
		}
		return err
	})
}

// flagReviews marks settlements for review; each write of a record raises its
// revision, this one too.
const flagReviews = `UPDATE settlement SET review = true, revision = revision + 1 WHERE id = ANY ($1::text[])`

// lookReviews locks the settlements to be flagged for review and refuses the
// writes that name one that is not there. It reports whether there are any.
func lookReviews(queued *pgx.Batch, members []*member) bool {
	const text = `SELECT id FROM settlement WHERE id = ANY ($1::text[]) ORDER BY id FOR UPDATE`
	var ids []string
	for _, m := range members {
		for _, id := range m.change.Review {
			ids = append(ids, string(id))
		}
	}
	if len(ids) == 0 {
		return false
	}
	queued.Queue(text, ids).Query(func(rows pgx.Rows) error {
		there, err := pgx.CollectRows(rows, pgx.RowTo[settlement.SettlementID])
		if err != nil {
			return err
		}
		for _, m := range members {
			for _, id := range m.change.Review {
				if !slices.Contains(there, id) {
					m.refuse(store.Broken(fmt.Errorf("flagging for review: no settlement %s", id)))
				}
			}
		}
		return nil
	})
	return true
}
