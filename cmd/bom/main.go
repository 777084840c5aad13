// Command bom says what the programs are made of: every module that is linked
// into them, with its licence, as a list to be committed (licences) or as a
// CycloneDX bill of materials of built programs (sbom). It reads the module
// cache and the programs, and fetches nothing.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	if err := command().ExecuteContext(context.Background()); err != nil {
		os.Exit(1)
	}
}

func command() *cobra.Command {
	root := &cobra.Command{Use: "bom", Short: "Say what the programs are made of", SilenceUsage: true}
	root.AddCommand(
		&cobra.Command{
			Use: "licences", Short: "List every linked module and its licence", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				modules, err := linked(cmd.Context())
				if err != nil {
					return err
				}
				list, err := listOf(modules)
				if err == nil {
					_, err = fmt.Fprint(cmd.OutOrStdout(), list)
				}
				return err
			},
		},
		&cobra.Command{
			Use: "sbom PROGRAM", Short: "Write a CycloneDX bill of materials of a built program", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, arguments []string) error {
				modules, err := linked(cmd.Context())
				if err != nil {
					return err
				}
				return writeBill(cmd.OutOrStdout(), arguments[0], modules)
			},
		},
	)
	return root
}
