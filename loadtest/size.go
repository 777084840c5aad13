package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
)

// sizes is what a trial of size is told to do.
type sizes struct {
	store                      string
	folder                     string
	settlements, persons, open int
	clients, rounds            int
	length                     time.Duration
	keep                       bool
}

// sizeCommand measures a gateway whose store has years of settlements.
func sizeCommand() *cobra.Command {
	var z sizes
	command := &cobra.Command{
		Use:   "size",
		Short: "Fill a store with settlements and persons, and measure the gateway on it beside one on an empty store",
		Long: `Fills a store with settlements that the product's own lifecycle makes, written in
bulk, the last of them opened by a gateway that died. Then it starts a gateway
on it and measures how long that takes to be ready and to end what is open;
settles on the filled and on an empty store by turns and prints the ratio;
reads lists, a yearly report and a day for reconciling; and says how much memory the
gateway took at its peak. A folder that was filled before is taken as it is.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return z.run(command.Context(), command.OutOrStdout())
		},
	}
	flags := command.Flags()
	flags.StringVar(&z.store, "store", storePostgres, "postgres or sqlite")
	flags.StringVar(&z.folder, "in", "", "folder that is filled, or was; otherwise a temporary one")
	flags.IntVar(&z.settlements, "settlements", 100_000, "settlements to fill the store with")
	flags.IntVar(&z.persons, "persons", 50_000, "persons to fill the store with")
	flags.IntVar(&z.open, "open", 10_000, "of the settlements, those that are open")
	flags.IntVar(&z.clients, "clients", 32, "clients that settle at once")
	flags.DurationVar(&z.length, "for", 5*time.Second, "length of a window of settling")
	flags.IntVar(&z.rounds, "rounds", 5, "windows on each store, by turns")
	flags.BoolVar(&z.keep, "keep", false, "leave the folder when all is measured")
	return command
}

// errSize is the verdict of a trial whose lines say what is wrong.
var errSize = errors.New("a filled store did not do what an empty one does")

// run fills what is not filled, measures, and prints what it measured.
func (z *sizes) run(ctx context.Context, out io.Writer) (err error) {
	if z.store != storePostgres && z.store != storeSQLite {
		return fmt.Errorf("size: --store is %s or %s", storePostgres, storeSQLite)
	}
	if min(z.settlements, z.persons, z.clients, z.rounds) < 1 || z.open < 0 || z.open >= z.settlements || z.length <= 0 {
		return errors.New("size: figures must be more than 0, and fewer must be open than all")
	}
	if z.folder == "" {
		if z.folder, err = os.MkdirTemp("", "onestop-size-"); err != nil {
			return err
		}
	}
	if !z.filled() {
		if err := z.fill(ctx, out); err != nil {
			return err
		}
	}
	err = z.measure(ctx, out)
	if err == nil && !z.keep {
		err = os.RemoveAll(z.folder)
	}
	return err
}
