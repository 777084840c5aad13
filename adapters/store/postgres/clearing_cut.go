package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
)

const (
	// ledgerWithin bounds the look through the ledger.
	ledgerWithin = 10 * time.Minute
	// clearingLock is the server's advisory lock of cutting and of voiding:
	// which of two came first is as their turns say.
	clearingLock = 7_221_011
)

// A movement is a line of the audit trail that came with entries. Those that
// were booked from a moment on ($2) wait, and so do those in a clearing that
// stands: of the numbers in $3 none does.
const (
	booked  = `EXISTS (SELECT 1 FROM entry AS e WHERE e.settlement = f.settlement AND e.revision = f.revision AND e.line = 0)`
	unheld  = `NOT EXISTS (SELECT 1 FROM clearing_movement AS m WHERE m.settlement = f.settlement AND m.revision = f.revision AND m.clearing <> ALL ($3::bigint[]))`
	timely  = `NOT EXISTS (SELECT 1 FROM event AS v WHERE v.settlement = f.settlement AND v.revision = f.revision AND v.at >= $2)`
	cutting = `INSERT INTO clearing_movement (settlement, revision, clearing) SELECT f.settlement, f.revision, $1 FROM `

	// allOfIt are all movements, and changed those above a turn ($4) or in
	// one of some clearings ($5).
	allOfIt = `(SELECT e.settlement, e.revision FROM entry AS e WHERE e.line = 0) AS f WHERE `
	changed = `(SELECT v.settlement, v.revision FROM event AS v WHERE v.turn > 0 AND v.turn > $4 AND v.line = 0
		UNION SELECT c.settlement, c.revision FROM clearing_movement AS c WHERE c.clearing = ANY ($5::bigint[])) AS f WHERE ` + booked + ` AND `

	cutAll = cutting + allOfIt + unheld + ` AND ` + timely
	cutNew = cutting + changed + unheld + ` AND ` + timely

	// A mark is below every movement that no clearing holds, and not above the
	// turn ($2) up to which all that will ever be is there.
	marking = `INSERT INTO clearing_mark (clearing, reached) SELECT $1, least($2, coalesce(min(left_over.turn) - 1, $2)) FROM (
		SELECT coalesce((SELECT min(v.turn) FROM event AS v WHERE v.settlement = f.settlement AND v.revision = f.revision AND v.line = 0), 0) AS turn FROM `
	markAll = marking + allOfIt + unheld + `) AS left_over`
	markNew = marking + changed + unheld + `) AS left_over`
)

// Cut implements clearinghouse.Store. It is no errand: claims do not wait for
// it, and neither does anybody else. It looks at what is new since the last cut
// that stands. What is committed while it looks has a turn above the one that
// its mark may reach, so the next cut sees that.
func (s *Store) Cut(ctx context.Context, note clearinghouse.Note, until time.Time) error {
	err := store.SoundEntering(&note)
	if err != nil {
		return err
	}
	horizon, err := s.Chain().Horizon(ctx)
	if err != nil {
		return err
	}
	return s.alone(ctx, func(on *session) (*pgx.Batch, error) {
		var since store.Since
		queued := begun()
		queued.Queue(`SET LOCAL statement_timeout = 0`)
		queued.Queue(`SELECT pg_advisory_xact_lock($1)`, int64(clearingLock))
		queueNote(queued, &note)
		queueSince(queued, &since)
		if err := on.trip(queued, ledgerWithin); err != nil {
			return nil, err
		}
		queued = &pgx.Batch{}
		queueCut(queued, note.Number, &since, until, horizon)
		return &pgx.Batch{}, on.trip(queued, ledgerWithin)
	})
}

// queueSince queues what is to be known of the cuts before.
func queueSince(queued *pgx.Batch, since *store.Since) {
	const voided = `SELECT clearing, turn FROM clearing_event WHERE act = 'voided'`
	const marks = `SELECT m.clearing, m.reached, c.turn FROM clearing_mark AS m JOIN clearing_event AS c ON c.clearing = m.clearing WHERE c.act = 'cut' ORDER BY m.clearing`
	queued.Queue(voided).Query(func(rows pgx.Rows) error {
		var number, turn int64
		_, err := pgx.ForEachRow(rows, []any{&number, &turn}, func() error {
			since.Voided(number, turn)
			return nil
		})
		return err
	})
	queued.Queue(marks).Query(func(rows pgx.Rows) error {
		var number, reached, turn int64
		_, err := pgx.ForEachRow(rows, []any{&number, &reached, &turn}, func() error {
			since.Cut(number, reached, turn)
			return nil
		})
		return err
	})
}

// queueCut queues what notes the movements, and how far that came. A look at
// what is new goes row by row, whatever the server reckons; one at everything
// does not.
func queueCut(queued *pgx.Batch, number clearing.Number, since *store.Since, until time.Time, horizon int64) {
	no, moment := int64(number), store.Micros(until)
	if !since.Known() {
		queued.Queue(`SET LOCAL enable_seqscan = on`)
		queued.Queue(cutAll, no, moment, since.All())
		queued.Queue(markAll, no, horizon, since.All())
		return
	}
	queued.Queue(`SET LOCAL enable_nestloop = on`)
	queued.Queue(`SET LOCAL enable_hashjoin = off`)
	queued.Queue(cutNew, no, moment, since.All(), since.Reached(), since.Released())
	queued.Queue(markNew, no, horizon, since.All(), since.Reached(), since.Released())
}
