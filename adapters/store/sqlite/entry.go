package sqlite

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// Entries are the ledger lines of a settlement and of its reversal, in the
// order they were written; none for a settlement that is not there.
func (s *Store) Entries(ctx context.Context, id settlement.SettlementID) ([]settlement.Entry, error) {
	const text = `SELECT entry.account, entry.debit, entry.credit
		FROM entry JOIN settlement ON settlement.no = entry.settlement WHERE settlement.id = ?
		ORDER BY entry.revision, entry.line`
	return collect(ctx, s, text, id, func(row scanner) (settlement.Entry, error) {
		var e settlement.Entry
		err := row.Scan(&e.Account, &e.Debit, &e.Credit)
		return e, err
	})
}

var entries = newInsertion(`INSERT INTO entry (settlement, revision, line, account, debit, credit)`, 6)

func insertEntries(on *session, to record, rows []settlement.Entry) error {
	args := make([]any, 0, len(rows)*entries.width)
	for i, e := range rows {
		args = append(args, to.no, to.revision, int64(i), e.Account, int64(e.Debit), int64(e.Credit))
	}
	return on.insert(background, &entries, args)
}
