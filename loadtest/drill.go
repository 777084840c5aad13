package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// drills is what the drills are told to do.
type drills struct {
	only   []string
	factor int
	seed   uint64
	keep   string
}

// How long one drill lasts beside its alert's window.
const (
	drillPeace  = 15 * time.Second // nothing is broken and nothing may fire
	drillLate   = 20 * time.Second // for scraping, judging and a busy machine
	drillAfter  = 3 * time.Second  // what else the break makes fire
	drillWithin = 10 * time.Minute // one drill in all, building included
)

var errDrill = errors.New("an alert that had to fire did not, or one that had not to did")

// drillCommand breaks things before a real Prometheus.
func drillCommand() *cobra.Command {
	var o drills
	command := &cobra.Command{
		Use:   "drill",
		Short: "Break one thing after the other and see that the right alert fires, and no other",
		Long: `For each drill: starts gateways, payer simulators, a store and a Prometheus that
has the shipped rules with every window divided by --factor, lets cashiers
settle in peace, during which no alert may fire, breaks one thing, and waits for
the alerts that the break has to raise. Prints one row for each drill, as in
deploy/RUNBOOK.md, and ends with 0 only if every right alert fired within its
window and none of the wrong ones.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return o.run(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	flags := command.Flags()
	flags.StringSliceVar(&o.only, "only", nil, "names of drills; otherwise all: "+strings.Join(drillNames(), ", "))
	flags.IntVar(&o.factor, "factor", 30, "by how much the rules' windows are shortened")
	flags.Uint64Var(&o.seed, "seed", 1, "of persons and bills")
	flags.StringVar(&o.keep, "keep", "", "folder to work in, which stays; otherwise temporary ones")
	return command
}

// run plays the drills one after the other and prints the table on out.
func (o drills) run(ctx context.Context, out, notes io.Writer) error {
	if o.factor < 1 {
		return fmt.Errorf("drill: --factor must be more than 0")
	}
	for _, name := range o.only {
		if !slices.Contains(drillNames(), name) {
			return fmt.Errorf("drill: %q is none of %s", name, strings.Join(drillNames(), ", "))
		}
	}
	fmt.Fprintf(out, "| drill | what was done | alert | fired after | window | fired beside it |\n|---|---|---|---|---|---|\n")
	var problems []error
	for _, d := range allDrills {
		if len(o.only) > 0 && !slices.Contains(o.only, d.name) {
			continue
		}
		told, err := o.play(ctx, d, notes)
		if err != nil {
			return fmt.Errorf("drill %s: %w", d.name, err)
		}
		told.print(out, o.factor)
		if problem := told.wrong(); problem != "" {
			problems = append(problems, fmt.Errorf("drill %s: %s: %w", d.name, problem, errDrill))
		}
	}
	return errors.Join(problems...)
}

// play plays one drill on a stage of its own.
func (o drills) play(ctx context.Context, d drill, notes io.Writer) (out raised, err error) {
	ctx, cancel := context.WithTimeout(ctx, drillWithin)
	defer cancel()
	keep := o.keep
	if keep != "" {
		keep = filepath.Join(keep, d.name)
	}
	place, err := newWorkplace(keep)
	if err != nil {
		return raised{}, err
	}
	s := &scene{drill: d, drills: o, folder: place.folder, notes: notes}
	defer func() {
		err = errors.Join(err, s.end())
		if err == nil && keep == "" && out.wrong() == "" {
			err = os.RemoveAll(place.folder)
			return
		}
		fmt.Fprintf(notes, "kept in %s\n", place.folder)
	}()
	if err := s.set(ctx); err != nil {
		return raised{}, err
	}
	return s.perform(ctx)
}

// perform lets cashiers settle, breaks, and watches, until the alerts that have
// to fire have fired or their windows are over.
func (s *scene) perform(ctx context.Context) (out raised, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work, ctx := errgroup.WithContext(ctx)
	for i := range drillCashiers {
		c, err := s.run.client(i, "drill")
		if err != nil {
			return raised{}, err
		}
		work.Go(func() error { return errors.Join(c.dwell(ctx), c.journal.close()) })
	}
	work.Go(func() (err error) {
		defer cancel()
		out, err = s.strike(ctx)
		return err
	})
	return out, work.Wait()
}

// drillCashiers settle all the time, with a pause between two discharges that
// leaves the machine to what is being tried.
const (
	drillCashiers = 12
	drillPause    = 250 * time.Millisecond
)

// dwell settles at leisure until ctx ends.
func (c *client) dwell(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := c.discharge(ctx); err != nil {
			return err
		}
		c.pause(ctx, drillPause)
	}
	return nil
}

// strike is the drill itself, beside the cashiers.
func (s *scene) strike(ctx context.Context) (raised, error) {
	out := raised{drill: s.drill, fired: map[string]time.Duration{}}
	wait(ctx, drillPeace)
	early, err := s.firing(ctx)
	if err != nil {
		return out, err
	}
	out.early = early
	struck := time.Now()
	if err := s.drill.strike(ctx, s); err != nil {
		return out, err
	}
	deadline := struck.Add(s.drill.longest()/time.Duration(s.factor) + drillLate)
	for ctx.Err() == nil && time.Now().Before(deadline) {
		if err := s.note(ctx, &out, struck); err != nil {
			return out, err
		}
		if len(out.missing()) == 0 {
			wait(ctx, drillAfter)
			err := s.note(ctx, &out, struck)
			if err == nil && s.drill.heal != nil {
				err = s.drill.heal(ctx, s)
			}
			return out, err
		}
		wait(ctx, 250*time.Millisecond)
	}
	return out, ctx.Err()
}

// note adds what fires now to what fired since the strike.
func (s *scene) note(ctx context.Context, out *raised, struck time.Time) error {
	now, err := s.firing(ctx)
	if err != nil {
		return err
	}
	for _, alert := range now {
		if _, known := out.fired[alert]; !known {
			out.fired[alert] = time.Since(struck)
		}
	}
	return nil
}
