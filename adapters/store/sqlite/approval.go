package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/clearance"
)

// Note implements clearance.Store.
func (s *Store) Note(ctx context.Context, note clearance.Note) error {
	err := store.SoundNote(&note)
	if err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error { return noteApproval(on, &note) })
}

func noteApproval(on *session, note *clearance.Note) error {
	const asked = `SELECT EXISTS (SELECT 1 FROM approval_event WHERE tenant = ? AND request = ?)`
	const form = `INSERT INTO approval (number, person, facility, valid_from, valid_to, issuer, mode, class, turn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	const event = `INSERT INTO approval_event (approval, line, act, actor, at, cause, tenant, request, turn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	var taken bool
	err := on.row(background, asked, string(note.Key.Tenant), string(note.Key.Request)).Scan(&taken)
	if err == nil && taken {
		err = store.Taken("request_id", settlement.ReasonRequestInFlight)
	}
	if err != nil {
		return err
	}
	if f := note.Form; f != nil {
		_, err := on.exec(background, form, string(f.Number), string(f.Person), string(f.Facility), int64(f.Valid.From), int64(f.Valid.To),
			f.Issuer, string(f.Mode), string(f.Class), on.turn())
		if duplicate(err) {
			return store.Taken("number", settlement.ReasonApprovalExists)
		}
		if err != nil {
			return err
		}
	}
	e := &note.Event
	return once(on, string(note.Number), event, string(note.Number), int64(e.Line), string(e.Act), e.By, store.Micros(e.At), e.Cause,
		string(note.Key.Tenant), string(note.Key.Request), on.turn())
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
	found, err := scanApproval(s.reader.row(ctx, approvals+` WHERE a.number = ?`, string(number)))
	if errors.Is(err, sql.ErrNoRows) {
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
	var c condition
	c.and(`a.number > ?`, string(query.After))
	equal(&c, `a.person`, query.Person)
	equal(&c, `a.facility`, query.Facility)
	if len(query.Facilities) > 0 {
		c.and(`a.facility IN `+places(query.Facilities), args(query.Facilities)...)
	}
	if len(query.Regions) > 0 {
		c.and(`EXISTS (SELECT 1 FROM person AS p WHERE p.id = a.person AND p.region IN `+places(query.Regions)+`)`, args(query.Regions)...)
	}
	text := approvals + ` WHERE ` + strings.Join(c.clauses, ` AND `) + ` ORDER BY a.number LIMIT ?`
	rows, err := s.reader.query(ctx, text, append(c.args, int64(query.Limit))...)
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []approval.Approval
	for rows.Next() {
		a, err := scanApproval(rows)
		if err != nil {
			return nil, s.outcome(err)
		}
		found = append(found, a)
	}
	if err := rows.Err(); err != nil {
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
	const text = `SELECT approval, line, act, actor, at, cause FROM approval_event
		WHERE approval IN (SELECT value FROM json_each(?)) ORDER BY approval, line`
	byNumber := make(map[settlement.ApprovalNumber]*approval.Approval, len(wanted))
	numbers := make([]settlement.ApprovalNumber, len(wanted))
	for i, a := range wanted {
		byNumber[a.Number], numbers[i] = a, a.Number
	}
	return s.among(ctx, text, numbers, func(rows *sql.Rows) error {
		var number settlement.ApprovalNumber
		var e approval.Event
		var at int64
		err := rows.Scan(&number, &e.Line, &e.Act, &e.By, &at, &e.Cause)
		e.At = store.Time(at)
		if err == nil {
			byNumber[number].History = append(byNumber[number].History, e)
		}
		return err
	})
}

// Noted implements clearance.Store.
func (s *Store) Noted(ctx context.Context, key clearance.Key) (mark clearance.Mark, err error) {
	const text = `SELECT approval, line FROM approval_event WHERE tenant = ? AND request = ?`
	err = s.reader.row(ctx, text, string(key.Tenant), string(key.Request)).Scan(&mark.Number, &mark.Line)
	if errors.Is(err, sql.ErrNoRows) {
		return mark, store.NoApproval("request_id", "")
	}
	return mark, s.outcome(err)
}
