package reconciliation

import "context"

// Archive is what the auditor reads of a store, all of it as it stood at one
// moment. It never locks.
type Archive interface {
	// KeptRuns is that of Store.
	KeptRuns(ctx context.Context, query RunQuery) ([]Kept, error)

	// Findings is that of Store.
	Findings(ctx context.Context, query FindingQuery) ([]Finding, error)
}
