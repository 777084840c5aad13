package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/settlement/eligibility"
)

// personImportedCommand says what became of the import of a file.
func personImportedCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "imported FILE",
		Short: "Say how far the import of a file came, and list the settlements it touched",
		Long: `Names every settlement that stood on other ground after the import of FILE,
which is known by its content: what single corrections answer with, for all rows
together. They are flagged for review as well.`,
		Args: unread(cobra.ExactArgs(1)),
	}
	command.RunE = func(command *cobra.Command, files []string) error {
		return withRegister(command, func(ctx context.Context, register *eligibility.Register) error {
			digest, err := digestOf(files[0])
			if err != nil {
				return exitError{exitUnread, err}
			}
			r, _, err := register.Store.Imported(ctx, digest)
			if err != nil {
				return err
			}
			fmt.Fprintf(command.OutOrStdout(), "%s: %d rows are in: %d added, %d changed, %d unchanged, %d rejected\n",
				files[0], r.Rows, r.Added, r.Changed, r.Unchanged, r.Rejected)
			return printTouched(ctx, command.OutOrStdout(), register, files[0], 0)
		})
	}
	return command
}

// printTouched lists the settlements an import touched, up to most of them; 0
// lists all.
func printTouched(ctx context.Context, out io.Writer, register *eligibility.Register, file string, most int) error {
	digest, err := digestOf(file)
	if err != nil {
		return err
	}
	_, touched, err := register.Store.Imported(ctx, digest)
	if err != nil || len(touched) == 0 {
		return err
	}
	fmt.Fprintf(out, "%s: %d settlements were settled on other ground and are flagged for review:\n", file, len(touched))
	for i, id := range touched {
		if most > 0 && i == most {
			fmt.Fprintf(out, "  … and %d more: onestop person imported %s\n", len(touched)-i, file)
			break
		}
		fmt.Fprintf(out, "  %s\n", id)
	}
	return nil
}
