package api

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/trace"

	"github.com/onestop-gateway/onestop/api/admission"
	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/chain"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// Config is what either transport is made of. Settlements, Quotes, Matters,
// Persons, Funds, Approvals, Policies, Corrections, Clearings, Notices, Admissions, Reconciliations and Fixes are required.
type Config struct {
	Settlements Settlements
	Quotes      Quotes
	Matters     Matters
	Persons     Persons
	// Standards are the dibao standards that are listed.
	Standards []registry.Standard
	Funds     Funds
	Approvals Approvals
	Clearings Clearings
	// Facilities are those configured: what they are called, and where they are.
	Facilities map[settlement.FacilityID]lifecycle.Facility
	// Regions are those configured.
	Regions []settlement.RegionID
	// Insures are the regions that settle with each payer.
	Insures  map[settlement.PayerCode][]settlement.RegionID
	Policies Policies
	// Corrections are what two people make so.
	Corrections Corrections
	Notices     Notices
	Admissions  Admissions
	// Verifier checks signed requests; nil checks none. With SignaturesRequired
	// a request that is not signed is refused.
	Verifier           Verifier
	SignaturesRequired bool
	// Identity knows callers and what they may do; nil: callers are not known,
	// which is for loopback alone.
	Identity *identity.Guard
	// Reconciliations compare; Fixes put right what differs.
	Reconciliations Reconciliations
	Fixes           Fixes
	// Ready says why requests cannot be served now, or nil; nil itself is
	// always ready.
	Ready func(ctx context.Context) error
	// Admission decides which calls are answered when more come than can be;
	// none: all.
	Admission *admission.Gate
	// Reflection lets gRPC tools read the contract from the server.
	Reflection bool
	Metrics    *Metrics
	// Live is told of every settlement, quote and reversal answered.
	Live *lifecycle.Live
	// Refusals counts the calls that were refused, for the audit trail; nil
	// counts none.
	Refusals *chain.Refusals
	// Tracer makes a span for each call; nil makes none.
	Tracer trace.Tracer
	Log    *slog.Logger
}

func (c *Config) log() *slog.Logger {
	if c.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return c.Log
}

func (c *Config) ready(ctx context.Context) error {
	if c.Ready == nil {
		return nil
	}
	return c.Ready(ctx)
}

// bodyMax bounds a request on either transport, bytes.
const bodyMax = 256 << 10
