package postgres

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/gazette"
)

// Publish implements gazette.Store. What is there already meets a constraint;
// interpret says which.
func (s *Store) Publish(ctx context.Context, note gazette.Note) error {
	const files = `INSERT INTO publication (id, policy, text, cases, digest) VALUES ($1, $2, $3, $4, $5)`
	const event = `INSERT INTO publication_event (publication, line, act, actor, at, cause, policy, edition, tenant, request) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	err := store.SoundPublication(&note)
	if err != nil {
		return err
	}
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		if f := note.Files; f != nil {
			queued.Queue(files, string(note.ID), string(note.Policy), f.Text, f.Cases, gazette.Digest(f.Text))
		}
		e := &note.Event
		queued.Queue(event, string(note.ID), int32(e.Line), string(e.Act), e.By, store.Micros(e.At), e.Cause,
			string(note.Policy), int32(e.Edition), string(note.Key.Tenant), string(note.Key.Request))
		return queued, nil
	})
}

// Publication implements gazette.Store. The history is read after the files: it
// only grows.
func (s *Store) Publication(ctx context.Context, id gazette.PublicationID) (gazette.Publication, error) {
	p, err := readPublication(ctx, s.reader(ctx), id)
	return p, s.outcome(err)
}

func readPublication(ctx context.Context, from asker, id gazette.PublicationID) (p gazette.Publication, err error) {
	const text = `SELECT id, policy, digest, text, cases FROM publication WHERE id = $1`
	err = from.QueryRow(ctx, text, string(id)).Scan(&p.ID, &p.Policy, &p.Digest, &p.Text, &p.Cases)
	if absent(err) {
		return p, store.NoPublication("id", id)
	}
	if err == nil {
		err = addPublished(ctx, from, []*gazette.Publication{&p})
	}
	return p, err
}

// Publications implements gazette.Store.
func (s *Store) Publications(ctx context.Context, query gazette.Query) ([]gazette.Publication, error) {
	text, args := `SELECT id, policy, digest FROM publication WHERE id > $1`, []any{string(query.After)}
	if len(query.Policies) > 0 {
		args = append(args, texts(query.Policies))
		text += ` AND policy = ANY ($2::text[])`
	}
	args = append(args, int64(query.Limit))
	rows, err := s.reader(ctx).Query(ctx, text+` ORDER BY id LIMIT $`+strconv.Itoa(len(args)), args...)
	if err != nil {
		return nil, s.outcome(err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p gazette.Publication, err error) {
		err = row.Scan(&p.ID, &p.Policy, &p.Digest)
		return p, err
	})
	if err != nil {
		return nil, s.outcome(err)
	}
	wanted := make([]*gazette.Publication, len(found))
	for i := range found {
		wanted[i] = &found[i]
	}
	return found, s.outcome(addPublished(ctx, s.reader(ctx), wanted))
}

// addPublished reads the histories of publications in one look.
func addPublished(ctx context.Context, from asker, wanted []*gazette.Publication) error {
	const text = `SELECT publication, line, act, actor, at, cause, edition FROM publication_event WHERE publication = ANY ($1::text[]) ORDER BY publication, line`
	byID := make(map[gazette.PublicationID]*gazette.Publication, len(wanted))
	ids := make([]string, len(wanted))
	for i, p := range wanted {
		byID[p.ID], ids[i] = p, string(p.ID)
	}
	rows, err := from.Query(ctx, text, ids)
	if err != nil {
		return err
	}
	var id gazette.PublicationID
	var e gazette.Event
	var at int64
	_, err = pgx.ForEachRow(rows, []any{&id, &e.Line, &e.Act, &e.By, &at, &e.Cause, &e.Edition}, func() error {
		e.At = store.Time(at)
		byID[id].History = append(byID[id].History, e)
		return nil
	})
	return err
}

// Editions implements gazette.Store.
func (s *Store) Editions(ctx context.Context) ([]gazette.Edition, error) {
	found, err := readEditions(ctx, s.reads)
	return found, s.outcome(err)
}

func readEditions(ctx context.Context, from asker) ([]gazette.Edition, error) {
	const text = `SELECT DISTINCT ON (policy) policy, edition, publication FROM publication_event WHERE edition > 0 ORDER BY policy, edition DESC`
	rows, err := from.Query(ctx, text)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (e gazette.Edition, err error) {
		err = row.Scan(&e.Policy, &e.Number, &e.ID)
		return e, err
	})
}

// Published implements gazette.Store.
func (s *Store) Published(ctx context.Context, key gazette.Key) (mark gazette.Mark, err error) {
	const text = `SELECT publication, line FROM publication_event WHERE tenant = $1 AND request = $2`
	err = s.reader(ctx).QueryRow(ctx, text, string(key.Tenant), string(key.Request)).Scan(&mark.ID, &mark.Line)
	if absent(err) {
		return mark, store.NoPublication("request_id", "")
	}
	return mark, s.outcome(err)
}

// Editions is Store.Editions of the archive.
func (a *Archive) Editions(ctx context.Context) ([]gazette.Edition, error) {
	found, err := readEditions(ctx, a.moment)
	return found, interpret(err)
}

// Publication is Store.Publication of the archive.
func (a *Archive) Publication(ctx context.Context, id gazette.PublicationID) (gazette.Publication, error) {
	p, err := readPublication(ctx, a.moment, id)
	return p, interpret(err)
}
