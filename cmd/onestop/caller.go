package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
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

// shownFiles are what a caller shows a gateway that knows its callers.
type shownFiles struct{ ca, certificate, key, token string }

// callerFlags are those of every command that speaks to a gateway.
func callerFlags(command *cobra.Command) {
	flags := command.PersistentFlags()
	flags.String("address", standard().ListenGRPC, "address of the gateway's gRPC")
	flags.Duration("timeout", 10*time.Second, "how long to wait for each answer")
	flags.String("ca", "", "whose certificate the gateway shows (PEM); none: no TLS, on loopback only")
	flags.String("cert", "", "client certificate to show (PEM)")
	flags.String("key", "", "its key")
	flags.String("token-file", "", "file of the token to show")
}

// calling gives a command its connection to the gateway.
func calling(do func(*caller) error) func(*cobra.Command, []string) error {
	return func(command *cobra.Command, args []string) error {
		flags := command.Flags()
		text := func(name string) string { return flags.Lookup(name).Value.String() }
		files := shownFiles{text("ca"), text("cert"), text("key"), text("token-file")}
		options, err := files.options(text("address"))
		if err != nil {
			return exitError{exitUnread, err}
		}
		c := &caller{printer: printer{out: command.OutOrStdout()}, ctx: command.Context(), args: args}
		if c.timeout, err = flags.GetDuration("timeout"); err != nil {
			return err
		}
		c.conn, err = grpc.NewClient(text("address"), options...)
		if err != nil {
			return exitError{exitUnread, fmt.Errorf("--address: %w", err)}
		}
		defer c.conn.Close()
		return do(c)
	}
}

// options are how a gateway is spoken to. Without TLS nothing leaves this
// machine.
func (f *shownFiles) options(address string) ([]grpc.DialOption, error) {
	transport := insecure.NewCredentials()
	if f.ca != "" {
		config, err := f.tls()
		if err != nil {
			return nil, err
		}
		transport = credentials.NewTLS(config)
	} else if host, _, err := net.SplitHostPort(address); err == nil && !loopback(host) {
		return nil, fmt.Errorf("--address: %s is not on this machine: name the gateway's CA (--ca), and --cert, --key and --token-file", address)
	}
	options := []grpc.DialOption{grpc.WithTransportCredentials(transport)}
	if f.token == "" {
		return options, nil
	}
	token, err := readSecret(f.token)
	if err != nil {
		return nil, fmt.Errorf("--token-file: %w", err)
	}
	return append(options, grpc.WithPerRPCCredentials(bearer(token.Reveal()))), nil
}

func (f *shownFiles) tls() (*tls.Config, error) {
	text, err := os.ReadFile(f.ca)
	if err != nil {
		return nil, fmt.Errorf("--ca: %w", err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}
	if !config.RootCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--ca: no certificate in %s", f.ca)
	}
	if f.certificate == "" && f.key == "" {
		return config, nil
	}
	own, err := tls.LoadX509KeyPair(f.certificate, f.key)
	if err != nil {
		return nil, fmt.Errorf("--cert, --key: %w", err)
	}
	config.Certificates = []tls.Certificate{own}
	return config, keptSecret(f.key)
}

// bearer shows a token with every call; options sees to it that it leaves this
// machine behind TLS only.
type bearer string

// GetRequestMetadata is the header of a call.
func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

// RequireTransportSecurity is no: a gateway on loopback may have no TLS.
func (b bearer) RequireTransportSecurity() bool { return false }

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
