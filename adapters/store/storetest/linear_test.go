package storetest

import (
	"context"
	"runtime"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// unlocked is a store that reads the accumulator before it takes the lock, and
// writes the sum it made from that.
type unlocked struct{ lifecycle.Store }

func (u unlocked) Close(ctx context.Context, current settlement.Settlement, decide lifecycle.Decide) (settlement.Settlement, error) {
	stale, err := u.Accumulator(ctx, lifecycle.AccumulatorKey{Beneficiary: current.Beneficiary.ID, Year: current.Year})
	if err != nil {
		return settlement.Settlement{}, err
	}
	runtime.Gosched()
	return u.Store.Close(ctx, current, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		now := ground.Used
		ground.Used = stale
		change, err := decide(ground)
		sum := stale.Plus(change.Delta)
		sum.Used[total] = max(sum.Used[total], 0) // what others lost is not there to be given back
		change.Delta = sum.Minus(now)
		return change, err
	})
}

// staleReader is a store whose reading lags one write behind.
type staleReader struct {
	lifecycle.Store
	before chan settlement.Accumulator
}

func (s staleReader) Accumulator(ctx context.Context, key lifecycle.AccumulatorKey) (settlement.Accumulator, error) {
	used, err := s.Store.Accumulator(ctx, key)
	select {
	case s.before <- used:
		return used, err
	case old := <-s.before:
		return old, err
	}
}

// A checker that finds nothing wrong with these would find nothing wrong with
// anything.
func TestLinearFindsWhatIsNot(t *testing.T) {
	const atMost = 20
	for name, wrong := range map[string]lifecycle.Store{
		"read before the lock": unlocked{memory.New()},
		"read too late":        staleReader{memory.New(), make(chan settlement.Accumulator, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			found := judgeHistories(t, wrong, atMost)
			if found.illegal == 0 {
				t.Errorf("nothing was found wrong in %d histories", found.histories)
			}
			t.Logf("found in history %d of at most %d", found.histories, atMost)
		})
	}
}

// The model itself, one operation after the other.
func TestLinearModel(t *testing.T) {
	settle := func(id settlement.SettlementID, amount settlement.Money) wanted {
		return wanted{verb: "settle", id: id, amount: amount}
	}
	told := func(found, amount settlement.Money) answer { return answer{true, found, amount} }
	y := year{}
	for i, step := range []struct {
		asked wanted
		told  answer
		fits  bool
		used  settlement.Money
	}{
		{settle("1", 7_000), told(0, 7_000), true, 7_000},
		{settle("2", 7_000), told(7_000, 7_000), false, 7_000}, // above the cap
		{settle("2", 7_000), told(0, 3_000), false, 7_000},     // a stale reading
		{settle("2", 7_000), told(7_000, 3_000), true, 10_000},
		{wanted{verb: "reverse", id: "3"}, answer{}, false, 10_000}, // nobody's
		{wanted{verb: "reverse", id: "1"}, told(10_000, 6_999), false, 10_000},
		{wanted{verb: "reverse", id: "1"}, answer{}, true, 3_000}, // without an answer
		{wanted{verb: "read"}, told(3_000, 0), true, 3_000},
		{wanted{verb: "read"}, told(10_000, 0), false, 3_000},
	} {
		fits, next := y.step(step.asked, step.told)
		if fits {
			y = next
		}
		if fits != step.fits || y.used != step.used {
			t.Errorf("step %d: fits %t, used %s", i, fits, y.used)
		}
	}
}
