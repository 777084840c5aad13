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
	const text = `SELECT id, document FROM person WHERE certificate IN (?, ?) AND certificate <> ''`
	ways := s.vault.Indexes(certificate)
	return s.person(ctx, text, ways[0], ways[len(ways)-1])
}

// Person implements lifecycle.Registry.
func (s *Store) Person(ctx context.Context, id settlement.BeneficiaryID) (settlement.Person, error) {
	const text = `SELECT id, document FROM person WHERE id = ?`
	return s.person(ctx, text, string(id))
}

func (s *Store) person(ctx context.Context, text string, keys ...any) (settlement.Person, error) {
	var id settlement.BeneficiaryID
	var document []byte
	err := s.reader.row(ctx, text, keys...).Scan(&id, &document)
	if errors.Is(err, sql.ErrNoRows) {
		return settlement.Person{}, store.Unknown()
	}
	if err != nil {
		return settlement.Person{}, s.outcome(err)
	}
	return s.vault.ReadPerson(id, document)
}
