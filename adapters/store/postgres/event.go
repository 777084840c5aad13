package postgres

import (
	"context"

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

// writeEvents adds the lines that the write appends to the audit trail.
func (m *member) writeEvents(w *wire) {
	for i := range m.change.Events {
		e := &m.change.Events[i]
		m.place(w, i)
		w.bigint(store.Micros(e.At))
		w.text(e.Actor)
		w.text(e.Action)
		w.text(string(e.Reason))
		w.text(string(e.State))
		w.bigint(e.Epoch)
		w.bytea(e.Seal[:])
	}
}

var insertEvents = unfolding("event", "event_row", "settlement", "revision", "line", "at", "actor", "action", "reason", "state", "epoch", "seal")
