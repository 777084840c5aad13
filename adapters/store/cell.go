package store

import (
	"errors"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store/sealing"
)

// attemptOwner is, in a statement over attempts, the id of their settlement.
const attemptOwner = "(SELECT id FROM settlement WHERE settlement.no = attempt.settlement)"

// Selected are the columns to select of a sealed table so that ReadRow can open
// them, in the order of the table's own.
func (t *SealedTable) Selected() []string {
	if t.Name == "attempt" {
		return append(slices.Clone(t.Columns), attemptOwner)
	}
	return t.Columns
}

// ReadRow makes of the values of Selected those of the table's columns, as they
// were before they were encrypted: that is what the chain seals, so that
// encrypting a row anew changes nothing for it. A value that was altered stays as
// it is, which no seal fits. Internal: a key is not in the ring.
func (v Vault) ReadRow(t *SealedTable, values []any) ([]any, error) {
	column, at := placeIn(t, values)
	values = values[:len(t.Columns)]
	if column == "" {
		return values, nil
	}
	i := slices.Index(t.Columns, column)
	kept, _ := values[i].([]byte)
	plain, err := v.Unseal(at, kept)
	switch {
	case errors.Is(err, sealing.ErrAltered):
		return values, nil
	case err != nil:
		return nil, err
	case kept != nil:
		values[i] = plain
	}
	return values, nil
}

// chained are the columns of sealed tables that may be encrypted.
var chained = map[string]string{
	"settlement": "asked", "attempt": "body", "person_change": "document", "review": "document", "quote": "document",
	"correction": "document",
	"difference": "document", "remark": "document", "stay_event": "document",
}

// placeIn is which of a row's columns may be encrypted, and its place.
func placeIn(t *SealedTable, values []any) (column string, at sealing.Place) {
	column = chained[t.Name]
	if column == "" {
		return "", at
	}
	return column, placeAt(t.Name+"."+column, named{t.Selected(), values})
}

// AskedTable is a settlement's row as far as it is sealed.
var AskedTable = SealedTable{Name: "settlement", Columns: AskedColumns}
