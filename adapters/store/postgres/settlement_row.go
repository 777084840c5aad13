package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
)

// openedRows are settlements that are opened.
type openedRows struct {
	no, sequence, openedAt, epoch, leaseUntil, leaseOver, nextAt  []int64
	year, discharged                                              []int32
	review                                                        []bool
	beneficiary, id, tenant, facility, discharge, state, decision []string
	owner, approval                                               []string
	asked, moved, adjudication, seal                              [][]byte
}

func (r *openedRows) add(m *member, skew time.Duration) {
	s := &m.change.Settlement
	r.no = append(r.no, m.no)
	r.beneficiary = append(r.beneficiary, string(s.Beneficiary.ID))
	r.year = append(r.year, int32(s.Year))
	r.sequence = append(r.sequence, s.Sequence)
	r.openedAt = append(r.openedAt, store.Micros(s.OpenedAt))
	r.epoch = append(r.epoch, s.Epoch)
	r.leaseUntil = append(r.leaseUntil, store.Micros(s.LeaseUntil))
	r.leaseOver = append(r.leaseOver, store.Micros(s.LeaseUntil)+skew.Microseconds())
	r.nextAt = append(r.nextAt, store.Micros(s.NextAt))
	r.discharged = append(r.discharged, int32(s.Claim.Discharge))
	r.review = append(r.review, s.Review)
	r.id = append(r.id, string(s.ID))
	r.tenant = append(r.tenant, string(s.Tenant))
	r.facility = append(r.facility, string(s.Facility))
	r.discharge = append(r.discharge, string(s.Discharge))
	r.state = append(r.state, string(s.State))
	r.decision = append(r.decision, string(s.Decision))
	r.owner = append(r.owner, s.Owner)
	r.approval = append(r.approval, string(s.Claim.Approval))
	r.asked = append(r.asked, m.papers.asked)
	r.moved = append(r.moved, m.papers.moved)
	r.adjudication = append(r.adjudication, m.papers.adjudication)
	r.seal = append(r.seal, s.Seal[:])
}

var insertSettlements = insertion("settlement", "no bigint", "beneficiary text", "year integer", "sequence bigint", "opened_at bigint",
	"revision bigint", "epoch bigint", "lease_until bigint", "lease_over bigint", "next_at bigint", "discharged integer", "review boolean",
	"id text", "tenant text", "facility text", "discharge text", "state text", "decision text", "owner text", "approval text",
	"asked bytea", "moved bytea", "adjudication bytea", "seal bytea")

func (r *openedRows) queue(queued *pgx.Batch) {
	if len(r.no) == 0 {
		return
	}
	first := make([]int64, len(r.no))
	for i := range first {
		first[i] = 1
	}
	queued.Queue(insertSettlements, r.no, r.beneficiary, r.year, r.sequence, r.openedAt,
		first, r.epoch, r.leaseUntil, r.leaseOver, r.nextAt, r.discharged, r.review,
		r.id, r.tenant, r.facility, r.discharge, r.state, r.decision, r.owner, r.approval,
		r.asked, r.moved, r.adjudication, r.seal)
}

// movedRows are settlements that are written over.
type movedRows struct {
	no, revision, epoch, sequence, leaseUntil, leaseOver, nextAt []int64
	review                                                       []bool
	state, decision, owner                                       []string
	moved, adjudication, seal                                    [][]byte
}

func (r *movedRows) add(m *member, skew time.Duration) {
	s := &m.change.Settlement
	r.no = append(r.no, m.no)
	r.revision = append(r.revision, s.Revision)
	r.epoch = append(r.epoch, s.Epoch)
	r.sequence = append(r.sequence, s.Sequence)
	r.leaseUntil = append(r.leaseUntil, store.Micros(s.LeaseUntil))
	r.leaseOver = append(r.leaseOver, store.Micros(s.LeaseUntil)+skew.Microseconds())
	r.nextAt = append(r.nextAt, store.Micros(s.NextAt))
	r.review = append(r.review, s.Review)
	r.state = append(r.state, string(s.State))
	r.decision = append(r.decision, string(s.Decision))
	r.owner = append(r.owner, s.Owner)
	r.moved = append(r.moved, m.papers.moved)
	r.adjudication = append(r.adjudication, m.papers.adjudication)
	r.seal = append(r.seal, s.Seal[:])
}

// updateSettlements repeats the fence that the look has already tested on the
// locked rows: a row that it tells apart cannot be written by mistake. The
// array of keys is there twice so that rows are looked up by it.
const updateSettlements = `UPDATE settlement SET revision = settlement.revision + 1, sequence = u.sequence,
		lease_until = u.lease_until, lease_over = u.lease_over, next_at = u.next_at, review = u.review,
		state = u.state, decision = u.decision, owner = u.owner, moved = u.moved, adjudication = u.adjudication,
		seal = u.seal
	FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
		$8::boolean[], $9::text[], $10::text[], $11::text[], $12::bytea[], $13::bytea[], $14::bytea[])
		AS u (no, revision, epoch, sequence, lease_until, lease_over, next_at, review, state, decision, owner, moved, adjudication, seal)
	WHERE settlement.no = ANY ($1::bigint[]) AND settlement.no = u.no AND settlement.revision = u.revision AND settlement.epoch = u.epoch`

func (r *movedRows) queue(queued *pgx.Batch) {
	if len(r.no) == 0 {
		return
	}
	queued.Queue(updateSettlements, r.no, r.revision, r.epoch, r.sequence, r.leaseUntil, r.leaseOver, r.nextAt,
		r.review, r.state, r.decision, r.owner, r.moved, r.adjudication, r.seal)
}
