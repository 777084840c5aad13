package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/adapters/spill"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/postgres"
	"github.com/onestop-gateway/onestop/adapters/store/sqlite"
	"github.com/onestop-gateway/onestop/api"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// migrateCommand moves what a gateway keeps.
func migrateCommand() *cobra.Command {
	migrate := &cobra.Command{Use: "migrate", Short: "Move what a gateway keeps"}
	var from, to string
	move := &cobra.Command{
		Use:   "store --from sqlite:FILE --to postgres:DSN",
		Short: "Copy a whole store into an empty one, of either kind",
		Long: `Stop every gateway first. Every row is copied in one transaction, a row at a
time in memory; then all of it is read again and compared, table by table, and
the auditor walks the copy. A target in which anything is kept is refused, and
a failure on the way leaves it empty, so that the same command can be given
again. The source is brought up to this program's version and otherwise stays
as it is: put it out of reach once the copy serves.

Ends with 0 if the copy is the source and the auditor finds nothing, 1 if not,
2 if what was given cannot be read.`,
		Args: unread(cobra.NoArgs),
		RunE: func(command *cobra.Command, _ []string) error {
			c, err := loadConfig(command.Flags(), os.LookupEnv)
			if err != nil {
				return exitError{exitUnread, err}
			}
			source, err := storeNamed(c, from)
			if err != nil {
				return exitError{exitUnread, fmt.Errorf("--from: %w", err)}
			}
			target, err := storeNamed(c, to)
			if err != nil {
				return exitError{exitUnread, fmt.Errorf("--to: %w", err)}
			}
			err = moveStore(command.Context(), source, target, func(table string, rows int64) {
				fmt.Fprintf(command.OutOrStdout(), "%-14s %d rows, the same in both\n", table, rows)
			})
			if err != nil {
				return err
			}
			return auditMoved(command, target)
		},
	}
	settingFlags(move.Flags())
	move.Flags().StringVar(&from, "from", "", "the store to read: sqlite:FILE or postgres:DSN")
	move.Flags().StringVar(&to, "to", "", "the empty store to fill, in the same form")
	migrate.AddCommand(move, rolesCommand())
	return migrate
}

// rolesCommand prints what the owner of the tables has to grant.
func rolesCommand() *cobra.Command {
	var app string
	command := &cobra.Command{
		Use:   "roles --app NAME",
		Short: "Print the grants of the role that gateways connect as, on PostgreSQL",
		Long: `Two roles: the owner of the database makes and migrates the tables (a start of
one gateway under that role), and gateways connect as another,
which can read, append and write over what stands now, and cannot change or
delete a journal, nor switch off a trigger. Make it with
CREATE ROLE name LOGIN, then pipe this into psql as the owner, again after each
migration: onestop migrate roles --app onestop_app | psql …`,
		Args: unread(cobra.NoArgs),
		RunE: func(command *cobra.Command, _ []string) error {
			if app == "" {
				return exitError{exitUnread, errors.New("--app: name the role that gateways connect as")}
			}
			_, err := fmt.Fprint(command.OutOrStdout(), postgres.Grants(app))
			return err
		},
	}
	command.Flags().StringVar(&app, "app", "onestop_app", "the role that gateways connect as")
	return command
}

// storeNamed is c with the store that a text names.
func storeNamed(c config, text string) (config, error) {
	kind, name, _ := strings.Cut(text, ":")
	switch {
	case name == "":
	case kind == "sqlite":
		c.Store = storeConfig{SQLite: name}
		return c, nil
	case kind == "postgres" && strings.HasPrefix(name, "//"): // a URL is a connection string as a whole
		c.Store = storeConfig{Postgres: text, HA: c.Store.HA}
		return c, nil
	case kind == "postgres":
		c.Store = storeConfig{Postgres: name, HA: c.Store.HA}
		return c, nil
	}
	return c, fmt.Errorf("%q: must be sqlite:FILE or postgres:DSN", text)
}

// movable is a store that nobody else is using.
type movable interface {
	store.Movable
	Others(ctx context.Context) (int, error)
	Shut() error
}

// openMovable opens the configured store. SQLite's own lock keeps others out.
func openMovable(ctx context.Context, c config) (movable, error) {
	var opened movable
	var err error
	if c.Store.Postgres != "" {
		opened, err = postgres.Open(ctx, postgres.Config{DSN: c.Store.Postgres, Dev: c.Dev, HA: c.Store.HA, Name: "onestop-migrate"})
	} else {
		opened, err = sqlite.Open(ctx, sqlite.Config{Path: c.Store.SQLite})
	}
	if err != nil {
		return nil, err
	}
	others, err := opened.Others(ctx)
	if err == nil && others > 0 {
		err = fmt.Errorf("%d sessions of gateways are open on the database: stop them all first", others)
	}
	if err != nil {
		return nil, errors.Join(err, opened.Shut())
	}
	return opened, nil
}

// moveStore copies one store into another.
func moveStore(ctx context.Context, source, target config, tell func(table string, rows int64)) error {
	if source.Store.Postgres == "" {
		if _, err := os.Stat(source.Store.SQLite); err != nil {
			return exitError{exitUnread, fmt.Errorf("--from: %w", err)}
		}
	}
	from, err := openMovable(ctx, source)
	if err != nil {
		return exitError{exitUnread, fmt.Errorf("--from: %w", err)}
	}
	to, err := openMovable(ctx, target)
	if err != nil {
		return exitError{exitUnread, errors.Join(fmt.Errorf("--to: %w", err), from.Shut())}
	}
	return errors.Join(store.Move(ctx, from, to, tell), to.Shut(), from.Shut())
}

// auditMoved has the auditor walk what was copied.
func auditMoved(command *cobra.Command, c config) error {
	policies, err := c.policiesInForce(command.Context())
	if err == nil && len(policies) == 0 {
		policies, err = builtinPolicies()
	}
	if err != nil {
		return exitError{exitUnread, err}
	}
	archive, err := c.openArchive(command.Context())
	if err != nil {
		return exitError{exitUnread, err}
	}
	lines := spill.New("")
	auditor := &lifecycle.Auditor{Policies: policies, Encode: api.Encode, Now: time.Now(), StuckAfter: 25 * time.Hour, Lines: lines}
	return errors.Join(verify(command, archive, auditor), lines.Close(), archive.Shut())
}
