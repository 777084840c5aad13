package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// topology is what a trial of deploy/compose as plain processes is told to do.
type topology struct {
	length  time.Duration
	clients int
	seed    uint64
	keep    string
}

// payerTakes is how long a payer thinks, so that at any moment every cashier
// has a settlement under way.
const payerTakes = 300 * time.Millisecond

var errNoTakeover = errors.New("the gateway that was left did not take over")

// topologyCommand starts what compose starts, kills one gateway and judges.
func topologyCommand() *cobra.Command {
	var o topology
	command := &cobra.Command{
		Use:   "topology",
		Short: "Start the topology of deploy/compose as plain processes, kill a gateway, and judge what the other made of it",
		Long: `Starts PostgreSQL, two payer simulators, two gateways and, where it is installed,
Prometheus, on ports of loopback, in a temporary folder. Cashiers of both
gateways settle and reverse over REST; half way one gateway is killed with
SIGKILL while every cashier has a settlement under way, and the other goes on
alone. Then every unanswered key is asked there until its answer is final, and
all of it is judged as a soak is, with onestop verify. Prints one line, and
ends with 0 only if nothing was lost, paid twice, over a cap or stuck, and
settlements of the killed gateway were finished by the other. Whatever was
started is ended, on failure and on interrupt too.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return o.run(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	flags := command.Flags()
	flags.DurationVar(&o.length, "for", 6*time.Second, "how long cashiers settle, half of it before the kill")
	flags.IntVar(&o.clients, "clients", 16, "cashiers who settle at once, every other one at the same gateway")
	flags.Uint64Var(&o.seed, "seed", 1, "of persons and bills")
	flags.StringVar(&o.keep, "keep", "", "folder to work in, which stays; otherwise a temporary one that stays on failure")
	return command
}

// run prints the closing line on out, everything else on notes.
func (o topology) run(ctx context.Context, out, notes io.Writer) (err error) {
	if o.length <= 0 || o.clients < 2 {
		return fmt.Errorf("topology: a length, and a cashier for each gateway at least, are needed")
	}
	ctx, cancel := context.WithTimeout(ctx, o.length+overtime)
	defer cancel()
	s := soak{seed: o.seed, clients: o.clients, keep: o.keep}
	place, err := newWorkplace(o.keep)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, place.leave(err == nil, notes, o.seed)) }()
	stage, err := newStage(ctx, place.folder, cast{store: storePostgres, gateways: 2, seed: o.seed})
	if err != nil {
		return err
	}
	whole := *stage // the gateway that will be killed included
	defer whole.end()
	return o.whole(ctx, &run{soak: s, stage: stage, out: notes}, out)
}

// whole is the trial from start to verdict.
func (o topology) whole(ctx context.Context, r *run, out io.Writer) error {
	if err := r.stage.start(ctx); err != nil {
		return err
	}
	for _, p := range r.payers {
		slow := map[string]any{"rules": []any{map[string]any{"fault": "slow", "delay_ms": payerTakes.Milliseconds()}}}
		if err := r.direct(ctx, p, slow); err != nil {
			return err
		}
	}
	seen, err := r.watched(ctx)
	if err != nil {
		return err
	}
	defer seen.end()
	if err := seen.sees(ctx, "up", 2); err != nil {
		return err
	}
	killed, err := o.load(ctx, r)
	if err != nil {
		return err
	}
	if err := seen.sees(ctx, "down", 1); err != nil {
		return err
	}
	if err := r.drain(ctx); err != nil {
		return err
	}
	e, err := r.gather(ctx)
	if err != nil {
		return err
	}
	verdict := judge(e)
	findings, err := r.audit(ctx)
	fmt.Fprintln(r.out, shortened(strings.Join(append(verdict.problems, "onestop verify: "+findings), "\n")))
	taken, after, unread := handedOver(e.stories, killed)
	fmt.Fprintf(out, "%s; of the killed gateway, %d finished by the other, which answered %d afterwards\n", verdict, taken, after)
	if !verdict.sound() {
		err = errors.Join(err, errUnsound)
	}
	if taken == 0 || after == 0 {
		err = errors.Join(err, errNoTakeover)
	}
	return errors.Join(err, unread)
}

// load lets the cashiers of both gateways settle, kills the first gateway half
// way, and gives the moment at which it was dead. Its cashiers stop then and
// leave their keys unanswered; those of the other go on.
func (o topology) load(outer context.Context, r *run) (killed time.Time, err error) {
	ctx, cancel := context.WithTimeout(outer, o.length)
	defer cancel()
	struck, strike := context.WithCancel(ctx)
	defer strike()
	work, ctx := errgroup.WithContext(ctx)
	r.attend(ctx, work)
	for i := range o.clients {
		c, err := r.client(i, "load")
		if err != nil {
			return killed, err
		}
		at := i % len(r.gateways)
		c.doors, c.transports = c.doors[at:at+1], []string{transportREST}
		until := ctx
		if at == 0 {
			until = struck
		}
		work.Go(func() error { return errors.Join(c.run(until), c.journal.close()) })
	}
	wait(ctx, o.length/2)
	r.gateways[0].kill()
	killed = time.Now()
	strike()
	err = errors.Join(work.Wait(), context.Cause(outer)) // a trial cut short has no verdict
	r.gateways = r.gateways[1:]
	fmt.Fprintf(r.out, "load: %d final answers, %d asked again; gateway-0 killed half way\n", r.seen.final.Load(), r.seen.again.Load())
	return killed, err
}

// handedOver counts the settlements that were open when a gateway was killed
// and whose cashiers were its own, so that only the other can have finished
// them, and the answers that the other's own cashiers got after the kill.
func handedOver(stories []*story, killed time.Time) (taken, after int, err error) {
	for _, s := range stories {
		last, how := s.last()
		if s.Verb != verbSettle || how != standingFinal {
			continue
		}
		if s.client%2 == 1 {
			if last.At.After(killed) {
				after++
			}
			continue
		}
		settled, err := last.settlement()
		if err != nil {
			return taken, after, fmt.Errorf("reading an answer: %w", err)
		}
		if settled.GetCreateTime().AsTime().Before(killed) && settled.GetCloseTime().AsTime().After(killed) {
			taken++
		}
	}
	return taken, after, nil
}
