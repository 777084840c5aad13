package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// caller is a command that speaks gRPC to a running gateway.
type caller struct {
	printer
	ctx     context.Context
	timeout time.Duration
	conn    *grpc.ClientConn
	args    []string
}

// callerFlags are those of every command that speaks to a gateway.
func callerFlags(command *cobra.Command) {
	command.PersistentFlags().String("address", standard().ListenGRPC, "address of the gateway's gRPC")
	command.PersistentFlags().Duration("timeout", 10*time.Second, "how long to wait for each answer")
}

// calling gives a command its connection to the gateway.
func calling(do func(*caller) error) func(*cobra.Command, []string) error {
	return func(command *cobra.Command, args []string) error {
		address, err := command.Flags().GetString("address")
		if err != nil {
			return err
		}
		c := &caller{printer: printer{out: command.OutOrStdout()}, ctx: command.Context(), args: args}
		if c.timeout, err = command.Flags().GetDuration("timeout"); err != nil {
			return err
		}
		c.conn, err = grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return exitError{exitUnread, fmt.Errorf("--address: %w", err)}
		}
		defer c.conn.Close()
		return do(c)
	}
}

// ask makes one call within its time; what the gateway refused becomes what a
// person reads, and the exit code.
func ask[In, Out any](c *caller, call func(context.Context, *In, ...grpc.CallOption) (*Out, error), in *In) (*Out, error) {
	ctx, cancel := context.WithTimeout(c.ctx, c.timeout)
	defer cancel()
	out, err := call(ctx, in)
	return out, refused(err)
}

// unread makes wrong arguments end with exitUnread.
func unread(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		if err := check(command, args); err != nil {
			return exitError{exitUnread, err}
		}
		return nil
	}
}
