package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/adapters/sheet"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// exportPage is how many persons are read at once.
const exportPage = 1000

// personExportCommand writes the register as a sheet that import reads.
func personExportCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "export FILE",
		Short: "Write persons with their category periods to a CSV or XLSX file",
		Long: `Writes every person with their category periods, one row for each period, in the
form that import reads. The file holds personal data and is made for its owner
only.`,
		Args: cobra.ExactArgs(1),
	}
	region := command.Flags().String("region", "", "division code of six digits: only its persons")
	language := languageFlag(command)
	command.RunE = func(command *cobra.Command, args []string) error {
		return withRegister(command, func(ctx context.Context, register *eligibility.Register) (err error) {
			w, err := beginSheet(args[0], *language)
			if err != nil {
				return exitError{exitUnread, err}
			}
			n, err := exportPersons(ctx, register, settlement.RegionID(*region), w)
			if err := errors.Join(err, w.Shut()); err != nil {
				return err
			}
			fmt.Fprintf(command.OutOrStdout(), "%s: %d persons\n", args[0], n)
			return nil
		})
	}
	return command
}

// exportPersons writes the persons of a region, or all, as they are known now.
func exportPersons(ctx context.Context, register *eligibility.Register, region settlement.RegionID, w *sheet.Writer) (n int, err error) {
	query := eligibility.Query{Region: region, Limit: exportPage}
	for {
		persons, next, err := register.Persons(ctx, query)
		if err != nil {
			return n, err
		}
		states, err := register.States(ctx, persons)
		if err != nil {
			return n, err
		}
		for i := range states {
			for _, row := range states[i].Rows() {
				if err := w.Row(row); err != nil {
					return n, err
				}
			}
		}
		n += len(persons)
		if next == "" {
			return n, nil
		}
		query.After = next
	}
}

// personTemplateCommand writes a sheet with headings only.
func personTemplateCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "template FILE",
		Short: "Write an empty CSV or XLSX file with the headings that import understands",
		Args:  cobra.ExactArgs(1),
	}
	language := languageFlag(command)
	command.RunE = func(_ *cobra.Command, args []string) error {
		w, err := beginSheet(args[0], *language)
		if err != nil {
			return exitError{exitUnread, err}
		}
		return w.Shut()
	}
	return command
}

func languageFlag(command *cobra.Command) *string {
	return command.Flags().String("language", "zh", "of the headings: zh or en")
}

// beginSheet makes a sheet and writes its headings.
func beginSheet(path, language string) (*sheet.Writer, error) {
	if !sheet.Is(path) {
		return nil, fmt.Errorf("%s: the name must end in .csv or .xlsx", path)
	}
	heading := make([]string, len(registry.Columns))
	for i, column := range registry.Columns {
		switch language {
		case "zh":
			heading[i] = column.Chinese
		case "en":
			heading[i] = column.English
		default:
			return nil, fmt.Errorf("language %q is neither zh nor en", language)
		}
	}
	w, err := sheet.Write(path)
	if err != nil {
		return nil, err
	}
	return w, w.Row(heading)
}

// personShowCommand prints what was known of a person, and their history.
func personShowCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "show ID",
		Short: "Show a person as known at a time for a day, and everything recorded of them",
		Long: `Prints the categories, the watch list and the last survey of a person as they
were known at a time for a day, and the rows of the history that were recorded
by then. Name and identity number are not printed.`,
		Args: cobra.ExactArgs(1),
	}
	on := command.Flags().String("on", "", "day, as 2012-07-01 (default today)")
	known := command.Flags().String("known", "", "time, as 2012-07-01T08:00:00+08:00 (default now)")
	command.RunE = func(command *cobra.Command, args []string) error {
		day, at, err := asOf(*on, *known)
		if err != nil {
			return exitError{exitUnread, err}
		}
		return withRegister(command, func(ctx context.Context, register *eligibility.Register) error {
			id := settlement.BeneficiaryID(args[0])
			state, err := register.Person(ctx, id, at, day)
			if err != nil {
				return err
			}
			history, err := register.History(ctx, id)
			if err != nil {
				return err
			}
			return printer{command.OutOrStdout()}.person(&state, history, at)
		})
	}
	return command
}

// asOf reads a day and a time, either of which may be left out.
func asOf(on, known string) (day settlement.Date, at time.Time, err error) {
	if on != "" {
		if day, err = settlement.ParseDate(on); err != nil {
			return 0, at, fmt.Errorf("--on: %w", err)
		}
	}
	if known != "" {
		if at, err = time.Parse(time.RFC3339, known); err != nil {
			return 0, at, fmt.Errorf("--known: %w", err)
		}
	}
	return day, at, nil
}
