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
	err := s.reader(ctx).QueryRow(ctx, text, string(key.Tenant), string(key.Method), string(key.Request)).
		Scan(&request.Settlement, &request.Fingerprint, &request.Answer)
	if absent(err) {
		return lifecycle.Request{}, store.Missing("request", string(key.Request))
	}
	if err != nil {
		return lifecycle.Request{}, s.outcome(err)
	}
	request.Answer, err = s.vault.ReadAnswer(key, request.Answer)
	return request, err
}

// writeRequest adds the request key that the settlement is given, if any.
func (m *member) writeRequest(w *wire) {
	request := m.change.Request
	if request == nil {
		return
	}
	w.row()
	w.bigint(m.no)
	w.text(string(request.Key.Tenant))
	w.text(string(request.Key.Method))
	w.text(string(request.Key.Request))
	w.text(request.Fingerprint)
}

var insertRequests = unfolding("request", "request_row", "settlement", "tenant", "method", "request", "fingerprint")

// lookRequests refuses writes whose request key is there already. Closings are
// not decided yet: their keys meet the constraint.
func (s *session) lookRequests(queued *pgx.Batch, members []*member) {
	const text = `SELECT u.place FROM unnest($1::request_row[]) WITH ORDINALITY AS u (settlement, tenant, method, request, fingerprint, place)
		WHERE (SELECT true FROM request AS r WHERE r.tenant = u.tenant AND r.method = u.method AND r.request = u.request)`
	var asked []*member
	w := &s.link.rows.requests
	for _, m := range members {
		if m.change.Request != nil {
			asked = append(asked, m)
			m.writeRequest(w)
		}
	}
	w.query(queued, text, func(rows pgx.Rows) error {
		return refused(rows, asked, store.Taken("request", settlement.ReasonRequestInFlight))
	})
}

// writeAnswer adds the final answer of a request key, if there is one.
func (m *member) writeAnswer(w *wire) {
	final := m.change.Final
	if final == nil {
		return
	}
	w.row()
	w.bigint(m.no)
	w.text(string(final.Key.Tenant))
	w.text(string(final.Key.Method))
	w.text(string(final.Key.Request))
	w.bytea(m.papers.answer)
}

// insertAnswers keeps final answers. A key that the settlement has not gives
// no number, which the table refuses. The same answer may come again and is
// left alone; another is a change, which the table refuses too.
const insertAnswers = `INSERT INTO answer (request, body)
	SELECT (SELECT r.no FROM request AS r WHERE r.tenant = u.tenant AND r.method = u.method AND r.request = u.request
			AND r.settlement = u.settlement), u.body
		FROM unnest($1::answer_row[]) AS u
	ON CONFLICT (request) DO UPDATE SET body = excluded.body WHERE answer.body <> excluded.body`

// writeMessages adds the message ids that the settlement is given.
func (m *member) writeMessages(w *wire) {
	for _, id := range m.messages {
		w.row()
		w.bigint(m.no)
		w.text(string(id))
	}
}

// insertMessages gives message ids to settlements. One may have its id
// already; taking another's is a change, which the table refuses.
var insertMessages = unfolding("message", "message_row", "settlement", "id") +
	` ON CONFLICT (id) DO UPDATE SET settlement = excluded.settlement WHERE message.settlement <> excluded.settlement`

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
