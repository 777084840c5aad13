package main

import (
	"context"
	"fmt"

	"github.com/onestop-gateway/onestop/adapters/store/postgres"
	"github.com/onestop-gateway/onestop/adapters/store/sqlite"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// keeper is a store of either kind, opened.
type keeper struct {
	lifecycle.Store
	lifecycle.Registry
	lifecycle.Journal
	name string // for the log; never a password
	shut func() error
}

// openStore opens the configured store: PostgreSQL where one is named, else
// the embedded one.
func (c *config) openStore(ctx context.Context) (*keeper, error) {
	if c.Store.Postgres != "" {
		s, err := postgres.Open(ctx, postgres.Config{DSN: c.Store.Postgres, Dev: c.Dev, HA: c.Store.HA})
		if err != nil {
			return nil, err
		}
		return &keeper{Store: s, Registry: s, Journal: s, name: "postgres", shut: func() error { s.Shut(); return nil }}, nil
	}
	s, err := sqlite.Open(ctx, sqlite.Config{Path: c.Store.SQLite})
	if err != nil {
		return nil, err
	}
	return &keeper{Store: s, Registry: s, Journal: s, name: fmt.Sprintf("sqlite %s", c.Store.SQLite), shut: s.Shut}, nil
}

// archive is a store opened for reading only, beside a running gateway.
type archive interface {
	lifecycle.Archive
	Shut() error
}

// openArchive opens the configured store for reading.
func (c *config) openArchive(ctx context.Context) (archive, error) {
	if c.Store.Postgres != "" {
		return postgres.OpenArchive(ctx, postgres.Config{DSN: c.Store.Postgres, Dev: c.Dev})
	}
	return sqlite.OpenArchive(ctx, c.Store.SQLite)
}
