package lifecycle_test

import (
	"context"
	"testing"

	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// A statement shows what the year has used when it is printed, later
// settlements and reversals included, and the limits of the category applied.
func TestStatementKnowsTheYear(t *testing.T) {
	live(t, best("A"), func(h *house) {
		ctx := context.Background()
		first := h.settled(discharge(1, 0)).Settlement
		used := func() int64 {
			statement, err := h.g.Statement(ctx, "", first.ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(statement.Caps) != 1 || statement.Caps[0].Bucket != "total" {
				t.Errorf("caps %+v", statement.Caps)
			}
			return int64(statement.Used.Used["total"])
		}
		benefit := int64(first.Adjudication.Benefit)
		if got := used(); benefit == 0 || got != benefit {
			t.Errorf("used %d after %d", got, benefit)
		}
		second := h.settled(discharge(2, 0)).Settlement
		both := benefit + int64(second.Adjudication.Benefit)
		if got := used(); got != both {
			t.Errorf("used %d, want %d", got, both)
		}
		ask := lifecycle.ReverseAsk{Actor: "cashier", Request: "reverse-second", Settlement: second.ID, Cause: "wrong bill"}
		if _, err := h.g.Reverse(ctx, ask); err != nil {
			t.Fatal(err)
		}
		if got := used(); got != benefit {
			t.Errorf("used %d after a reversal, want %d", got, benefit)
		}
	})
}
