package postgres

import (
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
)

// writeOpened adds the row of a settlement that is opened. Times of leases are
// moved by skew into the time of the database.
func (m *member) writeOpened(w *wire, skew time.Duration) {
	s := &m.change.Settlement
	w.row()
	w.bigint(m.no)
	w.text(string(s.Beneficiary.ID))
	w.integer(s.Year)
	w.bigint(s.Sequence)
	w.bigint(store.Micros(s.OpenedAt))
	w.bigint(m.revision())
	w.bigint(s.Epoch)
	w.bigint(store.Micros(s.LeaseUntil))
	w.bigint(store.Micros(s.LeaseUntil) + skew.Microseconds())
	w.bigint(store.Micros(s.NextAt))
	w.integer(int(s.Claim.Discharge))
	w.boolean(s.Review)
	w.text(string(s.ID))
	w.text(string(s.Tenant))
	w.text(string(s.Facility))
	w.text(string(s.Discharge))
	w.text(string(s.State))
	w.text(string(s.Decision))
	w.text(s.Owner)
	w.text(string(s.Claim.Approval))
	w.bytea(m.papers.asked)
	w.bytea(m.papers.moved)
	w.bytea(m.papers.adjudication)
	w.bytea(s.Seal[:])
}

var insertSettlements = unfolding("settlement", "settlement_row", "no", "beneficiary", "year", "sequence", "opened_at",
	"revision", "epoch", "lease_until", "lease_over", "next_at", "discharged", "review",
	"id", "tenant", "facility", "discharge", "state", "decision", "owner", "approval",
	"asked", "moved", "adjudication", "seal")

// writeMoved adds what is written over of a settlement.
func (m *member) writeMoved(w *wire, skew time.Duration) {
	s := &m.change.Settlement
	w.row()
	w.bigint(m.no)
	w.bigint(s.Revision)
	w.bigint(s.Epoch)
	w.bigint(s.Sequence)
	w.bigint(store.Micros(s.LeaseUntil))
	w.bigint(store.Micros(s.LeaseUntil) + skew.Microseconds())
	w.bigint(store.Micros(s.NextAt))
	w.boolean(s.Review)
	w.text(string(s.State))
	w.text(string(s.Decision))
	w.text(s.Owner)
	w.bytea(m.papers.moved)
	w.bytea(m.papers.adjudication)
	w.bytea(s.Seal[:])
}

// updateSettlements repeats the fence that the look has already tested on the
// locked rows; of a closing without a look it is the only one. Unless it lets every
// row through, the division fails, and with it the transaction. The keys are there
// twice so that rows are looked up by them.
const updateSettlements = `WITH moved AS (UPDATE settlement SET revision = settlement.revision + 1, sequence = u.sequence,
		lease_until = u.lease_until, lease_over = u.lease_over, next_at = u.next_at, review = u.review,
		state = u.state, decision = u.decision, owner = u.owner, moved = u.moved, adjudication = u.adjudication,
		seal = u.seal
	FROM unnest($1::settlement_move[]) AS u
	WHERE settlement.no = ANY ($2::bigint[]) AND settlement.no = u.no AND settlement.revision = u.revision AND settlement.epoch = u.epoch
	RETURNING 1) SELECT 1 / (count(*) = cardinality($2))::int FROM moved`
