package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"github.com/onestop-gateway/onestop/api"
)

// serveCommand runs a gateway until it is told to stop.
func serveCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "serve",
		Short: "Run the gateway: REST, gRPC, health and metrics",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			c, err := loadConfig(command.Flags(), os.LookupEnv)
			if err != nil {
				return exitError{exitUnread, err}
			}
			tuneMemory(os.LookupEnv)
			ctx, stop := signal.NotifyContext(command.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			var level slog.LevelVar
			level.Set(logLevel(c.LogLevel))
			g, err := assemble(ctx, c, leveledLog(command.ErrOrStderr(), &level))
			if err != nil {
				return err
			}
			g.reload = g.reloading(&level, func() (config, error) { return loadConfig(command.Flags(), os.LookupEnv) })
			return g.run(ctx)
		},
	}
	settingFlags(command.Flags())
	return command
}

// newLog writes one JSON event a line; a level nobody knows is info.
func newLog(w io.Writer, level string) *slog.Logger { return leveledLog(w, logLevel(level)) }

// leveledLog is newLog with a level that may change.
func leveledLog(w io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}

func logLevel(text string) slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(text)); err != nil {
		return slog.LevelInfo
	}
	return level
}

// listen opens both listeners, so that a port that is taken is known before
// anything is served.
func (g *gateway) listen() error {
	rest, err := net.Listen("tcp", g.config.ListenREST)
	if err != nil {
		return fmt.Errorf("listening for REST: %w", err)
	}
	calls, err := net.Listen("tcp", g.config.ListenGRPC)
	if err != nil {
		return errors.Join(fmt.Errorf("listening for gRPC: %w", err), rest.Close())
	}
	if g.profiler, err = newProfiler(g.config.ListenPprof); err != nil {
		return errors.Join(err, rest.Close(), calls.Close())
	}
	limits := api.ConnLimits{Total: g.config.Limits.Connections, PerAddress: g.config.Limits.ConnectionsPerAddress}
	g.restListener, g.grpcListener = g.secured(api.LimitListener(rest, limits), true), api.LimitListener(calls, limits)
	return g.listenOps(limits)
}

// listenOps opens the operator's listener, if there is to be one. It takes who
// shows no certificate, for the probes.
func (g *gateway) listenOps(limits api.ConnLimits) error {
	if g.ops == nil {
		return nil
	}
	listener, err := net.Listen("tcp", g.config.ListenOps)
	if err != nil {
		return errors.Join(fmt.Errorf("listening for operations: %w", err), g.restListener.Close(), g.grpcListener.Close())
	}
	g.opsListener = g.secured(api.LimitListener(listener, limits), false)
	return nil
}

// secured speaks TLS on a listener for HTTP, where there is a certificate.
func (g *gateway) secured(listener net.Listener, demand bool) net.Listener {
	if g.trust.material == nil {
		return listener
	}
	return tls.NewListener(listener, g.trust.material.Config(demand, "http/1.1"))
}

// address waits until the gateway listens and gives the base of its REST.
func (g *gateway) address(ctx context.Context) (string, error) {
	select {
	case <-g.listening:
		return g.scheme() + "://" + g.restListener.Addr().String(), nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (g *gateway) scheme() string {
	if g.trust.material == nil {
		return "http"
	}
	return "https"
}

// run serves until ctx ends and then drains: no new requests, those being
// worked on come to a durable rest, what waits is left to the next start.
func (g *gateway) run(ctx context.Context) error {
	defer g.close()
	hangups := g.hangups()
	defer signal.Stop(hangups)
	if err := g.listen(); err != nil {
		return err
	}
	close(g.listening)
	g.log.Info("serving", "rest", g.restListener.Addr().String(), "grpc", g.grpcListener.Addr().String(), "store", g.store.name)
	recovering, stopRecovering := context.WithCancel(context.Background())
	defer stopRecovering()
	servers, ctx := errgroup.WithContext(ctx)
	servers.Go(func() error {
		err := g.grpc.Serve(g.grpcListener)
		if errors.Is(err, grpc.ErrServerStopped) { // told to stop before it began
			return nil
		}
		return err
	})
	servers.Go(served(g.rest, g.restListener))
	if g.ops != nil {
		servers.Go(served(g.ops, g.opsListener))
	}
	if g.profiler != nil {
		servers.Go(g.profiler.serve)
	}
	servers.Go(func() error { g.lifecycle.Run(recovering); return nil })
	servers.Go(func() error { g.ward.Run(recovering); return nil })
	servers.Go(func() error { g.keepAudit(recovering); return nil })
	servers.Go(func() error { g.reloadOnHangup(recovering, hangups); return nil })
	servers.Go(func() error { g.rules.watch(recovering, g.log); return nil })
	servers.Go(func() error { g.trust.watchMaterial(recovering, g.log); return nil })
	servers.Go(func() error { g.watchRing(recovering); return nil })
	servers.Go(func() error { g.trust.watchRevoked(recovering, g.log); return nil })
	servers.Go(func() error { g.trust.watchKeys(recovering, g.log); return nil })
	servers.Go(func() error { g.reconcile.resume(recovering); return nil })
	servers.Go(func() error { g.reconcile.keepDays(ctx, recovering); return nil })
	servers.Go(func() error {
		g.funds.Run(recovering, func(err error) { g.log.Warn("summing the funds", "error", err) })
		return nil
	})
	servers.Go(func() error {
		<-ctx.Done()
		defer stopRecovering()
		return g.drain()
	})
	return servers.Wait()
}

// served serves HTTP until the server is told to stop.
func served(server *http.Server, listener net.Listener) func() error {
	return func() error {
		err := server.Serve(listener)
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	}
}

// drain stops taking requests and lets work come to rest, within its limit.
func (g *gateway) drain() error {
	g.log.Info("draining", "within", g.config.Limits.DrainWithin.String())
	g.stopping.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), g.config.Limits.DrainWithin)
	defer cancel()
	graceful := make(chan struct{})
	go func() {
		g.grpc.GracefulStop()
		close(graceful)
	}()
	if g.profiler != nil {
		_ = g.profiler.close() // a profile that is cut off is nobody's loss
	}
	err := g.rest.Shutdown(ctx)
	if g.ops != nil {
		_ = g.ops.Close() // a probe or a scrape that is cut off is nobody's loss
	}
	select {
	case <-graceful:
	case <-ctx.Done():
		g.grpc.Stop()
	}
	if rest := g.reconcile.drain(ctx); rest != nil {
		g.log.Warn("stopping with a reconciliation under way; it counts as broken off", "error", rest)
	}
	if rest := g.lifecycle.Drain(ctx); rest != nil {
		g.log.Warn("stopping with settlements still being worked on; the next start takes them up", "error", rest)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		g.log.Warn("some callers were cut off", "after", g.config.Limits.DrainWithin.String())
		err = g.rest.Close()
	}
	return err
}
