package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// KeepNotice implements lifecycle.Notices.
func (s *Store) KeepNotice(ctx context.Context, notice lifecycle.Notice) error {
	const text = `INSERT INTO notice (id, tenant, request, facility, person, at, document) VALUES (?, ?, ?, ?, ?, ?, ?)`
	err := store.SoundNotice(&notice)
	if err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error {
		_, err := on.exec(background, text, string(notice.ID), string(notice.Tenant), string(notice.Request), string(notice.Facility),
			string(notice.Person), store.Micros(notice.At), on.vault.Notice(&notice))
		if duplicate(err) {
			return store.Taken("request_id", settlement.ReasonRequestInFlight)
		}
		return err
	})
}

// Notice implements lifecycle.Notices.
func (s *Store) Notice(ctx context.Context, id settlement.NoticeID) (lifecycle.Notice, error) {
	return s.notice(ctx, `SELECT id, document FROM notice WHERE id = ?`, string(id))
}

// NoticeOf implements lifecycle.Notices.
func (s *Store) NoticeOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) (lifecycle.Notice, error) {
	return s.notice(ctx, `SELECT id, document FROM notice WHERE tenant = ? AND request = ?`, string(tenant), string(request))
}

func (s *Store) notice(ctx context.Context, text string, args ...any) (lifecycle.Notice, error) {
	found, err := s.scanNotice(s.reader.row(ctx, text, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return found, store.NoNotice("")
	}
	return found, s.outcome(err)
}

func (s *Store) scanNotice(row scanner) (n lifecycle.Notice, err error) {
	var id settlement.NoticeID
	var document []byte
	if err = row.Scan(&id, &document); err != nil {
		return n, err
	}
	return s.vault.ReadNotice(id, document)
}

// Notices implements lifecycle.Notices.
func (s *Store) Notices(ctx context.Context, query lifecycle.NoticeQuery) ([]lifecycle.Notice, error) {
	var c condition
	c.and(`true`)
	equal(&c, `tenant`, query.Tenant)
	equal(&c, `person`, query.Person)
	equal(&c, `facility`, query.Facility)
	if len(query.Facilities) > 0 {
		c.and(`facility IN `+places(query.Facilities), args(query.Facilities)...)
	}
	if len(query.Regions) > 0 {
		c.and(`EXISTS (SELECT 1 FROM person AS p WHERE p.id = notice.person AND p.region IN `+places(query.Regions)+`)`, args(query.Regions)...)
	}
	if before := query.Before; before != nil {
		c.and(`(at, id) < (?, ?)`, store.Micros(before.At), string(before.ID))
	}
	text := `SELECT id, document FROM notice WHERE ` + strings.Join(c.clauses, ` AND `) + ` ORDER BY at DESC, id DESC LIMIT ?`
	rows, err := s.reader.query(ctx, text, append(c.args, int64(query.Limit))...)
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []lifecycle.Notice
	for rows.Next() {
		notice, err := s.scanNotice(rows)
		if err != nil {
			return nil, s.outcome(err)
		}
		found = append(found, notice)
	}
	return found, s.outcome(rows.Err())
}
