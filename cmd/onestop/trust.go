package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/onestop-gateway/onestop/api/identity"
)

// tlsConfig is where the material of TLS lies, PEM files. It covers REST, gRPC
// and the operator's listener.
type tlsConfig struct {
	CertificateFile string `yaml:"certificate_file"` // of this gateway, with its chain
	KeyFile         string `yaml:"key_file"`         // only its owner may read it
	// ClientCAFile is whose certificates callers must show; their tenant must be
	// their token's.
	ClientCAFile string `yaml:"client_ca_file"`
	// ClientCRLFile are that CA's revocation lists, PEM or DER.
	ClientCRLFile string `yaml:"client_crl_file"`
}

// identityConfig says whose tokens callers show.
type identityConfig struct {
	Issuer   string `yaml:"issuer"`
	Audience string `yaml:"audience"`
	JWKSFile string `yaml:"jwks_file"` // the issuer's public keys, or
	JWKSURL  string `yaml:"jwks_url"`  // where they are to be had: https
	// RevokedFile names certificates, tokens, subjects and tenants that are not
	// believed any more, one a line.
	RevokedFile string `yaml:"revoked_file"`
}

const (
	// trustEvery is how often changed certificates and keys are looked for.
	trustEvery = 30 * time.Second
	// revokedEvery is how often it is looked whether more is revoked.
	revokedEvery = 2 * time.Second
)

// check refuses half a configuration.
func (t *tlsConfig) check() error {
	if (t.CertificateFile == "") != (t.KeyFile == "") || t.ClientCAFile != "" && t.CertificateFile == "" {
		return errors.New("tls: certificate_file and key_file go together, and client_ca_file needs both")
	}
	if t.ClientCRLFile != "" && t.ClientCAFile == "" {
		return errors.New("tls: client_crl_file needs client_ca_file, whose lists they are")
	}
	return nil
}

func (i *identityConfig) check() error {
	if *i == (identityConfig{}) {
		return nil
	}
	if i.Issuer == "" || i.Audience == "" || (i.JWKSFile == "") == (i.JWKSURL == "") {
		return errors.New("identity: issuer, audience and one of jwks_file and jwks_url are needed")
	}
	if i.JWKSURL == "" {
		return nil
	}
	if err := identity.CheckKeysURL(i.JWKSURL); err != nil {
		return fmt.Errorf("identity.jwks_url: %w", err)
	}
	return nil
}

// exposed says what is missing before an address beyond this machine may be
// served.
func (c *config) exposed(key, address string) error {
	switch {
	case c.TLS.CertificateFile == "" || c.TLS.ClientCAFile == "":
		return fmt.Errorf("%s: %s is not a loopback address and needs TLS: set tls.certificate_file, tls.key_file and tls.client_ca_file, or listen on 127.0.0.1 (development credentials: onestop certs)", key, address)
	case c.Identity == identityConfig{}:
		return fmt.Errorf("%s: %s is not a loopback address and needs authentication: set identity.issuer, identity.audience and identity.jwks_file or identity.jwks_url, or listen on 127.0.0.1 (development credentials: onestop certs, onestop token)", key, address)
	case c.Keys.Ring == "" && !c.Keys.Plain:
		return fmt.Errorf("%s: %s is not a loopback address and needs keys that encrypt what the store keeps of persons: set keys.ring and keys.masters (onestop keys new), or say keys.plain: true, or listen on 127.0.0.1", key, address)
	}
	return nil
}

// checkOperations keeps the operator's listener on this machine, or behind TLS
// and client certificates.
func (c *config) checkOperations() error {
	if c.ListenOps == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(c.ListenOps)
	if err != nil {
		return fmt.Errorf("listen_ops: %q is not host:port: %w", c.ListenOps, err)
	}
	if loopback(host) {
		return nil
	}
	return c.exposed("listen_ops", c.ListenOps)
}

// trust is what this gateway shows and whom it believes. Either part may be nil.
type trust struct {
	material *identity.Material
	keys     *identity.Keys
	guard    *identity.Guard
	revoked  *identity.Revocations
}

// newTrust reads certificates and keys.
func newTrust(ctx context.Context, c *config) (*trust, error) {
	t := &trust{}
	var err error
	if c.TLS.CertificateFile != "" {
		files := identity.Files{Certificate: c.TLS.CertificateFile, Key: c.TLS.KeyFile, ClientCA: c.TLS.ClientCAFile, Guarded: keptSecret}
		if t.material, err = identity.Load(files); err != nil {
			return nil, err
		}
	}
	if c.Identity == (identityConfig{}) {
		return t, nil
	}
	if t.keys, err = c.Identity.keys(ctx); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	if t.revoked, err = c.revocations(); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	t.guard = &identity.Guard{
		Revoked: t.revoked, Lockout: identity.NewLockout(time.Now),
		Tokens:       identity.NewVerifier(c.Identity.Issuer, c.Identity.Audience, t.keys, time.Now),
		Certificates: c.TLS.ClientCAFile != "", Now: time.Now,
	}
	return t, nil
}

// revocations reads what is revoked; nil where no file is named.
func (c *config) revocations() (*identity.Revocations, error) {
	files := identity.RevokedFiles{List: c.Identity.RevokedFile, CRL: c.TLS.ClientCRLFile, ClientCA: c.TLS.ClientCAFile}
	if files.List == "" && files.CRL == "" {
		return nil, nil
	}
	return identity.LoadRevoked(files)
}

func (i *identityConfig) keys(ctx context.Context) (*identity.Keys, error) {
	if i.JWKSFile != "" {
		return identity.NewFileKeys(ctx, i.JWKSFile, time.Now)
	}
	return identity.NewURLKeys(ctx, i.JWKSURL, time.Now)
}

// reload takes over certificates and keys that changed; each that is wrong
// stays as it was.
func (t *trust) reload(ctx context.Context, log *slog.Logger) {
	t.reloadMaterial(log)
	t.reloadRevoked(log)
	if t.keys != nil {
		if err := t.keys.Refresh(ctx); err != nil {
			log.Error("reloading: the token keys in force stay", "error", err)
		}
	}
}

func (t *trust) reloadMaterial(log *slog.Logger) {
	if t.material == nil {
		return
	}
	changed, err := t.material.Reload()
	if err != nil {
		log.Error("reloading: the certificate in force stays", "error", err)
	} else if changed {
		log.Warn("reloaded certificate", "good_until", t.material.Leaf().NotAfter)
	}
}

func (t *trust) reloadRevoked(log *slog.Logger) {
	changed, err := t.revoked.Reload()
	if err != nil {
		log.Error("reloading: what was revoked before stays revoked, and no more", "error", err)
	} else if changed {
		count, _ := t.revoked.Count()
		log.Warn("reloaded what is revoked", "credentials", count)
	}
}

// watchRevoked looks whether more is revoked until ctx ends.
func (t *trust) watchRevoked(ctx context.Context, log *slog.Logger) {
	if t.revoked == nil {
		return
	}
	every(ctx, revokedEvery, func() { t.reloadRevoked(log) })
}

// watchKeys reads token keys again from time to time until ctx ends.
func (t *trust) watchKeys(ctx context.Context, log *slog.Logger) {
	if t.keys != nil {
		t.keys.Run(ctx, func(err error) { log.Error("token keys: those in force stay", "error", err) })
	}
}

// watchMaterial looks for certificates that changed until ctx ends.
func (t *trust) watchMaterial(ctx context.Context, log *slog.Logger) {
	every(ctx, trustEvery, func() { t.reloadMaterial(log) })
}

// every does something again and again until ctx ends, a period after the other.
func every(ctx context.Context, period time.Duration, do func()) {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			do()
		}
	}
}
