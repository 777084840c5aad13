package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// Keep implements eligibility.Store.
func (s *Store) Keep(ctx context.Context, batch eligibility.Batch) error {
	err := store.SoundBatch(&batch)
	if err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error { return keep(on, &batch) })
}

func keep(on *session, batch *eligibility.Batch) error {
	err := apart(on, batch.Writes)
	if err != nil {
		return err
	}
	for i := range batch.Writes {
		err := keepWrite(on, &batch.Writes[i])
		if err != nil {
			return err
		}
	}
	err = keepRest(on, batch)
	if err == nil {
		err = suggest(on, batch.Approval)
	}
	if err != nil {
		return err
	}
	err = flagReview(on, batch.Flagged)
	if err != nil || batch.Imported == nil {
		return err
	}
	return insertTouched(on, batch.Imported.File, batch.Flagged)
}

// insertTouched keeps what an import touched, each settlement once.
func insertTouched(on *session, file string, ids []settlement.SettlementID) error {
	const text = `INSERT INTO import_touch (file, settlement) VALUES (?, ?) ON CONFLICT DO NOTHING`
	for _, id := range ids {
		_, err := on.exec(background, text, file, string(id))
		if err != nil {
			return err
		}
	}
	return nil
}

// apart refuses an identity number that another person has. While numbers stand
// in their column in two ways, as they are and blind, the constraint on it does
// not see that two of them are the same.
func apart(on *session, writes []eligibility.Write) error {
	const held = `SELECT EXISTS (SELECT 1 FROM person WHERE certificate IN (SELECT value FROM json_each(?)) AND certificate <> ''
		AND id NOT IN (SELECT value FROM json_each(?)))`
	numbers, ids := on.vault.Named(writes)
	if on.vault.Ring == nil || len(numbers) == 0 {
		return nil
	}
	ways, err := json.Marshal(numbers)
	if err != nil {
		return store.Broken(err)
	}
	written, err := json.Marshal(ids)
	if err != nil {
		return store.Broken(err)
	}
	var taken bool
	err = on.row(background, held, string(ways), string(written)).Scan(&taken)
	if err == nil && taken {
		err = store.Taken("id_number", settlement.ReasonPersonMismatch)
	}
	return err
}

// keepWrite appends to a history and replaces its projection.
func keepWrite(on *session, write *eligibility.Write) error {
	const add = `INSERT INTO person_change (person, number, document, turn) VALUES (?, ?, ?, ?)`
	const replace = `INSERT INTO person (id, certificate, region, document) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET certificate = excluded.certificate, region = excluded.region, document = excluded.document`
	p := &write.Person
	for i := range write.Changes {
		err := once(on, string(p.ID), add, string(p.ID), int64(write.Seen+1+i), on.vault.Change(p.ID, write.Seen+1+i, &write.Changes[i]), on.turn())
		if err != nil {
			return err
		}
	}
	_, err := on.exec(background, replace, string(p.ID), on.vault.Index(p.Certificate), string(p.Region), on.vault.Person(p))
	if duplicate(err) {
		return store.Taken("id_number", settlement.ReasonPersonMismatch)
	}
	return err
}

// once inserts what must not be there yet; object is what moved on where it
// is.
func once(on *session, object, text string, args ...any) error {
	_, err := on.exec(background, text, args...)
	if duplicate(err) {
		return store.Abandoned(object)
	}
	return err
}

// keepRest writes what a batch has beside histories.
func keepRest(on *session, batch *eligibility.Batch) error {
	if r := batch.Record; r != nil {
		const text = `INSERT INTO person_request (tenant, request, document, turn) VALUES (?, ?, ?, ?)`
		_, err := on.exec(background, text, string(r.Key.Tenant), string(r.Key.Request), store.EncodeRecord(r), on.turn())
		if duplicate(err) {
			return store.Taken("request_id", settlement.ReasonRequestInFlight)
		}
		if err != nil {
			return err
		}
	}
	if r := batch.Review; r != nil {
		err := once(on, string(r.ID), `INSERT INTO review (id, document, turn) VALUES (?, ?, ?)`, string(r.ID), on.vault.Review(r), on.turn())
		if err != nil {
			return err
		}
	}
	if d := batch.Decision; d != nil {
		const text = `INSERT INTO review_decision (review, line, document, turn) VALUES (?, ?, ?, ?)`
		err := once(on, string(d.Review), text, string(d.Review), int64(d.Line), store.EncodeDecision(d), on.turn())
		if err != nil {
			return err
		}
	}
	if p := batch.Imported; p != nil {
		const text = `INSERT INTO import_progress (file, reached, document, turn) VALUES (?, ?, ?, ?)`
		return once(on, p.File, text, p.File, int64(p.Rows), store.EncodeProgress(p), on.turn())
	}
	return nil
}

// Histories implements eligibility.Store.
func (s *Store) Histories(ctx context.Context, ids []settlement.BeneficiaryID) (map[settlement.BeneficiaryID][]registry.Change, error) {
	const text = `SELECT person, number, document FROM person_change
		WHERE person IN (SELECT value FROM json_each(?)) ORDER BY person, number`
	found := make(map[settlement.BeneficiaryID][]registry.Change, len(ids))
	err := s.among(ctx, text, ids, func(rows *sql.Rows) error {
		var id settlement.BeneficiaryID
		var number int
		var document sql.RawBytes
		err := rows.Scan(&id, &number, &document)
		if err != nil {
			return err
		}
		change, err := s.vault.ReadChange(id, number, document)
		found[id] = append(found[id], change)
		return err
	})
	return found, err
}

// Holders implements eligibility.Store.
func (s *Store) Holders(ctx context.Context, certificates []settlement.Private) (map[settlement.Private]settlement.BeneficiaryID, error) {
	const text = `SELECT certificate, id FROM person
		WHERE certificate IN (SELECT value FROM json_each(?)) AND certificate <> ''`
	numbers, of := s.vault.Wanted(certificates)
	found := make(map[settlement.Private]settlement.BeneficiaryID, len(certificates))
	err := s.among(ctx, text, numbers, func(rows *sql.Rows) error {
		var number string
		var id settlement.BeneficiaryID
		err := rows.Scan(&number, &id)
		found[of[number]] = id
		return err
	})
	return found, err
}

// among runs a statement over a list, which it takes as JSON, and reads its
// rows.
func (s *Store) among(ctx context.Context, text string, list any, read func(*sql.Rows) error, more ...any) error {
	listed, err := json.Marshal(list)
	if err != nil {
		return store.Broken(err)
	}
	rows, err := s.reader.query(ctx, text, append([]any{string(listed)}, more...)...)
	if err != nil {
		return s.outcome(err)
	}
	defer rows.Close()
	for rows.Next() {
		err = read(rows)
		if err != nil {
			return s.outcome(err)
		}
	}
	return s.outcome(rows.Err())
}

// Persons implements eligibility.Store.
func (s *Store) Persons(ctx context.Context, query eligibility.Query) ([]settlement.Person, error) {
	const all = `SELECT id, document FROM person WHERE id > ? ORDER BY id LIMIT ?`
	const regional = `SELECT id, document FROM person WHERE region = ? AND id > ? ORDER BY id LIMIT ?`
	text, args := all, []any{string(query.After), int64(query.Limit)}
	if query.Region != "" {
		text, args = regional, []any{string(query.Region), string(query.After), int64(query.Limit)}
	}
	rows, err := s.reader.query(ctx, text, args...)
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []settlement.Person
	for rows.Next() {
		var id settlement.BeneficiaryID
		var document sql.RawBytes
		err = rows.Scan(&id, &document)
		if err != nil {
			return nil, s.outcome(err)
		}
		person, err := s.vault.ReadPerson(id, document)
		if err != nil {
			return nil, err
		}
		found = append(found, person)
	}
	return found, s.outcome(rows.Err())
}

// Settled implements eligibility.Store.
func (s *Store) Settled(ctx context.Context, id settlement.BeneficiaryID, from settlement.Date) ([]settlement.Settlement, error) {
	return store.Settled(ctx, s, id, from)
}

// Recorded implements eligibility.Store.
func (s *Store) Recorded(ctx context.Context, key eligibility.Key) (eligibility.Record, error) {
	const text = `SELECT document FROM person_request WHERE tenant = ? AND request = ?`
	document, err := s.document(ctx, text, string(key.Tenant), string(key.Request))
	if err != nil || document == nil {
		return eligibility.Record{}, orElse(err, store.Unrecorded())
	}
	return store.DecodeRecord(document)
}

// Review implements eligibility.Store.
func (s *Store) Review(ctx context.Context, id registry.ReviewID) (registry.Review, []registry.Decision, error) {
	const text = `SELECT document FROM review_decision WHERE review IN (SELECT value FROM json_each(?)) ORDER BY line`
	document, err := s.document(ctx, `SELECT document FROM review WHERE id = ?`, string(id))
	if err != nil || document == nil {
		return registry.Review{}, nil, orElse(err, store.Unreviewed(id))
	}
	review, err := s.vault.ReadReview(id, document)
	if err != nil {
		return review, nil, err
	}
	var decisions []registry.Decision
	err = s.among(ctx, text, []registry.ReviewID{id}, func(rows *sql.Rows) error {
		var document sql.RawBytes
		err := rows.Scan(&document)
		if err != nil {
			return err
		}
		decision, err := store.DecodeDecision(document)
		decisions = append(decisions, decision)
		return err
	})
	return review, decisions, err
}

// Imported implements eligibility.Store.
func (s *Store) Imported(ctx context.Context, file string) (eligibility.Progress, []settlement.SettlementID, error) {
	const text = `SELECT document FROM import_progress WHERE file = ? ORDER BY reached DESC LIMIT 1`
	document, err := s.document(ctx, text, file)
	if err != nil || document == nil {
		return eligibility.Progress{File: file}, nil, err
	}
	reached, err := store.DecodeProgress(document)
	if err != nil {
		return reached, nil, err
	}
	var touched []settlement.SettlementID
	const list = `SELECT settlement FROM import_touch WHERE file IN (SELECT value FROM json_each(?)) ORDER BY settlement`
	err = s.among(ctx, list, []string{file}, func(rows *sql.Rows) error {
		var id settlement.SettlementID
		err := rows.Scan(&id)
		touched = append(touched, id)
		return err
	})
	return reached, touched, err
}

// document reads one document, or nil where there is none.
func (s *Store) document(ctx context.Context, text string, args ...any) ([]byte, error) {
	var document []byte
	err := s.reader.row(ctx, text, args...).Scan(&document)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return document, s.outcome(err)
}

// orElse is err, or another where there is none.
func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
