package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// mischief is what a trial of reconciling is told to do.
type mischief struct {
	settlements int
	seed        uint64
	clients     int
	keep        string
}

// mischiefWithin bounds a trial; each settlement takes a few milliseconds.
const mischiefWithin = 2 * time.Hour

// mischiefCommand plants differences between payers' lists and the gateway.
func mischiefCommand() *cobra.Command {
	var m mischief
	command := &cobra.Command{
		Use:   "mischief",
		Short: "Settle, plant differences into what the payers list, and judge what onestop reconcile makes of them",
		Long: `Starts a gateway and payer simulators without faults and settles, and reverses
one settlement in twenty. What the payers' books then hold is written as a list
of each, with something planted into one stay in ten: rows left out, invented,
repeated, booked twice, reversed or not, moved to another facility or day, off
by a fen or of another insurance. Every list is compared by onestop reconcile.
Prints one line, and ends with 0 only if all that was planted is found with its
class, nothing is invented, and at least 95 of 100 causes are right.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return m.run(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	flags := command.Flags()
	flags.IntVar(&m.settlements, "settlements", 5000, "how many to settle")
	flags.Uint64Var(&m.seed, "seed", 1, "of persons, bills and mischief")
	flags.IntVar(&m.clients, "clients", 32, "cashiers who settle at once")
	flags.StringVar(&m.keep, "keep", "", "folder to work in, which stays; otherwise a temporary one that stays on failure")
	return command
}

// errUnreconciled is the verdict of a trial whose line says what is wrong.
var errUnreconciled = errors.New("what was planted and what was found differ")

// run prints the closing line on out, everything else on notes.
func (m mischief) run(ctx context.Context, out, notes io.Writer) (err error) {
	if m.settlements < 1 || m.clients < 1 {
		return errors.New("mischief: --settlements and --clients must be more than 0")
	}
	ctx, cancel := context.WithTimeout(ctx, mischiefWithin)
	defer cancel()
	place, err := newWorkplace(m.keep)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, place.leave(err == nil, notes, m.seed)) }()
	s, err := newStage(ctx, place.folder, cast{store: storeSQLite, seed: m.seed})
	if err != nil {
		return err
	}
	defer s.end()
	if err := s.start(ctx); err != nil {
		return err
	}
	for _, p := range s.payers {
		if err := s.heal(ctx, p); err != nil {
			return err
		}
	}
	began := time.Now()
	if err := m.settle(ctx, s); err != nil {
		return err
	}
	fmt.Fprintf(notes, "%d settled in %s\n", m.settlements, time.Since(began).Round(time.Second))
	return m.judge(ctx, s, out, notes)
}

// reversedEvery: one settlement in so many is reversed.
const reversedEvery = 20

// settle makes the settlements, many at once.
func (m mischief) settle(ctx context.Context, s *stage) error {
	var next atomic.Int64
	work, ctx := errgroup.WithContext(ctx)
	for i := range m.clients {
		kept, err := openJournal(s.folder, i)
		if err != nil {
			return err
		}
		c := newClient(s, kept, clientOf{m.seed, i, "mischief"})
		work.Go(func() error {
			for n := next.Add(1); n <= int64(m.settlements) && ctx.Err() == nil; n = next.Add(1) {
				if err := c.one(ctx, n%reversedEvery == 0); err != nil {
					return errors.Join(err, kept.close())
				}
			}
			return errors.Join(ctx.Err(), kept.close())
		})
	}
	return work.Wait()
}

// one settles one discharge, and reverses it where it is told to.
func (c *client) one(ctx context.Context, reversed bool) error {
	d := c.town.leaves(c.chance, c.next())
	settling, err := d.settling(c.chance, "settle-"+c.next())
	if err != nil {
		return err
	}
	heard, err := c.begin(ctx, settling)
	if err != nil {
		return err
	}
	if !heard.acknowledged() {
		return fmt.Errorf("without faults %s came to %s %s", settling.Discharge, heard.Status, heard.State)
	}
	if !reversed {
		return nil
	}
	reversing, err := d.reversing("reverse-"+c.next(), heard)
	if err != nil {
		return err
	}
	heard, err = c.begin(ctx, reversing)
	if err == nil && (heard.standing() != standingFinal || heard.Refused != "") {
		err = fmt.Errorf("without faults the reversal of %s came to %s %s", reversing.Discharge, heard.Status, heard.Refused)
	}
	return err
}

// judge has every payer's list compared and says what came of it.
func (m mischief) judge(ctx context.Context, s *stage, out, notes io.Writer) error {
	var v unmasked
	for _, p := range s.payers {
		rows, err := readRows(s.path(p.Code+".book"), s.town)
		if err != nil {
			return err
		}
		planted, lines := plant(rows, m.seed)
		list := s.path(p.Code + ".csv")
		if err := os.WriteFile(list, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			return err
		}
		began := time.Now()
		text, err := reconcileList(ctx, s, p.Code, list)
		if err != nil {
			return err
		}
		fmt.Fprintf(notes, "%s: %d rows compared in %s\n", p.Code, len(lines)-1, time.Since(began).Round(time.Millisecond))
		if err := v.weigh(planted, text, notes); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, &v)
	if !v.sound() {
		return errUnreconciled
	}
	return nil
}

// reconcileList runs the product's own comparison on a list of the days around
// now. It ends with 1 where anything differs, which is what was planted.
func reconcileList(ctx context.Context, s *stage, payer, list string) (string, error) {
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	text, err := output(ctx, s.path("onestop"), "reconcile", "run", "--dry-run", list, "--form", "csv", "--details",
		"--payer", payer, "--from", day(-10), "--to", day(10), "--config", s.gateways[0].config)
	if text != "" && exitCodeOf(err) == 1 {
		err = nil
	}
	return text, err
}
