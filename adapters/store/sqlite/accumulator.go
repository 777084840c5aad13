package sqlite

import (
	"context"
	"database/sql"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Accumulator implements lifecycle.Store.
func (s *Store) Accumulator(ctx context.Context, key lifecycle.AccumulatorKey) (settlement.Accumulator, error) {
	found, err := readYear(ctx, s.reader, key)
	if err != nil {
		return settlement.Accumulator{}, s.outcome(err)
	}
	return found.used, nil
}

// year is what one person has used in one year, and the largest sequence that
// the person has in any year.
type year struct {
	key      lifecycle.AccumulatorKey
	used     settlement.Accumulator
	holds    settlement.Holds
	sequence int64
}

func keyOf(s *settlement.Settlement) lifecycle.AccumulatorKey {
	return lifecycle.AccumulatorKey{Beneficiary: s.Beneficiary.ID, Year: s.Year}
}

func readYear(ctx context.Context, on *session, key lifecycle.AccumulatorKey) (*year, error) {
	const text = `SELECT year, sequence, used, deductible_met, critical_illness_base, critical_illness_paid, care_grants, holds
		FROM accumulator WHERE beneficiary = ?`
	rows, err := on.query(ctx, text, string(key.Beneficiary))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := &year{key: key}
	for rows.Next() {
		one, err := scanYear(rows)
		if err != nil {
			return nil, err
		}
		if one.key.Year == key.Year {
			found.used, found.holds = one.used, one.holds
		}
		found.sequence = max(found.sequence, one.sequence)
	}
	return found, rows.Err()
}

func scanYear(rows *sql.Rows) (one year, err error) {
	var buckets string
	var holds []byte
	used := &one.used
	err = rows.Scan(&one.key.Year, &one.sequence, &buckets, &used.DeductibleMet,
		&used.CriticalIllnessBase, &used.CriticalIllnessPaid, &used.CareGrants, &holds)
	if err != nil {
		return one, err
	}
	one.holds, err = store.DecodeHolds(holds)
	if err != nil {
		return one, err
	}
	used.Used, err = store.DecodeUsed(buckets)
	return one, err
}

// groundOf is what a decision to close current rests on.
func groundOf(on *session, current *settlement.Settlement, found *year) (lifecycle.Ground, error) {
	ground := lifecycle.Ground{Used: found.used, Holds: found.holds, Sequence: found.sequence + 1}
	if current.Sequence == 0 {
		return ground, nil
	}
	const later = `SELECT ` + columns + ` FROM settlement
		WHERE beneficiary = ? AND year = ? AND sequence > ? AND state <> 'REVERSED' ORDER BY sequence`
	rows, err := on.query(background, later, string(found.key.Beneficiary), int64(found.key.Year), current.Sequence)
	if err != nil {
		return lifecycle.Ground{}, err
	}
	_, ground.Later, err = scanSettlements(on.vault, rows)
	return ground, err
}

// addDelta adds what a settlement uses to its person's year, and keeps its
// sequence as used up.
func addDelta(on *session, to record, change *lifecycle.Change) error {
	s := &change.Settlement
	told := len(change.Quotes) > 0
	if change.Delta.Zero() && s.Sequence == 0 && !told {
		return nil
	}
	found := to.found
	if found == nil {
		var err error
		found, err = readYear(background, on, keyOf(s))
		if err != nil {
			return err
		}
	}
	if change.Delta.Zero() && s.Sequence <= found.sequence && !told {
		return nil
	}
	after := year{found.key, found.used.Plus(change.Delta), found.holds, max(found.sequence, s.Sequence)}
	if told {
		after.holds = change.Holds
	}
	return writeYear(on, after)
}

func writeYear(on *session, to year) error {
	const text = `INSERT INTO accumulator (beneficiary, year, sequence, used, deductible_met,
			critical_illness_base, critical_illness_paid, care_grants, holds)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (beneficiary, year) DO UPDATE SET sequence = excluded.sequence, used = excluded.used,
			deductible_met = excluded.deductible_met, critical_illness_base = excluded.critical_illness_base,
			critical_illness_paid = excluded.critical_illness_paid, care_grants = excluded.care_grants, holds = excluded.holds`
	buckets, err := store.EncodeUsed(to.used.Used)
	if err != nil {
		return err
	}
	_, err = on.exec(background, text, string(to.key.Beneficiary), int64(to.key.Year), to.sequence, buckets,
		int64(to.used.DeductibleMet), int64(to.used.CriticalIllnessBase), int64(to.used.CriticalIllnessPaid), int64(to.used.CareGrants),
		store.EncodeHolds(to.holds))
	return err
}
