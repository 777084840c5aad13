package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// recoverCommand makes a store that went back to an earlier moment fit to be
// served from.
func recoverCommand() *cobra.Command {
	r := &recovery{}
	var stopped, since string
	var after bool
	command := &cobra.Command{
		Use:   "recover --after-restore --stopped-at TIME --book PAYER=FILE...",
		Short: "After a restore: take up everything that payers remember and the store lost",
		Long: `A store that was restored to an earlier moment has lost decisions which payers
still remember. Stop every gateway, restore, let the payers' quiet period pass,
export each payer's whole book (JSON lines with "message", "net", "person", "encounter"
and, where it has one, "reference"; reversed settlements too), and run this before any gateway is
started. Everything newer than the restore is taken as unknown: what was open is
decided against; what stands here and is undone at its payer, and what a payer
has and nobody here knows, is reversed with the payer. The list of what was
taken up is printed; those discharges have to be settled again.

While a recovery is begun and not done no gateway starts. It may be stopped at
any moment and run again. The books are held in memory. On PostgreSQL it refuses
to run while a gateway has a session.

Ends with 0 once everything is at a rest, 1 if something is left or contradicts
a book, 2 if what was given cannot be read.`,
		Args: unread(cobra.NoArgs),
		RunE: func(command *cobra.Command, _ []string) (err error) {
			if !after {
				return exitError{exitUnread, errors.New("say --after-restore: nothing else is recovered by hand, the gateway does it by itself")}
			}
			if r.stopped, err = time.Parse(time.RFC3339, stopped); err != nil {
				return exitError{exitUnread, fmt.Errorf("--stopped-at: %w", err)}
			}
			if since != "" {
				if r.since, err = time.Parse(time.RFC3339, since); err != nil {
					return exitError{exitUnread, fmt.Errorf("--books-since: %w", err)}
				}
			}
			c, err := loadConfig(command.Flags(), os.LookupEnv)
			if err != nil {
				return exitError{exitUnread, err}
			}
			r.out, r.log = command.OutOrStdout(), newLog(command.ErrOrStderr(), c.LogLevel)
			return r.run(command.Context(), c)
		},
	}
	settingFlags(command.Flags())
	command.Flags().BoolVar(&after, "after-restore", false, "the store was restored to an earlier moment")
	command.Flags().StringVar(&stopped, "stopped-at", "", "when the last gateway stopped (RFC 3339)")
	command.Flags().StringVar(&since, "books-since", "", "when the books begin (RFC 3339); none: with the first settlement")
	command.Flags().StringArrayVar(&r.books, "book", nil, "a payer's own book, as PAYER=FILE; one for each payer")
	command.Flags().DurationVar(&r.within, "within", 15*time.Minute, "how long to ask and reverse before giving up for now")
	return command
}

// recovery is one run of the command.
type recovery struct {
	books   []string
	stopped time.Time
	since   time.Time
	within  time.Duration
	out     io.Writer
	log     *slog.Logger
}

// run opens the store, takes up, and carries to a rest.
func (r *recovery) run(ctx context.Context, c config) (err error) {
	books, err := readBooksWhole(r.books)
	if err != nil {
		return exitError{exitUnread, err}
	}
	policies, err := c.policiesInForce(ctx)
	if err != nil {
		return exitError{exitUnread, err}
	}
	directory, err := c.directory(policies)
	if err != nil {
		return exitError{exitUnread, err}
	}
	if err := r.ripe(&directory, books, time.Now()); err != nil {
		return exitError{exitUnread, err}
	}
	c.name = "onestop-recover"
	g, err := assembleUnserved(ctx, c, policies, r.log)
	if err != nil {
		return exitError{exitUnread, err}
	}
	defer g.close()
	return r.carry(ctx, g, books)
}

// ripe refuses to begin before the books can be whole: there is one for each
// payer, and nothing that a gateway sent can still be on its way.
func (r *recovery) ripe(directory *lifecycle.Directory, books bookshelf, now time.Time) error {
	var quiet time.Duration
	for code, payer := range directory.Payers {
		if books[code] == nil {
			return fmt.Errorf("--book %s=FILE is missing: what this payer remembers cannot be known without it", code)
		}
		quiet = max(quiet, payer.Terms().QuietPeriod)
	}
	if until := r.stopped.Add(quiet); now.Before(until) {
		return fmt.Errorf("what was sent last may still arrive until %s: wait, then export the books anew", until.Format(time.RFC3339))
	}
	return nil
}

// carry takes up what the books tell, waits for its rest, and marks the
// recovery as done if nothing is left.
func (r *recovery) carry(ctx context.Context, g *gateway, books bookshelf) error {
	begun, err := begin(ctx, g.store)
	if err != nil {
		return err
	}
	archive, err := g.config.openArchive(ctx)
	if err != nil {
		return err
	}
	taken, err := g.lifecycle.Restore(ctx, lifecycle.Restore{Archive: archive, Books: books, BegunAt: begun.BegunAt, Since: r.since})
	if err = errors.Join(err, archive.Shut()); err != nil {
		return err
	}
	r.tell(&taken)
	left, err := r.rest(ctx, g.lifecycle)
	if err != nil {
		return err
	}
	switch {
	case left > 0:
		return fmt.Errorf("%d settlements are not at a rest yet: run this again", left)
	case len(taken.Contradictions) > 0:
		return fmt.Errorf("%d contradictions: clear them with the payer, export its book and run this again", len(taken.Contradictions))
	}
	begun.DoneAt = time.Now()
	if err := g.store.PutRestoration(ctx, begun); err != nil {
		return err
	}
	fmt.Fprintln(r.out, "done: gateways may be started; onestop verify with books exported now has to find nothing")
	return nil
}

// begin notes that a recovery is under way, going on with one that is, and
// makes sure that no gateway serves: one that started before the note has a
// session, one that starts after it refuses.
func begin(ctx context.Context, store *keeper) (lifecycle.Restoration, error) {
	begun, err := store.Restoration(ctx)
	if err != nil {
		return begun, err
	}
	if !begun.Pending() {
		begun = lifecycle.Restoration{BegunAt: time.Now().Truncate(time.Microsecond)}
		if err := store.PutRestoration(ctx, begun); err != nil {
			return begun, err
		}
	}
	others, err := store.others(ctx)
	if err == nil && others > 0 {
		err = fmt.Errorf("%d sessions of gateways are open on this database: stop them all first", others)
	}
	return begun, err
}

// rest asks and reverses until nothing moves any more, or time is up.
func (r *recovery) rest(ctx context.Context, l *lifecycle.Lifecycle) (left int, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.within)
	defer cancel()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		l.Recover(ctx)
		if left, err = l.Unrested(context.WithoutCancel(ctx)); err != nil || left == 0 {
			return left, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return left, l.Drain(context.WithoutCancel(ctx))
		}
	}
}

// tell prints what was taken up.
func (r *recovery) tell(taken *lifecycle.Restored) {
	for _, finding := range taken.Contradictions {
		fmt.Fprintln(r.out, finding)
	}
	fmt.Fprintf(r.out, "%d settlements: %d were open and are taken up, %d stand here and are undone at their payer, %d only their payer knows, %d wait for people\n",
		taken.Seen, taken.Again, taken.Forgotten, taken.Found, taken.People)
}

// bookshelf are payers' own books, line by message.
type bookshelf = map[settlement.PayerCode]map[settlement.MessageID]*lifecycle.Booked

// readBooksWhole reads payers' books with whose each message is. A payer may
// have its book in several files.
func readBooksWhole(books []string) (bookshelf, error) {
	shelf := bookshelf{}
	for _, book := range books {
		payer, file, err := bookOf(book)
		if err != nil {
			return nil, err
		}
		if shelf[payer] == nil {
			shelf[payer] = map[settlement.MessageID]*lifecycle.Booked{}
		}
		err = readBook(file, func(line *bookLine) error {
			line.add(shelf[payer])
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("book %s: %w", file, err)
		}
	}
	return shelf, nil
}

// add counts the line among those of its message. Any of them may say whose it is.
func (l *bookLine) add(lines map[settlement.MessageID]*lifecycle.Booked) {
	one := lines[l.Message]
	if one == nil {
		one = &lifecycle.Booked{}
		lines[l.Message] = one
	}
	one.Net += *l.Net
	one.Reference = cmp.Or(one.Reference, l.Reference)
	one.Insured = cmp.Or(one.Insured, settlement.Private(l.Person))
	one.Encounter = cmp.Or(one.Encounter, l.Encounter)
}
