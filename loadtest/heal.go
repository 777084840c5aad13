package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// healing is what a trial of healing is told to do.
type healing struct {
	store   string
	doubts  int
	silence time.Duration
	seed    uint64
	keep    string
}

// The times of a trial of healing.
const (
	healGoal    = 60 * time.Second // 99 of 100 are settled so soon after the payer answers again
	healWithin  = 3 * time.Minute  // then what is not settled counts as not healed
	healBurst   = 3 * time.Second  // in which all ask, before any payer's time is over
	healLook    = 250 * time.Millisecond
	healReaders = 8
)

// errUnhealed is the verdict of a trial whose line says what is wrong.
var errUnhealed = errors.New("what was in doubt is not settled as it has to be")

// healCommand silences payers and measures how soon what is in doubt is settled.
func healCommand() *cobra.Command {
	var h healing
	command := &cobra.Command{
		Use:   "heal",
		Short: "Silence the payers with settlements in doubt, let them answer again, and measure how soon all are settled",
		Long: `Starts gateways and payer simulators and has as many settlements asked for at
once as are to be in doubt. No payer answers any of them, though it books every
second one; from then on the payers take every call and answer none. After the
silence they answer again. Prints one line of how soon after that the
settlements were closed, by the gateways' own times, and ends with 0 only if all
are settled, none is handed to people, 99 of 100 within a minute, and the
auditor finds nothing in the store and the payers' books.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return h.run(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	flags := command.Flags()
	flags.StringVar(&h.store, "store", storeSQLite, "sqlite, with one gateway, or postgres, with two")
	flags.IntVar(&h.doubts, "doubts", 300, "settlements asked for at once")
	flags.DurationVar(&h.silence, "silence", 2*time.Minute, "how long the payers are silent")
	flags.Uint64Var(&h.seed, "seed", 1, "of persons and bills")
	flags.StringVar(&h.keep, "keep", "", "folder to work in, which stays; otherwise a temporary one that stays on failure")
	return command
}

// run prints the closing line on out, everything else on notes.
func (h healing) run(ctx context.Context, out, notes io.Writer) (err error) {
	gateways, known := map[string]int{storeSQLite: 1, storePostgres: 2}[h.store]
	if !known || h.doubts < 1 || h.silence <= 0 {
		return errors.New("heal: --store is sqlite or postgres, --doubts and --silence must be more than 0")
	}
	place, err := newWorkplace(h.keep)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, place.leave(err == nil, notes, h.seed)) }()
	s, err := newStage(ctx, place.folder, cast{store: h.store, gateways: gateways, seed: h.seed})
	if err != nil {
		return err
	}
	defer s.end()
	for _, g := range s.gateways {
		if err := roomy(g.config); err != nil {
			return err
		}
	}
	if err := s.start(ctx); err != nil {
		return err
	}
	return h.trial(ctx, s, out, notes)
}

// roomy lets a gateway take on all that is asked at once, and gives calls the
// time to be asked before the first of them is given up.
func roomy(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	changed := strings.NewReplacer(
		"call_timeout: 1s", "call_timeout: 5s", "quiet_period: 8s", "quiet_period: 15s", "lease: 11s", "lease: 16s",
		"in_flight: 256", "in_flight: 4000, calls: 4000, waiting: 4000, connections_per_address: 8000, connections: 8000", "connections: 32", "connections: 2000",
	).Replace(string(text))
	return os.WriteFile(file, []byte(changed), 0o600)
}

// trial is the trial from the first request to the verdict.
func (h healing) trial(ctx context.Context, s *stage, out, notes io.Writer) error {
	if err := h.play(ctx, s, h.taken()); err != nil {
		return err
	}
	asked := make(chan []said, 1)
	go func() { asked <- h.ask(ctx, s) }()
	wait(ctx, healBurst)
	if err := h.play(ctx, s, []any{map[string]any{"fault": "lost_before", "delay_ms": hang}}); err != nil {
		return err
	}
	began := time.Now()
	open := slices.DeleteFunc(<-asked, func(a said) bool { return a.standing() != standingOpen || a.ID == "" })
	wait(ctx, h.silence-time.Since(began))
	if err := h.play(ctx, s, nil); err != nil {
		return err
	}
	again := time.Now()
	fmt.Fprintf(notes, "%d of %d are in doubt; the payers answer again after %s\n", len(open), h.doubts, time.Since(began).Round(time.Second))
	v, err := h.watch(ctx, s, open, again)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, v)
	if err := h.audited(ctx, s, notes); err != nil {
		return err
	}
	if len(open) < h.doubts*9/10 || !v.sound() {
		return errUnhealed
	}
	return nil
}

// hang is how long a payer that does not answer leaves a call open,
// milliseconds: longer than any call waits.
const hang = 60_000

// taken are the rules by which a payer answers no settle though it books every
// second one; what is asked before it answers as ever.
func (h healing) taken() (rules []any) {
	for range h.doubts {
		for _, fault := range []string{"lost_after", "lost_before"} {
			rules = append(rules, map[string]any{"transaction": "2304", "fault": fault, "first": 1, "delay_ms": hang})
		}
	}
	return rules
}

// play gives all payers the same rules; none ends their faults.
func (h healing) play(ctx context.Context, s *stage, rules []any) error {
	for _, p := range s.payers {
		if err := s.direct(ctx, p, map[string]any{"rules": rules}); err != nil {
			return err
		}
	}
	return nil
}

// ask has all settlements asked for at once, each once.
func (h healing) ask(ctx context.Context, s *stage) []said {
	answers := make([]said, h.doubts)
	var work errgroup.Group
	for i := range h.doubts {
		c := newClient(s, nil, clientOf{h.seed, i, "heal"})
		work.Go(func() error {
			d := c.town.leaves(c.chance, c.next())
			settling, err := d.settling(c.chance, "settle-"+c.next())
			if err != nil {
				return err // never: a bill is always JSON
			}
			ctx, cancel := context.WithTimeout(ctx, 2*answerWithin)
			defer cancel()
			answers[i] = c.doors[i%len(c.doors)].asks(ctx, c.transports[i%len(c.transports)], settling)
			return nil
		})
	}
	_ = work.Wait() // none fails
	return answers
}

// watch waits until all settlements are closed, or people's, and says how soon
// after the payers answered again each was.
func (h healing) watch(ctx context.Context, s *stage, open []said, again time.Time) (*healed, error) {
	v := &healed{}
	ctx, cancel := context.WithTimeout(ctx, healWithin)
	defer cancel()
	for len(open) > 0 && ctx.Err() == nil {
		now := make([]said, len(open))
		var work errgroup.Group
		work.SetLimit(healReaders)
		for i := range open {
			work.Go(func() error { now[i] = s.gateways[0].door.reads(ctx, transportGRPC, open[i].ID); return nil })
		}
		_ = work.Wait() // none fails
		var left []said
		for i := range open {
			counted, err := v.count(&now[i], again)
			if err != nil {
				return v, err
			}
			if !counted {
				left = append(left, open[i])
			}
		}
		open = left
		wait(ctx, healLook)
	}
	v.left = len(open)
	return v, nil
}

// audited has the product's own auditor look at the store and the payers' books.
func (h healing) audited(ctx context.Context, s *stage, notes io.Writer) error {
	if err := s.stopGateways(); err != nil {
		return err
	}
	for _, p := range s.payers {
		if _, err := s.export(ctx, p); err != nil {
			return err
		}
	}
	findings, err := s.audit(ctx)
	fmt.Fprintln(notes, shortened(findings))
	return err
}
