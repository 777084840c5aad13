package store

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// settledPage is how many settlements of one person are read at once.
const settledPage = 200

// Settled reads all committed settlements of a person with a discharge from a
// day on, newest first, by the listing of a store.
func Settled(ctx context.Context, from lifecycle.Store, id settlement.BeneficiaryID, day settlement.Date) ([]settlement.Settlement, error) {
	query := lifecycle.Query{Beneficiary: id, States: []settlement.State{settlement.StateCommitted}, From: day, Limit: settledPage}
	var all []settlement.Settlement
	for {
		page, err := from.List(ctx, query)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < settledPage {
			return all, nil
		}
		last := page[len(page)-1]
		query.Before = &lifecycle.Mark{OpenedAt: last.OpenedAt, ID: last.ID}
	}
}
