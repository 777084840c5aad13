package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/loadtest/oracle"
)

// casesCommand writes files of worked cases of any length.
func casesCommand() *cobra.Command {
	var count int
	var seed uint64
	var file string
	command := &cobra.Command{
		Use:   "cases",
		Short: "Write invented worked cases, answered by an engine of its own",
		Long: `Writes invented policies and cases in the format of onestop policy test, with
the answers of a second, slow engine that shares nothing with the first. The
file is JSON where its name ends in .json, else block-style YAML. The same
seed writes the same file.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return writeCases(file, count, seed) },
	}
	command.Flags().IntVar(&count, "count", 1000, "how many cases")
	command.Flags().Uint64Var(&seed, "seed", 1, "where invention starts")
	command.Flags().StringVar(&file, "out", "cases.yaml", "file to write")
	return command
}

func writeCases(file string, count int, seed uint64) error {
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("creating the file: %w", err)
	}
	err = oracle.NewAuthor(seed).Write(f, count, strings.HasSuffix(file, ".json"))
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
