// Command payersim plays payers on real sockets: a payer of the national
// platform or of the rural scheme, with a durable book of its own and faults by
// script or seed. It is for
// demonstrations, tests and soaks; it holds invented persons only.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/adapters/payer/sim"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command().ExecuteContext(ctx)
	stop()
	if err != nil {
		os.Exit(1)
	}
}

// options are the flags of serve.
type options struct {
	listen, book, script, addrFile, protocol string
	seed                                     uint64
}

func command() *cobra.Command {
	root := &cobra.Command{Use: "payersim", Short: "Play payers on real sockets", SilenceUsage: true}
	var o options
	serve := &cobra.Command{
		Use:   "serve",
		Short: "Serve a payer until interrupted",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.serve(cmd.Context(), cmd)
		},
	}
	flags := serve.Flags()
	flags.StringVar(&o.listen, "listen", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	flags.StringVar(&o.book, "book", "", "file of the durable book, made if it is not there")
	flags.StringVar(&o.script, "script", "", "JSON file saying whom the payer insures and how it misbehaves")
	flags.StringVar(&o.protocol, "protocol", string(sim.NHSA), "wire it is spoken to over: nhsa, ncms or ncms-pipe")
	flags.Uint64Var(&o.seed, "seed", 0, "seed of the faults drawn by weight")
	flags.StringVar(&o.addrFile, "addr-file", "", "file to write the listening address to once it answers")
	serve.MarkFlagRequired("book")
	serve.MarkFlagRequired("script")
	root.AddCommand(serve)
	return root
}

// garbagePercent lets garbage be collected late, unless GOGC says otherwise: a
// payer that is simulated shares the machine with the gateway it is played to.
const garbagePercent = 400

// serve runs until ctx ends or the server fails.
func (o options) serve(ctx context.Context, cmd *cobra.Command) error {
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(garbagePercent)
	}
	text, err := os.ReadFile(o.script)
	if err != nil {
		return fmt.Errorf("reading script: %w", err)
	}
	script, err := sim.ParseScript(text)
	if err != nil {
		return err
	}
	server, err := sim.Start(sim.Config{Book: o.book, Script: script, Seed: o.seed, Protocol: sim.Protocol(o.protocol)}, o.listen)
	if err != nil {
		return err
	}
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	if err := publish(o.addrFile, address); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "listening on %s\n", address)
	select {
	case <-ctx.Done():
		return nil
	case err := <-server.Failed():
		return fmt.Errorf("serving: %w", err)
	}
}

// publish writes address to file, if one is wanted, so that a reader sees it
// whole or not at all.
func publish(file, address string) error {
	if file == "" {
		return nil
	}
	draft, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file))
	if err != nil {
		return fmt.Errorf("writing address: %w", err)
	}
	_, err = draft.WriteString(address + "\n")
	if closed := draft.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(draft.Name(), file)
	}
	if err != nil {
		os.Remove(draft.Name())
		return fmt.Errorf("writing address: %w", err)
	}
	return nil
}
