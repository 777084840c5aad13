package postgres

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
)

// safe are settings that keep every promise.
func safe() settings {
	return settings{
		version: 150018, encoding: "UTF8", readOnly: "off", fsync: "on", fullPages: "on", synchronous: "on", checksums: "on", standbys: "*",
	}
}

func TestSettingsAreJudgedOneByOne(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*settings)
		names  string // what the refusal names; empty: none
		dev    bool   // it may be opened for development
	}{
		"as they should be":      {change: func(*settings) {}},
		"remote_apply":           {change: func(s *settings) { s.synchronous = "remote_apply" }},
		"an old server":          {func(s *settings) { s.version = 140012 }, "server_version_num", false},
		"another encoding":       {func(s *settings) { s.encoding = "SQL_ASCII" }, "server_encoding", false},
		"a standby":              {func(s *settings) { s.recovering = true }, "pg_is_in_recovery", false},
		"a role that only reads": {func(s *settings) { s.readOnly = "on" }, "transaction_read_only", false},
		"no fsync":               {func(s *settings) { s.fsync = "off" }, "fsync", true},
		"torn pages":             {func(s *settings) { s.fullPages = "off" }, "full_page_writes", true},
		"commits not waited for": {func(s *settings) { s.synchronous = "off" }, "synchronous_commit", true},
		"commits only here":      {func(s *settings) { s.synchronous = "local" }, "synchronous_commit", true},
		"commits only received":  {func(s *settings) { s.synchronous = "remote_write" }, "synchronous_commit", true},
		"no checksums":           {func(s *settings) { s.checksums = "off" }, "data_checksums", true},
		"no standby":             {func(s *settings) { s.standbys = "" }, "synchronous_standby_names", true},
		"a clock ahead":          {func(s *settings) { s.skew = 31 * time.Second }, "the server's clock", true},
		"a clock behind":         {func(s *settings) { s.skew = -31 * time.Second }, "the server's clock", true},
		"a clock a little off":   {change: func(s *settings) { s.skew = -29 * time.Second }},
	} {
		t.Run(name, func(t *testing.T) {
			s := safe()
			c.change(&s)
			err := s.check(Config{HA: true})
			if c.names == "" {
				must(t, err)
				return
			}
			wants(t, err, settlement.KindInternal)
			if err != nil && !strings.Contains(err.Error(), c.names+" is ") {
				t.Errorf("%v does not name %s", err, c.names)
			}
			if open := s.check(Config{HA: true, Dev: true}) == nil; open != c.dev {
				t.Errorf("for development: %v", open)
			}
		})
	}
}

func TestOneServerNeedsNoStandby(t *testing.T) {
	s := safe()
	s.standbys = ""
	must(t, s.check(Config{}))
}

// A refusal names every setting that is wrong, so that one restart is enough.
func TestUnsafeServerIsRefused(t *testing.T) {
	cluster := pgtest.StartUnsafe(t)
	dsn := cluster.DSN("postgres")
	_, err := Open(t.Context(), Config{DSN: dsn, HA: true})
	wants(t, err, settlement.KindInternal)
	var named []string
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit", "data_checksums", "synchronous_standby_names", "server_encoding"} {
		if err != nil && strings.Contains(err.Error(), name+" is ") {
			named = append(named, name)
		}
	}
	want := []string{"fsync", "full_page_writes", "synchronous_commit", "data_checksums", "synchronous_standby_names"}
	if diff := cmp.Diff(want, named); diff != "" {
		t.Errorf("named (-want +got):\n%s", diff)
	}
	if tables := cluster.Exec("postgres", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"); tables != "0" {
		t.Errorf("%s tables were made on a server that was refused", tables)
	}
	s := openTest(t, Config{DSN: dsn, Dev: true})
	settled(t, s, 1)
}

// What a role or a database sets counts, not what the server's file says.
func TestSettingsOfTheSessionCount(t *testing.T) {
	dsn := fresh(t)
	_, err := Open(t.Context(), Config{DSN: dsn + " options='-c synchronous_commit=local'"})
	wants(t, err, settlement.KindInternal)
	_, err = Open(t.Context(), Config{DSN: dsn + " options='-c default_transaction_read_only=on'"})
	wants(t, err, settlement.KindUnavailable) // such a server is passed by for the next
}

// A server that takes over is judged like the first: here its settings change
// under a store that is open.
func TestEveryConnectionIsJudged(t *testing.T) {
	dsn := fresh(t)
	s := openTest(t, Config{DSN: dsn})
	settled(t, s, 1)
	cluster := shared.in(t)
	cluster.Set("synchronous_commit", "off")
	defer cluster.Set("synchronous_commit", "on")
	s.lost() // its connections, as after a failure of the server
	wants(t, s.Open(t.Context(), storetest.Opening(2)), settlement.KindUnavailable)
	absentRecord(t, s, storetest.Opening(2).Settlement.ID)
	cluster.Set("synchronous_commit", "on")
	settled(t, s, 2)
}

func TestFarClockIsRefused(t *testing.T) {
	config := Config{DSN: fresh(t), clock: func() time.Time { return time.Now().Add(-time.Minute) }}
	_, err := Open(t.Context(), config)
	wants(t, err, settlement.KindInternal)
	config.Dev = true
	openTest(t, config)
}

func TestNoServerIsUnavailable(t *testing.T) {
	_, err := Open(t.Context(), Config{DSN: "host=127.0.0.1 port=1 user=nobody dbname=nothing sslmode=disable"})
	wants(t, err, settlement.KindUnavailable)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Open(ctx, Config{DSN: fresh(t)})
	wants(t, err, settlement.KindUnavailable)
}

func TestUnreadableDSNIsInternal(t *testing.T) {
	_, err := Open(t.Context(), Config{DSN: "host=a port=nonsense password=secret"})
	wants(t, err, settlement.KindInternal)
	if err != nil && strings.Contains(err.Error(), "secret") {
		t.Errorf("%v tells the password", err)
	}
}
