package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// Post implements treasury.Store.
func (s *Store) Post(ctx context.Context, p fund.Posting, approval *correction.Note) error {
	const posting = `INSERT INTO posting (id, request, region, fund, year, kind, level, amount, persons, document, day, actor, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	const entry = `INSERT INTO posting_entry (posting, line, account, debit, credit)
		SELECT no, $2, $3, $4, $5 FROM posting WHERE id = $1`
	if err := store.SoundPosting(p); err != nil {
		return err
	}
	if err := store.SoundCorrection(approval); err != nil {
		return err
	}
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		queued.Queue(posting, string(p.ID), store.PostingRequest(p.Tenant, p.Request), string(p.Key.Region), string(p.Key.Fund), int64(p.Key.Year), string(p.Kind),
			string(p.Level), int64(p.Amount), int64(p.Persons), p.Document, int64(p.Day), p.By, p.At)
		for line, e := range p.Entries() {
			queued.Queue(entry, string(p.ID), int64(line), e.Account, int64(e.Debit), int64(e.Credit))
		}
		queueCorrection(s.vault, queued, approval)
		return queued, nil
	})
}

const postingColumns = `id, request, region, fund, year, kind, level, amount, persons, document, day, actor, at`

func scanPosting(row scanner) (p fund.Posting, err error) {
	var request string
	err = row.Scan(&p.ID, &request, &p.Key.Region, &p.Key.Fund, &p.Key.Year, &p.Kind, &p.Level, &p.Amount, &p.Persons,
		&p.Document, &p.Day, &p.By, &p.At)
	store.ReadPostingRequest(&p, request)
	return p, err
}

// PostingOf implements treasury.Store.
func (s *Store) PostingOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) (fund.Posting, error) {
	const text = `SELECT ` + postingColumns + ` FROM posting WHERE request = $1`
	p, err := scanPosting(s.reader(ctx).QueryRow(ctx, text, store.PostingRequest(tenant, request)))
	if absent(err) {
		return p, store.Missing("request_id", "")
	}
	return p, s.outcome(err)
}

// Postings implements treasury.Store.
func (s *Store) Postings(ctx context.Context, key fund.Key) ([]fund.Posting, error) {
	const text = `SELECT ` + postingColumns + ` FROM posting WHERE region = $1 AND year = $2 AND fund = $3 ORDER BY no`
	rows, err := s.reader(ctx).Query(ctx, text, string(key.Region), int64(key.Year), string(key.Fund))
	if err != nil {
		return nil, s.outcome(err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (fund.Posting, error) { return scanPosting(row) })
	return found, s.outcome(err)
}

// drawn selects the ledger lines of a fund's account and of those below it. The
// first two conditions are those of the index.
const drawn = `account >= 'fund/' AND account < 'fund0' AND account >= `

// adjusted begins what of the lines is an account's of adjustments.
const adjusted = `coalesce(sum(debit - credit) FILTER (WHERE account = `

// Days implements treasury.Store.
func (s *Store) Days(ctx context.Context, key fund.Key) ([]fund.Day, error) {
	const text = `SELECT discharged, sum(paid)::bigint, count(*) FILTER (WHERE paid > adjusted), sum(adjusted)::bigint FROM (
			SELECT s.discharged AS discharged, sum(debit - credit) AS paid, ` + adjusted + `$3), 0) AS adjusted
			FROM entry AS e JOIN settlement AS s ON s.no = e.settlement
			WHERE ` + drawn + `$1 AND account < $2 GROUP BY s.no, s.discharged
		) AS net WHERE paid <> 0 OR adjusted <> 0 GROUP BY discharged ORDER BY discharged`
	var days []fund.Day
	err := s.atLeisure(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, text, key.Account(), key.Account()+"0", key.Account()+settlement.AdjustmentBelow)
		if err != nil {
			return err
		}
		days, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (day fund.Day, err error) {
			err = row.Scan(&day.Date, &day.Paid, &day.Settlements, &day.Adjusted)
			return day, err
		})
		return err
	})
	return days, s.outcome(err)
}

// atLeisure reads a year of a region, which may be many settlements: it takes
// as long as its caller waits, not as long as a look-up may.
func (s *Store) atLeisure(ctx context.Context, read func(pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, s.reader(ctx), snapshot, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, unhurried); err != nil {
			return err
		}
		return read(tx)
	})
}

// Assisted implements treasury.Store.
func (s *Store) Assisted(ctx context.Context, region settlement.RegionID, year int, each func(treasury.Drawn) error) error {
	const text = `SELECT ` + columns + `, (SELECT document FROM person WHERE person.id = settlement.beneficiary), fund, paid, adjusted
		FROM settlement JOIN (
			SELECT settlement AS whose, '` + string(settlement.UrbanFund) + `' AS fund, sum(debit - credit)::bigint AS paid, (` + adjusted + `$1 || '` + settlement.AdjustmentBelow + `'), 0))::bigint AS adjusted
			FROM entry WHERE ` + drawn + `$1 AND account < $2 GROUP BY settlement
			UNION ALL SELECT settlement, '` + string(settlement.RuralFund) + `', sum(debit - credit)::bigint, (` + adjusted + `$3 || '` + settlement.AdjustmentBelow + `'), 0))::bigint
			FROM entry WHERE ` + drawn + `$3 AND account < $4 GROUP BY settlement
		) AS net ON no = whose ORDER BY beneficiary, no`
	urban, rural := store.FundAccounts(region, year)
	var refused error // of each, to be returned as it is
	err := s.atLeisure(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, text, urban, urban+"0", rural, rural+"0")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var person []byte
			var drawn treasury.Drawn
			_, found, err := scanSettlement(s.vault, beside{rows, []any{&person, &drawn.Fund, &drawn.Paid, &drawn.Adjusted}})
			if err != nil {
				return err
			}
			drawn.Settlement = &found
			if drawn.Name, err = s.vault.ReadName(found.Beneficiary.ID, person); err != nil {
				return err
			}
			if refused = each(drawn); refused != nil {
				return refused
			}
		}
		return rows.Err()
	})
	if refused != nil {
		return refused
	}
	return s.outcome(err)
}
