package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/onestop-gateway/onestop/adapters/heads"
	"github.com/onestop-gateway/onestop/settlement/chain"
)

// auditConfig says how the audit trail is sealed and where its signed heads go.
type auditConfig struct {
	// Heads are folders outside the database, better on other machines, to which
	// heads are appended; without any none are signed.
	Heads []string `yaml:"heads"`
	// Key is the file of the ed25519 key that signs them: onestop audit key.
	Key       string        `yaml:"key"`
	SealEvery time.Duration `yaml:"seal_every"` // how long a row waits for its block
	HeadEvery time.Duration `yaml:"head_every"` // how long a block waits for a signature
}

// check refuses what could not be meant.
func (a *auditConfig) check() error {
	switch {
	case a.SealEvery <= 0:
		return errors.New("audit.seal_every: must be longer than 0")
	case a.HeadEvery <= 0:
		return errors.New("audit.head_every: must be longer than 0")
	case len(a.Heads) > 0 && a.Key == "":
		return errors.New("audit.key: name the key that signs heads; onestop audit key FILE makes one")
	}
	return nil
}

// knownHashes are those that chains are made with.
var knownHashes = chain.Hashes{chain.SHA256()}

// instance is how the audit trail names this process.
func (c *config) instance() string { return fmt.Sprintf("%s-%d", hostName(), c.Instance) }

// auditing makes the keeper of a store's audit chain.
func (c *config) auditing(store chain.Store, log *slog.Logger) (*chain.Keeper, error) {
	k := &chain.Keeper{
		Sealer:   chain.Sealer{Store: store, Hash: chain.SHA256(), Now: time.Now},
		Refusals: chain.NewRefusals(time.Now), Instance: c.instance(),
		SealEvery: c.Audit.SealEvery, HeadEvery: c.Audit.HeadEvery, Log: log,
	}
	if len(c.Audit.Heads) == 0 {
		return k, nil
	}
	for _, folder := range c.Audit.Heads {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("configuration: audit.heads: %s is no folder", folder)
		}
	}
	info, err := os.Stat(c.Audit.Key)
	if err == nil && !guarded(info.Mode(), ownerOf(info), os.Getuid()) {
		err = fmt.Errorf("%s can be read by others: chmod 600", c.Audit.Key)
	}
	if err == nil {
		k.Signer, err = heads.LoadKey(c.Audit.Key)
	}
	if err != nil {
		return nil, fmt.Errorf("configuration: audit.key: %w", err)
	}
	k.Publish = heads.Folders(c.Audit.Heads).Append
	return k, nil
}

// keepAudit keeps the audit chain until ctx ends; SIGUSR1 has a head signed at
// once.
func (g *gateway) keepAudit(ctx context.Context) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	defer signal.Stop(signals)
	demand := make(chan struct{})
	go func() {
		for {
			select {
			case <-signals:
			case <-ctx.Done():
				return
			}
			select {
			case demand <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	g.audit.Run(ctx, demand)
}
