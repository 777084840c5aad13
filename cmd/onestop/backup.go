package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/adapters/store/sqlite"
)

// backupCommand copies an embedded store, live.
func backupCommand() *cobra.Command {
	var to string
	command := &cobra.Command{
		Use:   "backup --to FILE",
		Short: "Copy the embedded store into a file, beside a running gateway",
		Long: `Writes the store as it stands at one moment into a new file, checks the copy
whole, and only then gives it its name. Never copy the file of a store by other
means: what its write-ahead log holds would be missing.

To restore, stop the gateway and put the copy in the place of the store, without
the files beside it (-wal, -shm). No gateway starts on a copy before onestop
recover --after-restore has taken up what payers remember since.

PostgreSQL is backed up by its own means (deploy/OPERATIONS.md).`,
		Args: unread(cobra.NoArgs),
		RunE: func(command *cobra.Command, _ []string) error {
			c, err := loadConfig(command.Flags(), os.LookupEnv)
			switch {
			case err != nil:
				return exitError{exitUnread, err}
			case c.Store.Postgres != "":
				return exitError{exitUnread, errors.New("the store is in PostgreSQL, which is backed up by its own means: see deploy/OPERATIONS.md")}
			case to == "":
				return exitError{exitUnread, errors.New("--to: name the file to write")}
			}
			if err := sqlite.Backup(command.Context(), c.Store.SQLite, to); err != nil {
				return err
			}
			fmt.Fprintf(command.OutOrStdout(), "%s: whole\n", to)
			return nil
		},
	}
	settingFlags(command.Flags())
	command.Flags().StringVar(&to, "to", "", "the file to write; it must not be there yet")
	return command
}
