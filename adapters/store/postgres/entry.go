package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
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

// entryRows are ledger lines that are appended.
type entryRows struct {
	place         placeRows
	account       []string
	debit, credit []int64
}

func (r *entryRows) add(m *member) {
	for i, e := range m.change.Entries {
		r.place.add(m, i)
		r.account = append(r.account, e.Account)
		r.debit = append(r.debit, int64(e.Debit))
		r.credit = append(r.credit, int64(e.Credit))
	}
}

var insertEntries = insertion("entry", "settlement bigint", "revision bigint", "line integer", "account text", "debit bigint", "credit bigint")

func (r *entryRows) queue(queued *pgx.Batch) {
	if len(r.account) > 0 {
		queued.Queue(insertEntries, r.place.settlement, r.place.revision, r.place.line, r.account, r.debit, r.credit)
	}
}
