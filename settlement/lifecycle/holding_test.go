package lifecycle_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Who holds what is listed while it holds, page by page, and summed by region.
func TestWhoHoldsWhat(t *testing.T) {
	live(t, best("A"), func(h *house) {
		listed := func(query lifecycle.HoldingQuery, want ...settlement.QuoteID) settlement.QuoteID {
			h.Helper()
			if query.Limit == 0 {
				query.Limit = 10
			}
			found, next, err := h.g.Holding(t.Context(), query)
			var ids []settlement.QuoteID
			for i := range found {
				ids = append(ids, found[i].ID)
			}
			if diff := cmp.Diff(want, ids); err != nil || diff != "" {
				t.Errorf("%+v: %v\n%s", query, err, diff)
			}
			return next
		}
		listed(lifecycle.HoldingQuery{})
		one, two, three := h.holds(holding(1, 2_000_000)), h.holds(holding(2, 2_100_000)), h.holds(holding(3, 2_200_000))
		next := listed(lifecycle.HoldingQuery{Limit: 2}, one.ID, two.ID)
		if end := listed(lifecycle.HoldingQuery{After: next, Limit: 2}, three.ID); end != "" || next == "" {
			t.Errorf("goes on after %q, then after %q", next, end)
		}
		listed(lifecycle.HoldingQuery{Person: "nobody"})
		listed(lifecycle.HoldingQuery{Facility: "H2"})
		listed(lifecycle.HoldingQuery{Tenant: "another"})
		listed(lifecycle.HoldingQuery{Facilities: []settlement.FacilityID{"H2"}})
		listed(lifecycle.HoldingQuery{Regions: []settlement.RegionID{"511425"}})
		listed(lifecycle.HoldingQuery{Facilities: []settlement.FacilityID{"H2", hospital}, Regions: []settlement.RegionID{county}}, one.ID, two.ID, three.ID)
		listed(lifecycle.HoldingQuery{Person: one.Beneficiary.ID, Facility: hospital, Tenant: one.Tenant}, one.ID, two.ID, three.ID)
		if _, err := h.g.ReleaseQuote(t.Context(), lifecycle.ReleaseAsk{Quote: two.ID}); err != nil {
			t.Fatal(err)
		}
		listed(lifecycle.HoldingQuery{}, one.ID, three.ID)
		sums, err := h.g.HeldByRegion(t.Context())
		want := map[settlement.RegionID]lifecycle.Held{county: {Quotes: 2, Promised: one.Adjudication.Benefit + three.Adjudication.Benefit}}
		if diff := cmp.Diff(want, sums); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		time.Sleep(2 * time.Hour)
		listed(lifecycle.HoldingQuery{})
	})
}
