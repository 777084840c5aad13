// Command loadtest tries the gateway and its tools from outside: it makes load,
// kills what runs, cuts the power, and judges what was answered. It sees them
// as their users do: through files and the wire.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	root := &cobra.Command{Use: "loadtest", Short: "Try the gateway and its tools from outside", SilenceUsage: true}
	root.AddCommand(casesCommand(), soakCommand(), powerCommand(), failoverCommand(), topologyCommand(), drillCommand(), mischiefCommand(), healCommand(), siegeCommand(), benchCommand(), sizeCommand())
	err := root.ExecuteContext(ctx)
	stop()
	if err != nil {
		os.Exit(1)
	}
}
