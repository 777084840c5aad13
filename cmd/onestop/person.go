package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/adapters/document"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// personCommand keeps the registry of persons.
func personCommand() *cobra.Command {
	person := &cobra.Command{Use: "person", Short: "Keep the registry of persons"}
	imports := &cobra.Command{
		Use:   "import FILE...",
		Short: "Add persons with their category periods, or replace what is known of them",
		Long: `Reads persons from YAML or JSON files and puts them into the store. A file
with a problem in it is refused whole, with every problem named; identity
numbers are never printed.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, files []string) (err error) {
			c, err := loadConfig(command.Flags(), os.LookupEnv)
			if err != nil {
				return exitError{exitUnread, err}
			}
			store, err := c.openStore(command.Context(), nil)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, store.shut()) }()
			for _, file := range files {
				n, err := importPersons(command.Context(), store, file)
				if err != nil {
					return exitError{exitUnread, fmt.Errorf("%s: %w", file, err)}
				}
				fmt.Fprintf(command.OutOrStdout(), "%s: %d persons\n", file, n)
			}
			return nil
		},
	}
	settingFlags(imports.Flags())
	person.AddCommand(imports)
	return person
}

// importPersons puts the persons of a file into the registry.
func importPersons(ctx context.Context, to lifecycle.Registry, file string) (int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	return putPersons(ctx, to, text)
}

// putPersons puts the persons of a document into the registry.
func putPersons(ctx context.Context, to lifecycle.Registry, text []byte) (int, error) {
	doc, err := document.Read(text)
	if err != nil {
		return 0, err
	}
	drafts, err := registry.DecodeDrafts(doc)
	if err != nil {
		return 0, err
	}
	for i := range drafts {
		person := registry.Project(drafts[i].ID, registry.Amend(nil, &drafts[i], registry.Stamp{}))
		if err := to.PutPerson(ctx, person); err != nil {
			return 0, fmt.Errorf("person %s: %w", person.ID, err)
		}
	}
	return len(drafts), nil
}
