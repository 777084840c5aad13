package postgres

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// Entries are the ledger lines of a settlement and of its reversal, in the
// order they were written; none for a settlement that is not there.
func (s *Store) Entries(ctx context.Context, id settlement.SettlementID) ([]settlement.Entry, error) {
	const text = `SELECT ` + entryColumns + `
		FROM entry WHERE settlement = (SELECT no FROM settlement WHERE id = $1) ORDER BY revision, line`
	return collect(ctx, s, text, id, scanEntry)
}

const entryColumns = `account, debit, credit`

func scanEntry(row scanner) (settlement.Entry, error) {
	var e settlement.Entry
	err := row.Scan(&e.Account, &e.Debit, &e.Credit)
	return e, err
}

// writeEntries adds the ledger lines that the write appends.
func (m *member) writeEntries(w *wire) {
	for i, e := range m.change.Entries {
		m.place(w, i)
		w.text(e.Account)
		w.bigint(int64(e.Debit))
		w.bigint(int64(e.Credit))
	}
}

var insertEntries = unfolding("entry", "entry_row", "settlement", "revision", "line", "account", "debit", "credit")
