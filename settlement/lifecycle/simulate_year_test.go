package lifecycle_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// turns are the instants at which a benefit year, or a day that not every year
// has, begins or ends.
var turns = []time.Time{
	time.Date(2026, 12, 31, 1, 0, 0, 0, shanghai), // a clock that is an hour behind takes a discharge of the next day, too
	time.Date(2026, 12, 31, 23, 50, 0, 0, shanghai),
	time.Date(2026, 12, 31, 23, 59, 30, 0, shanghai),
	time.Date(2026, 12, 31, 23, 59, 59, 0, shanghai),
	time.Date(2026, 12, 31, 23, 59, 59, 999_000_000, shanghai),
	time.Date(2027, 1, 1, 0, 0, 0, 0, shanghai),
	time.Date(2027, 1, 1, 0, 0, 0, 1_000_000, shanghai),
	time.Date(2027, 1, 1, 0, 10, 0, 0, shanghai),
	time.Date(2027, 1, 1, 7, 59, 59, 999_000_000, shanghai), // the year's end in UTC
	time.Date(2027, 1, 1, 8, 0, 0, 0, shanghai),
	time.Date(2028, 2, 29, 23, 59, 59, 999_000_000, shanghai),
	time.Date(2028, 3, 1, 0, 0, 0, 0, shanghai),
}

// turn is one discharge settled and reversed around such an instant, by
// processes of which one dies and whose clocks may be an hour off.
type turn struct {
	*testing.T
	w       *world
	store   *memory.Store
	day     settlement.Date
	skew    time.Duration // of every second process
	dieAt   int           // the moment, of all durable writes, at which one dies
	moments int           // passed so far
	lives   int
}

// TestEndOfYear: the benefit year and the rules are those of the discharge,
// whenever and by whomever it is settled, and a reversal gives back to it.
func TestEndOfYear(t *testing.T) {
	runs := 0
	for _, at := range turns {
		days := []settlement.Date{20261231, 20270101}
		if at.Year() == 2028 {
			days = []settlement.Date{20280229, 20280301}
		}
		for _, day := range days {
			for _, skew := range []time.Duration{-time.Hour, 0, time.Hour} {
				runs += everyDeath(t, turn{day: day, skew: skew}, at)
			}
		}
	}
	t.Logf("%d runs", runs)
}

// everyDeath repeats a turn with a death at each of its moments, and last
// without one.
func everyDeath(t *testing.T, once turn, at time.Time) (runs int) {
	t.Helper()
	for dieAt := 1; ; dieAt++ {
		now := once
		now.T, now.dieAt, now.store = t, dieAt, memory.New()
		now.w = &world{now: at, pick: func(string, int) int { return 0 }, sends: map[settlement.MessageID]int{}}
		best("A")(now.w)
		now.store.Fault = now.fault
		now.run()
		if runs++; t.Failed() {
			t.Fatalf("at %s, discharged on %s, clocks %s apart, dying at moment %d", at, now.day, now.skew, dieAt)
		}
		if now.moments < dieAt {
			return runs
		}
	}
}

func (y *turn) fault(memory.Moment) error {
	if y.moments++; y.moments == y.dieAt {
		panic(crashed{})
	}
	return nil
}

func (y *turn) run() {
	ctx := context.Background()
	if err := y.store.PutPerson(ctx, person(0)); err != nil {
		y.Fatal(err)
	}
	ask := discharge(1, 0)
	ask.Claim.Admission, ask.Claim.Discharge = y.day, y.day
	s := y.settles(ask)
	want := map[int]settlement.Money{y.day.Year(): 280_000} // 70 % of 4,000 yuan
	if y.day.Year() > 2026 {
		want[y.day.Year()] = 200_000 // 50 %
	}
	if s.State != settlement.StateCommitted || s.Year != y.day.Year() {
		y.Errorf("settled into %s in year %d", s.State, s.Year)
	}
	y.used(want)
	y.w.pass(y.w.now.Add(20 * 24 * time.Hour))
	s = y.reverses(s.ID)
	if s.State != settlement.StateReversed || s.Year != y.day.Year() {
		y.Errorf("reversed into %s in year %d", s.State, s.Year)
	}
	y.used(nil)
}

// twoYears is countyPolicy with another ratio from 2027 on.
func twoYears() *settlement.Policy {
	policy := countyPolicy()
	policy.Versions = append(policy.Versions, countyPolicy().Versions[0])
	policy.Versions[0].Effective.To = 20261231
	policy.Versions[1].ID, policy.Versions[1].Effective.From = "county/2", 20270101
	policy.Versions[1].Categories[0].Rules[0].Ratio.Rate = ratio("0.50")
	return policy
}

// alive runs body in a process that may die.
func (y *turn) alive(body func(*lifecycle.Lifecycle)) {
	defer func() {
		if r := recover(); r != nil {
			if _, died := r.(crashed); !died {
				panic(r)
			}
		}
	}()
	y.lives++
	l := gateway(y.w, y.store, y.lives%10)
	skew := y.skew * time.Duration(y.lives%2)
	l.Now = func() time.Time { return y.w.now.Add(skew) }
	l.Directory.Policies["county"] = twoYears()
	body(l)
}

// settles asks until the discharge is settled, whoever dies over it. A request
// that never reached the payer is aborted, and the cashier asks anew.
func (y *turn) settles(ask lifecycle.Ask) settlement.Settlement {
	if s := y.asks(ask); s.State != settlement.StateAborted {
		return s
	}
	y.used(nil)
	ask.Request = "request-anew"
	return y.asks(ask)
}

func (y *turn) asks(ask lifecycle.Ask) settlement.Settlement {
	return y.until(lifecycle.MethodSettle, ask.Request, func(l *lifecycle.Lifecycle) {
		_, _, err := l.SettleNow(context.Background(), ask)
		if kind := settlement.KindOf(err); err != nil && kind != settlement.KindExists {
			y.Errorf("settling: %v", err)
		}
	})
}

func (y *turn) reverses(id settlement.SettlementID) settlement.Settlement {
	ask := undoing(id, 1)
	return y.until(lifecycle.MethodReverse, ask.Request, func(l *lifecycle.Lifecycle) {
		_, _, err := l.ReverseNow(context.Background(), ask)
		if kind := settlement.KindOf(err); err != nil && kind != settlement.KindBlocked {
			y.Errorf("reversing: %v", err)
		}
	})
}

// until lets a minute pass between one try and the next, and recovery look.
func (y *turn) until(method lifecycle.Method, request settlement.RequestID, try func(*lifecycle.Lifecycle)) (s settlement.Settlement) {
	ctx := context.Background()
	for range 100 {
		y.alive(try)
		kept, err := y.store.Request(ctx, lifecycle.RequestKey{Tenant: settlement.TenantID(hospital), Method: method, Request: request})
		if err == nil && kept.Answer != nil {
			s, err = y.store.Settlement(ctx, kept.Settlement)
			if err != nil {
				y.Error(err)
			}
			return s
		}
		y.w.pass(y.w.now.Add(time.Minute))
		y.alive(func(l *lifecycle.Lifecycle) {
			if _, err := l.RecoverNow(ctx); err != nil {
				y.Errorf("recovering: %v", err)
			}
		})
	}
	y.Errorf("no answer to %s", method)
	return s
}

// used compares what the person has used in each year around the turn.
func (y *turn) used(want map[int]settlement.Money) {
	for year := y.day.Year() - 1; year <= y.day.Year()+1; year++ {
		got, err := y.store.Accumulator(context.Background(), lifecycle.AccumulatorKey{Beneficiary: "b0", Year: year})
		if err != nil || got.Used["total"] != want[year] {
			y.Errorf("used %s in %d, want %s, %v", got.Used["total"], year, want[year], err)
		}
	}
	if len(want) > 0 && !y.booked() {
		y.Error("no entry is booked to the fund of that year")
	}
}

// booked reports whether the fund's entry names the year of the discharge.
func (y *turn) booked() bool {
	found, err := y.store.List(context.Background(), lifecycle.Query{Limit: 1})
	if err != nil || len(found) != 1 {
		return false
	}
	entries, err := y.store.Entries(context.Background(), found[0].ID)
	for _, entry := range entries {
		if entry.Account == fmt.Sprintf("fund/rural/360827/%d", y.day.Year()) {
			return err == nil
		}
	}
	return false
}
