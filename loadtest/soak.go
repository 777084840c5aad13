package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// soak is what a soak is told to do.
type soak struct {
	store     string
	length    time.Duration
	killEvery time.Duration
	freeze    time.Duration // at most
	seed      uint64
	clients   int
	keep      string
	lie       bool
	keys      bool
}

// overtime is what a soak may take beyond its length: building, draining,
// asking everything again and verifying. Then it is cut off.
const overtime = 5 * time.Minute

var errUnsound = errors.New("the soak found what must not be")

// soakCommand settles under kill -9 and judges what came of it.
func soakCommand() *cobra.Command {
	var o soak
	command := &cobra.Command{
		Use:   "soak",
		Short: "Settle while gateways, payers and databases are killed, and judge what came of it",
		Long: `Builds the gateway and the payer simulator, starts them with invented persons
and payers that misbehave by seed, lets clients settle and reverse over REST
and gRPC, and kills and freezes processes meanwhile. Then the faults end, every
unanswered key is asked until its answer is final, and everything is judged
from outside: the clients' own journals, the payers' own books, the policies'
own caps, and onestop verify. Prints one line, and ends with 0 only if nothing
was lost, paid twice, over a cap or stuck. What failed is kept, and says where.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return o.run(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.store, "store", storeSQLite, "sqlite (one gateway) or postgres (three, and a cluster of their own)")
	flags.DurationVar(&o.length, "for", 40*time.Second, "how long clients settle")
	flags.DurationVar(&o.killEvery, "kill-every", 3*time.Second, "how often something is killed or frozen, on average")
	flags.DurationVar(&o.freeze, "freeze-at-most", frozenUsually, "how long a gateway is frozen; more than 11s outlasts its lease, which only postgres has others to take over")
	flags.Uint64Var(&o.seed, "seed", 1, "of persons, bills, faults and strikes")
	flags.IntVar(&o.clients, "clients", 16, "cashiers who settle at once")
	flags.BoolVar(&o.lie, "lie", false, "negative control: a payer whose word is proof says yes to reversals and does nothing; the soak must fail")
	flags.BoolVar(&o.keys, "keys", false, "encrypt what is kept of persons, rotate the key every 4s, encrypt anew beside it all, killed every other time, and retire every older key in the end")
	flags.StringVar(&o.keep, "keep", "", "folder to work in, which stays; otherwise a temporary one that stays on failure")
	return command
}

// run soaks and prints the closing line on out, everything else on notes.
func (o soak) run(ctx context.Context, out, notes io.Writer) (err error) {
	if gatewaysOf[o.store] == 0 || o.clients < 1 || o.length <= 0 || o.killEvery <= 0 || o.freeze <= frozenAtLeast {
		return fmt.Errorf("soak: --store must be %s or %s, a freeze longer than %s, and the other flags more than 0", storeSQLite, storePostgres, frozenAtLeast)
	}
	ctx, cancel := context.WithTimeout(ctx, o.length+overtime)
	defer cancel()
	place, err := newWorkplace(o.keep)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, place.leave(err == nil, notes, o.seed)) }()
	stage, err := newStage(ctx, place.folder, o.cast())
	if err != nil {
		return err
	}
	defer stage.end()
	r := &run{soak: o, stage: stage, out: notes}
	verdict, err := r.whole(ctx)
	if verdict != nil {
		fmt.Fprintln(out, verdict)
	}
	return err
}

// cast is who plays in this soak.
func (o soak) cast() cast { return cast{store: o.store, seed: o.seed, lie: o.lie, keys: o.keys} }

// whole is the soak from start to verdict, which is nil if none was reached.
func (r *run) whole(ctx context.Context) (*verdict, error) {
	if err := r.start(ctx); err != nil {
		return nil, err
	}
	if err := r.load(ctx); err != nil {
		return nil, err
	}
	if err := r.drain(ctx); err != nil {
		return nil, err
	}
	e, err := r.gather(ctx)
	if err != nil {
		return nil, err
	}
	if r.stage.keys != nil {
		if err := r.retire(ctx); err != nil {
			return nil, err
		}
	}
	verdict := judge(e)
	findings, err := r.audit(ctx)
	if !verdict.sound() {
		err = errors.Join(err, errUnsound)
	}
	text := strings.Join(append(verdict.problems, "onestop verify: "+findings), "\n")
	fmt.Fprintf(r.out, "judge: %d keys, %d benefits cut by a cap\n%s\n", len(e.stories), verdict.limited, shortened(text))
	return verdict, errors.Join(err, os.WriteFile(r.path("findings.txt"), []byte(text), 0o600))
}

// shownMost bounds the findings that are shown; all of them are in a file.
const shownMost = 40

// shortened is the first lines of a text and its last.
func shortened(text string) string {
	lines := strings.Split(text, "\n")
	if len(lines) <= shownMost {
		return text
	}
	last := lines[len(lines)-1]
	return fmt.Sprintf("%s\n(%d more in findings.txt)\n%s", strings.Join(lines[:shownMost], "\n"), len(lines)-shownMost-1, last)
}

// gather asks everything once more, lets the gateways end, and takes down what
// the payers hold then.
func (r *run) gather(ctx context.Context) (*evidence, error) {
	stories, err := readJournals(r.folder)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	seconds, err := r.recheck(ctx, stories)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(r.out, "recheck: %d final keys asked and read again, for %s\n", len(seconds), time.Since(began).Round(time.Second))
	if err := r.stopGateways(); err != nil {
		return nil, err
	}
	e := &evidence{stories: stories, seconds: seconds, books: map[string][]booked{}, town: r.town}
	for _, p := range r.payers {
		if e.books[p.Code], err = r.export(ctx, p); err != nil {
			return nil, err
		}
	}
	e.limits, err = readLimits(r.policies)
	return e, err
}
