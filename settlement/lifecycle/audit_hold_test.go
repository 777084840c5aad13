package lifecycle_test

import (
	"slices"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// heldHistory is a quote that was settled and two that hold.
func heldHistory(h *house) {
	settled := h.holds(holding(1, 3_500_000))
	h.settled(by(holding(1, 3_500_000), settled.ID))
	h.holds(holding(2, 3_500_000))
	h.holds(holding(3, 3_500_000))
}

func TestASoundYearWithHoldsHasNoFindings(t *testing.T) {
	live(t, best("A"), func(h *house) {
		heldHistory(h)
		if found, seen := verified(t, h.store, auditor(h)); len(found) != 0 || seen != 1 {
			t.Errorf("%d settlements, findings %v", seen, found)
		}
	})
}

// I6: each thing that may not be held, one at a time.
func TestEveryBreachOfAHoldIsFound(t *testing.T) {
	for name, change := range map[string]func(*lifecycle.AccumulatorRow){
		"more than the cap": func(row *lifecycle.AccumulatorRow) {
			row.Holds[0].Reserved.Used["total"] += countyCap
		},
		"less than nothing": func(row *lifecycle.AccumulatorRow) {
			row.Holds[0].Reserved.Used["total"] = -1
		},
		"twice": func(row *lifecycle.AccumulatorRow) {
			row.Holds[1].Discharge = row.Holds[0].Discharge
		},
		"what is settled": func(row *lifecycle.AccumulatorRow) {
			row.Holds[1].Quote = "s1"
		},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				heldHistory(h)
				archive := moved{h.store, func(row *lifecycle.AccumulatorRow) bool {
					row.Holds = slices.Clone(row.Holds)
					for i := range row.Holds {
						hold := &row.Holds[i]
						hold.Reserved = settlement.Accumulator{}.Plus(hold.Reserved)
					}
					change(row)
					return true
				}}
				if found, _ := verified(t, archive, auditor(h)); !slices.Contains(found, "I6") {
					t.Errorf("found %v, want I6 among them", found)
				}
			})
		})
	}
}
