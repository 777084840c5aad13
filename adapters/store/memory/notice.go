package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// KeepNotice implements lifecycle.Notices.
func (m *Store) KeepNotice(ctx context.Context, notice lifecycle.Notice) error {
	if err := store.SoundNotice(&notice); err != nil {
		return err
	}
	return m.write(ctx, "notice", func() error {
		for _, kept := range m.notices {
			if kept.ID == notice.ID || kept.Tenant == notice.Tenant && kept.Request == notice.Request {
				return store.Taken("request_id", settlement.ReasonRequestInFlight)
			}
		}
		m.notices = append(m.notices, notice)
		return nil
	})
}

// Notice implements lifecycle.Notices.
func (m *Store) Notice(ctx context.Context, id settlement.NoticeID) (lifecycle.Notice, error) {
	return m.notice(ctx, func(n *lifecycle.Notice) bool { return n.ID == id })
}

// NoticeOf implements lifecycle.Notices.
func (m *Store) NoticeOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) (lifecycle.Notice, error) {
	return m.notice(ctx, func(n *lifecycle.Notice) bool { return n.Tenant == tenant && n.Request == request })
}

func (m *Store) notice(ctx context.Context, wanted func(*lifecycle.Notice) bool) (lifecycle.Notice, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.notices {
		if wanted(&m.notices[i]) {
			return m.notices[i], store.GivenUp(ctx)
		}
	}
	return lifecycle.Notice{}, store.NoNotice("")
}

// Notices implements lifecycle.Notices.
func (m *Store) Notices(ctx context.Context, query lifecycle.NoticeQuery) ([]lifecycle.Notice, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []lifecycle.Notice
	for i := range m.notices {
		n := &m.notices[i]
		if (query.Tenant == "" || query.Tenant == n.Tenant) && (query.Person == "" || query.Person == n.Person) &&
			(query.Facility == "" || query.Facility == n.Facility) &&
			(len(query.Facilities) == 0 || slices.Contains(query.Facilities, n.Facility)) && m.livesIn(n.Person, query.Regions) &&
			(query.Before == nil || newer(*query.Before, markOf(n)) < 0) {
			found = append(found, *n)
		}
	}
	slices.SortFunc(found, func(a, b lifecycle.Notice) int { return newer(markOf(&a), markOf(&b)) })
	return found[:min(len(found), query.Limit)], store.GivenUp(ctx)
}

func markOf(n *lifecycle.Notice) lifecycle.NoticeMark {
	return lifecycle.NoticeMark{At: n.At, ID: n.ID}
}

// newer is the order of a listing: by time and then id, both descending.
func newer(a, b lifecycle.NoticeMark) int {
	return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID))
}
