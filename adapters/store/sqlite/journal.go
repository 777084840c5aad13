package sqlite

import (
	"context"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Attempts are the calls made for a settlement, in the order they were
// journalled; none for a settlement that is not there.
func (s *Store) Attempts(ctx context.Context, id settlement.SettlementID) ([]lifecycle.Attempt, error) {
	const text = `SELECT attempt.leg, attempt.operation, attempt.phase, attempt.message, attempt.at, attempt.result, attempt.body, attempt.revision, attempt.line
		FROM attempt JOIN settlement ON settlement.no = attempt.settlement WHERE settlement.id = ?
		ORDER BY attempt.revision, attempt.line`
	return collect(ctx, s, text, id, func(row scanner) (lifecycle.Attempt, error) {
		var a lifecycle.Attempt
		var at, revision int64
		var line int
		err := row.Scan(&a.Leg, &a.Operation, &a.Phase, &a.Message, &at, &a.Result, &a.Body, &revision, &line)
		if err != nil {
			return a, err
		}
		a.At = store.Time(at)
		a.Body, err = s.vault.ReadAttempt(id, revision, line, a.Body)
		return a, err
	})
}

var attempts = newInsertion(
	`INSERT INTO attempt (settlement, revision, line, leg, operation, phase, message, at, result, body)`, 10)

func insertAttempts(on *session, to record, change *lifecycle.Change) error {
	id := change.Settlement.ID
	args := make([]any, 0, len(change.Attempts)*attempts.width)
	for i, a := range change.Attempts {
		args = append(args, to.no, to.revision, int64(i), int64(a.Leg), string(a.Operation), string(a.Phase),
			string(a.Message), store.Micros(a.At), string(a.Result), on.vault.Attempt(id, to.revision, i, a.Body))
	}
	return on.insert(background, &attempts, args)
}

// collect reads the rows that one settlement has in a journal.
func collect[T any](ctx context.Context, s *Store, text string, id settlement.SettlementID, scan func(scanner) (T, error)) ([]T, error) {
	rows, err := s.reader.query(ctx, text, string(id))
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, s.outcome(err)
		}
		found = append(found, one)
	}
	err = rows.Err()
	if err != nil {
		return nil, s.outcome(err)
	}
	return found, nil
}
