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
