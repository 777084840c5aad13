package postgres

import (
	"context"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Attempts are the calls made for a settlement, in the order they were
// journalled; none for a settlement that is not there.
func (s *Store) Attempts(ctx context.Context, id settlement.SettlementID) ([]lifecycle.Attempt, error) {
	const text = `SELECT ` + attemptColumns + `
		FROM attempt WHERE settlement = (SELECT no FROM settlement WHERE id = $1) ORDER BY revision, line`
	return collect(ctx, s, text, id, s.attemptsOf(id))
}

const attemptColumns = `leg, operation, phase, message, at, result, body, revision, line`

// keptAttempt is an attempt with its place; its body is as it is kept.
type keptAttempt struct {
	lifecycle.Attempt
	revision int64
	line     int
}

func scanAttempt(row scanner) (a keptAttempt, err error) {
	var at int64
	err = row.Scan(&a.Leg, &a.Operation, &a.Phase, &a.Message, &at, &a.Result, &a.Body, &a.revision, &a.line)
	a.At = store.Time(at)
	return a, err
}

// read is the attempt of a settlement.
func (a keptAttempt) read(vault store.Vault, id settlement.SettlementID) (_ lifecycle.Attempt, err error) {
	a.Body, err = vault.ReadAttempt(id, a.revision, a.line, a.Body)
	return a.Attempt, err
}

// attemptsOf scans attempts of one settlement.
func (s *Store) attemptsOf(id settlement.SettlementID) func(scanner) (lifecycle.Attempt, error) {
	return func(row scanner) (lifecycle.Attempt, error) {
		kept, err := scanAttempt(row)
		if err != nil {
			return lifecycle.Attempt{}, err
		}
		return kept.read(s.vault, id)
	}
}

// writeAttempts adds the calls that the write journals.
func (m *member) writeAttempts(w *wire) {
	for i := range m.change.Attempts {
		a := &m.change.Attempts[i]
		m.place(w, i)
		w.bigint(store.Micros(a.At))
		w.integer(a.Leg)
		w.text(string(a.Operation))
		w.text(string(a.Phase))
		w.text(string(a.Message))
		w.text(string(a.Result))
		w.bytea(m.papers.attempts[i])
	}
}

var insertAttempts = unfolding("attempt", "attempt_row", "settlement", "revision", "line", "at", "leg", "operation", "phase", "message", "result", "body")

// place begins a row of a journal with its place: the settlement, the revision
// whose write appends it and the line within that write.
func (m *member) place(w *wire, line int) {
	w.row()
	w.bigint(m.no)
	w.bigint(m.revision())
	w.integer(line)
}

// collect reads the rows that one settlement has in a journal.
func collect[T any](ctx context.Context, s *Store, text string, id settlement.SettlementID, scan func(scanner) (T, error)) ([]T, error) {
	rows, err := s.reader(ctx).Query(ctx, text, string(id))
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
	if absent(err) {
		return nil, nil
	}
	return found, s.outcome(err)
}
