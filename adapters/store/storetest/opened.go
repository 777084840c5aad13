package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// OpenedBetween checks what an archive of a store gives of a period. The store
// is empty; archive opens one that sees what was written before.
func OpenedBetween(t *testing.T, store lifecycle.Store, archive func() reconciliation.Books) {
	t.Helper()
	var want []settlement.SettlementID
	for n := range int64(6) {
		if err := Settle(t.Context(), store, n); err != nil {
			t.Fatal(err)
		}
		want = append(want, Opening(n).Settlement.ID)
	}
	waiting := Opening(6)
	if err := store.Open(t.Context(), waiting); err != nil {
		t.Fatal(err)
	}
	want = append(want, waiting.Settlement.ID)
	at := func(n int64) time.Time { return Opening(n).Settlement.OpenedAt }
	books := archive()
	opened := func(from, until time.Time) (ids []settlement.SettlementID) {
		err := books.Opened(t.Context(), from, until, func(s *settlement.Settlement) error {
			ids = append(ids, s.ID)
			whole, err := store.Settlement(t.Context(), s.ID)
			same(t, "error", err, nil)
			same(t, "settlement", *s, whole)
			return nil
		})
		same(t, "error", err, nil)
		slices.Sort(ids)
		return ids
	}
	slices.Sort(want)
	same(t, "all", opened(at(0), at(7)), want)
	same(t, "from the third, before the fifth", opened(at(2), at(4)), []settlement.SettlementID{Opening(2).Settlement.ID, Opening(3).Settlement.ID})
	same(t, "before the first", len(opened(at(0).Add(-time.Hour), at(0))), 0)
	enough, handed := errors.New("enough"), 0
	err := books.Opened(t.Context(), at(0), at(7), func(*settlement.Settlement) error {
		handed++
		return enough
	})
	if !errors.Is(err, enough) || handed != 1 {
		t.Errorf("handed %d, then %v", handed, err)
	}
	same(t, "again", len(opened(at(0), at(7))), len(want)) // nothing is held
}
