package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/onestop-gateway/onestop/adapters/document"
	"github.com/onestop-gateway/onestop/adapters/measure"
	"github.com/onestop-gateway/onestop/adapters/payer/gate"
	"github.com/onestop-gateway/onestop/api"
	"github.com/onestop-gateway/onestop/api/admission"
	"github.com/onestop-gateway/onestop/api/ops"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/chain"
	"github.com/onestop-gateway/onestop/settlement/clearance"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/stay"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// gateway is one process of the product, put together and not yet serving.
type gateway struct {
	config    config
	log       *slog.Logger
	registry  *prometheus.Registry
	traces    *measure.Traces
	store     *keeper
	lifecycle *lifecycle.Lifecycle
	ward      *stay.Ward
	funds     *measure.Funds
	audit     *chain.Keeper
	reconcile *reconciler
	grpc      *grpc.Server
	rest      *http.Server
	profiler  *profiler // nil: none is configured
	trust     *trust
	ops       *http.Server // nil: no listener of its own is configured
	stopping  atomic.Bool
	rules     *rulebook
	reload    func(context.Context) // reads log level and policies again; nil: never

	restListener, grpcListener net.Listener
	opsListener                net.Listener  // nil as ops
	listening                  chan struct{} // closed once both are there
}

// assemble puts a gateway together: the store opened and sound, policies
// loaded and valid, every name of the configuration leading somewhere.
func assemble(ctx context.Context, c config, log *slog.Logger) (*gateway, error) {
	policies, err := loadPolicies(c.Policies)
	if err != nil {
		return nil, err
	}
	return assembleWith(ctx, c, policies, log)
}

// assembleWith is assemble with policies loaded already.
func assembleWith(ctx context.Context, c config, policies map[settlement.PolicyID]*settlement.Policy, log *slog.Logger) (*gateway, error) {
	g, err := assembleUnserved(ctx, c, policies, log)
	if err != nil {
		return nil, err
	}
	if err := g.store.served(ctx); err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

// assembleUnserved is assembleWith on a store from which nothing may be served
// yet, perhaps.
func assembleUnserved(ctx context.Context, c config, policies map[settlement.PolicyID]*settlement.Policy, log *slog.Logger) (*gateway, error) {
	var err error
	g := &gateway{config: c, log: log, registry: prometheus.NewRegistry(), listening: make(chan struct{})}
	if g.trust, err = newTrust(ctx, &c); err != nil {
		return nil, err
	}
	g.traces, err = measure.NewTraces(ctx, c.traces())
	if err != nil {
		return nil, fmt.Errorf("configuration: traces: %w", err)
	}
	g.store, err = c.openStore(ctx, measure.NewStore(g.registry))
	if err != nil {
		return nil, errors.Join(err, g.traces.Close(ctx))
	}
	warnPlain(g.store.keys, log)
	if err := g.connect(ctx, policies); err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

// connect ties the rooms together.
func (g *gateway) connect(ctx context.Context, files policySet) error {
	directory, err := g.directory(ctx, files)
	if err != nil {
		return err
	}
	c := g.config
	live, payers := lifecycle.NewLive(time.Now), c.payerGate(g.log)
	g.ward = g.newWard(directory, payers)
	g.lifecycle, err = lifecycle.New(lifecycle.Config{
		Store: g.store, Quotes: g.store, Notices: g.store.notices, Registry: g.store, Approvals: g.store.desk, Admissions: g.ward, Journal: g.store, Directory: directory, Encode: api.Encode, EncodeBenefits: api.EncodeBenefits,
		Now: time.Now, NewID: newSettlementID,
		Instance: c.Instance, Owner: fmt.Sprintf("%s/%d", hostName(), os.Getpid()),
		AnswerWithin: c.Limits.AnswerWithin, DecideWithin: c.Limits.DecideWithin, HoldWithin: c.Limits.HoldWithin, Lease: c.Limits.Lease, InFlightMax: c.Limits.InFlight,
		Gate: payers, Observer: measure.NewLifecycle(g.registry, g.traces.Tracer(), live), Log: g.log,
	})
	if err != nil {
		return err
	}
	g.rules.lifecycle = g.lifecycle
	standing, books := measure.NewStanding(g.store.List, time.Now), g.treasury()
	g.funds = measure.NewFunds(books.Standing, slices.Sorted(maps.Keys(directory.Regions)), time.Now)
	g.registry.MustRegister(standing, g.funds, measure.NewHolds(g.lifecycle.HeldByRegion, slices.Sorted(maps.Keys(directory.Regions)), time.Now))
	compared := measure.NewReconciliation(g.registry, g.store.runs.FindingCounts, time.Now)
	g.reconcile = g.reconciler(&directory, compared)
	if g.reconcile.calendar, err = c.calendar(g.reconcile.Desk, compared, g.log); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	g.store.process(g.lifecycle.Load).Register(g.registry)
	if g.audit, err = c.auditing(g.store.chain, g.log); err != nil {
		return err
	}
	g.registry.MustRegister(measure.NewChain(g.audit.Standing, g.audit.Signer != nil, time.Now))
	standards, err := readStandards(c.Standards)
	if err != nil {
		return err
	}
	persons := newRegister(g.store.register, standards)
	persons.TwoPeople = c.corrections()
	requests, err := api.NewMetrics(g.registry)
	if err != nil {
		return err
	}
	admitted := admission.New(admission.Limits{
		Calls: c.Limits.Calls, Waiting: c.Limits.Waiting, Patience: c.Limits.Patience, Pressed: c.Limits.Pressed,
	})
	serving := api.Config{
		Identity: g.trust.guard, Settlements: g.lifecycle, Quotes: g.lifecycle, Matters: g.lifecycle, Persons: persons, Standards: persons.Rules(), Funds: books, Approvals: g.desk(directory), Policies: g.office(directory), Corrections: g.config.TwoPeople.newAssent(g.store.corrections, persons, books), Clearings: g.house(), Facilities: directory.Facilities, Regions: slices.Sorted(maps.Keys(directory.Regions)), Insures: directory.Insures(), Notices: g.lifecycle, Admissions: g.ward, Reconciliations: g.reconcile, Fixes: g.reconcile, Ready: g.ready, Metrics: requests, Live: live, Refusals: g.audit.Refusals,
		Tracer: g.traces.Tracer(), Log: g.log, Reflection: g.trust.guard == nil, Admission: admitted,
	}
	if serving.Verifier, err = c.SignedRequests.verifier(); err != nil {
		return fmt.Errorf("configuration: signed_requests: %w", err)
	}
	serving.SignaturesRequired = c.SignedRequests.Required
	page := operations{gateway: g, live: live, standing: standing, payers: payers, admitted: admitted, differences: compared}
	shown, err := page.config()
	if err != nil {
		return err
	}
	g.serve(serving, map[string]http.Handler{"GET /metrics": api.MetricsHandler(g.registry), "GET " + ops.Path: ops.NewHandler(shown)})
	return nil
}

// serve makes the servers. The operator's pages are on REST, too, for whoever
// shows a token of theirs.
func (g *gateway) serve(serving api.Config, pages map[string]http.Handler) {
	mux := http.NewServeMux()
	for pattern, page := range pages {
		mux.Handle(pattern, serving.OperatorsOnly(page))
	}
	mux.Handle("/", api.NewREST(serving))
	g.rest = api.NewHTTPServer(mux)
	if g.config.ListenOps != "" {
		g.ops = api.NewHTTPServer(api.NewOperations(serving, pages, g.config.TLS.ClientCAFile != ""))
	}
	var options []grpc.ServerOption
	if g.trust.material != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(g.trust.material.Config(true, "h2"))))
	}
	g.grpc = api.NewGRPC(serving, options...)
}

// treasury keeps the books of funds over the same store.
func (g *gateway) treasury() *treasury.Treasury {
	return treasury.New(treasury.Config{
		Store: g.store.books, TwoFrom: g.config.postingFrom(), Now: time.Now, NewID: newPostingID,
	})
}

// newSettlementID begins with the time: what is settled at one time is found side by
// side in the index of ids, which takes in a row at its end instead of anywhere.
func newSettlementID() settlement.SettlementID {
	return settlement.SettlementID(uuid.Must(uuid.NewV7()).String())
}

func newPostingID() fund.PostingID { return fund.PostingID(uuid.NewString()) }

// desk keeps approvals over the same store.
func (g *gateway) desk(directory lifecycle.Directory) *clearance.Desk {
	return clearance.New(clearance.Config{
		Store: g.store.desk, Persons: g.store, Now: time.Now,
		Known: func(id settlement.FacilityID) bool { _, known := directory.Facilities[id]; return known },
	})
}

// newWard registers stays over the same store, with the payers that want it.
func (g *gateway) newWard(directory lifecycle.Directory, payers lifecycle.Gate) *stay.Ward {
	wanting := map[settlement.PayerCode]stay.Payer{}
	for code, payer := range directory.Payers {
		if wants, may := payer.(stay.Payer); may && wants.WantsStays() {
			wanting[code] = wants
		}
	}
	return stay.New(stay.Config{
		Store: g.store.stays, Uses: g.store, Registry: g.store, Directory: directory, Payers: wanting, Gate: payers, Now: time.Now,
		NewID: func() stay.ID { return stay.ID(uuid.NewString()) }, AtOnceMax: g.config.Limits.InFlight, Every: staysEvery, Log: g.log,
		InDoubt: measure.NewStays(g.registry, slices.Sorted(maps.Keys(wanting))).InDoubt,
	})
}

// staysEvery is how often stays are looked for about which a payer owes an
// answer.
const staysEvery = 30 * time.Second

// house keeps clearings over the same store.
func (g *gateway) house() *clearinghouse.House {
	return clearinghouse.New(clearinghouse.Config{
		Store: g.store.house, Now: time.Now, Term: g.config.ClearingTermDays, Observer: measure.NewClearing(g.registry),
	})
}

// payerGate bounds what waits for each payer and spares those that are silent.
func (c *config) payerGate(log *slog.Logger) *gate.Gate {
	limits := make(map[settlement.PayerCode]gate.Limits, len(c.Payers))
	for _, payer := range c.Payers {
		atOnce := payer.AtOnce
		if atOnce == 0 {
			atOnce = max(1, min(c.Limits.InFlight/2, payer.Connections))
		}
		limits[settlement.PayerCode(payer.Code)] = gate.Standard(atOnce)
	}
	return gate.New(limits, func(code settlement.PayerCode, suspended bool) {
		log.Warn("payer", "code", code, "suspended", suspended)
	})
}

// tracesWithin bounds how long a stopping gateway hands over its last traces.
const tracesWithin = 3 * time.Second

func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return "gateway"
	}
	return name
}

// ready says why requests cannot be served now: the gateway is draining, or
// its store does not answer.
func (g *gateway) ready(ctx context.Context) error {
	if g.stopping.Load() {
		return fmt.Errorf("draining")
	}
	if err := g.rules.ready(); err != nil {
		return err
	}
	_, err := g.store.Settlement(ctx, "ready")
	if settlement.KindOf(err) == settlement.KindNotFound {
		return nil
	}
	return err
}

func (g *gateway) close() {
	if err := g.store.shut(); err != nil {
		g.log.Error("closing store", "error", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), tracesWithin)
	defer cancel()
	if err := g.traces.Close(ctx); err != nil {
		g.log.Warn("some traces could not be handed over", "error", err)
	}
}

// loadPolicies reads and checks policy files; every problem of every file is
// named.
func loadPolicies(paths []string) (map[settlement.PolicyID]*settlement.Policy, error) {
	files, err := policyFiles(paths)
	if err != nil {
		return nil, fmt.Errorf("policies: %w", err)
	}
	policies := map[settlement.PolicyID]*settlement.Policy{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("policies: %w", err)
		}
		if err := addPolicy(policies, file, text); err != nil {
			return nil, err
		}
	}
	return policies, nil
}

func addPolicy(policies map[settlement.PolicyID]*settlement.Policy, file string, text []byte) error {
	doc, err := document.Read(text)
	if err != nil {
		return fmt.Errorf("policy %s: %w", file, err)
	}
	policy, err := settlement.DecodePolicy("", doc)
	if err != nil {
		return fmt.Errorf("policy %s: %w", file, err)
	}
	if policies[policy.ID] != nil {
		return fmt.Errorf("policy %s: id %s stands in another file too", file, policy.ID)
	}
	policies[policy.ID] = policy
	return nil
}
