package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
)

// Enter implements clearinghouse.Store.
func (s *Store) Enter(ctx context.Context, note clearinghouse.Note) error {
	err := store.SoundEntering(&note)
	if err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error { return enter(on, &note) })
}

// enter writes one line and what comes with it.
func enter(on *session, note *clearinghouse.Note) error {
	const asked = `SELECT EXISTS (SELECT 1 FROM clearing_event WHERE tenant = ? AND request = ? AND request <> '')`
	const opened = `INSERT INTO clearing (number, period_from, period_to, pay_on, turn) VALUES (?, ?, ?, ?, ?)`
	const event = `INSERT INTO clearing_event (clearing, line, act, actor, at, cause, digest, facility, bearer, amount, reference, day, tenant, request, turn)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	const position = `INSERT INTO clearing_position (clearing, facility, account, settled, reversed, settlements, reversals, days, turn)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	var taken bool
	err := on.row(background, asked, string(note.Key.Tenant), string(note.Key.Request)).Scan(&taken)
	if err == nil && taken {
		err = store.Taken("request_id", settlement.ReasonRequestInFlight)
	}
	if err == nil && note.Period != nil {
		err = once(on, "clearing", opened, int64(note.Number), int64(note.Period.From), int64(note.Period.To), int64(note.PayOn), on.turn())
	}
	if err == nil {
		err = once(on, "clearing_event", event, append(store.Values(note), on.turn())...)
	}
	for i := 0; err == nil && i < len(note.Positions); i++ {
		p := &note.Positions[i]
		err = once(on, "clearing_position", position, int64(note.Number), string(p.Facility), string(p.Account), int64(p.Settled),
			int64(p.Reversed), int64(p.Settlements), int64(p.Reversals), p.Days, on.turn())
	}
	return err
}

// movementColumns are those of store.MovementRow, but for what clearings the
// movement is in.
const movementColumns = `s.id, s.facility, s.discharged, e.revision,
	(SELECT min(v.at) FROM event AS v WHERE e.line = 0 AND v.settlement = e.settlement AND v.revision = e.revision)`

// Movements implements clearinghouse.Store.
func (s *Store) Movements(ctx context.Context, number clearing.Number, each func(*clearing.Movement) error) error {
	const text = `SELECT ` + movementColumns + `, '', e.account, e.debit, e.credit
		FROM clearing_movement AS m JOIN entry AS e ON e.settlement = m.settlement AND e.revision = m.revision
			JOIN settlement AS s ON s.no = m.settlement
		WHERE m.clearing = ? ORDER BY m.settlement, m.revision, e.line`
	return s.movements(ctx, func(m *clearing.Movement, _ []clearing.Number) error { return each(m) }, text, int64(number))
}

// movements hands what a statement gives, put together.
func (s *Store) movements(ctx context.Context, each func(*clearing.Movement, []clearing.Number) error, text string, args ...any) error {
	rows, err := s.reader.query(ctx, text, args...)
	if err != nil {
		return s.outcome(err)
	}
	defer rows.Close()
	together := store.Movements{Each: each}
	for rows.Next() {
		var row store.MovementRow
		err := rows.Scan(row.Columns()...)
		if err != nil {
			return s.outcome(err)
		}
		if err := together.Add(&row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return s.outcome(err)
	}
	return together.End()
}

const clearings = `SELECT number, period_from, period_to, pay_on FROM clearing`

func scanClearing(row scanner) (c clearing.Clearing, err error) {
	err = row.Scan(&c.Number, &c.Period.From, &c.Period.To, &c.PayOn)
	return c, err
}

// Clearing implements clearinghouse.Store. The history is read after the
// clearing: it only grows.
func (s *Store) Clearing(ctx context.Context, number clearing.Number) (clearing.Clearing, error) {
	found, err := scanClearing(s.reader.row(ctx, clearings+` WHERE number = ?`, int64(number)))
	if errors.Is(err, sql.ErrNoRows) {
		return found, store.NoClearing("number")
	}
	if err != nil {
		return found, s.outcome(err)
	}
	err = s.addLines(ctx, []*clearing.Clearing{&found}, &everybody)
	return found, err
}

// everybody is the scope of the house itself.
var everybody = clearinghouse.Scope{All: true}

// Seen implements clearinghouse.Store. The positions are read last: they are
// there from the line that freezes.
func (s *Store) Seen(ctx context.Context, number clearing.Number, scope clearinghouse.Scope) (clearing.Clearing, []clearing.Position, error) {
	found, err := scanClearing(s.reader.row(ctx, clearings+` WHERE number = ?`, int64(number)))
	if errors.Is(err, sql.ErrNoRows) {
		return found, nil, store.NoClearing("number")
	}
	if err != nil {
		return found, nil, s.outcome(err)
	}
	if err := s.addLines(ctx, []*clearing.Clearing{&found}, &scope); err != nil {
		return found, nil, err
	}
	positions, err := s.positions(ctx, number, &scope)
	return found, positions, err
}

// Clearings implements clearinghouse.Store.
func (s *Store) Clearings(ctx context.Context, query clearinghouse.Query) ([]clearing.Clearing, error) {
	const text = clearings + ` WHERE number < ? OR ? = 0 ORDER BY number DESC LIMIT ?`
	rows, err := s.reader.query(ctx, text, int64(query.Before), int64(query.Before), int64(query.Limit))
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []clearing.Clearing
	for rows.Next() {
		c, err := scanClearing(rows)
		if err != nil {
			return nil, s.outcome(err)
		}
		found = append(found, c)
	}
	if err := rows.Err(); err != nil {
		return nil, s.outcome(err)
	}
	wanted := make([]*clearing.Clearing, len(found))
	for i := range found {
		wanted[i] = &found[i]
	}
	err = s.addLines(ctx, wanted, &query.Scope)
	return found, err
}

// inScope restricts rows with a facility and a column that begins with the
// bearer. Its arguments are scoped's.
func inScope(column string) string {
	return `(? OR facility IN (SELECT value FROM json_each(?)) OR
		EXISTS (SELECT 1 FROM json_each(?) AS owing WHERE substr(` + column + `, 1, length(owing.value)) = owing.value))`
}

func scoped(scope *clearinghouse.Scope) ([]any, error) {
	payees, err := json.Marshal(store.Payees(scope))
	if err != nil {
		return nil, store.Broken(err)
	}
	owing, err := json.Marshal(store.Owing(scope))
	if err != nil {
		return nil, store.Broken(err)
	}
	return []any{scope.All, string(payees), string(owing)}, nil
}

// addLines reads the histories of clearings in one look; of payments, those in
// scope.
func (s *Store) addLines(ctx context.Context, wanted []*clearing.Clearing, scope *clearinghouse.Scope) error {
	text := `SELECT clearing, line, act, actor, at, cause, digest, facility, bearer, amount, reference, day FROM clearing_event
		WHERE clearing IN (SELECT value FROM json_each(?)) AND (bearer = '' OR ` + inScope("bearer") + `) ORDER BY clearing, line`
	args, err := scoped(scope)
	if err != nil {
		return err
	}
	byNumber := make(map[clearing.Number]*clearing.Clearing, len(wanted))
	numbers := make([]clearing.Number, len(wanted))
	for i, c := range wanted {
		byNumber[c.Number], numbers[i] = c, c.Number
	}
	return s.among(ctx, text, numbers, func(rows *sql.Rows) error {
		var row store.EventRow
		err := rows.Scan(row.Columns()...)
		if err == nil {
			c := byNumber[row.Number]
			c.History = append(c.History, row.Line())
		}
		return err
	}, args...)
}

// Positions implements clearinghouse.Store.
func (s *Store) Positions(ctx context.Context, number clearing.Number) ([]clearing.Position, error) {
	return s.positions(ctx, number, &everybody)
}

func (s *Store) positions(ctx context.Context, number clearing.Number, scope *clearinghouse.Scope) ([]clearing.Position, error) {
	text := `SELECT facility, account, settled, reversed, settlements, reversals, days FROM clearing_position
		WHERE clearing = ? AND ` + inScope("account") + ` ORDER BY facility, account`
	args, err := scoped(scope)
	if err != nil {
		return nil, err
	}
	rows, err := s.reader.query(ctx, text, append([]any{int64(number)}, args...)...)
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []clearing.Position
	for rows.Next() {
		var p clearing.Position
		err := rows.Scan(&p.Facility, &p.Account, &p.Settled, &p.Reversed, &p.Settlements, &p.Reversals, &p.Days)
		if err != nil {
			return nil, s.outcome(err)
		}
		found = append(found, p)
	}
	return found, s.outcome(rows.Err())
}

// Entered implements clearinghouse.Store.
func (s *Store) Entered(ctx context.Context, key clearinghouse.Key) (mark clearinghouse.Mark, err error) {
	const text = `SELECT clearing, line FROM clearing_event WHERE tenant = ? AND request = ? AND request <> ''`
	err = s.reader.row(ctx, text, string(key.Tenant), string(key.Request)).Scan(&mark.Number, &mark.Line)
	if errors.Is(err, sql.ErrNoRows) {
		return mark, store.NoClearing("request_id")
	}
	return mark, s.outcome(err)
}
