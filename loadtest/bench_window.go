package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
	"github.com/onestop-gateway/onestop/loadtest/yardstick"
)

// openWorkers is how many requests of an open loop may be under way at once.
const openWorkers = 1024

// bareConnections bounds the connections of bare commits in an open loop: a
// server has so many slots.
const bareConnections = 128

// workers is how many callers a window needs.
func (t *taken) workers() int {
	switch {
	case t.offered > 0 && t.kind == kindBare:
		return bareConnections
	case t.offered > 0:
		return openWorkers
	}
	return t.clients
}

func (r *benchRun) span() measure.Span { return measure.Span{Warm: r.warm, Length: r.length} }

// load calls in the loop that t says.
func (r *benchRun) load(ctx context.Context, t *taken, call measure.Call) *measure.Window {
	if t.offered == 0 {
		return measure.Closed(ctx, t.clients, r.span(), call)
	}
	chance := rand.New(rand.NewPCG(r.seed, uint64(len(r.taken))))
	due := measure.Arrivals(chance, t.offered, r.span(), t.curve)
	return measure.Open(ctx, measure.Load{Span: r.span(), Due: due, Workers: t.workers()}, call)
}

// bare measures bare commits beside a store: t says how, and gets what was
// measured.
func (r *benchRun) bare(ctx context.Context, t *taken) (err error) {
	var b yardstick.Bare
	if t.store == storePostgres {
		b, err = yardstick.BarePostgres(ctx, r.stage.yardstick, t.workers())
	} else {
		b, err = yardstick.BareSQLite(ctx, r.stage.path("bare.db"))
	}
	if err != nil {
		return err
	}
	t.window = r.load(ctx, t, func(ctx context.Context, worker int) measure.Outcome {
		if err := b.Commit(ctx, worker); err != nil {
			return r.examiner.note(measure.Failed, "bare commit: "+err.Error())
		}
		return measure.Right
	})
	t.rate = t.window.Rate()
	return b.Close()
}

// settle measures settling: t says where and how, and gets what was measured.
func (r *benchRun) settle(ctx context.Context, t *taken) error {
	g := r.stage.gateways[t.store]
	called, err := r.caller(ctx, g, t)
	if err != nil {
		return err
	}
	streams := r.streams(t)
	profiled := r.profile(ctx, g, t)
	spent := r.stage.start(g, r.span())
	t.window = r.load(ctx, t, func(ctx context.Context, worker int) measure.Outcome {
		return called.settle(ctx, worker, streams[worker].next())
	})
	if t.spent, err = spent.stop(); err != nil {
		return err
	}
	t.rate = t.window.Rate()
	if err := <-profiled; err != nil {
		return err
	}
	return called.close()
}

// caller is the client side of t.
func (r *benchRun) caller(ctx context.Context, g *benchGateway, t *taken) (caller, error) {
	if t.api == transportREST {
		return newCallerREST(g.rest, t.workers(), r.examiner), nil
	}
	return newCallerGRPC(ctx, g.grpc, t.workers(), r.examiner)
}

// streams are the claims of each worker of the window that comes next.
func (r *benchRun) streams(t *taken) []*claims {
	r.windows++
	choose := r.chooser(t.scenario)
	streams := make([]*claims, t.workers())
	for worker := range streams {
		streams[worker] = &claims{
			chance: rand.New(rand.NewPCG(r.seed, uint64(r.windows)<<32|uint64(worker))),
			prefix: fmt.Sprintf("%08x-%03d-%04d-", uint32(r.seed), r.windows, worker), choose: choose,
		}
	}
	return streams
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
		file := fmt.Sprintf("%02d-%s-%s-%d-%d.pprof", r.windows, t.store, t.api, t.workers(), t.round+1)
		text, err := output(ctx, "go", "tool", "pprof", "-proto", "-output", filepath.Join(r.profiles, file),
			fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", g.pprof, seconds))
		if err != nil {
			err = fmt.Errorf("profile: %w\n%s", err, text)
		}
		done <- err
	}()
	return done
}
