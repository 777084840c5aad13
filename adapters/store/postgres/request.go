package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Request implements lifecycle.Store.
func (s *Store) Request(ctx context.Context, key lifecycle.RequestKey) (lifecycle.Request, error) {
	const text = `SELECT (SELECT s.id FROM settlement AS s WHERE s.no = r.settlement), r.fingerprint,
			(SELECT a.body FROM answer AS a WHERE a.request = r.no)
		FROM request AS r WHERE r.tenant = $1 AND r.method = $2 AND r.request = $3`
	request := lifecycle.Request{Key: key}
	err := s.reads.QueryRow(ctx, text, string(key.Tenant), string(key.Method), string(key.Request)).
		Scan(&request.Settlement, &request.Fingerprint, &request.Answer)
	if absent(err) {
		return lifecycle.Request{}, store.Missing("request", string(key.Request))
	}
	if err != nil {
		return lifecycle.Request{}, s.outcome(err)
	}
	return request, nil
}

// requestRows are request keys that settlements are given.
type requestRows struct {
	settlement                           []int64
	tenant, method, request, fingerprint []string
}

func (r *requestRows) add(m *member) {
	request := m.change.Request
	if request == nil {
		return
	}
	r.settlement = append(r.settlement, m.no)
	r.tenant = append(r.tenant, string(request.Key.Tenant))
	r.method = append(r.method, string(request.Key.Method))
	r.request = append(r.request, string(request.Key.Request))
	r.fingerprint = append(r.fingerprint, request.Fingerprint)
}

var insertRequests = insertion("request", "settlement bigint", "tenant text", "method text", "request text", "fingerprint text")

func (r *requestRows) queue(queued *pgx.Batch) {
	if len(r.settlement) > 0 {
		queued.Queue(insertRequests, r.settlement, r.tenant, r.method, r.request, r.fingerprint)
	}
}

// lookRequests refuses writes whose request key is there already. Closings are
// not decided yet: their keys meet the constraint.
func lookRequests(queued *pgx.Batch, members []*member) {
	const text = `SELECT u.place FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS u (tenant, method, request, place)
		WHERE (SELECT true FROM request AS r WHERE r.tenant = u.tenant AND r.method = u.method AND r.request = u.request)`
	var asked []*member
	var r requestRows
	for _, m := range members {
		if m.change.Request != nil {
			asked = append(asked, m)
			r.add(m)
		}
	}
	if len(asked) == 0 {
		return
	}
	queued.Queue(text, r.tenant, r.method, r.request).Query(func(rows pgx.Rows) error {
		return refused(rows, asked, store.Taken("request", settlement.ReasonRequestInFlight))
	})
}

// answerRows are final answers of request keys.
type answerRows struct {
	settlement              []int64
	tenant, method, request []string
	body                    [][]byte
}

func (r *answerRows) add(m *member) {
	final := m.change.Final
	if final == nil {
		return
	}
	r.settlement = append(r.settlement, m.no)
	r.tenant = append(r.tenant, string(final.Key.Tenant))
	r.method = append(r.method, string(final.Key.Method))
	r.request = append(r.request, string(final.Key.Request))
	r.body = append(r.body, final.Body)
}

// insertAnswers keeps final answers. A key that the settlement has not gives
// no number, which the table refuses. The same answer may come again and is
// left alone; another is a change, which the table refuses too.
const insertAnswers = `INSERT INTO answer (request, body)
	SELECT (SELECT r.no FROM request AS r WHERE r.tenant = u.tenant AND r.method = u.method AND r.request = u.request
			AND r.settlement = u.settlement), u.body
		FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bytea[]) AS u (settlement, tenant, method, request, body)
	ON CONFLICT (request) DO UPDATE SET body = excluded.body WHERE answer.body <> excluded.body`

func (r *answerRows) queue(queued *pgx.Batch) {
	if len(r.settlement) > 0 {
		queued.Queue(insertAnswers, r.settlement, r.tenant, r.method, r.request, r.body)
	}
}

// messageRows are message ids that settlements are given.
type messageRows struct {
	settlement []int64
	id         []string
}

func (r *messageRows) add(m *member) {
	for _, id := range m.messages {
		r.settlement = append(r.settlement, m.no)
		r.id = append(r.id, string(id))
	}
}

// insertMessages gives message ids to settlements. One may have its id
// already; taking another's is a change, which the table refuses.
var insertMessages = insertion("message", "settlement bigint", "id text") +
	` ON CONFLICT (id) DO UPDATE SET settlement = excluded.settlement WHERE message.settlement <> excluded.settlement`

func (r *messageRows) queue(queued *pgx.Batch) {
	if len(r.id) > 0 {
		queued.Queue(insertMessages, r.settlement, r.id)
	}
}

// lookMessages refuses writes that send under a message id of another
// settlement, and notes which ids the settlement has already.
func lookMessages(queued *pgx.Batch, members []*member) {
	const text = `SELECT id, settlement FROM message WHERE id = ANY ($1::text[])`
	sender := make(map[string]*member, len(members))
	var ids []string
	for _, m := range members {
		for _, id := range m.messages {
			sender[string(id)], ids = m, append(ids, string(id))
		}
	}
	if len(ids) == 0 {
		return
	}
	queued.Queue(text, ids).Query(func(rows pgx.Rows) error {
		var id string
		var holder int64
		_, err := pgx.ForEachRow(rows, []any{&id, &holder}, func() error {
			sender[id].has(settlement.MessageID(id), holder)
			return nil
		})
		return err
	})
}

// has takes in that a settlement has a message id.
func (m *member) has(id settlement.MessageID, holder int64) {
	if m.opens || holder != m.no {
		m.refuse(store.Taken("message", settlement.ReasonStaleRecord))
		return
	}
	m.messages = slices.DeleteFunc(m.messages, func(other settlement.MessageID) bool { return other == id })
}
