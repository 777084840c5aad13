package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// Post implements treasury.Store.
func (s *Store) Post(ctx context.Context, p fund.Posting, approval *correction.Note) error {
	const posting = `INSERT INTO posting (id, request, region, fund, year, kind, level, amount, persons, document, day, actor, at, turn)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	const entry = `INSERT INTO posting_entry (posting, line, account, debit, credit, turn)
		SELECT no, ?, ?, ?, ?, ? FROM posting WHERE id = ?`
	if err := store.SoundPosting(p); err != nil {
		return err
	}
	if err := store.SoundCorrection(approval); err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error {
		_, err := on.exec(background, posting, string(p.ID), store.PostingRequest(p.Tenant, p.Request), string(p.Key.Region), string(p.Key.Fund), int64(p.Key.Year),
			string(p.Kind), string(p.Level), int64(p.Amount), int64(p.Persons), p.Document, int64(p.Day), p.By, p.At, on.turn())
		if duplicate(err) {
			return store.Taken("request_id", settlement.ReasonRequestInFlight)
		}
		if err != nil {
			return err
		}
		for line, e := range p.Entries() {
			if _, err := on.exec(background, entry, int64(line), e.Account, int64(e.Debit), int64(e.Credit), on.turn(), string(p.ID)); err != nil {
				return err
			}
		}
		return suggest(on, approval)
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
	const text = `SELECT ` + postingColumns + ` FROM posting WHERE request = ?`
	p, err := scanPosting(s.reader.row(ctx, text, store.PostingRequest(tenant, request)))
	if errors.Is(err, sql.ErrNoRows) {
		return p, store.Missing("request_id", "")
	}
	return p, s.outcome(err)
}

// Postings implements treasury.Store.
func (s *Store) Postings(ctx context.Context, key fund.Key) ([]fund.Posting, error) {
	const text = `SELECT ` + postingColumns + ` FROM posting WHERE region = ? AND year = ? AND fund = ? ORDER BY no`
	rows, err := s.reader.query(ctx, text, string(key.Region), int64(key.Year), string(key.Fund))
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []fund.Posting
	for rows.Next() {
		p, err := scanPosting(rows)
		if err != nil {
			return nil, s.outcome(err)
		}
		found = append(found, p)
	}
	return found, s.outcome(rows.Err())
}

// drawn selects the ledger lines of a fund's account and of those below it. The
// first two conditions are those of the index.
const drawn = `account >= 'fund/' AND account < 'fund0' AND account >= ? AND account < ?`

// adjusted is what of the lines is an account's of adjustments.
const adjusted = `coalesce(sum(debit - credit) FILTER (WHERE account = ?), 0)`

// Days implements treasury.Store.
func (s *Store) Days(ctx context.Context, key fund.Key) ([]fund.Day, error) {
	const text = `SELECT discharged, sum(paid), count(*) FILTER (WHERE paid > adjusted), sum(adjusted) FROM (
			SELECT settlement.discharged AS discharged, sum(debit - credit) AS paid, ` + adjusted + ` AS adjusted
			FROM entry JOIN settlement ON settlement.no = entry.settlement
			WHERE ` + drawn + ` GROUP BY settlement.no
		) WHERE paid <> 0 OR adjusted <> 0 GROUP BY discharged ORDER BY discharged`
	rows, err := s.reader.query(ctx, text, key.Account()+settlement.AdjustmentBelow, key.Account(), key.Account()+"0")
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var days []fund.Day
	for rows.Next() {
		var day fund.Day
		if err := rows.Scan(&day.Date, &day.Paid, &day.Settlements, &day.Adjusted); err != nil {
			return nil, s.outcome(err)
		}
		days = append(days, day)
	}
	return days, s.outcome(rows.Err())
}

// Assisted implements treasury.Store.
func (s *Store) Assisted(ctx context.Context, region settlement.RegionID, year int, each func(treasury.Drawn) error) error {
	const net = `, sum(debit - credit) AS paid, ` + adjusted + ` AS adjusted FROM entry WHERE ` + drawn + ` GROUP BY settlement`
	const text = `SELECT ` + columns + `, (SELECT document FROM person WHERE person.id = settlement.beneficiary), fund, paid, adjusted
		FROM settlement JOIN (
			SELECT settlement AS whose, '` + string(settlement.UrbanFund) + `' AS fund` + net + `
			UNION ALL SELECT settlement, '` + string(settlement.RuralFund) + `'` + net + `
		) ON no = whose ORDER BY beneficiary, no`
	urban, rural := store.FundAccounts(region, year)
	rows, err := s.reads.QueryContext(ctx, text,
		urban+settlement.AdjustmentBelow, urban, urban+"0", rural+settlement.AdjustmentBelow, rural, rural+"0")
	if err != nil {
		return s.outcome(err)
	}
	defer rows.Close()
	for rows.Next() {
		var person []byte
		var drawn treasury.Drawn
		_, found, err := scanSettlement(s.vault, beside{rows, []any{&person, &drawn.Fund, &drawn.Paid, &drawn.Adjusted}})
		if err != nil {
			return s.outcome(err)
		}
		drawn.Settlement = &found
		if drawn.Name, err = s.vault.ReadName(found.Beneficiary.ID, person); err != nil {
			return err
		}
		if err := each(drawn); err != nil {
			return err
		}
	}
	return s.outcome(rows.Err())
}
