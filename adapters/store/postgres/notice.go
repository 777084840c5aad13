package postgres

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// KeepNotice implements lifecycle.Notices. What is there already meets a
// constraint; interpret says which.
func (s *Store) KeepNotice(ctx context.Context, notice lifecycle.Notice) error {
	const text = `INSERT INTO notice (id, tenant, request, facility, person, at, document) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	err := store.SoundNotice(&notice)
	if err != nil {
		return err
	}
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		queued.Queue(text, string(notice.ID), string(notice.Tenant), string(notice.Request), string(notice.Facility),
			string(notice.Person), store.Micros(notice.At), s.vault.Notice(&notice))
		return queued, nil
	})
}

// Notice implements lifecycle.Notices.
func (s *Store) Notice(ctx context.Context, id settlement.NoticeID) (lifecycle.Notice, error) {
	return s.notice(ctx, `SELECT id, document FROM notice WHERE id = $1`, string(id))
}

// NoticeOf implements lifecycle.Notices.
func (s *Store) NoticeOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) (lifecycle.Notice, error) {
	return s.notice(ctx, `SELECT id, document FROM notice WHERE tenant = $1 AND request = $2`, string(tenant), string(request))
}

func (s *Store) notice(ctx context.Context, text string, args ...any) (lifecycle.Notice, error) {
	found, err := s.scanNotice(s.reader(ctx).QueryRow(ctx, text, args...))
	if absent(err) {
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
	text, args := `SELECT id, document FROM notice WHERE true`, []any(nil)
	and := func(condition string, more ...any) {
		for _, arg := range more {
			args = append(args, arg)
			condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		text += condition
	}
	if query.Tenant != "" {
		and(` AND tenant = ?`, string(query.Tenant))
	}
	if query.Person != "" {
		and(` AND person = ?`, string(query.Person))
	}
	if query.Facility != "" {
		and(` AND facility = ?`, string(query.Facility))
	}
	if len(query.Facilities) > 0 {
		and(` AND facility = ANY (?::text[])`, texts(query.Facilities))
	}
	if len(query.Regions) > 0 {
		and(` AND EXISTS (SELECT FROM person AS p WHERE p.id = notice.person AND p.region = ANY (?::text[]))`, texts(query.Regions))
	}
	if before := query.Before; before != nil {
		and(` AND (at, id) < (?, ?)`, store.Micros(before.At), string(before.ID))
	}
	and(` ORDER BY at DESC, id DESC LIMIT ?`, int64(query.Limit))
	var found []lifecycle.Notice
	err := s.each(ctx, func(row scanner) error {
		notice, err := s.scanNotice(row)
		found = append(found, notice)
		return err
	}, text, args...)
	return found, err
}
