package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Attempts are the calls made for a settlement, in the order they were
// journalled; none for a settlement that is not there.
func (s *Store) Attempts(ctx context.Context, id settlement.SettlementID) ([]lifecycle.Attempt, error) {
	const text = `SELECT ` + attemptColumns + `
		FROM attempt WHERE settlement = (SELECT no FROM settlement WHERE id = $1) ORDER BY revision, line`
	return collect(ctx, s, text, id, scanAttempt)
}

const attemptColumns = `leg, operation, phase, message, at, result, body`

func scanAttempt(row scanner) (lifecycle.Attempt, error) {
	var a lifecycle.Attempt
	var at int64
	err := row.Scan(&a.Leg, &a.Operation, &a.Phase, &a.Message, &at, &a.Result, &a.Body)
	a.At = store.Time(at)
	return a, err
}

// attemptRows are calls that are journalled.
type attemptRows struct {
	place                             placeRows
	leg                               []int32
	at                                []int64
	operation, phase, message, result []string
	body                              [][]byte
}

func (r *attemptRows) add(m *member) {
	for i, a := range m.change.Attempts {
		r.place.add(m, i)
		r.leg = append(r.leg, int32(a.Leg))
		r.operation = append(r.operation, string(a.Operation))
		r.phase = append(r.phase, string(a.Phase))
		r.message = append(r.message, string(a.Message))
		r.at = append(r.at, store.Micros(a.At))
		r.result = append(r.result, string(a.Result))
		r.body = append(r.body, a.Body)
	}
}

var insertAttempts = insertion("attempt", "settlement bigint", "revision bigint", "line integer", "leg integer",
	"operation text", "phase text", "message text", "at bigint", "result text", "body bytea")

func (r *attemptRows) queue(queued *pgx.Batch) {
	if len(r.at) > 0 {
		queued.Queue(insertAttempts, r.place.settlement, r.place.revision, r.place.line, r.leg,
			r.operation, r.phase, r.message, r.at, r.result, r.body)
	}
}

// placeRows are the places of journal rows: their settlement, the revision
// whose write appends them and the line within that write.
type placeRows struct {
	settlement, revision []int64
	line                 []int32
}

func (r *placeRows) add(m *member, line int) {
	r.settlement = append(r.settlement, m.no)
	r.revision = append(r.revision, m.revision())
	r.line = append(r.line, int32(line))
}

// collect reads the rows that one settlement has in a journal.
func collect[T any](ctx context.Context, s *Store, text string, id settlement.SettlementID, scan func(scanner) (T, error)) ([]T, error) {
	rows, err := s.reads.Query(ctx, text, string(id))
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
