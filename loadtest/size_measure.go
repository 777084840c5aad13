package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
)

// sizeTrial is a trial of size under way: a stage with the filled store and one
// with an empty store, both up at once.
type sizeTrial struct {
	*sizes
	out           io.Writer
	filled, empty *benchRun
	failed        error // what the gateway on the filled store did not do
}

// measure measures the gateway on the filled folder.
func (z *sizes) measure(ctx context.Context, out io.Writer) (err error) {
	people, err := readCrowd(sampleOf(z.folder))
	if err != nil {
		return err
	}
	t := &sizeTrial{sizes: z, out: out}
	full, err := z.stage(ctx, z.folder, false)
	defer func() { err = errors.Join(err, full.end()) }()
	if err != nil {
		return err
	}
	if full.gateways[z.store], err = full.makeGateway(ctx, z.store); err != nil {
		return err
	}
	t.filled = t.run(full, people)
	if err := t.recover(ctx); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "onestop-empty-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	bare, err := z.stage(ctx, folder, true)
	defer func() { err = errors.Join(err, bare.end()) }()
	if err != nil {
		return err
	}
	if err := bare.startGateway(ctx, z.store, people); err != nil {
		return err
	}
	t.empty = t.run(bare, people)
	for _, part := range []func(context.Context) error{t.settle, t.read, t.reconcile, t.weigh} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return t.failed
}

// run is a bench on a stage, of which only windows are used.
func (t *sizeTrial) run(s *benchStage, people *crowd) *benchRun {
	o := &bench{length: t.length, warm: time.Second, crowd: people, seed: uint64(time.Now().UnixNano())}
	return &benchRun{bench: o, stage: s, out: t.out, examiner: &examiner{}}
}

// tell prints one figure.
func (t *sizeTrial) tell(what, figure string, arguments ...any) {
	fmt.Fprintf(t.out, "%-48s %s\n", what, fmt.Sprintf(figure, arguments...))
}

// recoveredWithin bounds how long open settlements may take to end.
const recoveredWithin = 10 * time.Minute

// recover starts the gateway on what a dead one left: how long until it is
// ready, until it has first asked a payer about what is open, and until nothing
// is.
func (t *sizeTrial) recover(ctx context.Context) error {
	g, begun := t.filled.stage.gateways[t.store], time.Now()
	if err := g.start(ctx); err != nil {
		return err
	}
	ready := time.Now()
	t.tell("start to ready", "%s", inMillis(ready.Sub(begun)))
	if t.open == 0 {
		return nil
	}
	if err := g.until(ctx, func(m metrics) bool { return m.sum("onestop_payer_duration_seconds_count") > 0 }); err != nil {
		return fmt.Errorf("recovery did not begin: %w", err)
	}
	t.tell("ready to the first call of recovery", "%s", inMillis(time.Since(ready)))
	err := g.until(ctx, func(m metrics) bool { return m.sum("onestop_standing_counted") == 1 && m.sum("onestop_sagas") == 0 })
	if err != nil {
		return fmt.Errorf("recovery did not end: %w", err)
	}
	t.tell(fmt.Sprintf("ready to all of %d open ended", t.open), "%s", time.Since(ready).Round(time.Second/10))
	peak, err := g.peak()
	t.tell("memory of the gateway at its peak, recovering", "%d MB", peak>>20)
	return err
}

// settle settles on both stores by turns.
func (t *sizeTrial) settle(ctx context.Context) error {
	g := t.filled.stage.gateways[t.store]
	if err := g.forgetPeak(); err != nil {
		return err
	}
	var rates [2][]float64
	for round := range t.rounds {
		runs := []int{0, 1}
		if round%2 == 1 {
			runs = []int{1, 0}
		}
		for _, which := range runs {
			r := []*benchRun{t.filled, t.empty}[which]
			w := taken{kind: kindSettle, store: t.store, api: transportGRPC, clients: t.clients, round: round}
			if err := r.settle(ctx, &w); err != nil {
				return err
			}
			if w.window.Count[measure.Wrong] > 0 || w.rate == 0 {
				return fmt.Errorf("%w: %s%s", errSize, []string{"filled", "empty"}[which], w.window.Trouble())
			}
			rates[which] = append(rates[which], w.rate)
			t.tell(fmt.Sprintf("round %d, %s, %d clients", round+1, []string{"filled", "empty"}[which], t.clients),
				"%.0f/s  p50 %s  p99 %s%s", w.rate, inMillis(w.window.Latency.At(0.5)), inMillis(w.window.Latency.At(0.99)), w.window.Trouble())
		}
	}
	t.tell("settle rate, filled ÷ empty, median of rounds", "%.2f", measure.MedianRatio(rates[0], rates[1]))
	peak, err := g.peak()
	t.tell("memory of the gateway at its peak, settling", "%d MB", peak>>20)
	return err
}
