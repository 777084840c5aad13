package storetest

import (
	"context"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
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

// Journal reads what a store has appended for one settlement, in the order it
// was written. A settlement that is not there has none of it.
type Journal interface {
	// Attempts are the calls made to payers.
	Attempts(ctx context.Context, id settlement.SettlementID) ([]lifecycle.Attempt, error)

	// Entries are the ledger lines.
	Entries(ctx context.Context, id settlement.SettlementID) ([]settlement.Entry, error)

	// Events are the audit trail.
	Events(ctx context.Context, id settlement.SettlementID) ([]lifecycle.Event, error)
}

// Opened is an empty store under test. Whoever opened it also ends it, by the
// test's Cleanup.
type Opened struct {
	Store    lifecycle.Store
	Quotes   lifecycle.Quotes
	Notices  lifecycle.Notices
	Stays    stay.Store
	Registry lifecycle.Registry
	Register eligibility.Store
	Journal  Journal
	Treasury treasury.Store
	Desk     clearance.Store
	Press    gazette.Store
	Council  assent.Store
	// Reconciliations are what is kept of comparisons.
	Reconciliations reconciliation.Store
	House           clearinghouse.Store
	// Chain is nil where a store has no audit chain.
	Chain chain.Store

	// Reopen ends the store and opens it again over the same data. It is nil
	// where nothing outlives the store.
	Reopen func(t *testing.T) Opened

	// Second tries to open the data once more while the store is in use, and
	// gives the error of that. It is nil where several processes may share it.
	Second func(t *testing.T) error

	// Doubt makes the next commit fail, applied or not. It is nil where
	// commits cannot be made to fail from within.
	Doubt func(applied bool)
}

// scenario is one named case over a store of its own.
type scenario struct {
	name string
	run  func(t *testing.T, o Opened)
}

// Run runs the suite. open gives an empty store each time it is called.
func Run(t *testing.T, open func(t *testing.T) Opened) {
	groups := []struct {
		name      string
		scenarios []scenario
	}{
		{"open", openScenarios},
		{"advance", advanceScenarios},
		{"close", closeScenarios},
		{"concurrent", concurrentScenarios},
		{"accumulator", accumulatorScenarios},
		{"request", requestScenarios},
		{"hold", holdScenarios},
		{"notice", noticeScenarios},
		{"stay", stayScenarios},
		{"review", reviewScenarios},
		{"claim", claimScenarios},
		{"list", listScenarios},
		{"scope", scopeScenarios},
		{"journal", journalScenarios},
		{"identifier", identifierScenarios},
		{"time", timeScenarios},
		{"person", personScenarios},
		{"treasury", treasuryScenarios},
		{"approval", approvalScenarios},
		{"publication", publicationScenarios},
		{"correction", correctionScenarios},
		{"reconciliation", reconciliationScenarios},
		{"clearing", clearingScenarios},
		{"restoration", restorationScenarios},
		{"chain", chainScenarios},
		{"register", registerScenarios},
		{"reopen", reopenScenarios},
		{"doubt", doubtScenarios},
	}
	for _, group := range groups {
		t.Run(group.name, func(t *testing.T) {
			for _, s := range group.scenarios {
				t.Run(s.name, func(t *testing.T) { s.run(t, open(t)) })
			}
		})
	}
}
