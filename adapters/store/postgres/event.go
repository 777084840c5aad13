package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Events are the audit trail of a settlement, in the order it was written;
// none for a settlement that is not there.
func (s *Store) Events(ctx context.Context, id settlement.SettlementID) ([]lifecycle.Event, error) {
	const text = `SELECT ` + eventColumns + `
		FROM event WHERE settlement = (SELECT no FROM settlement WHERE id = $1) ORDER BY revision, line`
	return collect(ctx, s, text, id, scanEvent)
}

const eventColumns = `at, actor, action, reason, state, epoch, seal`

func scanEvent(row scanner) (lifecycle.Event, error) {
	var e lifecycle.Event
	var at int64
	var seal []byte
	err := row.Scan(&at, &e.Actor, &e.Action, &e.Reason, &e.State, &e.Epoch, &seal)
	e.At, e.Seal = store.Time(at), store.Seal(seal)
	return e, err
}

// eventRows are lines of the audit trail that are appended.
type eventRows struct {
	place                        placeRows
	at, epoch                    []int64
	actor, action, reason, state []string
	seal                         [][]byte
}

func (r *eventRows) add(m *member) {
	for i, e := range m.change.Events {
		r.place.add(m, i)
		r.at = append(r.at, store.Micros(e.At))
		r.actor = append(r.actor, e.Actor)
		r.action = append(r.action, e.Action)
		r.reason = append(r.reason, string(e.Reason))
		r.state = append(r.state, string(e.State))
		r.epoch = append(r.epoch, e.Epoch)
		r.seal = append(r.seal, e.Seal[:])
	}
}

var insertEvents = insertion("event", "settlement bigint", "revision bigint", "line integer", "at bigint", "actor text", "action text", "reason text",
	"state text", "epoch bigint", "seal bytea")

func (r *eventRows) queue(queued *pgx.Batch) {
	if len(r.at) > 0 {
		queued.Queue(insertEvents, r.place.settlement, r.place.revision, r.place.line, r.at, r.actor, r.action, r.reason, r.state, r.epoch, r.seal)
	}
}
