package store

import "github.com/onestop-gateway/onestop/settlement"

var personDocument = document{'p', 1}

// EncodePerson writes a whole person; a store keeps the pseudonym and the
// identity number beside it, to find them by.
func EncodePerson(p *settlement.Person) []byte { return encode(personDocument, p, person) }

// DecodePerson reads what EncodePerson wrote. Internal: not readable.
func DecodePerson(text []byte) (settlement.Person, error) {
	var p settlement.Person
	err := decode(personDocument, text, &p, person)
	return p, err
}

func person(c *cursor, v *settlement.Person) {
	beneficiary(c, &v.Beneficiary)
	private(c, &v.Name)
	private(c, &v.Certificate)
	text(c, &v.Scheme)
	private(c, &v.Insured)
}

func beneficiary(c *cursor, v *settlement.Beneficiary) {
	text(c, &v.ID)
	text(c, &v.Region)
	text(c, &v.Residence)
	list(c, &v.Entitlements, entitlement)
}

func entitlement(c *cursor, v *settlement.Entitlement) {
	text(c, &v.Category)
	number(c, &v.Period.From)
	number(c, &v.Period.To)
	text(c, &v.Document)
}
