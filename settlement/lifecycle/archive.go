package lifecycle

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// Archive is what the auditor reads of a store: everything that was ever
// written, in bounded pieces and as it stood at one moment, so that what one
// piece says agrees with another. It never locks.
type Archive interface {
	// Dossiers are up to limit settlements with all that was written for
	// them, ordered by beneficiary, year and id, after a place.
	Dossiers(ctx context.Context, after Place, limit int) ([]Dossier, error)

	// Accumulators are up to limit accumulators ordered by beneficiary and
	// year, after a key.
	Accumulators(ctx context.Context, after AccumulatorKey, limit int) ([]AccumulatorRow, error)
}

// Place is where a dossier stands in the order of the archive; the zero Place
// is before all of them.
type Place struct {
	AccumulatorKey
	ID settlement.SettlementID
}

// Dossier is a settlement with all that was written for it.
type Dossier struct {
	Settlement settlement.Settlement
	Requests   []Request
	Attempts   []Attempt
	Entries    []settlement.Entry
	Events     []Event
}

// Place is where d stands in the archive.
func (d *Dossier) Place() Place {
	return Place{AccumulatorKey{d.Settlement.Beneficiary.ID, d.Settlement.Year}, d.Settlement.ID}
}

// AccumulatorRow is one accumulator with its key.
type AccumulatorRow struct {
	Key   AccumulatorKey
	Used  settlement.Accumulator
	Holds settlement.Holds // lapsed ones included
}
