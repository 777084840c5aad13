package clearinghouse

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement/clearing"
)

// Archive is what the auditor reads of a store, all of it as it stood at one
// moment. It never locks.
type Archive interface {
	// Ledger hands every movement of the ledger with the clearings it is in,
	// those that were voided included, and stops at each's first error. It needs
	// no more memory for many than for one. each must not read from the archive.
	Ledger(ctx context.Context, each func(m *clearing.Movement, in []clearing.Number) error) error

	// Rows is how many movements are noted for each clearing, whether the
	// ledger has them or not.
	Rows(ctx context.Context) (map[clearing.Number]int, error)

	// Clearings is that of Store.
	Clearings(ctx context.Context, query Query) ([]clearing.Clearing, error)

	// Positions is that of Store.
	Positions(ctx context.Context, number clearing.Number) ([]clearing.Position, error)
}
