package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
)

// Suggest implements assent.Store.
func (s *Store) Suggest(ctx context.Context, note correction.Note) error {
	err := store.SoundCorrection(&note)
	if err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error { return suggest(on, &note) })
}

// suggest appends one line to the history of a proposal, if there is one to
// append.
func suggest(on *session, note *correction.Note) error {
	const asked = `SELECT EXISTS (SELECT 1 FROM correction_event WHERE tenant = ? AND request = ?)`
	const matter = `INSERT INTO correction (id, region, document, turn) VALUES (?, ?, ?, ?)`
	const event = `INSERT INTO correction_event (correction, line, act, actor, at, cause, became, tenant, request, turn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	if note == nil {
		return nil
	}
	var taken bool
	err := on.row(background, asked, string(note.Key.Tenant), string(note.Key.Request)).Scan(&taken)
	if err == nil && taken {
		err = store.Taken("request_id", settlement.ReasonRequestInFlight)
	}
	if err == nil && note.Matter != nil {
		err = once(on, string(note.ID), matter, string(note.ID), string(note.Region), on.vault.Matter(note.ID, note.Matter), on.turn())
	}
	if err != nil {
		return err
	}
	e := &note.Event
	return once(on, string(note.ID), event, string(note.ID), int64(e.Line), string(e.Act), e.By, store.Micros(e.At), e.Cause, e.Became,
		string(note.Key.Tenant), string(note.Key.Request), on.turn())
}

// Proposal implements assent.Store.
func (s *Store) Proposal(ctx context.Context, id correction.ID) (correction.Proposal, error) {
	found, err := s.proposals(ctx, `id = ? LIMIT 1`, string(id))
	if err != nil {
		return correction.Proposal{}, err
	}
	if len(found) == 0 {
		return correction.Proposal{}, store.NoCorrection("id", id)
	}
	return found[0], nil
}

// Proposals implements assent.Store.
func (s *Store) Proposals(ctx context.Context, query assent.Query) ([]correction.Proposal, error) {
	var c condition
	c.and(`id > ?`, string(query.After))
	if len(query.Regions) > 0 {
		c.and(`region IN `+places(query.Regions), args(query.Regions)...)
	}
	if query.Open {
		c.and(`NOT EXISTS (SELECT 1 FROM correction_event AS e WHERE e.correction = correction.id AND e.line = 2)`)
	}
	return s.proposals(ctx, strings.Join(c.clauses, ` AND `)+` ORDER BY id LIMIT ?`, append(c.args, int64(query.Limit))...)
}

// proposals reads those that a condition selects, with their histories. These
// are read behind: they only grow.
func (s *Store) proposals(ctx context.Context, where string, args ...any) ([]correction.Proposal, error) {
	rows, err := s.reader.query(ctx, `SELECT id, region, document FROM correction WHERE `+where, args...)
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []correction.Proposal
	place := map[correction.ID]int{}
	var ids []correction.ID
	for rows.Next() {
		var p correction.Proposal
		var document []byte
		err := rows.Scan(&p.ID, &p.Region, &document)
		if err == nil {
			p.Matter, err = s.vault.ReadMatter(p.ID, document)
		}
		if err != nil {
			return nil, s.outcome(err)
		}
		place[p.ID], ids, found = len(found), append(ids, p.ID), append(found, p)
	}
	if err := rows.Err(); err != nil || len(found) == 0 {
		return nil, s.outcome(err)
	}
	return found, s.addCorrected(ctx, found, place, ids)
}

// addCorrected reads the histories of proposals in one look.
func (s *Store) addCorrected(ctx context.Context, found []correction.Proposal, place map[correction.ID]int, ids []correction.ID) error {
	const lines = `SELECT correction, line, act, actor, at, cause, became FROM correction_event
		WHERE correction IN (SELECT value FROM json_each(?)) ORDER BY correction, line`
	return s.among(ctx, lines, ids, func(rows *sql.Rows) error {
		var id correction.ID
		var e correction.Event
		var at int64
		err := rows.Scan(&id, &e.Line, &e.Act, &e.By, &at, &e.Cause, &e.Became)
		e.At = store.Time(at)
		p := &found[place[id]]
		p.History = append(p.History, e)
		return err
	})
}

// Suggested implements assent.Store.
func (s *Store) Suggested(ctx context.Context, key correction.Key) (mark correction.Mark, err error) {
	const text = `SELECT correction, line FROM correction_event WHERE tenant = ? AND request = ?`
	err = s.reader.row(ctx, text, string(key.Tenant), string(key.Request)).Scan(&mark.ID, &mark.Line)
	if errors.Is(err, sql.ErrNoRows) {
		return mark, store.NoCorrection("request_id", "")
	}
	return mark, s.outcome(err)
}
