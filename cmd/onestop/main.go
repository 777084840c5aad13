// Command onestop is the settlement gateway and the tools around it. It ties
// the rooms together and holds no rule of its own.
package main

import (
	"os"

	"github.com/spf13/cobra"
)

func main() {
	os.Exit(exitCode(rootCommand().Execute(), os.Stderr))
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "onestop",
		Short:         "Synchronized settlement of medical assistance",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(serveCommand(), demoCommand(), personCommand(), verifyCommand(), auditCommand(), reconcileCommand(), doctorCommand(), recoverCommand(), backupCommand(), migrateCommand(), attentionCommand(), approvalCommand(), clearingCommand(), benefitsCommand(), admissionCommand(), quoteCommand(), fundCommand(), correctionCommand(), reportCommand(), policyCommand(), certsCommand(), tokenCommand(), keysCommand())
	return root
}
