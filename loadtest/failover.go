package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// failover is what a trial of somebody's cluster is told to do.
type failover struct {
	dsn      string
	times    int
	steady   time.Duration
	gateways int
	clients  int
	seed     uint64
	keep     string
	strike   []string
}

// strikeWithin bounds one strike, the cluster's return to health included.
const strikeWithin = 5 * time.Minute

// failoverCommand settles on a cluster while a command strikes it.
func failoverCommand() *cobra.Command {
	var o failover
	command := &cobra.Command{
		Use:   "failover --dsn DSN -- COMMAND [ARGUMENT]...",
		Short: "Settle on a PostgreSQL cluster while a command makes its primary fail, and judge what came of it",
		Long: `Starts gateways and payer simulators without faults on the empty database that
--dsn names, which has to wait for standbys, and lets clients settle and
reverse. Meanwhile the command is run --times times; it makes the primary fail
and ends once the cluster is whole again. Then everything is judged as a soak
is. Prints how long nothing was acknowledged at each strike, and one closing
line, and ends with 0 only if nothing was lost, paid twice, over a cap or stuck.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			o.strike = arguments
			return o.run(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.dsn, "dsn", "", "connection string of an empty database, naming every host of the cluster")
	flags.IntVar(&o.times, "times", 1, "how often to strike")
	flags.DurationVar(&o.steady, "steady", 10*time.Second, "how long to settle in peace before each strike, and after the last")
	flags.IntVar(&o.gateways, "gateways", 2, "gateways that share the database")
	flags.IntVar(&o.clients, "clients", 8, "cashiers who settle at once")
	flags.Uint64Var(&o.seed, "seed", 1, "of persons and bills")
	flags.StringVar(&o.keep, "keep", "", "folder to work in, which stays; otherwise a temporary one that stays on failure")
	return command
}

// run prints the closing line on out, everything else on notes.
func (o failover) run(ctx context.Context, out, notes io.Writer) (err error) {
	if o.dsn == "" || o.times < 1 || o.steady <= 0 || o.gateways < 1 || o.gateways > 10 || o.clients < 1 {
		return fmt.Errorf("failover: --dsn is needed, 1 to 10 gateways, and the other flags more than 0")
	}
	ctx, cancel := context.WithTimeout(ctx, overtime+time.Duration(o.times)*(strikeWithin+o.steady))
	defer cancel()
	s := soak{seed: o.seed, clients: o.clients, keep: o.keep}
	place, err := newWorkplace(o.keep)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, place.leave(err == nil, notes, o.seed)) }()
	stage, err := o.stage(ctx, place.folder)
	if err != nil {
		return err
	}
	defer stage.end()
	return o.whole(ctx, &run{soak: s, stage: stage, out: notes}, out)
}

// stage builds the programs and writes the configuration; nothing runs yet.
func (o failover) stage(ctx context.Context, folder string) (*stage, error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return nil, err
	}
	s := &stage{folder: folder, policies: filepath.Join(root, "deploy", "policies"), cluster: &cluster{dsn: o.dsn}}
	if err := build(ctx, folder, "onestop", "payersim"); err != nil {
		return nil, err
	}
	if s.town, err = newTown(o.seed); err != nil {
		return nil, err
	}
	if err := os.WriteFile(s.path("payer.token"), []byte("soak-token\n"), 0o600); err != nil {
		return nil, err
	}
	for _, p := range []*payer{{Code: "nhsa-one", Confirms: true}, {Code: "nhsa-two"}} {
		if err := s.addPayer(p, cast{seed: o.seed}); err != nil {
			return nil, err
		}
	}
	for i := range o.gateways {
		if err := s.addGateway(i, cast{}); err != nil {
			return nil, err
		}
		if err := demandStandby(s.gateways[i].config); err != nil {
			return nil, err
		}
	}
	s.cluster = nil // not ours to start or to end
	return s, nil
}

// demandStandby makes a configured gateway refuse a primary that waits for no
// standby.
func demandStandby(config string) error {
	text, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	const plain = "store: {"
	strict := strings.Replace(string(text), plain, plain+"ha: true, ", 1)
	return os.WriteFile(config, []byte(strict), 0o600)
}

// whole is the trial from start to verdict.
func (o failover) whole(ctx context.Context, r *run, out io.Writer) error {
	if err := r.stage.start(ctx); err != nil {
		return err
	}
	for _, p := range r.payers {
		if err := r.heal(ctx, p); err != nil {
			return err
		}
	}
	strikes, err := o.load(ctx, r)
	if err != nil {
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
	fmt.Fprintf(out, "%s, longest outage %.1f s\n", verdict, silences(r.out, e.stories, strikes).Seconds())
	if !verdict.sound() {
		err = errors.Join(err, errUnsound)
	}
	return err
}

// load lets the clients settle while the cluster is struck, and gives the time
// of each strike, the peace before the first one foremost.
func (o failover) load(ctx context.Context, r *run) ([]span, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work, ctx := errgroup.WithContext(ctx)
	r.attend(ctx, work)
	for i := range o.clients {
		c, err := r.client(i, "load")
		if err != nil {
			return nil, err
		}
		work.Go(func() error { return errors.Join(c.run(ctx), c.journal.close()) })
	}
	var spans []span
	work.Go(func() error {
		defer cancel()
		begun := time.Now()
		for range o.times {
			wait(ctx, o.steady)
			struck := time.Now()
			if len(spans) == 0 {
				spans = append(spans, span{begun, struck})
			}
			if err := o.hit(ctx, r.out); err != nil {
				return err
			}
			spans = append(spans, span{struck, time.Now()})
		}
		wait(ctx, o.steady)
		return nil
	})
	return spans, work.Wait()
}

// wait lets the clients settle in peace.
func wait(ctx context.Context, long time.Duration) {
	select {
	case <-time.After(long):
	case <-ctx.Done():
	}
}

// hit runs the command that strikes; what it prints goes to notes.
func (o failover) hit(ctx context.Context, notes io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, strikeWithin)
	defer cancel()
	command := exec.CommandContext(ctx, o.strike[0], o.strike[1:]...)
	command.Stdout, command.Stderr = notes, notes
	command.WaitDelay = time.Second // what it left running may keep its output open
	if err := command.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return fmt.Errorf("striking: %w", err)
	}
	return nil
}
