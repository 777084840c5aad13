package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
)

// PersonByCertificate implements lifecycle.Registry.
func (s *Store) PersonByCertificate(ctx context.Context, certificate settlement.Private) (settlement.Person, error) {
	const text = `SELECT document FROM person WHERE certificate = ? AND certificate <> ''`
	return s.person(ctx, text, certificate.Reveal())
}

// Person implements lifecycle.Registry.
func (s *Store) Person(ctx context.Context, id settlement.BeneficiaryID) (settlement.Person, error) {
	const text = `SELECT document FROM person WHERE id = ?`
	return s.person(ctx, text, string(id))
}

func (s *Store) person(ctx context.Context, text, key string) (settlement.Person, error) {
	var document []byte
	err := s.reader.row(ctx, text, key).Scan(&document)
	if errors.Is(err, sql.ErrNoRows) {
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
	const text = `INSERT INTO person (id, certificate, document) VALUES (?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET certificate = excluded.certificate, document = excluded.document`
	err := store.SoundPerson(person)
	if err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error {
		_, err := on.exec(background, text, string(person.ID), person.Certificate.Reveal(), store.EncodePerson(&person))
		if duplicate(err) {
			return store.Taken("certificate", settlement.ReasonPersonMismatch)
		}
		return err
	})
}
