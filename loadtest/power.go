package main

import (
	"github.com/spf13/cobra"
)

// powerCommand proves what a power cut would leave.
func powerCommand() *cobra.Command {
	command := &cobra.Command{Use: "power", Short: "Prove that what was answered survives a power cut"}
	command.AddCommand(ackCommand())
	return command
}
