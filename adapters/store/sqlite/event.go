package sqlite

import (
	"context"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Events are the audit trail of a settlement, in the order it was written;
// none for a settlement that is not there.
func (s *Store) Events(ctx context.Context, id settlement.SettlementID) ([]lifecycle.Event, error) {
	const text = `SELECT event.at, event.actor, event.action, event.reason, event.state, event.epoch, event.seal
		FROM event JOIN settlement ON settlement.no = event.settlement WHERE settlement.id = ?
		ORDER BY event.revision, event.line`
	return collect(ctx, s, text, id, func(row scanner) (lifecycle.Event, error) {
		var e lifecycle.Event
		var at int64
		var seal []byte
		err := row.Scan(&at, &e.Actor, &e.Action, &e.Reason, &e.State, &e.Epoch, &seal)
		e.At, e.Seal = store.Time(at), store.Seal(seal)
		return e, err
	})
}

var events = newInsertion(`INSERT INTO event (settlement, revision, line, at, actor, action, reason, state, epoch, seal, turn)`, 11)

func insertEvents(on *session, to record, rows []lifecycle.Event) error {
	args := make([]any, 0, len(rows)*events.width)
	for i, e := range rows {
		args = append(args, to.no, to.revision, int64(i), store.Micros(e.At), e.Actor, e.Action, string(e.Reason),
			string(e.State), e.Epoch, e.Seal[:], on.turn())
	}
	return on.insert(background, &events, args)
}
