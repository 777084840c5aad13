package postgres

import (
	"context"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
)

// Person implements lifecycle.Registry.
func (s *Store) Person(ctx context.Context, id settlement.BeneficiaryID) (settlement.Person, error) {
	const text = `SELECT document FROM person WHERE id = $1`
	var document []byte
	err := s.reader(ctx).QueryRow(ctx, text, string(id)).Scan(&document)
	if absent(err) {
		return settlement.Person{}, store.Unknown()
	}
	if err != nil {
		return settlement.Person{}, s.outcome(err)
	}
	return s.vault.ReadPerson(id, document)
}
