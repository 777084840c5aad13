package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/loadtest/measure"
	"github.com/onestop-gateway/onestop/loadtest/siege"
)

// besiegement is what a trial against hostile clients is told to do.
type besiegement struct {
	slow   int
	window time.Duration
	rounds int
	seed   uint64
	keep   string
}

// The bounds of a siege: how many cases attack at once, what slow connections
// may cost a healthy client, and how soon afterwards everything is as before.
const (
	attackersMost = 16
	slowdownMost  = 1.5
	calmWithin    = 90 * time.Second
)

var (
	errBreached = errors.New("the gateway did not hold")
	errSlowed   = errors.New("slow connections slow a healthy client down")
)

// siegeCommand attacks a gateway and judges whether it held.
func siegeCommand() *cobra.Command {
	var o besiegement
	command := &cobra.Command{
		Use:   "siege",
		Short: "Attack a gateway's ports as hostile and broken clients do, beside a healthy one",
		Long: `Starts a gateway with SQLite and two payer simulators, and attacks it: wrong
lengths, endless headers, slow bodies, floods of frames, calls begun and reset,
more connections than an address may have. Each case says what must come of it;
a healthy client settles meanwhile. Then that many slow connections are held,
by turns with none, while the healthy client's latency is measured. Ends with
0 only if every case held, every settlement of the healthy client was right,
and goroutines and open files came back to what they were; a p99 beyond 1.5
times its base fails with --strict, since on a busy machine it may be the
machine's.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			strict, err := command.Flags().GetBool("strict")
			if err != nil {
				return err
			}
			slowed, err := o.run(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
			if strict && slowed > slowdownMost {
				err = errors.Join(err, errSlowed)
			}
			return err
		},
	}
	flags := command.Flags()
	flags.IntVar(&o.slow, "slow", 2000, "slow connections, half of them on each port")
	flags.DurationVar(&o.window, "for", 5*time.Second, "each window of measuring")
	flags.IntVar(&o.rounds, "rounds", 3, "windows with slow connections, and as many without, by turns")
	flags.Uint64Var(&o.seed, "seed", 1, "of persons and bills")
	flags.StringVar(&o.keep, "keep", "", "folder to work in, which stays; otherwise a temporary one that stays on failure")
	flags.Bool("strict", false, "fail if the healthy client's p99 goes beyond 1.5 times its base")
	return command
}

// run prints the closing line on out, everything else on notes, and gives how
// many times slower the healthy client was with the slow connections.
func (o besiegement) run(ctx context.Context, out, notes io.Writer) (slowed float64, err error) {
	place, err := newWorkplace(o.keep)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, place.leave(err == nil, notes, o.seed)) }()
	stage, err := newStage(ctx, place.folder, cast{store: storeSQLite, seed: o.seed})
	if err != nil {
		return 0, err
	}
	defer stage.end()
	if err := stage.start(ctx); err != nil {
		return 0, err
	}
	for _, p := range stage.payers {
		if err := stage.heal(ctx, p); err != nil {
			return 0, err
		}
	}
	return o.besiege(ctx, newHealthy(stage, o.seed), out, notes)
}

// besiege is the siege of a gateway that runs.
func (o besiegement) besiege(ctx context.Context, h *healthy, out, notes io.Writer) (slowed float64, err error) {
	if h.window(ctx, o.window); h.wrong() != "" { // also warms everything up
		return 0, fmt.Errorf("before the siege: %s", h.wrong())
	}
	before, err := h.standing(ctx)
	if err != nil {
		return 0, err
	}
	cases := siege.Cases()
	started := time.Now()
	var beside sync.WaitGroup
	attacked, over := context.WithCancel(ctx)
	beside.Go(func() {
		for attacked.Err() == nil {
			h.window(ctx, time.Second)
		}
	})
	results := siege.Lay(ctx, h.target(), cases, attackersMost)
	over()
	beside.Wait()
	held := 0
	for _, r := range results {
		if r.Err == nil {
			held++
			continue
		}
		fmt.Fprintf(notes, "%s: %v (after %s)\n", r.Name, r.Err, r.Took.Round(time.Millisecond))
	}
	fmt.Fprintf(notes, "%d cases in %s\n", len(cases), time.Since(started).Round(time.Second))
	slowed, kept, err := o.hold(ctx, h, notes)
	if err != nil {
		return slowed, err
	}
	after, calm := h.calms(ctx, before)
	fmt.Fprintf(out, "cases %d, held %d; slow connections %d of %d kept, p99 × %.2f; healthy %d right, %d wrong; goroutines %d → %d, files %d → %d\n",
		len(cases), held, kept, o.slow, slowed, h.right, h.failed, before.goroutines, after.goroutines, before.files, after.files)
	if held < len(cases) || h.failed > 0 || !calm {
		return slowed, errBreached
	}
	return slowed, nil
}

// hold measures the healthy client by turns without and with slow connections,
// and notes each turn.
func (o besiegement) hold(ctx context.Context, h *healthy, notes io.Writer) (slowed float64, kept int, err error) {
	var ratios []float64
	for range o.rounds {
		base := h.window(ctx, o.window)
		slow, err := siege.Hold(ctx, h.target(), o.slow)
		if err != nil {
			return 0, 0, err
		}
		pressed := h.window(ctx, o.window)
		kept = slow.End()
		if base.Latency.Count() == 0 || pressed.Latency.Count() == 0 {
			return 0, kept, fmt.Errorf("nothing was settled: %s", h.wrong())
		}
		alone, beside := base.Latency.At(0.99), pressed.Latency.At(0.99)
		fmt.Fprintf(notes, "p99 alone %s (p50 %s), beside slow connections %s (p50 %s)\n",
			inMillis(alone), inMillis(base.Latency.At(0.5)), inMillis(beside), inMillis(pressed.Latency.At(0.5)))
		ratios = append(ratios, float64(beside)/float64(alone))
	}
	return measure.Median(ratios), kept, ctx.Err()
}

// chanceOf is the chance of a siege's bills.
func chanceOf(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 2)) }
