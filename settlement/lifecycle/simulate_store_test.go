package lifecycle_test

import (
	"context"
	"fmt"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// door is the store as one process sees it: each call stops before and, where
// it writes, after it has taken effect, and its answer may be lost.
type door struct {
	*memory.Store
	process *process
}

func (d *door) Open(ctx context.Context, change lifecycle.Change) error {
	return d.write("open", change.Settlement.ID, func() error {
		err := d.Store.Open(ctx, change)
		d.sim().witness.wrote(written{"open", change, err, false})
		return err
	})
}

func (d *door) Advance(ctx context.Context, change lifecycle.Change) error {
	return d.write("advance", change.Settlement.ID, func() error {
		err := d.Store.Advance(ctx, change)
		d.sim().witness.wrote(written{"advance", change, err, false})
		return err
	})
}

// Close lets decide run a second time now and then, on other ground before.
func (d *door) Close(ctx context.Context, current settlement.Settlement, decide lifecycle.Decide) (closed settlement.Settlement, err error) {
	twice := d.sim().chance(4)
	err = d.write("close", current.ID, func() error {
		var change lifecycle.Change
		var ground lifecycle.Ground
		closed, err = d.Store.Close(ctx, current, func(found lifecycle.Ground) (lifecycle.Change, error) {
			if twice {
				d.sim().count["decided twice"]++
				_, _ = decide(lifecycle.Ground{Sequence: found.Sequence + 1})
			}
			ground = found
			var err error
			change, err = decide(found)
			return change, err
		})
		if err == nil {
			d.sim().witness.closes(ground, change)
		}
		d.sim().witness.wrote(written{"close", change, err, true})
		return err
	})
	return closed, err
}

// Claim takes one at a time, so that one goroutine sets out at a time.
func (d *door) Claim(ctx context.Context, claim lifecycle.Claim) (claimed []settlement.Settlement, err error) {
	claim.Limit = 1
	err = d.write("claim", "", func() error {
		claimed, err = d.Store.Claim(ctx, claim)
		for _, s := range claimed {
			d.sim().witness.claimed(claim, s)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

func (d *door) Settlement(ctx context.Context, id settlement.SettlementID) (settlement.Settlement, error) {
	d.stop("reads %s%s", id, caller(ctx))
	return d.Store.Settlement(ctx, id)
}

func (d *door) Request(ctx context.Context, key lifecycle.RequestKey) (lifecycle.Request, error) {
	d.stop("reads key %s %s%s", key.Method, key.Request, caller(ctx))
	return d.Store.Request(ctx, key)
}

func (d *door) List(ctx context.Context, query lifecycle.Query) ([]settlement.Settlement, error) {
	d.stop("lists %s%s", query.Discharge, caller(ctx))
	return d.Store.List(ctx, query)
}

func (d *door) Accumulator(ctx context.Context, key lifecycle.AccumulatorKey) (settlement.Accumulator, error) {
	d.stop("reads the year of %s%s", key.Beneficiary, caller(ctx))
	return d.Store.Accumulator(ctx, key)
}

// callerKey is where a context carries the number of the call that it serves,
// so that two goroutines at one place are told apart.
type callerKey struct{}

func caller(ctx context.Context) string {
	if no, found := ctx.Value(callerKey{}).(int); found {
		return fmt.Sprintf(" for #%d", no)
	}
	return ""
}

func (d *door) sim() *simulation { return d.process.machine.simulation }

func (d *door) stop(format string, args ...any) {
	d.sim().stop(d.process, fmt.Sprintf(format, args...), 0)
}

// write is one durable write with everything that can befall it: it is
// refused, its answer is lost before or after it took effect, and the process
// may die or hang on either side of it.
func (d *door) write(verb string, id settlement.SettlementID, body func() error) error {
	s := d.sim()
	s.stop(d.process, fmt.Sprintf("%s %s", verb, id), s.hang())
	if s.chance(s.plan.doubtIn) {
		kind := []settlement.Kind{settlement.KindUnavailable, settlement.KindInDoubt}[s.dice.IntN(2)]
		s.count["write failed"]++
		s.log("%s %s %s fails, kind %d, nothing done", d.process, verb, id, kind)
		return &settlement.Error{Kind: kind, Reason: settlement.ReasonStoreUnavailable}
	}
	err := body()
	if err != nil {
		s.log("%s %s %s is refused: %v", d.process, verb, id, err)
		switch {
		case settlement.KindOf(err) == settlement.KindConflict:
			s.count["write refused"]++
		case settlement.ReasonOf(err) == settlement.ReasonStaleRecord:
			s.count["message taken"]++
		}
		return err
	}
	s.stop(d.process, fmt.Sprintf("%s %s is done", verb, id), s.hang())
	if s.chance(s.plan.doubtIn) {
		s.count["write unanswered"]++
		s.log("%s %s %s is done, its answer lost", d.process, verb, id)
		return &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonStoreUnavailable}
	}
	return nil
}
