package sqlite

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
)

// Ledger implements clearinghouse.Archive.
func (a *Archive) Ledger(ctx context.Context, each func(*clearing.Movement, []clearing.Number) error) error {
	const text = `SELECT ` + movementColumns + `,
			coalesce((SELECT group_concat(m.clearing) FROM clearing_movement AS m
				WHERE e.line = 0 AND m.settlement = e.settlement AND m.revision = e.revision), ''),
			e.account, e.debit, e.credit
		FROM entry AS e JOIN settlement AS s ON s.no = e.settlement ORDER BY e.settlement, e.revision, e.line`
	return a.store.movements(ctx, each, text)
}

// Rows implements clearinghouse.Archive.
func (a *Archive) Rows(ctx context.Context) (map[clearing.Number]int, error) {
	rows, err := a.store.reader.query(ctx, `SELECT clearing, count(*) FROM clearing_movement GROUP BY clearing`)
	if err != nil {
		return nil, a.store.outcome(err)
	}
	defer rows.Close()
	counts := map[clearing.Number]int{}
	for rows.Next() {
		var number clearing.Number
		var count int
		if err := rows.Scan(&number, &count); err != nil {
			return nil, a.store.outcome(err)
		}
		counts[number] = count
	}
	return counts, a.store.outcome(rows.Err())
}

// Clearings implements clearinghouse.Archive.
func (a *Archive) Clearings(ctx context.Context, query clearinghouse.Query) ([]clearing.Clearing, error) {
	return a.store.Clearings(ctx, query)
}

// Positions implements clearinghouse.Archive.
func (a *Archive) Positions(ctx context.Context, number clearing.Number) ([]clearing.Position, error) {
	return a.store.Positions(ctx, number)
}
