package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
)

// Enter implements clearinghouse.Store. What is there already meets a
// constraint; interpret says which.
func (s *Store) Enter(ctx context.Context, note clearinghouse.Note) error {
	err := store.SoundEntering(&note)
	if err != nil {
		return err
	}
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		if note.Event.Act == clearing.Voided { // before a cut or after it
			queued.Queue(`SELECT pg_advisory_xact_lock($1)`, int64(clearingLock))
		}
		queueNote(queued, &note)
		return queued, nil
	})
}

// queueNote queues one line and what comes with it.
func queueNote(queued *pgx.Batch, note *clearinghouse.Note) {
	const opened = `INSERT INTO clearing (number, period_from, period_to, pay_on) VALUES ($1, $2, $3, $4)`
	const event = `INSERT INTO clearing_event (clearing, line, act, actor, at, cause, digest, facility, bearer, amount, reference, day, tenant, request)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	const position = `INSERT INTO clearing_position (clearing, facility, account, settled, reversed, settlements, reversals, days)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	if note.Period != nil {
		queued.Queue(opened, int64(note.Number), int32(note.Period.From), int32(note.Period.To), int32(note.PayOn))
	}
	queued.Queue(event, store.Values(note)...)
	for i := range note.Positions {
		p := &note.Positions[i]
		queued.Queue(position, int64(note.Number), string(p.Facility), string(p.Account), int64(p.Settled), int64(p.Reversed),
			int32(p.Settlements), int32(p.Reversals), p.Days)
	}
}

// asker is what clearings are read from: the pool, or the one moment of an
// archive.
type asker interface {
	Query(ctx context.Context, text string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, text string, args ...any) pgx.Row
}

// movementColumns are those of store.MovementRow, but for what clearings the
// movement is in.
const movementColumns = `s.id, s.facility, s.discharged, e.revision,
	(SELECT min(v.at) FROM event AS v WHERE e.line = 0 AND v.settlement = e.settlement AND v.revision = e.revision)`

// pieceMost is how many settlements' movements one statement reads, so that
// none takes long.
const pieceMost = 2000

// Movements implements clearinghouse.Store, piece by piece: what a cut noted
// never changes.
func (s *Store) Movements(ctx context.Context, number clearing.Number, each func(*clearing.Movement) error) error {
	const bound = `SELECT max(settlement) FROM
		(SELECT settlement FROM clearing_movement WHERE clearing = $1 AND settlement > $2 ORDER BY settlement LIMIT $3) AS piece`
	const text = `SELECT ` + movementColumns + `, '', e.account, e.debit, e.credit
		FROM clearing_movement AS m JOIN entry AS e ON e.settlement = m.settlement AND e.revision = m.revision
			JOIN settlement AS s ON s.no = m.settlement
		WHERE m.clearing = $1 AND m.settlement > $2 AND m.settlement <= $3 AND e.settlement > $2 AND e.settlement <= $3
			AND s.no > $2 AND s.no <= $3 ORDER BY m.settlement, m.revision, e.line`
	read := ledger{asker: s.reader(ctx), outcome: s.outcome}
	read.Each = func(m *clearing.Movement, _ []clearing.Number) error { return each(m) }
	var after, upTo *int64
	for after = new(int64); ; after = upTo {
		err := s.reader(ctx).QueryRow(ctx, bound, int64(number), *after, pieceMost).Scan(&upTo)
		if err != nil {
			return s.outcome(err)
		}
		if upTo == nil {
			return read.End()
		}
		err = read.piece(ctx, text, int64(number), *after, *upTo)
		if err != nil {
			return err
		}
	}
}

// ledger reads movements piece by piece. What the server says goes through
// outcome; what Each says is passed on.
type ledger struct {
	asker
	store.Movements
	outcome func(error) error
}

func (l *ledger) piece(ctx context.Context, text string, args ...any) error {
	rows, err := l.Query(ctx, text, args...)
	if err != nil {
		return l.outcome(err)
	}
	defer rows.Close()
	for rows.Next() {
		var row store.MovementRow
		err := rows.Scan(row.Columns()...)
		if err != nil {
			return l.outcome(err)
		}
		if err := l.Add(&row); err != nil {
			return err
		}
	}
	return l.outcome(rows.Err())
}

const clearings = `SELECT number, period_from, period_to, pay_on FROM clearing`

func scanClearing(row scanner) (c clearing.Clearing, err error) {
	err = row.Scan(&c.Number, &c.Period.From, &c.Period.To, &c.PayOn)
	return c, err
}

// Clearing implements clearinghouse.Store. The history is read after the
// clearing: it only grows.
func (s *Store) Clearing(ctx context.Context, number clearing.Number) (clearing.Clearing, error) {
	found, err := scanClearing(s.reader(ctx).QueryRow(ctx, clearings+` WHERE number = $1`, int64(number)))
	if absent(err) {
		return found, store.NoClearing("number")
	}
	if err == nil {
		err = addLines(ctx, s.reader(ctx), []*clearing.Clearing{&found}, &everybody)
	}
	return found, s.outcome(err)
}

// everybody is the scope of the house itself.
var everybody = clearinghouse.Scope{All: true}

// Seen implements clearinghouse.Store. The positions are read last: they are
// there from the line that freezes.
func (s *Store) Seen(ctx context.Context, number clearing.Number, scope clearinghouse.Scope) (clearing.Clearing, []clearing.Position, error) {
	found, err := scanClearing(s.reader(ctx).QueryRow(ctx, clearings+` WHERE number = $1`, int64(number)))
	if absent(err) {
		return found, nil, store.NoClearing("number")
	}
	if err == nil {
		err = addLines(ctx, s.reader(ctx), []*clearing.Clearing{&found}, &scope)
	}
	if err != nil {
		return found, nil, s.outcome(err)
	}
	positions, err := readPositions(ctx, s.reader(ctx), number, &scope)
	return found, positions, s.outcome(err)
}

// Clearings implements clearinghouse.Store.
func (s *Store) Clearings(ctx context.Context, query clearinghouse.Query) ([]clearing.Clearing, error) {
	found, err := readClearings(ctx, s.reader(ctx), query)
	return found, s.outcome(err)
}

func readClearings(ctx context.Context, from asker, query clearinghouse.Query) ([]clearing.Clearing, error) {
	const text = clearings + ` WHERE number < $1 OR $1 = 0 ORDER BY number DESC LIMIT $2`
	rows, err := from.Query(ctx, text, int64(query.Before), int64(query.Limit))
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (clearing.Clearing, error) { return scanClearing(row) })
	if err != nil || len(found) == 0 {
		return nil, err
	}
	wanted := make([]*clearing.Clearing, len(found))
	for i := range found {
		wanted[i] = &found[i]
	}
	return found, addLines(ctx, from, wanted, &query.Scope)
}

// inScope restricts rows with a facility and a column that begins with the
// bearer. $2 to $4 are whether all are meant, the facilities and the bearers.
func inScope(column string) string {
	return `($2 OR facility = ANY ($3::text[]) OR EXISTS (SELECT 1 FROM unnest($4::text[]) AS owing WHERE starts_with(` + column + `, owing)))`
}

// addLines reads the histories of clearings in one look; of payments, those in
// scope.
func addLines(ctx context.Context, from asker, wanted []*clearing.Clearing, scope *clearinghouse.Scope) error {
	text := `SELECT clearing, line, act, actor, at, cause, digest, facility, bearer, amount, reference, day FROM clearing_event
		WHERE clearing = ANY ($1::bigint[]) AND (bearer = '' OR ` + inScope("bearer") + `) ORDER BY clearing, line`
	byNumber := make(map[clearing.Number]*clearing.Clearing, len(wanted))
	numbers := make([]int64, len(wanted))
	for i, c := range wanted {
		byNumber[c.Number], numbers[i] = c, int64(c.Number)
	}
	rows, err := from.Query(ctx, text, numbers, scope.All, store.Payees(scope), store.Owing(scope))
	if err != nil {
		return err
	}
	var row store.EventRow
	_, err = pgx.ForEachRow(rows, row.Columns(), func() error {
		c := byNumber[row.Number]
		c.History = append(c.History, row.Line())
		return nil
	})
	return err
}

// Positions implements clearinghouse.Store.
func (s *Store) Positions(ctx context.Context, number clearing.Number) ([]clearing.Position, error) {
	found, err := readPositions(ctx, s.reader(ctx), number, &everybody)
	return found, s.outcome(err)
}

func readPositions(ctx context.Context, from asker, number clearing.Number, scope *clearinghouse.Scope) ([]clearing.Position, error) {
	text := `SELECT facility, account, settled, reversed, settlements, reversals, days FROM clearing_position
		WHERE clearing = $1 AND ` + inScope("account") + ` ORDER BY facility, account`
	rows, err := from.Query(ctx, text, int64(number), scope.All, store.Payees(scope), store.Owing(scope))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p clearing.Position, err error) {
		err = row.Scan(&p.Facility, &p.Account, &p.Settled, &p.Reversed, &p.Settlements, &p.Reversals, &p.Days)
		return p, err
	})
}

// Entered implements clearinghouse.Store.
func (s *Store) Entered(ctx context.Context, key clearinghouse.Key) (mark clearinghouse.Mark, err error) {
	const text = `SELECT clearing, line FROM clearing_event WHERE tenant = $1 AND request = $2 AND request <> ''`
	err = s.reader(ctx).QueryRow(ctx, text, string(key.Tenant), string(key.Request)).Scan(&mark.Number, &mark.Line)
	if absent(err) {
		return mark, store.NoClearing("request_id")
	}
	return mark, s.outcome(err)
}
