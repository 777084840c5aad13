package sqlite

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// KeptRuns implements reconciliation.Archive.
func (a *Archive) KeptRuns(ctx context.Context, query reconciliation.RunQuery) ([]reconciliation.Kept, error) {
	return a.store.KeptRuns(ctx, query)
}

// Findings implements reconciliation.Archive.
func (a *Archive) Findings(ctx context.Context, query reconciliation.FindingQuery) ([]reconciliation.Finding, error) {
	return a.store.Findings(ctx, query)
}
