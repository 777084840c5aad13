package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/loadtest/yardstick"
)

// bench is what a bench is told to do.
type bench struct {
	stores, apis []string
	clients      []int
	length, warm time.Duration
	rounds       int
	persons      int
	scale        int
	seed         uint64
	scenarios    []string
	open         bool
	arrival      string
	rate         pace
	simple       bool
	verify       bool
	report       string
	curves       string
	profiles     string
	keep         string

	crowd *crowd
}

// both stands for both stores, or both transports.
const both = "both"

var errWrong = errors.New("the bench got wrong answers, or no right one")

// benchCommand measures the whole system over the wire.
func benchCommand() *cobra.Command {
	var o bench
	command := &cobra.Command{
		Use:   "bench",
		Short: "Measure settling over the wire, with yardsticks beside it",
		Long: `Builds the gateway and the payer simulator, starts them and a PostgreSQL cluster
of their own as real processes, and lets clients settle discharges of invented
persons. In the same rounds pgbench (tpcb-like, prepared) and bare one-row
commits are measured with as many clients, so that every figure has a ratio
that survives a noisy machine: the median of the rounds' own ratios. Every
answer is checked to the fen. Ends with one line of ratios, and with status 1
if an answer was wrong.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return o.run(command.Context(), command.OutOrStdout())
		},
	}
	flags := command.Flags()
	flags.StringSliceVar(&o.stores, "store", []string{storePostgres}, "postgres, sqlite or both")
	flags.StringSliceVar(&o.apis, "api", []string{transportGRPC}, "grpc, rest or both")
	flags.IntSliceVar(&o.clients, "clients", []int{1, 8, 32, 128}, "clients at once, each number measured by itself")
	flags.DurationVar(&o.length, "for", 20*time.Second, "length of one measured window")
	flags.DurationVar(&o.warm, "warm", time.Second, "load before each window that is not measured")
	flags.IntVar(&o.rounds, "rounds", 3, "rounds of everything, interleaved")
	flags.IntVar(&o.persons, "persons", 20_000, "persons registered beforehand")
	flags.IntVar(&o.scale, "scale", 50, "scale of pgbench: its branches")
	flags.Uint64Var(&o.seed, "seed", 1, "of persons, bills and arrivals")
	flags.StringSliceVar(&o.scenarios, "scenario", []string{scenarioSteady}, "one or more of "+scenarioNames())
	flags.BoolVar(&o.open, "open", false, "measure an open loop too, with latency from the moment a request was due")
	flags.StringVar(&o.arrival, "rate", "50%", "arrivals a second of open loops, or a share of the round's peak")
	flags.BoolVar(&o.simple, "simple-update", false, "measure pgbench's simple-update too, whose clients wait for no branch")
	flags.BoolVar(&o.verify, "verify", false, "let onestop verify audit what was stored; a finding fails the bench")
	flags.StringVar(&o.report, "report", "", "file for an HTML report with plots")
	flags.StringVar(&o.curves, "curves", "", "folder for the report's plots, an SVG file each")
	flags.StringVar(&o.profiles, "profiles", "", "folder for processor profiles of the gateway, one of each window")
	flags.StringVar(&o.keep, "keep", "", "folder to work in, which stays; otherwise a temporary one")
	return command
}

// check understands the flags.
func (o *bench) check() (err error) {
	o.stores, err = choice("--store", o.stores, storePostgres, storeSQLite)
	if err != nil {
		return err
	}
	o.apis, err = choice("--api", o.apis, transportGRPC, transportREST)
	if err != nil {
		return err
	}
	slices.Sort(o.clients)
	o.clients = slices.Compact(o.clients)
	if len(o.clients) == 0 || slices.Min(o.clients) < 1 || slices.Max(o.clients) > 300 {
		return fmt.Errorf("bench: 1 to 300 clients")
	}
	if min(o.length, o.warm+1) <= 0 || min(o.rounds, o.persons, o.scale) < 1 {
		return fmt.Errorf("bench: lengths, rounds, persons and scale must be more than 0")
	}
	if err := o.checkScenarios(); err != nil {
		return err
	}
	if o.rate, err = parsePace(o.arrival); err != nil {
		return err
	}
	o.crowd, err = newCrowd(o.persons)
	return err
}

// choice is what a flag names of two things, or both.
func choice(flag string, named []string, first, second string) ([]string, error) {
	var chosen []string
	for _, one := range []string{first, second} {
		if slices.Contains(named, one) || slices.Contains(named, both) {
			chosen = append(chosen, one)
		}
	}
	for _, name := range named {
		if name != first && name != second && name != both {
			return nil, fmt.Errorf("bench: %s is %s, %s or %s, not %q", flag, first, second, both, name)
		}
	}
	return chosen, nil
}

// runsOn reports whether a store is measured.
func (o *bench) runsOn(store string) bool { return slices.Contains(o.stores, store) }

// garbagePercent lets this program and the payers collect garbage late, as the
// gateway does: a collection they make is time taken from what is measured.
const garbagePercent = 400

// run measures, and prints what it measured and at last the line of ratios.
func (o *bench) run(ctx context.Context, out io.Writer) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	debug.SetGCPercent(garbagePercent)
	place, err := newWorkplace(o.keep)
	if err != nil {
		return err
	}
	if o.keep == "" {
		defer func() { err = errors.Join(err, os.RemoveAll(place.folder)) }()
	}
	if o.profiles != "" {
		if err := os.MkdirAll(o.profiles, 0o755); err != nil {
			return err
		}
	}
	stage, err := newBenchStage(ctx, o, place.folder)
	defer func() { err = errors.Join(err, stage.end()) }()
	if err != nil {
		return err
	}
	machine := yardstick.ThisMachine(place.folder)
	fmt.Fprintf(out, "machine: %s\n", machine)
	fmt.Fprintf(out, "%d persons, payers answer at once, windows of %s after %s of warming up\n\n", len(o.crowd.people), o.length, o.warm)
	r := &benchRun{bench: o, stage: stage, out: out, examiner: &examiner{}}
	if err := r.rounds(ctx); err != nil {
		return err
	}
	audited := r.audit(ctx)
	return errors.Join(audited, r.conclude(), r.writeReport(machine))
}
