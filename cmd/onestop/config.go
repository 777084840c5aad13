package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// config is the whole configuration of a gateway: a file, over it the
// environment (ONESTOP_…), over that the flags. A key nobody knows refuses to
// start; the zero configuration listens on loopback only.
type config struct {
	ListenREST string `yaml:"listen_rest"`
	ListenGRPC string `yaml:"listen_grpc"`
	// ListenOps is a listener of the operator's own: probes for everybody,
	// metrics and the operations page. Empty: they are on REST alone.
	ListenOps string `yaml:"listen_ops"`
	// ListenPprof is where profiles of this process are served: a loopback
	// address, in any mode; empty serves none.
	ListenPprof string `yaml:"listen_pprof"`
	// Dev bears a store that is not durable. It opens no address.
	Dev      bool   `yaml:"dev"`
	LogLevel string `yaml:"log_level"`
	Instance int    `yaml:"instance"` // this process's digit among those that share a store

	TLS      tlsConfig      `yaml:"tls"`
	Identity identityConfig `yaml:"identity"`
	Store    storeConfig    `yaml:"store"`
	Keys     keysConfig     `yaml:"keys"`
	Limits   limitsConfig   `yaml:"limits"`
	Traces   tracesConfig   `yaml:"traces"`
	Audit    auditConfig    `yaml:"audit"`
	Policies []string       `yaml:"policies"` // files, or folders of *.yaml
	// PoliciesFrom is files, or store: what two people published, with the files
	// for what nobody ever published.
	PoliciesFrom string `yaml:"policies_from"`
	// TwoPeople is what nobody does alone, beside what nobody ever does.
	TwoPeople twoPeopleConfig `yaml:"two_people"`
	// Standards are files, or folders of *.yaml, of dibao standards.
	Standards []string `yaml:"standards"`
	// ClearingTermDays is how long after a period it is expected to be paid.
	ClearingTermDays int `yaml:"clearing_term_days"`
	// Reconciliation is when payers are compared, and where their lists come.
	Reconciliation reconciliationConfig `yaml:"reconciliation"`
	Payers         []payerConfig        `yaml:"payers"`
	Regions        []regionConfig       `yaml:"regions"`
	// Facilities are the hospitals and clinics that may ask.
	Facilities []facilityConfig `yaml:"facilities"`

	// SignedRequests are checked before anything else is done for them.
	SignedRequests signedRequestsConfig `yaml:"signed_requests"`

	name string // of the sessions on PostgreSQL; "": a gateway's
	// origins says where keys were set, the last word first; others are
	// standard.
	origins map[string]string
}

type storeConfig struct {
	SQLite string `yaml:"sqlite"` // file of the embedded store
	// Postgres is a connection string, which takes the place of SQLite. Keep
	// its password in a passfile, not here.
	Postgres string `yaml:"postgres"`
	HA       bool   `yaml:"ha"` // demand that commits wait for a standby
}

type limitsConfig struct {
	InFlight     int           `yaml:"in_flight"`     // settlements and quotes worked on at once
	Calls        int           `yaml:"calls"`         // calls worked on at once, those apart that wait for payers, three quarters of them settlements, quotes, lists and reports; more wait
	Waiting      int           `yaml:"waiting"`       // calls that wait, half of them of one facility; more are refused
	Patience     time.Duration `yaml:"patience"`      // how long a call waits in a burst
	Pressed      time.Duration `yaml:"pressed"`       // how long a call waits under lasting load
	AnswerWithin time.Duration `yaml:"answer_within"` // then a caller hears "in progress"
	DecideWithin time.Duration `yaml:"decide_within"` // then an undecided settlement is aborted
	HoldWithin   time.Duration `yaml:"hold_within"`   // the longest a quote may hold what it promises; 0: none does
	Lease        time.Duration `yaml:"lease"`         // how long a record is ours after each write
	DrainWithin  time.Duration `yaml:"drain_within"`  // how long a stopping gateway finishes work
	// Connections open at once, on each port and from one address on it; behind
	// a proxy, all come from one address.
	Connections           int `yaml:"connections"`
	ConnectionsPerAddress int `yaml:"connections_per_address"`
}

type regionConfig struct {
	ID              string              `yaml:"id"`
	Name            string              `yaml:"name"`
	Policy          string              `yaml:"policy"`
	Payers          map[string][]string `yaml:"payers"` // scheme → payer codes, in the order they are asked
	Area            []string            `yaml:"area"`
	CriticalIllness string              `yaml:"critical_illness"` // given or compute
}

type facilityConfig struct {
	ID         string `yaml:"id"`
	Name       string `yaml:"name"`
	Region     string `yaml:"region"`
	Level      string `yaml:"level"`
	Designated bool   `yaml:"designated"`
}

// standard is the configuration of a gateway nobody configured.
func standard() config {
	return config{
		ListenREST:       "127.0.0.1:8080",
		ListenGRPC:       "127.0.0.1:9090",
		LogLevel:         "info",
		PoliciesFrom:     fromFiles,
		ClearingTermDays: 30,
		Store:            storeConfig{SQLite: "onestop.db"},
		Traces:           tracesConfig{Protocol: "grpc", PerMille: 100},
		TwoPeople:        twoPeopleConfig{ExpireAfter: expireAfter},
		Audit:            auditConfig{SealEvery: time.Second, HeadEvery: 5 * time.Minute},
		Limits: limitsConfig{
			InFlight: 256, Calls: 160, Waiting: 1024, Patience: 500 * time.Millisecond, Pressed: 50 * time.Millisecond, AnswerWithin: 25 * time.Second, DecideWithin: 10 * time.Minute, HoldWithin: time.Hour,
			Lease: time.Minute, DrainWithin: 30 * time.Second, Connections: 2000, ConnectionsPerAddress: 50,
		},
	}
}

// readConfig reads file (if any) over the standard, refusing unknown keys.
func readConfig(file string) (config, error) {
	c := standard()
	if file == "" {
		return c, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return c, fmt.Errorf("reading configuration: %w", err)
	}
	if err := c.overlay(text); err != nil {
		return c, fmt.Errorf("configuration %s: %w", file, err)
	}
	return c, nil
}

// overlay reads further keys over c, refusing unknown ones.
func (c *config) overlay(text []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	err := decoder.Decode(c)
	if errors.Is(err, io.EOF) { // an empty file says nothing
		return nil
	}
	if err == nil {
		c.noteFile(text)
	}
	return err
}

// setting is one key that the environment and the flags may set too.
type setting struct {
	name, usage string
	key         string // in the file
	set         func(*config, string) error
}

// settings are the keys an operator changes between machines; the rest, who
// settles with whom, lives in the file alone.
var settings = []setting{
	{"listen-rest", "address of REST", "listen_rest", func(c *config, v string) error { c.ListenREST = v; return nil }},
	{"listen-grpc", "address of gRPC", "listen_grpc", func(c *config, v string) error { c.ListenGRPC = v; return nil }},
	{"listen-ops", "address of probes, metrics and the operations page; none: on REST", "listen_ops", func(c *config, v string) error { c.ListenOps = v; return nil }},
	{"store-sqlite", "file of the embedded store", "store.sqlite", func(c *config, v string) error { c.Store.SQLite = v; return nil }},
	{"store-postgres", "connection string of PostgreSQL, in place of the embedded store", "store.postgres", func(c *config, v string) error { c.Store.Postgres = v; return nil }},
	{"policies-from", "files, or store: what two people published", "policies_from", func(c *config, v string) error { c.PoliciesFrom = v; return nil }},
	{"two-people-corrections", "true: two people correct what is known of persons", "two_people.corrections", func(c *config, v string) error {
		demanded, err := strconv.ParseBool(v)
		c.TwoPeople.Corrections = &demanded
		return err
	}},
	{"two-people-posting-from", "two people post this amount or more to a fund; or none", "two_people.posting_from", func(c *config, v string) error { c.TwoPeople.PostingFrom = v; return nil }},
	{"two-people-expire-after", "how long what one person proposed may be approved", "two_people.expire_after", func(c *config, v string) (err error) {
		c.TwoPeople.ExpireAfter, err = time.ParseDuration(v)
		return err
	}},
	{"standards", "file, or folder of *.yaml, of dibao standards", "standards", func(c *config, v string) error { c.Standards = []string{v}; return nil }},
	{"audit-heads", "folder to which signed heads of the audit chain are written", "audit.heads", func(c *config, v string) error { c.Audit.Heads = []string{v}; return nil }},
	{"audit-key", "file of the key that signs them", "audit.key", func(c *config, v string) error { c.Audit.Key = v; return nil }},
	{"log-level", "debug, info, warn or error", "log_level", func(c *config, v string) error { c.LogLevel = v; return nil }},
	{"traces-address", "address of an OTLP collector; none makes no traces", "traces.address", func(c *config, v string) error { c.Traces.Address = v; return nil }},
	{"instance", "this process's digit, 0 to 9", "instance", func(c *config, v string) (err error) { c.Instance, err = strconv.Atoi(v); return err }},
	{"dev", "true: bear a store that is not durable", "dev", func(c *config, v string) (err error) { c.Dev, err = strconv.ParseBool(v); return err }},
}

// settingFlags adds a flag for each setting.
func settingFlags(flags *pflag.FlagSet) {
	flags.String("config", "", "configuration file (YAML); also ONESTOP_CONFIG")
	for _, s := range settings {
		flags.String(s.name, "", s.usage+"; also "+environmentName(s.name))
	}
}

// loadConfig reads the file and lays the environment and then the flags over
// it. lookup is os.LookupEnv, or a test's.
func loadConfig(flags *pflag.FlagSet, lookup func(string) (string, bool)) (config, error) {
	file, _ := value(flags, "config", lookup)
	c, err := readConfig(file)
	if err != nil {
		return c, err
	}
	for _, s := range settings {
		text, origin := value(flags, s.name, lookup)
		if text == "" {
			continue
		}
		c.note(s.key, origin)
		if err := s.set(&c, text); err != nil {
			return c, fmt.Errorf("setting %s: %q: %w", s.name, text, err)
		}
	}
	return c, c.check()
}

// value is a flag's value, else the environment's, else nothing; and which of
// them it is.
func value(flags *pflag.FlagSet, name string, lookup func(string) (string, bool)) (text, origin string) {
	if text, err := flags.GetString(name); err == nil && flags.Changed(name) {
		return text, "flag --" + name
	}
	text, _ = lookup(environmentName(name))
	return text, environmentName(name)
}
