package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/api/identity"
)

// What a development token says where nothing else is asked for.
const (
	developmentIssuer   = "onestop-development"
	developmentAudience = "onestop"
)

// tokenCommand signs one development token.
func tokenCommand() *cobra.Command {
	claims := &identity.Claims{}
	var key, audience string
	var life time.Duration
	command := &cobra.Command{
		Use:   "token",
		Short: "Sign a DEVELOPMENT token with the key that onestop certs made",
		Long: `Prints a token for "Authorization: Bearer …", good for ten minutes at most.

Roles: cashier, cashier-supervisor, hospital-auditor (a hospital's: --tenant is
its facility id, --facility narrows); agency, bureau-officer, bureau-auditor (at
least one --region); operator; security-admin. DEVELOPMENT ONLY.`,
		Example: "  onestop token --key dev/token.key --tenant H36082700001 --subject li --role cashier\n" +
			"  onestop token --key dev/token.key --tenant MZ360827 --subject wang --role bureau-officer --region 360827",
		Args: unread(cobra.NoArgs),
		RunE: func(command *cobra.Command, _ []string) error {
			private, err := readTokenKey(key)
			if err != nil {
				return err
			}
			now := time.Now()
			claims.Audience = jwt.ClaimStrings{audience}
			claims.ID, claims.IssuedAt, claims.NotBefore = uuid.NewString(), jwt.NewNumericDate(now), jwt.NewNumericDate(now)
			claims.ExpiresAt = jwt.NewNumericDate(now.Add(life))
			if err := claims.Check(); err != nil {
				return exitError{exitUnread, err}
			}
			token, err := identity.Issue(private, claims)
			if err != nil {
				return err
			}
			fmt.Fprintln(command.ErrOrStderr(), developmentOnly)
			fmt.Fprintln(command.OutOrStdout(), token)
			return nil
		},
	}
	flags := command.Flags()
	flags.StringVar(&key, "key", "", "token.key of onestop certs")
	flags.StringVar(&claims.Subject, "subject", "", "staff id of the person")
	flags.StringVar(&claims.Tenant, "tenant", "", "whose person it is")
	flags.StringSliceVar(&claims.Roles, "role", nil, "what they are")
	flags.StringSliceVar(&claims.Facilities, "facility", nil, "facilities a hospital's person is narrowed to")
	flags.StringSliceVar(&claims.Regions, "region", nil, "regions of an agency's or a bureau's person")
	flags.StringVar(&claims.Terminal, "terminal", "", "where they work")
	flags.StringVar(&claims.Issuer, "issuer", developmentIssuer, "identity.issuer of the gateway")
	flags.StringVar(&audience, "audience", developmentAudience, "identity.audience of the gateway")
	flags.DurationVar(&life, "for", identity.LifeMax, "how long it is good")
	for _, name := range []string{"key", "subject", "tenant", "role"} {
		_ = command.MarkFlagRequired(name) // it is there
	}
	return command
}

// readTokenKey reads a private key of Ed25519 that nobody else may read.
func readTokenKey(file string) (ed25519.PrivateKey, error) {
	text, err := readSecret(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode([]byte(text.Reveal()))
	if block == nil {
		return nil, exitError{exitUnread, fmt.Errorf("%s: no key in PEM", file)}
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	private, is := key.(ed25519.PrivateKey)
	if !is {
		return nil, exitError{exitUnread, fmt.Errorf("%s: not a key of Ed25519", file)}
	}
	return private, nil
}
