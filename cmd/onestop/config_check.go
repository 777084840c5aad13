package main

import (
	"fmt"
	"net"
	"strings"
	"time"
)

// environmentName is the environment variable of a setting: listen-rest is
// ONESTOP_LISTEN_REST.
func environmentName(name string) string {
	return "ONESTOP_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// check refuses a configuration that could not keep its promises, naming the
// key and what to do.
func (c *config) check() error {
	for _, listen := range []struct{ key, address string }{{"listen_rest", c.ListenREST}, {"listen_grpc", c.ListenGRPC}} {
		if err := c.checkAddress(listen.key, listen.address); err != nil {
			return err
		}
	}
	for _, check := range []func() error{c.checkOperations, c.checkPprof, c.TLS.check, c.Identity.check, c.Keys.check, c.TwoPeople.check, c.checkCalendar} {
		if err := check(); err != nil {
			return err
		}
	}
	if err := c.Traces.check(); err != nil {
		return err
	}
	if err := c.Audit.check(); err != nil {
		return err
	}
	if c.PoliciesFrom != fromFiles && c.PoliciesFrom != fromStore {
		return fmt.Errorf("policies_from: %q is neither %s nor %s", c.PoliciesFrom, fromFiles, fromStore)
	}
	if c.Instance < 0 || c.Instance > 9 {
		return fmt.Errorf("instance: %d is not a digit", c.Instance)
	}
	if c.Store.SQLite == "" && c.Store.Postgres == "" {
		return fmt.Errorf("store: name the file of the embedded store (sqlite) or a connection string (postgres)")
	}
	for _, limit := range []struct {
		key   string
		value time.Duration
	}{
		{"answer_within", c.Limits.AnswerWithin}, {"decide_within", c.Limits.DecideWithin},
		{"lease", c.Limits.Lease}, {"drain_within", c.Limits.DrainWithin},
		{"patience", c.Limits.Patience}, {"pressed", c.Limits.Pressed},
	} {
		if limit.value <= 0 {
			return fmt.Errorf("limits.%s: must be longer than 0", limit.key)
		}
	}
	for _, limit := range []struct {
		key   string
		value int
	}{
		{"in_flight", c.Limits.InFlight}, {"calls", c.Limits.Calls}, {"waiting", c.Limits.Waiting}, {"connections", c.Limits.Connections},
		{"connections_per_address", c.Limits.ConnectionsPerAddress},
	} {
		if limit.value <= 0 {
			return fmt.Errorf("limits.%s: must be more than 0", limit.key)
		}
	}
	if c.ClearingTermDays < 0 || c.ClearingTermDays > 365 {
		return fmt.Errorf("clearing_term_days: %d is not between 0 and 365", c.ClearingTermDays)
	}
	return nil
}

// checkAddress keeps an unprotected gateway on this machine: without TLS and
// authentication no other address is served.
func (c *config) checkAddress(key, address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%s: %q is not host:port: %w", key, address, err)
	}
	if loopback(host) {
		return nil
	}
	return c.exposed(key, address)
}

// checkPprof keeps profiles on this machine, for development too: they show
// what the process works on.
func (c *config) checkPprof() error {
	if c.ListenPprof == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(c.ListenPprof)
	if err != nil {
		return fmt.Errorf("listen_pprof: %q is not host:port: %w", c.ListenPprof, err)
	}
	if !loopback(host) {
		return fmt.Errorf("listen_pprof: %s is not a loopback address; profiles are for this machine only", c.ListenPprof)
	}
	return nil
}

// loopback reports whether a host can only be reached from this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
