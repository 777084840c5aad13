package store

import (
	"errors"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
	"github.com/onestop-gateway/onestop/settlement/registry"
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

// placeIn is which of a row's columns may be encrypted, and its place.
func placeIn(t *SealedTable, values []any) (column string, at sealing.Place) {
	text := func(name string) string { s, _ := values[slices.Index(t.Columns, name)].(string); return s }
	number := func(name string) int64 { n, _ := values[slices.Index(t.Columns, name)].(int64); return n }
	switch t.Name {
	case "settlement":
		return "asked", settlementPlace(askedColumn, settlement.TenantID(text("tenant")), settlement.SettlementID(text("id")))
	case "attempt":
		owner, _ := values[len(t.Columns)].(string)
		return "body", attemptPlace(settlement.SettlementID(owner), number("revision"), number("line"))
	case "person_change":
		return "document", changePlace(settlement.BeneficiaryID(text("person")), number("number"))
	case "review":
		return "document", reviewPlace(registry.ReviewID(text("id")))
	case "quote":
		return "document", quotePlace(settlement.QuoteID(text("id")))
	case "difference":
		return "document", findingPlace(reconciliation.RunID(text("run")), number("line"))
	case "remark":
		return "document", remarkPlace(reconciliation.RunID(text("run")), number("line"), number("number"))
	}
	return "", sealing.Place{}
}

// AskedTable is a settlement's row as far as it is sealed.
var AskedTable = SealedTable{Name: "settlement", Columns: AskedColumns}
