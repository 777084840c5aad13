package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
)

// developmentOnly is said wherever credentials are made that prove nothing.
const developmentOnly = "DEVELOPMENT ONLY: whoever can read this folder can be anybody. Never let these credentials near real persons or money."

// credentialsAsked is what onestop certs is told to make.
type credentialsAsked struct {
	out     string
	hosts   []string
	tenants []string
	life    time.Duration
	keep    bool // what is there already
}

// certsCommand makes development credentials.
func certsCommand() *cobra.Command {
	var asked credentialsAsked
	command := &cobra.Command{
		Use:   "certs",
		Short: "Make DEVELOPMENT credentials: a CA, certificates, and the keys of tokens",
		Long: `Writes into an empty or new folder, each key with mode 0600:

  ca.pem, ca.key           a certificate authority of the folder's own
  server.pem, server.key   the gateway's certificate
  TENANT.pem, TENANT.key   a client certificate for each --tenant, which names it
                           as urn:onestop:tenant:TENANT
  operator.pem, .key       the operator's, to scrape metrics (urn:onestop:operator)
  token.key, jwks.json     what onestop token signs with, and what proves it

DEVELOPMENT ONLY. In production the certificates come from the bureau's own CA,
the tokens from its identity provider.`,
		Example: "  onestop certs --out dev --host localhost --tenant H36082700001 --tenant MZ360827",
		Args:    unread(cobra.NoArgs),
		RunE: func(command *cobra.Command, _ []string) error {
			fmt.Fprintln(command.ErrOrStderr(), developmentOnly)
			made, err := asked.write(time.Now())
			if err != nil {
				return err
			}
			if !made {
				fmt.Fprintf(command.OutOrStdout(), "%s is not empty; nothing was made\n", asked.out)
				return nil
			}
			fmt.Fprintf(command.OutOrStdout(), "development credentials in %s, good for %s\n", asked.out, asked.life)
			return nil
		},
	}
	flags := command.Flags()
	flags.StringVar(&asked.out, "out", "", "folder to write into")
	flags.StringSliceVar(&asked.hosts, "host", []string{"localhost", "127.0.0.1", "::1"}, "names and addresses of the gateway")
	flags.StringSliceVar(&asked.tenants, "tenant", nil, "tenants to make client certificates for: a hospital's facility id, a bureau's or an agency's code")
	flags.DurationVar(&asked.life, "for", 30*24*time.Hour, "how long the certificates are good")
	flags.BoolVar(&asked.keep, "keep", false, "make nothing where the folder is not empty, and call that well")
	_ = command.MarkFlagRequired("out") // it is there
	return command
}

// write makes everything in a folder in which there is nothing.
func (a *credentialsAsked) write(now time.Time) (made bool, err error) {
	if err := os.MkdirAll(a.out, 0o700); err != nil {
		return false, err
	}
	there, err := os.ReadDir(a.out)
	switch {
	case err != nil:
		return false, err
	case len(there) > 0 && a.keep:
		return false, nil
	case len(there) > 0:
		return false, exitError{exitUnread, fmt.Errorf("--out: %s is not empty", a.out)}
	}
	return true, a.fill(now)
}

// fill writes everything.
func (a *credentialsAsked) fill(now time.Time) error {
	made, err := newCertifier(now, a.life)
	if err != nil {
		return err
	}
	if err := a.put("ca", made.pair); err != nil {
		return err
	}
	subjects := []leafAsked{{name: "server", hosts: a.hosts}, {name: "operator", uri: identity.OperatorURI}}
	for _, tenant := range a.tenants {
		if strings.ContainsAny(tenant, `/\.`) {
			return exitError{exitUnread, fmt.Errorf("--tenant: %q is no tenant", tenant)}
		}
		subjects = append(subjects, leafAsked{name: tenant, uri: identity.TenantURI(settlement.TenantID(tenant))})
	}
	for _, subject := range subjects {
		pair, err := made.issue(&subject)
		if err != nil {
			return fmt.Errorf("%s: %w", subject.name, err)
		}
		if err := a.put(subject.name, pair); err != nil {
			return err
		}
	}
	return a.putTokenKeys()
}

// put writes a certificate and its key, over nothing that is there.
func (a *credentialsAsked) put(name string, pair pair) error {
	return errors.Join(
		writeNew(filepath.Join(a.out, name+".pem"), pair.certificate, 0o644),
		writeNew(filepath.Join(a.out, name+".key"), pair.key, 0o600),
	)
}

// putTokenKeys writes a key that signs tokens, and the set that proves them.
func (a *credentialsAsked) putTokenKeys() error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	text, err := keyPEM(private)
	if err != nil {
		return err
	}
	set, err := identity.Publish(public)
	if err != nil {
		return err
	}
	return errors.Join(
		writeNew(filepath.Join(a.out, "token.key"), text, 0o600),
		writeNew(filepath.Join(a.out, "jwks.json"), set, 0o644),
	)
}

// writeNew writes a file that must not be there.
func writeNew(path string, text []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}
