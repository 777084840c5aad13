package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
)

// PersonByCertificate implements lifecycle.Registry.
func (s *Store) PersonByCertificate(ctx context.Context, certificate settlement.Private) (settlement.Person, error) {
	const text = `SELECT document FROM person WHERE certificate = $1 AND certificate <> ''`
	return s.person(ctx, text, certificate.Reveal())
}

// Person implements lifecycle.Registry.
func (s *Store) Person(ctx context.Context, id settlement.BeneficiaryID) (settlement.Person, error) {
	const text = `SELECT document FROM person WHERE id = $1`
	return s.person(ctx, text, string(id))
}

func (s *Store) person(ctx context.Context, text, key string) (settlement.Person, error) {
	var document []byte
	err := s.reads.QueryRow(ctx, text, key).Scan(&document)
	if absent(err) {
		return settlement.Person{}, store.Unknown()
	}
	if err != nil {
		return settlement.Person{}, s.outcome(err)
	}
	return store.DecodePerson(document)
}

// PutPerson implements lifecycle.Registry. Invalid: a pseudonym or identity
// number that no column may hold.
func (s *Store) PutPerson(ctx context.Context, person settlement.Person) error {
	const text = `INSERT INTO person (id, certificate, document) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET certificate = excluded.certificate, document = excluded.document`
	err := store.SoundPerson(person)
	if err != nil {
		return err
	}
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		queued.Queue(text, string(person.ID), person.Certificate.Reveal(), store.EncodePerson(&person))
		return queued, nil
	})
}
