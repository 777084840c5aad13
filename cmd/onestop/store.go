package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/onestop-gateway/onestop/adapters/measure"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/postgres"
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/adapters/store/sqlite"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/chain"
	"github.com/onestop-gateway/onestop/settlement/clearance"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/gazette"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
	"github.com/onestop-gateway/onestop/settlement/stay"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// keeper is a store of either kind, opened.
type keeper struct {
	lifecycle.Store
	lifecycle.Quotes
	lifecycle.Registry
	lifecycle.Journal
	register eligibility.Store
	lifecycle.Restorations
	books treasury.Store
	desk  clearance.Store
	press gazette.Store
	// corrections are what two people make so.
	corrections assent.Store
	house       clearinghouse.Store
	runs        reconciliation.Store
	notices     lifecycle.Notices
	stays       stay.Store
	chain       chain.Store
	name        string // for the log; never a password
	queue       func() (waiting, room int)
	pools       func() []measure.Pool              // of the server; nil for the embedded store
	folder      string                             // of the embedded store
	others      func(context.Context) (int, error) // sessions of gateways on it, ours apart
	shut        func() error
	keys        *sealing.Ring // nil: none
}

// openStore opens the configured store: PostgreSQL where one is named, else
// the embedded one.
func (c *config) openStore(ctx context.Context, observer store.Observer) (*keeper, error) {
	keys, err := c.Keys.open()
	if err != nil {
		return nil, err
	}
	if c.Store.Postgres != "" {
		s, err := postgres.Open(ctx, postgres.Config{DSN: c.Store.Postgres, Dev: c.Dev, HA: c.Store.HA, Observer: observer, Name: c.name, Keys: keys})
		if err != nil {
			return nil, err
		}
		return &keeper{Store: s, Quotes: s, Registry: s, Journal: s, register: s, Restorations: s, books: s, desk: s, press: s, corrections: s, runs: s, house: s, chain: s.Chain(), notices: s, stays: s, others: s.Others, name: "postgres", queue: s.Queue, pools: poolsOf(s), shut: s.Shut, keys: keys}, nil
	}
	s, err := sqlite.Open(ctx, sqlite.Config{Path: c.Store.SQLite, Observer: observer, Keys: keys})
	if err != nil {
		return nil, err
	}
	return &keeper{
		Store: s, Quotes: s, Registry: s, Journal: s, register: s, Restorations: s, books: s, desk: s, press: s, corrections: s, house: s, chain: s.Chain(), runs: s, notices: s, stays: s, others: s.Others, name: fmt.Sprintf("sqlite %s", c.Store.SQLite),
		queue: s.Queue, folder: filepath.Dir(c.Store.SQLite), shut: s.Shut, keys: keys,
	}, nil
}

// poolsOf is how the pools of a store stand, as they are measured.
func poolsOf(s *postgres.Store) func() []measure.Pool {
	return func() []measure.Pool {
		pools := s.Pools()
		measured := make([]measure.Pool, len(pools))
		for i, pool := range pools {
			measured[i] = measure.Pool(pool)
		}
		return measured
	}
}

// process is what is looked at in this process, beside the load of its
// lifecycle.
func (k *keeper) process(load func() (working, room int)) measure.Process {
	return measure.Process{Now: time.Now, Load: load, Queue: k.queue, Pools: k.pools, Folder: k.folder}
}

// archive is a store opened for reading only, beside a running gateway.
type archive interface {
	stay.Archive
	reconciliation.Books
	reconciliation.Archive
	clearinghouse.Archive
	Chain() chain.Archive
	press
	Shut() error
}

// openArchive opens the configured store for reading.
func (c *config) openArchive(ctx context.Context) (archive, error) {
	keys, err := c.Keys.open()
	if err != nil {
		return nil, err
	}
	if c.Store.Postgres != "" {
		return postgres.OpenArchive(ctx, postgres.Config{DSN: c.Store.Postgres, Dev: c.Dev, Keys: keys})
	}
	return sqlite.OpenArchive(ctx, sqlite.Config{Path: c.Store.SQLite, Keys: keys})
}

// errRestored stops a gateway on a store whose restore is not taken up.
var errRestored = errors.New("this store was restored to an earlier moment, and what payers remember beyond it is not taken up: run onestop recover --after-restore")

// served refuses a store that may not be served from yet.
func (k *keeper) served(ctx context.Context) error {
	restoration, err := k.Restoration(ctx)
	if err == nil && restoration.Pending() {
		err = errRestored
	}
	if err == nil {
		err = k.readable(ctx)
	}
	return err
}

// readable refuses a store whose keys are not here: it reads what is newest.
func (k *keeper) readable(ctx context.Context) error {
	_, err := k.List(ctx, lifecycle.Query{Limit: 1})
	if err == nil {
		_, err = k.register.Persons(ctx, eligibility.Query{Limit: 1})
	}
	if errors.Is(err, sealing.ErrNoKey) {
		return fmt.Errorf("this store was encrypted with keys that keys.ring does not have; bring the ring and the master key of this store: %w", err)
	}
	return err
}
