package postgres

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// KeptRuns implements reconciliation.Archive.
func (a *Archive) KeptRuns(ctx context.Context, query reconciliation.RunQuery) ([]reconciliation.Kept, error) {
	found, err := readRuns(ctx, a.moment, a.vault, query)
	return found, interpret(err)
}

// Findings implements reconciliation.Archive.
func (a *Archive) Findings(ctx context.Context, query reconciliation.FindingQuery) ([]reconciliation.Finding, error) {
	found, err := readFindings(ctx, a.moment, a.vault, query)
	return found, interpret(err)
}
