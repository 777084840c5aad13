package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
)

// Ledger implements clearinghouse.Archive, piece by piece.
func (a *Archive) Ledger(ctx context.Context, each func(*clearing.Movement, []clearing.Number) error) error {
	const bound = `SELECT max(no) FROM (SELECT no FROM settlement WHERE no > $1 ORDER BY no LIMIT $2) AS piece`
	const text = `SELECT ` + movementColumns + `,
			coalesce((SELECT string_agg(m.clearing::text, ',') FROM clearing_movement AS m
				WHERE e.line = 0 AND m.settlement = e.settlement AND m.revision = e.revision), ''),
			e.account, e.debit, e.credit
		FROM entry AS e JOIN settlement AS s ON s.no = e.settlement
		WHERE e.settlement > $1 AND e.settlement <= $2 AND s.no > $1 AND s.no <= $2 ORDER BY e.settlement, e.revision, e.line`
	read := ledger{asker: a.moment, outcome: interpret}
	read.Each = each
	var after, upTo *int64
	for after = new(int64); ; after = upTo {
		err := a.moment.QueryRow(ctx, bound, *after, pieceMost).Scan(&upTo)
		if err != nil {
			return interpret(err)
		}
		if upTo == nil {
			return read.End()
		}
		err = read.piece(ctx, text, *after, *upTo)
		if err != nil {
			return err
		}
	}
}

// Rows implements clearinghouse.Archive.
func (a *Archive) Rows(ctx context.Context) (map[clearing.Number]int, error) {
	rows, err := a.moment.Query(ctx, `SELECT clearing, count(*) FROM clearing_movement GROUP BY clearing`)
	if err != nil {
		return nil, interpret(err)
	}
	counts := map[clearing.Number]int{}
	var number clearing.Number
	var count int
	_, err = pgx.ForEachRow(rows, []any{&number, &count}, func() error {
		counts[number] = count
		return nil
	})
	return counts, interpret(err)
}

// Clearings implements clearinghouse.Archive.
func (a *Archive) Clearings(ctx context.Context, query clearinghouse.Query) ([]clearing.Clearing, error) {
	found, err := readClearings(ctx, a.moment, query)
	return found, interpret(err)
}

// Positions implements clearinghouse.Archive.
func (a *Archive) Positions(ctx context.Context, number clearing.Number) ([]clearing.Position, error) {
	found, err := readPositions(ctx, a.moment, number, &everybody)
	return found, interpret(err)
}
