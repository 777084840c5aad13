package sqlite

import (
	"context"
	"encoding/json"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
)

// A movement is a line of the audit trail that came with entries. Those that
// were booked from a moment on wait, and so do those in a clearing that stands:
// of the numbers in a list none does.
const (
	booked  = `EXISTS (SELECT 1 FROM entry AS e WHERE e.settlement = f.settlement AND e.revision = f.revision AND e.line = 0)`
	unheld  = `NOT EXISTS (SELECT 1 FROM clearing_movement AS m WHERE m.settlement = f.settlement AND m.revision = f.revision AND m.clearing NOT IN (SELECT value FROM json_each(?)))`
	timely  = `NOT EXISTS (SELECT 1 FROM event AS v WHERE v.settlement = f.settlement AND v.revision = f.revision AND v.at >= ?)`
	cutting = `INSERT INTO clearing_movement (settlement, revision, clearing) SELECT f.settlement, f.revision, ? FROM `

	// allOfIt are all movements, and changed those above a turn or in one of
	// some clearings.
	allOfIt = `(SELECT e.settlement, e.revision FROM entry AS e WHERE e.line = 0) AS f WHERE `
	changed = `(SELECT v.settlement, v.revision FROM event AS v INDEXED BY event_turn WHERE v.turn > ? AND v.turn > 0 AND v.line = 0
		UNION SELECT c.settlement, c.revision FROM json_each(?) AS w CROSS JOIN clearing_movement AS c ON c.clearing = w.value) AS f WHERE ` + booked + ` AND `

	cutAll = cutting + allOfIt + unheld + ` AND ` + timely + ` ORDER BY f.settlement, f.revision`
	cutNew = cutting + changed + unheld + ` AND ` + timely + ` ORDER BY f.settlement, f.revision`

	// A mark is below every movement that no clearing holds.
	marking = `INSERT INTO clearing_mark (clearing, reached) SELECT ?, min(?, coalesce(min(left_over.turn) - 1, ?)) FROM (
		SELECT coalesce((SELECT min(v.turn) FROM event AS v WHERE v.settlement = f.settlement AND v.revision = f.revision AND v.line = 0), 0) AS turn FROM `
	markAll = marking + allOfIt + unheld + `) AS left_over`
	markNew = marking + changed + unheld + `) AS left_over`
)

// Cut implements clearinghouse.Store. Whoever settles waits for it. It looks at
// what is new since the last cut that stands: turns are given out by the one who
// writes, so nothing comes later with a lower one.
func (s *Store) Cut(ctx context.Context, note clearinghouse.Note, until time.Time) error {
	err := store.SoundEntering(&note)
	if err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error {
		horizon := *on.last
		err := enter(on, &note)
		if err != nil {
			return err
		}
		since, err := sinceLast(on)
		if err != nil {
			return err
		}
		return noted(on, note.Number, since, store.Micros(until), horizon)
	})
}

// sinceLast is what is to be known of the cuts before.
func sinceLast(on *session) (*store.Since, error) {
	const voided = `SELECT clearing, turn, 0 FROM clearing_event WHERE act = 'voided'`
	const marks = `SELECT m.clearing, m.reached, c.turn FROM clearing_mark AS m JOIN clearing_event AS c ON c.clearing = m.clearing WHERE c.act = 'cut' ORDER BY m.clearing`
	since := new(store.Since)
	err := threes(on, voided, func(number, turn, _ int64) { since.Voided(number, turn) })
	if err != nil {
		return nil, err
	}
	return since, threes(on, marks, since.Cut)
}

// threes gives each row of three numbers.
func threes(on *session, text string, give func(a, b, c int64)) error {
	rows, err := on.query(background, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var row [3]int64
		if err := rows.Scan(&row[0], &row[1], &row[2]); err != nil {
			return err
		}
		give(row[0], row[1], row[2])
	}
	return rows.Err()
}

// noted notes the movements, and how far that came.
func noted(on *session, number clearing.Number, since *store.Since, until, horizon int64) error {
	voided, err := json.Marshal(since.All())
	if err != nil {
		return store.Broken(err)
	}
	released, err := json.Marshal(since.Released())
	if err != nil {
		return store.Broken(err)
	}
	no, held := int64(number), string(voided)
	noting, marking := cutAll, markAll
	var sources []any
	if since.Known() {
		noting, marking, sources = cutNew, markNew, []any{since.Reached(), string(released)}
	}
	_, err = on.exec(background, noting, append(append([]any{no}, sources...), held, until)...)
	if err == nil {
		_, err = on.exec(background, marking, append(append([]any{no, horizon, horizon}, sources...), held)...)
	}
	return err
}
