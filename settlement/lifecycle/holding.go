package lifecycle

import (
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// HoldingQuery selects quotes that hold now. Zero fields do not restrict.
type HoldingQuery struct {
	Tenant   settlement.TenantID
	Person   settlement.BeneficiaryID
	Facility settlement.FacilityID
	// Facilities and Regions are what the caller may meet: any of them. A
	// person's region is the one they were quoted in.
	Facilities []settlement.FacilityID
	Regions    []settlement.RegionID
	After      settlement.QuoteID // the last of the page before
	Limit      int                // at least 1
}

// holdingRows are read from the store at a time.
const holdingRows = 200

// Holding reads one page of the quotes that hold now, in the order of their
// ids, and the id to go on after, if any.
func (l *Lifecycle) Holding(ctx context.Context, query HoldingQuery) ([]Quote, settlement.QuoteID, error) {
	var found []Quote
	for after := query.After; ; {
		leave := reading(ctx)
		rows, err := l.Quotes.Holding(ctx, l.Now(), after, holdingRows)
		leave()
		if err != nil {
			return nil, "", err
		}
		for i := range rows {
			quote := l.standing(&rows[i])
			if quote.State != settlement.QuoteHeld || !query.selects(&quote.Quote) {
				continue
			}
			if len(found) == query.Limit {
				return found, found[len(found)-1].ID, nil
			}
			found = append(found, quote)
		}
		if len(rows) < holdingRows {
			return found, "", nil
		}
		after = rows[len(rows)-1].Quote.ID
	}
}

func (q *HoldingQuery) selects(quote *settlement.Quote) bool {
	return (q.Tenant == "" || q.Tenant == quote.Tenant) && (q.Person == "" || q.Person == quote.Beneficiary.ID) &&
		(q.Facility == "" || q.Facility == quote.Facility) &&
		(len(q.Facilities) == 0 || slices.Contains(q.Facilities, quote.Facility)) &&
		(len(q.Regions) == 0 || slices.Contains(q.Regions, quote.Beneficiary.Region))
}

// Held is what quotes hold now for the persons of one region.
type Held struct {
	Quotes   int
	Promised settlement.Money // the assistance they promise
}

// HeldByRegion sums what quotes hold now, by the persons' region.
func (l *Lifecycle) HeldByRegion(ctx context.Context) (map[settlement.RegionID]Held, error) {
	sums := map[settlement.RegionID]Held{}
	for query := (HoldingQuery{Limit: holdingRows}); ; {
		found, next, err := l.Holding(ctx, query)
		if err != nil {
			return nil, err
		}
		for i := range found {
			sum := sums[found[i].Beneficiary.Region]
			sum.Quotes++
			sum.Promised += found[i].Adjudication.Benefit
			sums[found[i].Beneficiary.Region] = sum
		}
		if next == "" {
			return sums, nil
		}
		query.After = next
	}
}
