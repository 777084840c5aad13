package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
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
of each, and what the gateway granted as a list of civil affairs, with something
planted into one stay in ten: rows left out, invented, repeated, booked twice,
reversed or not, moved to another facility, day or side of midnight, off by a
fen or of another insurance or category. The gateway compares every list, asked
by onestop reconcile run, and keeps what it finds, which is read again. Prints one line, and ends with 0 only if all that was planted is found with its
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
		if err := s.direct(ctx, p, nights); err != nil {
			return err
		}
	}
	began := time.Now()
	granted, err := m.settle(ctx, s)
	if err != nil {
		return err
	}
	fmt.Fprintf(notes, "%d settled in %s\n", m.settlements, time.Since(began).Round(time.Second))
	return m.judge(ctx, s, granted, out, notes)
}

// nights has one settlement in ten booked just before midnight: where a day
// ends is one thing to differ about.
var nights = map[string]any{"weights": map[string]int{"ok": 9, "at_night": 1}}

// reversedEvery: one settlement in so many is reversed.
const reversedEvery = 20

// settle makes the settlements, many at once, and gives what was granted.
func (m mischief) settle(ctx context.Context, s *stage) ([]listRow, error) {
	var next atomic.Int64
	granted := make([][]listRow, m.clients)
	work, ctx := errgroup.WithContext(ctx)
	for i := range m.clients {
		kept, err := openJournal(s.folder, i)
		if err != nil {
			return nil, err
		}
		c := newClient(s, kept, clientOf{m.seed, i, "mischief"})
		work.Go(func() error {
			for n := next.Add(1); n <= int64(m.settlements) && ctx.Err() == nil; n = next.Add(1) {
				rows, err := c.one(ctx, n%reversedEvery == 0)
				if err != nil {
					return errors.Join(err, kept.close())
				}
				granted[i] = append(granted[i], rows...)
			}
			return errors.Join(ctx.Err(), kept.close())
		})
	}
	err := work.Wait()
	return slices.Concat(granted...), err
}

// one settles one discharge, and reverses it where it is told to. It gives the
// rows that civil affairs have of it.
func (c *client) one(ctx context.Context, reversed bool) ([]listRow, error) {
	d := c.town.leaves(c.chance, c.next())
	settling, err := d.settling(c.chance, "settle-"+c.next())
	if err != nil {
		return nil, err
	}
	heard, err := c.begin(ctx, settling)
	if err != nil {
		return nil, err
	}
	if !heard.acknowledged() {
		return nil, fmt.Errorf("without faults %s came to %s %s", settling.Discharge, heard.Status, heard.State)
	}
	row, err := d.granted(&heard)
	if err != nil || !reversed {
		return []listRow{row}, err
	}
	reversing, err := d.reversing("reverse-"+c.next(), heard)
	if err != nil {
		return nil, err
	}
	heard, err = c.begin(ctx, reversing)
	if err == nil && (heard.standing() != standingFinal || heard.Refused != "") {
		err = fmt.Errorf("without faults the reversal of %s came to %s %s", reversing.Discharge, heard.Status, heard.Refused)
	}
	back := row
	back.reverses = true
	return []listRow{row, back}, err
}

// judge has every list compared and says what came of it.
func (m mischief) judge(ctx context.Context, s *stage, granted []listRow, out, notes io.Writer) error {
	var v unmasked
	for _, p := range s.payers {
		rows, err := readRows(s.path(p.Code+".book"), s.town)
		if err == nil {
			err = m.weigh(ctx, s, &v, trial{p.Code, []string{"--payer", p.Code}, insuranceList, rows}, notes)
		}
		if err != nil {
			return err
		}
	}
	err := m.weigh(ctx, s, &v, trial{"assistance", []string{"--share", "assistance"}, assistanceList, granted}, notes)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, &v)
	if !v.sound() {
		return errUnreconciled
	}
	return nil
}

// trial is one list to plant into and have compared.
type trial struct {
	name  string
	scope []string // flags of onestop reconcile run
	form  listForm
	rows  []listRow
}

// weigh plants into one list and weighs what the gateway makes of it.
func (m mischief) weigh(ctx context.Context, s *stage, v *unmasked, t trial, notes io.Writer) error {
	planted, lines := plant(t.rows, m.seed, t.form)
	list := s.path(t.name + ".csv")
	if err := os.WriteFile(list, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return err
	}
	began := time.Now()
	text, err := reconcileList(ctx, s, list, t.scope)
	if err != nil {
		return err
	}
	fmt.Fprintf(notes, "%s: %d rows compared in %s\n", t.name, len(lines)-1, time.Since(began).Round(time.Millisecond))
	return v.weigh(planted, text, notes)
}

// runNamed is how a run that is kept is named.
var runNamed = regexp.MustCompile(`(?m)^reconciliation (\S+) done`)

// reconcileList has the gateway compare a list of the days around now, and
// reads what it kept. The run ends with 1 where anything differs, which is what
// was planted.
func reconcileList(ctx context.Context, s *stage, list string, scope []string) (string, error) {
	onestop, address := s.path("onestop"), s.gateways[0].address
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	text, err := output(ctx, onestop, append([]string{"reconcile", "run", list, "--form", "csv", "--details", "--operator", "mischief",
		"--address", address, "--from", day(-10), "--to", day(10)}, scope...)...)
	run := runNamed.FindStringSubmatch(text)
	if run == nil || err != nil && exitCodeOf(err) != 1 {
		return "", errors.Join(err, fmt.Errorf("no result: %s", text))
	}
	differences, err := output(ctx, onestop, "reconcile", "differences", run[1], "--address", address)
	return differences + "\n" + text, err
}
