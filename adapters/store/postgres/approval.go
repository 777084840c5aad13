package postgres

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/clearance"
)

// Note implements clearance.Store. What is there already meets a constraint;
// interpret says which.
func (s *Store) Note(ctx context.Context, note clearance.Note) error {
	const event = `INSERT INTO approval_event (approval, line, act, actor, at, cause, tenant, request) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	const form = `INSERT INTO approval (number, person, facility, valid_from, valid_to, issuer, mode, class) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	err := store.SoundNote(&note)
	if err != nil {
		return err
	}
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		if f := note.Form; f != nil {
			queued.Queue(form, string(f.Number), string(f.Person), string(f.Facility), int32(f.Valid.From), int32(f.Valid.To),
				f.Issuer, string(f.Mode), string(f.Class))
		}
		e := &note.Event
		queued.Queue(event, string(note.Number), int32(e.Line), string(e.Act), e.By, store.Micros(e.At), e.Cause,
			string(note.Key.Tenant), string(note.Key.Request))
		return queued, nil
	})
}

// approvals are forms with the settlement that uses them. It looks there by
// the condition of the index.
const approvals = `SELECT a.number, a.person, a.facility, a.valid_from, a.valid_to, a.issuer, a.mode, a.class,
		coalesce(s.id, ''), coalesce(s.tenant, ''), coalesce(s.discharge, '')
	FROM approval AS a LEFT JOIN settlement AS s
		ON s.approval = a.number AND s.approval <> '' AND s.state NOT IN ('ABORTED', 'REVERSED')`

func scanApproval(row scanner) (a approval.Approval, err error) {
	var use approval.Use
	err = row.Scan(&a.Number, &a.Person, &a.Facility, &a.Valid.From, &a.Valid.To, &a.Issuer, &a.Mode, &a.Class,
		&use.Settlement, &use.Tenant, &use.Discharge)
	if use.Settlement != "" {
		a.Use = &use
	}
	return a, err
}

// Approval implements clearance.Store. The history is read after the form: it
// only grows.
func (s *Store) Approval(ctx context.Context, number settlement.ApprovalNumber) (approval.Approval, error) {
	found, err := scanApproval(s.reader(ctx).QueryRow(ctx, approvals+` WHERE a.number = $1`, string(number)))
	if absent(err) {
		return found, store.NoApproval("number", number)
	}
	if err != nil {
		return found, s.outcome(err)
	}
	err = s.addHistories(ctx, []*approval.Approval{&found})
	return found, err
}

// Approvals implements clearance.Store.
func (s *Store) Approvals(ctx context.Context, query clearance.Query) ([]approval.Approval, error) {
	text, args := approvals+` WHERE a.number > $1`, []any{string(query.After)}
	and := func(condition string, arg any) {
		args = append(args, arg)
		text += condition + "$" + strconv.Itoa(len(args))
	}
	if query.Person != "" {
		and(` AND a.person = `, string(query.Person))
	}
	if query.Facility != "" {
		and(` AND a.facility = `, string(query.Facility))
	}
	if len(query.Facilities) > 0 {
		and(` AND a.facility = ANY (`, texts(query.Facilities))
		text += `::text[])`
	}
	if len(query.Regions) > 0 {
		and(` AND EXISTS (SELECT FROM person AS p WHERE p.id = a.person AND p.region = ANY (`, texts(query.Regions))
		text += `::text[]))`
	}
	and(` ORDER BY a.number LIMIT `, int64(query.Limit))
	rows, err := s.reader(ctx).Query(ctx, text, args...)
	if err != nil {
		return nil, s.outcome(err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (approval.Approval, error) { return scanApproval(row) })
	if err != nil {
		return nil, s.outcome(err)
	}
	wanted := make([]*approval.Approval, len(found))
	for i := range found {
		wanted[i] = &found[i]
	}
	err = s.addHistories(ctx, wanted)
	return found, err
}

// addHistories reads the histories of approvals in one look.
func (s *Store) addHistories(ctx context.Context, wanted []*approval.Approval) error {
	const text = `SELECT approval, line, act, actor, at, cause FROM approval_event WHERE approval = ANY ($1::text[]) ORDER BY approval, line`
	byNumber := make(map[settlement.ApprovalNumber]*approval.Approval, len(wanted))
	numbers := make([]string, len(wanted))
	for i, a := range wanted {
		byNumber[a.Number], numbers[i] = a, string(a.Number)
	}
	rows, err := s.reader(ctx).Query(ctx, text, numbers)
	if err != nil {
		return s.outcome(err)
	}
	var number settlement.ApprovalNumber
	var e approval.Event
	var at int64
	_, err = pgx.ForEachRow(rows, []any{&number, &e.Line, &e.Act, &e.By, &at, &e.Cause}, func() error {
		e.At = store.Time(at)
		byNumber[number].History = append(byNumber[number].History, e)
		return nil
	})
	return s.outcome(err)
}

// Noted implements clearance.Store.
func (s *Store) Noted(ctx context.Context, key clearance.Key) (mark clearance.Mark, err error) {
	const text = `SELECT approval, line FROM approval_event WHERE tenant = $1 AND request = $2`
	err = s.reader(ctx).QueryRow(ctx, text, string(key.Tenant), string(key.Request)).Scan(&mark.Number, &mark.Line)
	if absent(err) {
		return mark, store.NoApproval("request_id", "")
	}
	return mark, s.outcome(err)
}
