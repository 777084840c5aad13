package postgres

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
)

// Suggest implements assent.Store. What is there already meets a constraint;
// interpret says which.
func (s *Store) Suggest(ctx context.Context, note correction.Note) error {
	err := store.SoundCorrection(&note)
	if err != nil {
		return err
	}
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		queueCorrection(s.vault, queued, &note)
		return queued, nil
	})
}

// queueCorrection appends one line to the history of a proposal, if there is
// one to append.
func queueCorrection(vault store.Vault, queued *pgx.Batch, note *correction.Note) {
	const matter = `INSERT INTO correction (id, region, document) VALUES ($1, $2, $3)`
	const event = `INSERT INTO correction_event (correction, line, act, actor, at, cause, became, tenant, request) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	if note == nil {
		return
	}
	if note.Matter != nil {
		queued.Queue(matter, string(note.ID), string(note.Region), vault.Matter(note.ID, note.Matter))
	}
	e := &note.Event
	queued.Queue(event, string(note.ID), int32(e.Line), string(e.Act), e.By, store.Micros(e.At), e.Cause, e.Became,
		string(note.Key.Tenant), string(note.Key.Request))
}

// Proposal implements assent.Store.
func (s *Store) Proposal(ctx context.Context, id correction.ID) (correction.Proposal, error) {
	found, err := s.proposals(ctx, `id = $1 LIMIT 1`, string(id))
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
	text, args := `id > $1`, []any{string(query.After)}
	if len(query.Regions) > 0 {
		args = append(args, texts(query.Regions))
		text += ` AND region = ANY ($2::text[])`
	}
	if query.Open {
		text += ` AND NOT EXISTS (SELECT FROM correction_event AS e WHERE e.correction = id AND e.line = 2)`
	}
	args = append(args, int64(query.Limit))
	return s.proposals(ctx, text+` ORDER BY id LIMIT $`+strconv.Itoa(len(args)), args...)
}

// proposals reads those that a condition selects, with their histories. These
// are read behind: they only grow.
func (s *Store) proposals(ctx context.Context, where string, args ...any) ([]correction.Proposal, error) {
	const lines = `SELECT correction, line, act, actor, at, cause, became FROM correction_event WHERE correction = ANY ($1::text[]) ORDER BY correction, line`
	var found []correction.Proposal
	place := map[correction.ID]int{}
	var ids []string
	err := s.each(ctx, func(row scanner) error {
		var p correction.Proposal
		var document []byte
		err := row.Scan(&p.ID, &p.Region, &document)
		if err == nil {
			p.Matter, err = s.vault.ReadMatter(p.ID, document)
		}
		place[p.ID], ids, found = len(found), append(ids, string(p.ID)), append(found, p)
		return err
	}, `SELECT id, region, document FROM correction WHERE `+where, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	err = s.each(ctx, func(row scanner) error {
		var id correction.ID
		var e correction.Event
		var at int64
		err := row.Scan(&id, &e.Line, &e.Act, &e.By, &at, &e.Cause, &e.Became)
		e.At = store.Time(at)
		p := &found[place[id]]
		p.History = append(p.History, e)
		return err
	}, lines, ids)
	return found, err
}

// Suggested implements assent.Store.
func (s *Store) Suggested(ctx context.Context, key correction.Key) (mark correction.Mark, err error) {
	const text = `SELECT correction, line FROM correction_event WHERE tenant = $1 AND request = $2`
	err = s.reader(ctx).QueryRow(ctx, text, string(key.Tenant), string(key.Request)).Scan(&mark.ID, &mark.Line)
	if absent(err) {
		return mark, store.NoCorrection("request_id", "")
	}
	return mark, s.outcome(err)
}
