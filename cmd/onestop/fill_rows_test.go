package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// rowsOf are rows by table, each with the values of store.Tables in their order.
type rowsOf map[string][][]any

func (r rowsOf) add(table string, values ...any) { r[table] = append(r[table], values) }

// fill writes the rows into a store, in one transaction.
func (r rowsOf) fill(ctx context.Context, to store.Movable) error {
	return to.Fill(ctx, func(table store.Table) iter.Seq2[[]any, error] {
		return func(yield func([]any, error) bool) {
			for _, row := range r[table.Name] {
				if !yield(row, nil) {
					return
				}
			}
		}
	})
}

// lastTurn is the last turn that a row of the store has in the audit chain.
func lastTurn(ctx context.Context, from store.Movable) (last int64, err error) {
	for _, table := range store.Tables {
		column := slices.Index(table.Columns, "turn")
		if column < 0 {
			continue
		}
		for row, err := range from.Rows(ctx, table) {
			if err != nil {
				return 0, err
			}
			if turn, is := row[column].(int64); is {
				last = max(last, turn)
			}
		}
	}
	return last, nil
}

// recorder is a store that keeps what the lifecycle writes as rows, for a bulk
// of settlements that no others' persons appear in. It is for one caller who
// opens and closes one settlement after the other.
type recorder struct {
	lifecycle.Store // asked nothing by a settlement that nobody repeats
	rows            rowsOf
	no, request     int64 // given out last
	turn            int64 // in the audit chain, given out last
	years           map[lifecycle.AccumulatorKey]settlement.Accumulator
	sequences       map[settlement.BeneficiaryID]int64
	latest          map[lifecycle.AccumulatorKey]int64
	cut             bool // the gateway dies when it has opened a settlement
}

// errCut is what a settlement hears whose gateway dies.
var errCut = errors.New("the gateway is dead")

// begin empties the recorder for another bulk.
func (r *recorder) begin() {
	r.rows = rowsOf{}
	r.years = map[lifecycle.AccumulatorKey]settlement.Accumulator{}
	r.sequences = map[settlement.BeneficiaryID]int64{}
	r.latest = map[lifecycle.AccumulatorKey]int64{}
}

// Open implements lifecycle.Store.
func (r *recorder) Open(_ context.Context, change lifecycle.Change) error {
	r.no++
	r.request++
	key := change.Request.Key
	r.rows.add("request", r.request, string(key.Tenant), string(key.Method), string(key.Request), r.no, change.Request.Fingerprint)
	for _, id := range store.Allocated(change) {
		r.rows.add("message", string(id), r.no)
	}
	change.Settlement.Revision = 1
	r.append(&change)
	if r.cut {
		r.settled(&change.Settlement)
		return errCut
	}
	return nil
}

// Advance implements lifecycle.Store: a bulk has no settlement that waits.
func (r *recorder) Advance(_ context.Context, change lifecycle.Change) error {
	return fmt.Errorf("settlement %s is neither opened nor closed", change.Settlement.ID)
}

// Close implements lifecycle.Store.
func (r *recorder) Close(_ context.Context, current settlement.Settlement, decide lifecycle.Decide) (settlement.Settlement, error) {
	person := current.Beneficiary.ID
	key := lifecycle.AccumulatorKey{Beneficiary: person, Year: current.Year}
	change, err := decide(lifecycle.Ground{Used: r.years[key], Sequence: r.sequences[person] + 1})
	if err != nil {
		return current, err
	}
	s := &change.Settlement
	s.Revision++
	r.sequences[person] = max(r.sequences[person], s.Sequence)
	r.years[key], r.latest[key] = r.years[key].Plus(change.Delta), r.sequences[person]
	r.append(&change)
	r.settled(s)
	if change.Final != nil {
		r.rows.add("answer", r.request, change.Final.Body)
	}
	return *s, nil
}

// settled is a settlement's own row, as it stands in the end.
func (r *recorder) settled(s *settlement.Settlement) {
	review := int64(0)
	if s.Review {
		review = 1
	}
	var adjudication any // none is NULL
	if text := store.EncodeAdjudication(s.Adjudication); text != nil {
		adjudication = text
	}
	r.rows.add("settlement", r.no, string(s.ID), string(s.Tenant), string(s.Facility), string(s.Discharge), int64(s.Claim.Discharge),
		string(s.Beneficiary.ID), int64(s.Year), store.Micros(s.OpenedAt), store.EncodeAsked(s), string(s.State), string(s.Decision),
		store.EncodeMoved(s), adjudication, s.Sequence, review, s.Revision, s.Epoch, s.Owner, store.Micros(s.LeaseUntil),
		store.Micros(s.NextAt), append([]byte(nil), s.Seal[:]...), string(s.Claim.Approval))
}

// append adds what a write appends to the journals.
func (r *recorder) append(change *lifecycle.Change) {
	revision := change.Settlement.Revision
	for i, a := range change.Attempts {
		var body any
		if a.Body != nil {
			body = a.Body
		}
		r.rows.add("attempt", r.no, revision, int64(i), int64(a.Leg), string(a.Operation), string(a.Phase), string(a.Message),
			store.Micros(a.At), string(a.Result), body)
	}
	for i, e := range change.Entries {
		r.rows.add("entry", r.no, revision, int64(i), e.Account, int64(e.Debit), int64(e.Credit))
	}
	for i, e := range change.Events {
		r.turn++
		r.rows.add("event", r.no, revision, int64(i), store.Micros(e.At), e.Actor, e.Action, string(e.Reason), string(e.State), e.Epoch,
			append([]byte(nil), e.Seal[:]...), r.turn)
	}
}

// end gives the rows of the bulk, those of the accumulators with them.
func (r *recorder) end() (rowsOf, error) {
	for key, used := range r.years {
		buckets, err := store.EncodeUsed(used.Used)
		if err != nil {
			return nil, err
		}
		r.rows.add("accumulator", string(key.Beneficiary), int64(key.Year), r.latest[key], buckets, int64(used.DeductibleMet),
			int64(used.CriticalIllnessBase), int64(used.CriticalIllnessPaid), int64(used.CareGrants), nil)
	}
	return r.rows, nil
}
