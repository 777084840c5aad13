package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/postgres"
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/adapters/store/sqlite"
	"github.com/onestop-gateway/onestop/settlement/chain"
)

// rewrapper is a store opened to be encrypted anew, beside its gateways.
type rewrapper interface {
	store.Rewrappable
	Shut() error
}

// openRewrapper opens the configured store for that, with its keys.
func (c *config) openRewrapper(ctx context.Context) (rewrapper, *sealing.Ring, error) {
	keys, err := c.Keys.open()
	if err == nil && keys == nil {
		err = errors.New("keys: the configuration names no ring")
	}
	if err != nil {
		return nil, nil, err
	}
	if c.Store.Postgres != "" {
		in, err := postgres.OpenRewrapper(ctx, postgres.Config{DSN: c.Store.Postgres, Dev: c.Dev, Name: "onestop-rewrap", Keys: keys})
		return in, keys, err
	}
	in, err := sqlite.OpenRewrapper(ctx, sqlite.Config{Path: c.Store.SQLite, Keys: keys})
	return in, keys, err
}

// ofStore runs what looks at the configured store's values.
func ofStore(command *cobra.Command, run func(config, rewrapper, *sealing.Ring) error) error {
	c, err := loadConfig(command.Flags(), os.LookupEnv)
	if err != nil {
		return exitError{exitUnread, err}
	}
	in, keys, err := c.openRewrapper(command.Context())
	if err != nil {
		return exitError{exitUnread, err}
	}
	return errors.Join(run(c, in, keys), in.Shut())
}

var errLeft = errors.New("values are left under other keys or in the clear")

func keysRewrapCommand() *cobra.Command {
	var count bool
	var by *staff
	pace := store.Pace{}
	command := &cobra.Command{
		Use:   "rewrap --config FILE",
		Short: "Encrypt anew, beside running gateways, whatever is in the clear or under an older key",
		Long: `Goes through every table of the store and encrypts anew, under the key in use,
each value that is in the clear or under another key, in small transactions and
with a rest after each of them. Gateways go on settling. A run that was stopped, in
whatever way, is taken up by the next one. On PostgreSQL it connects as the owner
of the tables (--store-postgres), not as the gateways' role. Every gateway must
have taken the ring over before. The audit trail is told who runs it when it begins,
and how many rows were encrypted anew when it ends.

Ends with a count by column and key: with 0 if all is under the key in use, 1 if
something is not, 2 if nothing could be read.`,
		Args: unread(cobra.NoArgs),
		RunE: func(command *cobra.Command, _ []string) error {
			return ofStore(command, func(c config, in rewrapper, keys *sealing.Ring) error {
				if count {
					return tellCensus(command, in, keys)
				}
				log := keysLog{in, string(*by), c.instance()}
				if err := log.write(command.Context(), "BeginRewrapKeys", "to key "+keys.Active(), nil); err != nil {
					return err
				}
				so, err := rewrapAll(command, in, keys, pace)
				told := fmt.Sprintf("to key %s: %d rows of %d, %d unreadable", keys.Active(), so.Written, so.Read, so.Unreadable)
				err = errors.Join(err, log.write(context.WithoutCancel(command.Context()), "RewrapKeys", told, err))
				if err != nil {
					return err
				}
				return errors.Join(tellCensus(command, in, keys), unopened(so))
			})
		},
	}
	settingFlags(command.Flags())
	by = operatorFlag(command)
	command.Flags().IntVar(&pace.Rows, "rows", 200, "rows in a batch, which is one transaction")
	command.Flags().IntVar(&pace.Rest, "rest", 100, "rest after each batch, in per cent of the time it took")
	command.Flags().BoolVar(&count, "count", false, "only count the values by column and key")
	return command
}

// unopened is the error of rows that could not be opened.
func unopened(so store.Rewrapped) error {
	if so.Unreadable == 0 {
		return nil
	}
	return fmt.Errorf("%d rows have a value that no key of the ring opens; onestop verify tells which", so.Unreadable)
}

// rewrapAll encrypts anew and tells how fast.
func rewrapAll(command *cobra.Command, in rewrapper, keys *sealing.Ring, pace store.Pace) (store.Rewrapped, error) {
	shown := newProgress(command.ErrOrStderr(), "rows")
	began := time.Now()
	so, err := store.Vault{Ring: keys}.Rewrap(command.Context(), in, pace, func(table string, so store.Rewrapped) {
		shown.what = table + ", rows looked at"
		shown.reach(int(so.Read))
	})
	shown.clear()
	took := time.Since(began)
	fmt.Fprintf(command.OutOrStdout(), "%d rows encrypted anew of %d looked at, in %s (%.0f a second)\n",
		so.Written, so.Read, took.Round(time.Millisecond), float64(so.Written)/max(took.Seconds(), 0.001))
	return so, err
}

// tellCensus prints how many values are under which key, and what that means for
// the keys.
func tellCensus(command *cobra.Command, in rewrapper, keys *sealing.Ring) error {
	all, err := store.Census(command.Context(), in)
	if err != nil {
		return err
	}
	out := command.OutOrStdout()
	under := map[string]int64{}
	for _, one := range all {
		under[one.Key] += one.Values
		fmt.Fprintf(out, "%-24s %-13s %d\n", one.Column, keyName(one.Key), one.Values)
	}
	left := under[""]
	fmt.Fprintf(out, "%d values in the clear\n", left)
	for key, values := range under {
		if key != "" && key != keys.Active() {
			left += values
		}
	}
	for _, key := range keys.IDs() {
		tellKey(out, key, under[key], key == keys.Active())
		delete(under, key)
	}
	delete(under, "")
	for _, key := range slices.Sorted(maps.Keys(under)) {
		fmt.Fprintf(out, "%d values under key %s, which the ring does not have\n", under[key], key)
	}
	if left > 0 {
		return fmt.Errorf("%d: %w", left, errLeft)
	}
	return nil
}

func keyName(key string) string {
	if key == "" {
		return "in the clear"
	}
	return "key " + key
}

func tellKey(out io.Writer, key string, values int64, active bool) {
	what := ""
	switch {
	case active:
		what = ", which is in use"
	case values == 0:
		what = ": it may be retired"
	}
	fmt.Fprintf(out, "%d values under key %s%s\n", values, key, what)
}

func keysRetireCommand() *cobra.Command {
	var idle time.Duration
	var by *staff
	command := &cobra.Command{
		Use:   "retire --config FILE KEY",
		Short: "Take a data key out of the ring that no value of the store needs any more",
		Long: `Refuses while any value of the store is under the key, and says of which columns;
while the key is in use; and before another has been in use for so long that every
gateway has taken the ring over. Backups from before need the ring of their time:
keep a copy of it with them, until the last of them is destroyed. The audit trail is
told who retired what, or tried to, before the ring changes.`,
		Args: unread(cobra.ExactArgs(1)),
		RunE: func(command *cobra.Command, args []string) error {
			return ofStore(command, func(c config, in rewrapper, _ *sealing.Ring) error {
				files := ringFlags{ring: c.Keys.Ring, masters: c.Keys.Masters}
				log := keysLog{in, string(*by), c.instance()}
				book, err := files.change(func(book *sealing.Book, _ [][]byte) error {
					return retire(command.Context(), book, args[0], idle, log)
				})
				if err != nil {
					return exitError{exitUnread, err}
				}
				return listKeys(command.OutOrStdout(), book)
			})
		},
	}
	settingFlags(command.Flags())
	by = operatorFlag(command)
	command.Flags().DurationVar(&idle, "idle", 10*time.Minute, "for how long another key has to have been in use")
	return command
}

// retire takes a key out of a book, and tells the audit trail whether it did.
func retire(ctx context.Context, book *sealing.Book, key string, idle time.Duration, log keysLog) error {
	waited := book.Idle(key, time.Now())
	err := book.Retire(key)
	if err == nil && waited < idle {
		err = fmt.Errorf("key %s: another has been in use for %s only, not for %s: a gateway may still seal with it", key, waited.Round(time.Second), idle)
	}
	counted := ""
	if err == nil {
		counted, err = unneeded(ctx, log.in, key)
	}
	return errors.Join(err, log.write(ctx, "RetireKey", fmt.Sprintf("key %.16s%s", key, counted), err))
}

// unneeded refuses to retire a key that values are under, and says how many.
func unneeded(ctx context.Context, in rewrapper, key string) (counted string, err error) {
	all, err := store.Census(ctx, in)
	if err != nil {
		return "", err
	}
	var need, values int64
	for _, one := range all {
		values += one.Values
		if one.Key == key {
			need += one.Values
			err = errors.Join(err, fmt.Errorf("key %s: %d values of %s need it: run onestop keys rewrap", key, one.Values, one.Column))
		}
	}
	return fmt.Sprintf(": %d of %d values need it", need, values), err
}

// keysLog tells the audit trail of a store what was done with its keys.
type keysLog struct {
	in       rewrapper
	by       string
	instance string
}

// keysNotChanged is the reason in the audit trail of what was not done.
const keysNotChanged = "KEYS_NOT_CHANGED"

// write tells what was done, to what, or that it was not done.
func (l keysLog) write(ctx context.Context, action, object string, failed error) error {
	note := chain.Note{At: time.Now(), Times: 1, Actor: l.by, Action: action, Object: object, Instance: l.instance}
	if failed != nil {
		note.Reason = keysNotChanged
	}
	if err := l.in.Note(ctx, note); err != nil {
		return fmt.Errorf("telling the audit trail: %w", err)
	}
	return nil
}
