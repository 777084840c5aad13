package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/onestop-gateway/onestop/deploy"
	"github.com/onestop-gateway/onestop/settlement"
)

// demoFiles are the demonstration's configuration, persons, payers and story.
//
//go:embed demo
var demoFiles embed.FS

// demoCommand shows the main job on a fresh machine: payer simulators and a
// gateway on loopback, and real discharges settled over the wire.
func demoCommand() *cobra.Command {
	var once, verbose bool
	command := &cobra.Command{
		Use:   "demo",
		Short: "Settle a score of discharges before your eyes, then keep serving",
		Long: `Starts payer simulators and a gateway on loopback with an embedded store in
a temporary folder, settles the discharges of its story over REST, prints each
statement in Chinese and English, checks every amount against the answer
worked by hand, and keeps serving until stopped. Ends with 1 if any amount
differs.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(command.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			level := "error"
			if verbose {
				level = "info"
			}
			d := &demo{out: command.OutOrStdout(), log: newLog(command.ErrOrStderr(), level), once: once}
			return d.run(ctx, command)
		},
	}
	settingFlags(command.Flags())
	command.Flags().BoolVar(&once, "once", false, "end after the story instead of serving on")
	command.Flags().BoolVar(&verbose, "verbose", false, "also show the gateway's own log")
	return command
}

// demo is one demonstration.
type demo struct {
	out  io.Writer
	log  *slog.Logger
	once bool
}

// run sets the stage, plays the story and, unless it is to end, serves on.
func (d *demo) run(ctx context.Context, command *cobra.Command) (err error) {
	folder, err := os.MkdirTemp("", "onestop-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	payers, err := startPayers(folder)
	if err != nil {
		return fmt.Errorf("starting the payer simulators: %w", err)
	}
	defer func() { err = errors.Join(err, payers.close()) }()
	g, err := d.stage(ctx, command, folder, payers.address)
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	work, serving := errgroup.WithContext(serving)
	work.Go(func() error { return g.run(serving) })
	work.Go(func() error {
		defer func() {
			if d.once {
				stop()
			}
		}()
		base, err := g.address(serving)
		if err != nil {
			return err
		}
		if err := d.play(serving, base); err != nil || d.once {
			return err
		}
		if err := g.funds.Refresh(serving); err != nil { // so that the page shows the story's funds at once
			return err
		}
		d.invite(base, g)
		return nil
	})
	return work.Wait()
}

// stage puts together a gateway with the demonstration's configuration. Flags
// and environment choose its addresses and log; address gives each payer's.
func (d *demo) stage(ctx context.Context, command *cobra.Command, folder string, address func(code string) string) (*gateway, error) {
	c, err := loadConfig(command.Flags(), os.LookupEnv)
	if err != nil {
		return nil, exitError{exitUnread, err}
	}
	if err := c.overlay(mustDemoFile("gateway.yaml")); err != nil {
		return nil, err
	}
	token := filepath.Join(folder, "payer.token")
	if err := os.WriteFile(token, []byte("demo-token\n"), 0o600); err != nil {
		return nil, err
	}
	for i := range c.Payers {
		c.Payers[i].URL, c.Payers[i].TokenFile = address(c.Payers[i].Code), token
		c.note("payers["+c.Payers[i].Code+"].url", "demo")
	}
	c.Store.SQLite = filepath.Join(folder, "onestop.db")
	c.note("store.sqlite", "demo")
	policies, err := builtinPolicies()
	if err != nil {
		return nil, err
	}
	g, err := assembleWith(ctx, c, policies, d.log)
	if err != nil {
		return nil, err
	}
	if err := putPersons(ctx, g.store.register, mustDemoFile("persons.yaml")); err != nil {
		g.close()
		return nil, fmt.Errorf("persons of the demonstration: %w", err)
	}
	return g, nil
}

// mustDemoFile is an embedded file of the demonstration.
func mustDemoFile(name string) []byte {
	text, err := demoFiles.ReadFile("demo/" + name)
	if err != nil {
		panic(err) // embedded at build time
	}
	return text
}

// builtinPolicies are the policies the product ships.
func builtinPolicies() (map[settlement.PolicyID]*settlement.Policy, error) {
	policies := map[settlement.PolicyID]*settlement.Policy{}
	files, err := fs.Glob(deploy.Policies, "policies/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := deploy.Policies.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := addPolicy(policies, file, text); err != nil {
			return nil, err
		}
	}
	return policies, nil
}
