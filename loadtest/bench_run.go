package main

import (
	"context"
	"errors"
	"io"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/onestop-gateway/onestop/loadtest/measure"
	"github.com/onestop-gateway/onestop/loadtest/yardstick"
)

// benchRun is one bench under way.
type benchRun struct {
	*bench
	stage    *benchStage
	out      io.Writer
	examiner *examiner
	taken    []taken
	windows  int // settled in so far: no two use a key twice
	left     leftover
}

// rounds measures everything in each round, so that what makes the machine
// slow for a while slows all of it.
func (r *benchRun) rounds(ctx context.Context) error {
	for round := range r.bench.rounds {
		for _, clients := range r.clients {
			if err := r.together(ctx, round, clients); err != nil {
				return err
			}
		}
		for _, store := range r.stores {
			if err := r.arriving(ctx, round, store); err != nil {
				return err
			}
		}
	}
	return nil
}

// together measures the yardsticks and the settling of so many clients, one
// right after the other.
func (r *benchRun) together(ctx context.Context, round, clients int) error {
	if r.stage.cluster != nil {
		if err := r.pgbench(ctx, round, clients); err != nil {
			return err
		}
	}
	for _, store := range r.stores {
		bare := taken{kind: kindBare, store: store, clients: clients, round: round}
		if err := r.bare(ctx, &bare); err != nil {
			return err
		}
		r.take(bare)
		for _, api := range r.apis {
			if err := r.closed(ctx, taken{kind: kindSettle, store: store, api: api, clients: clients, round: round}); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// pgbench measures PostgreSQL's own benchmark.
func (r *benchRun) pgbench(ctx context.Context, round, clients int) error {
	for _, of := range []struct {
		kind, builtin string
		wanted        bool
	}{{kindPgbench, yardstick.TPCBLike, true}, {kindSimple, yardstick.SimpleUpdate, r.simple}} {
		if !of.wanted {
			continue
		}
		rate, err := r.stage.pgbench.Rate(ctx, of.builtin, clients, r.length)
		if err != nil {
			return err
		}
		r.take(taken{kind: of.kind, clients: clients, round: round, rate: rate})
	}
	return nil
}

// closed measures the closed loops of all scenarios that are to be measured.
// The steady one is the reference of the others and always is.
func (r *benchRun) closed(ctx context.Context, of taken) error {
	steady := of
	if err := r.settle(ctx, &steady); err != nil {
		return err
	}
	r.take(steady)
	for _, name := range []string{scenarioHotPerson, scenarioHotFund, scenarioYearEnd} {
		if !r.plays(name) {
			continue
		}
		t := of
		t.scenario = name
		if err := r.settle(ctx, &t); err != nil {
			return err
		}
		r.take(t)
	}
	if r.plays(scenarioSlowPayer) {
		return r.slowPayer(ctx, of)
	}
	return ctx.Err()
}

// slowPayer measures those of the near payer alone, and then while others wait
// for a payer who takes his time.
func (r *benchRun) slowPayer(ctx context.Context, of taken) error {
	alone, among, beside := of, of, of
	alone.scenario, among.scenario, beside.scenario = referenceNear, scenarioSlowPayer, besideSlow
	beside.clients = min(of.clients, slowClients)
	if err := r.settle(ctx, &alone); err != nil {
		return err
	}
	r.take(alone)
	if err := play(ctx, r.stage.addresses[farPayer], payerScript(slowDelay.Milliseconds())); err != nil {
		return err
	}
	g := r.stage.gateways[of.store]
	called, err := r.caller(ctx, g, &beside)
	if err != nil {
		return err
	}
	streams, waiting := r.streams(&beside), new(errgroup.Group)
	waiting.Go(func() error {
		beside.window = measure.Closed(ctx, beside.clients, r.span(), func(ctx context.Context, worker int) measure.Outcome {
			return called.settle(ctx, worker, streams[worker].next())
		})
		return called.close()
	})
	failed := r.settle(ctx, &among)
	if err := waiting.Wait(); err != nil || failed != nil {
		return errors.Join(failed, err)
	}
	r.take(among)
	beside.rate = beside.window.Rate()
	r.take(beside)
	return play(ctx, r.stage.addresses[farPayer], payerScript(0))
}

// arriving measures open loops on a store: at a rate that is a share of this
// round's peak, with bare commits at the same rate, and the scenarios that are
// told by arrivals.
func (r *benchRun) arriving(ctx context.Context, round int, store string) error {
	for _, api := range r.apis {
		t := taken{kind: kindSettle, store: store, api: api, round: round}
		peak := r.peak(round, settled(store, api))
		if r.open {
			bare := taken{kind: kindBare, store: store, api: api, round: round, scenario: openLoop, offered: r.rate.of(peak)}
			if err := r.bare(ctx, &bare); err != nil {
				return err
			}
			r.take(bare)
			if err := r.arrive(ctx, t, arrivals{scenario: openLoop, rate: r.rate.of(peak)}); err != nil {
				return err
			}
		}
		if r.plays(scenarioRush) {
			if err := r.arrive(ctx, t, arrivals{scenario: scenarioRush, rate: r.rate.of(peak), curve: workingDay}); err != nil {
				return err
			}
		}
		if r.plays(scenarioOverload) {
			if err := r.overload(ctx, t, peak); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// openLoop is the steady scenario where arrivals wait for nobody.
const openLoop = "open loop"

// arrivals say how requests arrive in a window.
type arrivals struct {
	scenario string
	rate     float64
	curve    measure.Curve
}

// arrive measures one window of an open loop.
func (r *benchRun) arrive(ctx context.Context, t taken, a arrivals) error {
	t.scenario, t.offered, t.curve = a.scenario, a.rate, a.curve
	if err := r.settle(ctx, &t); err != nil {
		return err
	}
	r.take(t)
	return nil
}

// peak is the best rate of a round's closed loops.
func (r *benchRun) peak(round int, name string) float64 {
	best := []float64{1}
	for i := range r.taken {
		if t := &r.taken[i]; t.name() == name && t.round == round {
			best = append(best, t.rate)
		}
	}
	return slices.Max(best)
}
