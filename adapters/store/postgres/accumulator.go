package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Accumulator implements lifecycle.Store.
func (s *Store) Accumulator(ctx context.Context, key lifecycle.AccumulatorKey) (settlement.Accumulator, error) {
	const text = `SELECT ` + used + ` FROM accumulator WHERE beneficiary = $1 AND year = $2`
	found, err := scanYear(s.reader(ctx).QueryRow(ctx, text, string(key.Beneficiary), int64(key.Year)))
	if absent(err) {
		return settlement.Accumulator{}, nil
	}
	return found.used, s.outcome(err)
}

// year is what one person has used in one year, and the largest sequence that
// the person has in any year.
type year struct {
	key      lifecycle.AccumulatorKey
	used     settlement.Accumulator
	holds    settlement.Holds
	sequence int64
	fresh    bool   // nothing was kept of that year before
	buckets  string // of used as it shall be written; empty: it stays as it is
}

func keyOf(s *settlement.Settlement) lifecycle.AccumulatorKey {
	return lifecycle.AccumulatorKey{Beneficiary: s.Beneficiary.ID, Year: s.Year}
}

// used are the columns of an accumulator as scanYear reads them.
const used = `beneficiary, year, sequence, used, deductible_met, critical_illness_base, critical_illness_paid, care_grants, holds`

// scanYear gives the key even of what it cannot read.
func scanYear(row scanner) (year, error) {
	var found year
	var buckets string
	var holds []byte
	u := &found.used
	err := row.Scan(&found.key.Beneficiary, &found.key.Year, &found.sequence, &buckets, &u.DeductibleMet,
		&u.CriticalIllnessBase, &u.CriticalIllnessPaid, &u.CareGrants, &holds)
	if err != nil {
		return found, err
	}
	u.Used, err = store.DecodeUsed(buckets)
	if err != nil {
		return found, store.Broken(err)
	}
	found.holds, err = store.DecodeHolds(holds)
	if err != nil {
		return found, err
	}
	return found, nil
}

// lookYears locks all years of the persons whose accumulators count, in one
// order. Two gateways that see a person's first year begin are told apart by
// the constraints that one of them meets.
func lookYears(queued *pgx.Batch, members []*member) {
	const text = `SELECT ` + used + ` FROM accumulator WHERE beneficiary = ANY ($1::text[])
		ORDER BY beneficiary, year FOR UPDATE`
	wanted := make(map[settlement.BeneficiaryID]*member, len(members))
	persons := make([]string, 0, len(members))
	for _, m := range members {
		if m.counts() {
			key := m.counted()
			m.year = &year{key: key, fresh: true}
			wanted[key.Beneficiary], persons = m, append(persons, string(key.Beneficiary))
		}
	}
	if len(persons) == 0 {
		return
	}
	queued.Queue(text, persons).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			found, err := scanYear(rows)
			if err != nil && !store.Known(err) {
				return err
			}
			m := wanted[found.key.Beneficiary]
			m.refuse(err) // not readable: this one's trouble only
			m.year.meet(found)
		}
		return rows.Err()
	})
}

// meet takes in what was found of one of the person's years.
func (y *year) meet(found year) {
	if found.key.Year == y.key.Year {
		y.used, y.holds, y.fresh = found.used, found.holds, false
	}
	y.sequence = max(y.sequence, found.sequence)
}

// ground is what a decision to close rests on.
func (m *member) ground() lifecycle.Ground {
	return lifecycle.Ground{Used: m.year.used, Holds: m.year.holds, Sequence: m.year.sequence + 1, Later: m.later}
}

// lookLater finds, for closings of settlements that have a number, those of
// the same person and year that came later and stand.
func lookLater(queued *pgx.Batch, members []*member) {
	const text = `SELECT ` + columns + ` FROM settlement
		WHERE beneficiary = $1 AND CASE WHEN sequence > 0 THEN sequence ELSE -no END > $2
			AND year = $3 AND state <> 'REVERSED' ORDER BY sequence`
	for _, m := range members {
		if !m.closes() || m.current.Sequence == 0 {
			continue
		}
		queued.Queue(text, string(m.current.Beneficiary.ID), m.current.Sequence, int32(m.current.Year)).Query(func(rows pgx.Rows) error {
			_, later, err := scanSettlements(m.vault, rows)
			if store.Known(err) { // not readable: this one's trouble only
				m.refuse(err)
				return nil
			}
			m.later = later
			return err
		})
	}
}

var errNegative = errors.New("an accumulator would fall below zero")

// add adds what a settlement uses to its person's year, and keeps its sequence
// as used up. Internal: a part would fall below zero.
func (y *year) add(change *lifecycle.Change) error {
	sequence := change.Settlement.Sequence
	told := len(change.Quotes) > 0
	if change.Delta.Zero() && sequence <= y.sequence && !told {
		return nil
	}
	if told {
		y.holds = change.Holds
	}
	y.used = y.used.Plus(change.Delta)
	y.sequence = max(y.sequence, sequence)
	if negative(&y.used) {
		return store.Broken(errNegative)
	}
	return y.changed()
}

// changed makes the year one that is written.
func (y *year) changed() (err error) {
	y.buckets, err = store.EncodeUsed(y.used.Used)
	if err != nil {
		return store.Broken(err)
	}
	return nil
}

// negative reports whether any part of used is below zero. The table checks it
// again; here it is one write's trouble and not that of a whole batch.
func negative(used *settlement.Accumulator) bool {
	for _, amount := range used.Used {
		if amount < 0 {
			return true
		}
	}
	return used.DeductibleMet < 0 || used.CriticalIllnessBase < 0 || used.CriticalIllnessPaid < 0 || used.CareGrants < 0
}

// write adds the year as it shall stand.
func (y *year) write(w *wire) {
	w.row()
	w.text(string(y.key.Beneficiary))
	w.integer(y.key.Year)
	w.bigint(y.sequence)
	w.text(y.buckets)
	w.bigint(int64(y.used.DeductibleMet))
	w.bigint(int64(y.used.CriticalIllnessBase))
	w.bigint(int64(y.used.CriticalIllnessPaid))
	w.bigint(int64(y.used.CareGrants))
	w.bytea(store.EncodeHolds(y.holds))
}

// insertYears writes the years that are new. It never writes over one: a year
// that another gateway has begun meanwhile fails the transaction.
var insertYears = unfolding("accumulator", "accumulator_row", "beneficiary", "year", "sequence", "used",
	"deductible_met", "critical_illness_base", "critical_illness_paid", "care_grants", "holds")

// updateYears writes over years that the transaction has locked. Their persons
// are there twice so that rows are looked up by them.
const updateYears = `UPDATE accumulator SET sequence = u.sequence, used = u.used, deductible_met = u.deductible_met,
		critical_illness_base = u.critical_illness_base, critical_illness_paid = u.critical_illness_paid, care_grants = u.care_grants, holds = u.holds
	FROM unnest($1::accumulator_row[]) AS u
	WHERE accumulator.beneficiary = ANY ($2::text[]) AND accumulator.beneficiary = u.beneficiary AND accumulator.year = u.year`
