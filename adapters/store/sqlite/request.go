package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Request implements lifecycle.Store.
func (s *Store) Request(ctx context.Context, key lifecycle.RequestKey) (lifecycle.Request, error) {
	request, err := readRequest(ctx, s.reader, key)
	if errors.Is(err, sql.ErrNoRows) {
		return lifecycle.Request{}, store.Missing("request", string(key.Request))
	}
	return request, s.outcome(err)
}

func readRequest(ctx context.Context, on *session, key lifecycle.RequestKey) (lifecycle.Request, error) {
	const text = `SELECT settlement.id, request.fingerprint, answer.body
		FROM request JOIN settlement ON settlement.no = request.settlement
			LEFT JOIN answer ON answer.request = request.no
		WHERE request.tenant = ? AND request.method = ? AND request.request = ?`
	request := lifecycle.Request{Key: key}
	err := on.row(ctx, text, string(key.Tenant), string(key.Method), string(key.Request)).
		Scan(&request.Settlement, &request.Fingerprint, &request.Answer)
	if err != nil {
		return lifecycle.Request{}, err
	}
	request.Answer, err = on.vault.ReadAnswer(key, request.Answer)
	return request, err
}

func insertRequest(on *session, to record, request *lifecycle.Request) error {
	const text = `INSERT INTO request (tenant, method, request, settlement, fingerprint)
		VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	if request == nil {
		return nil
	}
	key := request.Key
	touched, err := on.exec(background, text,
		string(key.Tenant), string(key.Method), string(key.Request), to.no, request.Fingerprint)
	if err == nil && touched == 0 {
		return store.Taken("request", settlement.ReasonRequestInFlight)
	}
	return err
}

// insertFinal keeps the final answer of a key of this settlement. The same
// answer may come again; another is a conflict.
func insertFinal(on *session, to record, final *lifecycle.Final) error {
	const text = `INSERT INTO answer (request, body)
		SELECT no, ? FROM request WHERE tenant = ? AND method = ? AND request = ? AND settlement = ?
		ON CONFLICT DO NOTHING`
	if final == nil {
		return nil
	}
	key := final.Key
	touched, err := on.exec(background, text,
		on.vault.Answer(key, final.Body), string(key.Tenant), string(key.Method), string(key.Request), to.no)
	if err != nil || touched > 0 {
		return err
	}
	kept, err := readRequest(background, on, key)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if kept.Answer == nil {
		return store.Broken(fmt.Errorf("final answer of a request key this settlement has not: %s", key.Method))
	}
	if !bytes.Equal(kept.Answer, final.Body) {
		return store.Answered(kept.Settlement)
	}
	return nil
}

// insertMessages gives message ids to a settlement; it may have them already.
func insertMessages(on *session, no int64, ids []settlement.MessageID) error {
	const give = `INSERT INTO message (id, settlement) VALUES (?, ?) ON CONFLICT DO NOTHING`
	const owner = `SELECT settlement FROM message WHERE id = ?`
	for _, id := range ids {
		touched, err := on.exec(background, give, string(id), no)
		if err != nil {
			return err
		}
		if touched > 0 {
			continue
		}
		var holder int64
		err = on.row(background, owner, string(id)).Scan(&holder)
		if err != nil {
			return err
		}
		if holder != no {
			return store.Taken("message", settlement.ReasonStaleRecord)
		}
	}
	return nil
}
