package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
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
	return s.errand(ctx, func(on *session) (*pgx.Batch, error) {
		queued, err := s.apart(on, batch.Writes)
		if err != nil {
			return nil, err
		}
		queueWrites(s.vault, queued, batch.Writes)
		queueRest(s.vault, queued, &batch)
		queueCorrection(s.vault, queued, batch.Approval)
		if len(batch.Flagged) > 0 {
			queued.Queue(flagReviews, texts(batch.Flagged))
		}
		if batch.Imported != nil && len(batch.Flagged) > 0 {
			const touched = `INSERT INTO import_touch (file, settlement) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`
			queued.Queue(touched, batch.Imported.File, texts(batch.Flagged))
		}
		return queued, nil
	})
}

var (
	insertChanges = insertion("person_change", "person text", "number integer", "document bytea")
	replacePerson = insertion("person", "id text", "certificate text", "region text", "document bytea") +
		` ON CONFLICT (id) DO UPDATE SET certificate = excluded.certificate, region = excluded.region, document = excluded.document`
)

// queueWrites appends to histories and replaces their projections.
func queueWrites(vault store.Vault, queued *pgx.Batch, writes []eligibility.Write) {
	if len(writes) == 0 {
		return
	}
	var persons, ids, certificates, regions []string
	var numbers []int32
	var changes, documents [][]byte
	for i := range writes {
		write := &writes[i]
		for j := range write.Changes {
			persons = append(persons, string(write.Person.ID))
			numbers = append(numbers, int32(write.Seen+1+j))
			changes = append(changes, vault.Change(write.Person.ID, write.Seen+1+j, &write.Changes[j]))
		}
		ids = append(ids, string(write.Person.ID))
		certificates = append(certificates, vault.Index(write.Person.Certificate))
		regions = append(regions, string(write.Person.Region))
		documents = append(documents, vault.Person(&write.Person))
	}
	queued.Queue(insertChanges, persons, numbers, changes)
	queued.Queue(replacePerson, ids, certificates, regions, documents)
}

// queueRest queues what a batch has beside histories.
func queueRest(vault store.Vault, queued *pgx.Batch, batch *eligibility.Batch) {
	if r := batch.Record; r != nil {
		queued.Queue(`INSERT INTO person_request (tenant, request, document) VALUES ($1, $2, $3)`,
			string(r.Key.Tenant), string(r.Key.Request), store.EncodeRecord(r))
	}
	if r := batch.Review; r != nil {
		queued.Queue(`INSERT INTO review (id, document) VALUES ($1, $2)`, string(r.ID), vault.Review(r))
	}
	if d := batch.Decision; d != nil {
		queued.Queue(`INSERT INTO review_decision (review, line, document) VALUES ($1, $2, $3)`,
			string(d.Review), int32(d.Line), store.EncodeDecision(d))
	}
	if p := batch.Imported; p != nil {
		queued.Queue(`INSERT INTO import_progress (file, reached, document) VALUES ($1, $2, $3)`,
			p.File, int64(p.Rows), store.EncodeProgress(p))
	}
}

// texts is a list of any kind of text as the driver takes it.
func texts[T ~string](list []T) []string {
	plain := make([]string, len(list))
	for i, text := range list {
		plain[i] = string(text)
	}
	return plain
}

// Histories implements eligibility.Store.
func (s *Store) Histories(ctx context.Context, ids []settlement.BeneficiaryID) (map[settlement.BeneficiaryID][]registry.Change, error) {
	const text = `SELECT person, number, document FROM person_change WHERE person = ANY ($1::text[]) ORDER BY person, number`
	found := make(map[settlement.BeneficiaryID][]registry.Change, len(ids))
	err := s.each(ctx, func(row scanner) error {
		var id settlement.BeneficiaryID
		var number int
		var document []byte
		err := row.Scan(&id, &number, &document)
		if err != nil {
			return err
		}
		change, err := s.vault.ReadChange(id, number, document)
		found[id] = append(found[id], change)
		return err
	}, text, texts(ids))
	return found, err
}

// Holders implements eligibility.Store.
func (s *Store) Holders(ctx context.Context, certificates []settlement.Private) (map[settlement.Private]settlement.BeneficiaryID, error) {
	const text = `SELECT certificate, id FROM person WHERE certificate = ANY ($1::text[]) AND certificate <> ''`
	numbers, of := s.vault.Wanted(certificates)
	found := make(map[settlement.Private]settlement.BeneficiaryID, len(certificates))
	err := s.each(ctx, func(row scanner) error {
		var number, id string
		err := row.Scan(&number, &id)
		found[of[number]] = settlement.BeneficiaryID(id)
		return err
	}, text, numbers)
	return found, err
}

// each runs a statement and reads its rows.
func (s *Store) each(ctx context.Context, read func(scanner) error, text string, args ...any) error {
	rows, err := s.reader(ctx).Query(ctx, text, args...)
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
	const all = `SELECT id, document FROM person WHERE id > $1 ORDER BY id LIMIT $2`
	const regional = `SELECT id, document FROM person WHERE id > $1 AND region = $3 ORDER BY id LIMIT $2`
	text, args := all, []any{string(query.After), int64(query.Limit)}
	if query.Region != "" {
		text, args = regional, append(args, string(query.Region))
	}
	var found []settlement.Person
	err := s.each(ctx, func(row scanner) error {
		var id settlement.BeneficiaryID
		var document []byte
		err := row.Scan(&id, &document)
		if err != nil {
			return err
		}
		person, err := s.vault.ReadPerson(id, document)
		found = append(found, person)
		return err
	}, text, args...)
	return found, err
}

// Settled implements eligibility.Store.
func (s *Store) Settled(ctx context.Context, id settlement.BeneficiaryID, from settlement.Date) ([]settlement.Settlement, error) {
	return store.Settled(ctx, s, id, from)
}

// Recorded implements eligibility.Store.
func (s *Store) Recorded(ctx context.Context, key eligibility.Key) (eligibility.Record, error) {
	const text = `SELECT document FROM person_request WHERE tenant = $1 AND request = $2`
	document, err := s.document(ctx, text, string(key.Tenant), string(key.Request))
	if err != nil || document == nil {
		return eligibility.Record{}, orElse(err, store.Unrecorded())
	}
	return store.DecodeRecord(document)
}

// Review implements eligibility.Store.
func (s *Store) Review(ctx context.Context, id registry.ReviewID) (registry.Review, []registry.Decision, error) {
	const text = `SELECT document FROM review_decision WHERE review = $1 ORDER BY line`
	document, err := s.document(ctx, `SELECT document FROM review WHERE id = $1`, string(id))
	if err != nil || document == nil {
		return registry.Review{}, nil, orElse(err, store.Unreviewed(id))
	}
	review, err := s.vault.ReadReview(id, document)
	if err != nil {
		return review, nil, err
	}
	var decisions []registry.Decision
	err = s.each(ctx, func(row scanner) error {
		var document []byte
		err := row.Scan(&document)
		if err != nil {
			return err
		}
		decision, err := store.DecodeDecision(document)
		decisions = append(decisions, decision)
		return err
	}, text, string(id))
	return review, decisions, err
}

// Imported implements eligibility.Store.
func (s *Store) Imported(ctx context.Context, file string) (eligibility.Progress, []settlement.SettlementID, error) {
	const text = `SELECT document FROM import_progress WHERE file = $1 ORDER BY reached DESC LIMIT 1`
	document, err := s.document(ctx, text, file)
	if err != nil || document == nil {
		return eligibility.Progress{File: file}, nil, err
	}
	reached, err := store.DecodeProgress(document)
	if err != nil {
		return reached, nil, err
	}
	var touched []settlement.SettlementID
	err = s.each(ctx, func(row scanner) error {
		var id settlement.SettlementID
		err := row.Scan(&id)
		touched = append(touched, id)
		return err
	}, `SELECT settlement FROM import_touch WHERE file = $1 ORDER BY settlement`, file)
	return reached, touched, err
}

// document reads one document, or nil where there is none.
func (s *Store) document(ctx context.Context, text string, args ...any) ([]byte, error) {
	var document []byte
	err := s.reader(ctx).QueryRow(ctx, text, args...).Scan(&document)
	if absent(err) {
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
