package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

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
	}
	return nil
}

// together measures the yardsticks and the settling of so many clients, one
// right after the other.
func (r *benchRun) together(ctx context.Context, round, clients int) error {
	if r.stage.cluster != nil {
		rate, err := r.stage.pgbench.Rate(ctx, clients, r.length)
		if err != nil {
			return err
		}
		r.take(taken{kind: kindPgbench, clients: clients, round: round, rate: rate})
	}
	for _, store := range r.stores {
		window, err := r.bare(ctx, store, clients)
		if err != nil {
			return err
		}
		r.take(taken{kind: kindBare, store: store, clients: clients, round: round, rate: window.Rate(), window: window})
		for _, api := range r.apis {
			t := taken{kind: kindSettle, store: store, api: api, clients: clients, round: round}
			if err := r.settle(ctx, &t); err != nil {
				return err
			}
			r.take(t)
		}
	}
	return ctx.Err()
}

func (r *benchRun) span() measure.Span { return measure.Span{Warm: r.warm, Length: r.length} }

// bare measures bare commits beside a store.
func (r *benchRun) bare(ctx context.Context, store string, clients int) (_ *measure.Window, err error) {
	var b yardstick.Bare
	if store == storePostgres {
		b, err = yardstick.BarePostgres(ctx, r.stage.yardstick, clients)
	} else {
		b, err = yardstick.BareSQLite(ctx, r.stage.path("bare.db"))
	}
	if err != nil {
		return nil, err
	}
	window := measure.Closed(ctx, clients, r.span(), func(ctx context.Context, worker int) measure.Outcome {
		if err := b.Commit(ctx, worker); err != nil {
			return r.examiner.note(measure.Failed, "bare commit: "+err.Error())
		}
		return measure.Right
	})
	return window, b.Close()
}

// settle measures settling: t says where and how, and gets what was measured.
func (r *benchRun) settle(ctx context.Context, t *taken) error {
	g := r.stage.gateways[t.store]
	called, err := r.caller(g, t)
	if err != nil {
		return err
	}
	r.windows++
	streams := make([]*claims, t.clients)
	for worker := range streams {
		streams[worker] = r.claims(worker)
	}
	profiled := r.profile(ctx, g, t)
	var spent cpuTime
	time.AfterFunc(r.warm, func() { spent.begin(r.stage, g) })
	t.window = measure.Closed(ctx, t.clients, r.span(), func(ctx context.Context, worker int) measure.Outcome {
		c := streams[worker].next()
		return called.settle(ctx, worker, c)
	})
	t.cpu, err = spent.end(r.stage, g, t.window)
	if err != nil {
		return err
	}
	t.rate = t.window.Rate()
	if err := <-profiled; err != nil {
		return err
	}
	return called.close()
}

// caller is the client side of t.
func (r *benchRun) caller(g *benchGateway, t *taken) (caller, error) {
	if t.api == transportREST {
		return newCallerREST(g.rest, t.clients, r.examiner), nil
	}
	return newCallerGRPC(g.grpc, t.clients, r.examiner)
}

// claims is the stream of a worker in the window that comes next.
func (r *benchRun) claims(worker int) *claims {
	return &claims{
		chance: rand.New(rand.NewPCG(r.seed, uint64(r.windows)<<32|uint64(worker))),
		prefix: fmt.Sprintf("bench-%08x-%04d-%04d-", uint32(r.seed), r.windows, worker),
		choose: r.crowd.spread,
	}
}

// spread is a stay of anybody, in one of two years.
func (c *crowd) spread(chance *rand.Rand) visit {
	leaving := time.Date(2023, time.January, 31, 0, 0, 0, 0, time.UTC).AddDate(0, 0, chance.IntN(2*365-31))
	return visit{inpatient: c.people[chance.IntN(len(c.people))], admission: leaving.AddDate(0, 0, -chance.IntN(15)), leaving: leaving}
}

// profile takes a processor profile of the gateway during a window, if
// profiles are wanted.
func (r *benchRun) profile(ctx context.Context, g *benchGateway, t *taken) <-chan error {
	done := make(chan error, 1)
	if r.profiles == "" {
		done <- nil
		return done
	}
	go func() {
		time.Sleep(r.warm)
		seconds := max(1, int(r.length.Seconds())-1)
		file := fmt.Sprintf("%s-%s-%d-%d.pprof", t.store, t.api, t.clients, t.round+1)
		text, err := output(ctx, "go", "tool", "pprof", "-proto", "-output", filepath.Join(r.profiles, file),
			fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", g.pprof, seconds))
		if err != nil {
			err = fmt.Errorf("profile: %w\n%s", err, text)
		}
		done <- err
	}()
	return done
}

// cpuTime is what the processes of a stage spend on a window.
type cpuTime struct {
	before map[string]time.Duration
	failed error
}

// begin reads the clocks at the beginning of a window.
func (c *cpuTime) begin(s *benchStage, g *benchGateway) { c.before, c.failed = s.spent(g) }

// end gives microseconds per right answer, by process.
func (c *cpuTime) end(s *benchStage, g *benchGateway, w *measure.Window) (map[string]float64, error) {
	after, err := s.spent(g)
	if c.failed != nil || err != nil {
		return nil, fmt.Errorf("processor time: %w", err)
	}
	per := map[string]float64{}
	for name, used := range after {
		per[name] = float64((used - c.before[name]).Microseconds()) / float64(max(1, w.Count[measure.Right]))
	}
	return per, nil
}

// spent is the processor time of every process so far.
func (s *benchStage) spent(g *benchGateway) (map[string]time.Duration, error) {
	used := map[string]time.Duration{}
	var err error
	if used["gateway"], err = yardstick.CPU(g.pid()); err != nil {
		return nil, err
	}
	if used["generator"], err = yardstick.CPU(os.Getpid()); err != nil {
		return nil, err
	}
	for _, p := range s.payers {
		one, err := yardstick.CPU(p.pid())
		if err != nil {
			return nil, err
		}
		used["payersim"] += one
	}
	if s.cluster != nil {
		used["postgres"], err = yardstick.FamilyCPU(s.cluster.postmaster.pid())
	}
	return used, err
}
