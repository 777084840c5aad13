package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/gazette"
)

// Publish implements gazette.Store.
func (s *Store) Publish(ctx context.Context, note gazette.Note) error {
	err := store.SoundPublication(&note)
	if err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error { return putForward(on, &note) })
}

func putForward(on *session, note *gazette.Note) error {
	const asked = `SELECT EXISTS (SELECT 1 FROM publication_event WHERE tenant = ? AND request = ?)`
	const files = `INSERT INTO publication (id, policy, text, cases, digest, turn) VALUES (?, ?, ?, ?, ?, ?)`
	const event = `INSERT INTO publication_event (publication, line, act, actor, at, cause, policy, edition, tenant, request, turn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	var taken bool
	err := on.row(background, asked, string(note.Key.Tenant), string(note.Key.Request)).Scan(&taken)
	if err == nil && taken {
		err = store.Taken("request_id", settlement.ReasonRequestInFlight)
	}
	if err == nil && note.Files != nil {
		err = once(on, string(note.ID), files, string(note.ID), string(note.Policy), note.Files.Text, note.Files.Cases, gazette.Digest(note.Files.Text), on.turn())
	}
	if err != nil {
		return err
	}
	e := &note.Event
	return once(on, string(note.ID), event, string(note.ID), int64(e.Line), string(e.Act), e.By, store.Micros(e.At), e.Cause,
		string(note.Policy), int64(e.Edition), string(note.Key.Tenant), string(note.Key.Request), on.turn())
}

// Publication implements gazette.Store. The history is read after the files: it
// only grows.
func (s *Store) Publication(ctx context.Context, id gazette.PublicationID) (gazette.Publication, error) {
	const text = `SELECT id, policy, digest, text, cases FROM publication WHERE id = ?`
	var p gazette.Publication
	err := s.reader.row(ctx, text, string(id)).Scan(&p.ID, &p.Policy, &p.Digest, &p.Text, &p.Cases)
	if errors.Is(err, sql.ErrNoRows) {
		return p, store.NoPublication("id", id)
	}
	if err != nil {
		return p, s.outcome(err)
	}
	err = s.addPublished(ctx, []*gazette.Publication{&p})
	return p, err
}

// Publications implements gazette.Store.
func (s *Store) Publications(ctx context.Context, query gazette.Query) ([]gazette.Publication, error) {
	var c condition
	c.and(`id > ?`, string(query.After))
	if len(query.Policies) > 0 {
		c.and(`policy IN `+places(query.Policies), args(query.Policies)...)
	}
	text := `SELECT id, policy, digest FROM publication WHERE ` + strings.Join(c.clauses, ` AND `) + ` ORDER BY id LIMIT ?`
	rows, err := s.reader.query(ctx, text, append(c.args, int64(query.Limit))...)
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []gazette.Publication
	for rows.Next() {
		var p gazette.Publication
		if err := rows.Scan(&p.ID, &p.Policy, &p.Digest); err != nil {
			return nil, s.outcome(err)
		}
		found = append(found, p)
	}
	if err := rows.Err(); err != nil {
		return nil, s.outcome(err)
	}
	wanted := make([]*gazette.Publication, len(found))
	for i := range found {
		wanted[i] = &found[i]
	}
	err = s.addPublished(ctx, wanted)
	return found, err
}

// addPublished reads the histories of publications in one look.
func (s *Store) addPublished(ctx context.Context, wanted []*gazette.Publication) error {
	const text = `SELECT publication, line, act, actor, at, cause, edition FROM publication_event
		WHERE publication IN (SELECT value FROM json_each(?)) ORDER BY publication, line`
	byID := make(map[gazette.PublicationID]*gazette.Publication, len(wanted))
	ids := make([]gazette.PublicationID, len(wanted))
	for i, p := range wanted {
		byID[p.ID], ids[i] = p, p.ID
	}
	return s.among(ctx, text, ids, func(rows *sql.Rows) error {
		var id gazette.PublicationID
		var e gazette.Event
		var at int64
		err := rows.Scan(&id, &e.Line, &e.Act, &e.By, &at, &e.Cause, &e.Edition)
		e.At = store.Time(at)
		if err == nil {
			byID[id].History = append(byID[id].History, e)
		}
		return err
	})
}

// newestEditions are those of each policy.
const newestEditions = `SELECT e.policy, e.edition, e.publication FROM publication_event AS e
	WHERE e.edition > 0 AND NOT EXISTS (SELECT 1 FROM publication_event AS n WHERE n.policy = e.policy AND n.edition > e.edition)
	ORDER BY e.policy`

// Editions implements gazette.Store.
func (s *Store) Editions(ctx context.Context) ([]gazette.Edition, error) {
	rows, err := s.reader.query(ctx, newestEditions)
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []gazette.Edition
	for rows.Next() {
		var e gazette.Edition
		if err := rows.Scan(&e.Policy, &e.Number, &e.ID); err != nil {
			return nil, s.outcome(err)
		}
		found = append(found, e)
	}
	return found, s.outcome(rows.Err())
}

// Published implements gazette.Store.
func (s *Store) Published(ctx context.Context, key gazette.Key) (mark gazette.Mark, err error) {
	const text = `SELECT publication, line FROM publication_event WHERE tenant = ? AND request = ?`
	err = s.reader.row(ctx, text, string(key.Tenant), string(key.Request)).Scan(&mark.ID, &mark.Line)
	if errors.Is(err, sql.ErrNoRows) {
		return mark, store.NoPublication("request_id", "")
	}
	return mark, s.outcome(err)
}

// Editions is Store.Editions of the archive.
func (a *Archive) Editions(ctx context.Context) ([]gazette.Edition, error) {
	return a.store.Editions(ctx)
}

// Publication is Store.Publication of the archive.
func (a *Archive) Publication(ctx context.Context, id gazette.PublicationID) (gazette.Publication, error) {
	return a.store.Publication(ctx, id)
}
