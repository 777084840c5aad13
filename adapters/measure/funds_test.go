package measure

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
)

// summed is a treasury with one fund, which pays a thousand yuan a day.
func summed(_ context.Context, key fund.Key) (fund.Standing, error) {
	if key.Region == "511425" || key.Fund == settlement.UrbanFund {
		return fund.Standing{Key: key}, nil
	}
	postings := []fund.Posting{{Key: key, Kind: fund.Budget, Level: settlement.County, Amount: 100_000_00}}
	return fund.Stand(key, postings, []fund.Day{{Date: settlement.NewDate(key.Year, 3, 1), Paid: 30_000_00, Settlements: 9}}, settlement.NewDate(key.Year, 3, 31)), nil
}

func TestFundsAreTold(t *testing.T) {
	late := time.Date(2025, 12, 31, 17, 0, 0, 0, time.UTC) // already 2026 in China
	funds := NewFunds(summed, []settlement.RegionID{"360827", "511425"}, func() time.Time { return late })
	if testutil.CollectAndCount(funds) != 0 {
		t.Error("something is told before anything was summed")
	}
	if err := funds.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := `# HELP onestop_fund_paid_yuan Paid by an assistance fund this year, enrolment subsidies included.
# TYPE onestop_fund_paid_yuan gauge
onestop_fund_paid_yuan{fund="rural",region="360827"} 30000
# HELP onestop_fund_raised_yuan Raised for an assistance fund this year.
# TYPE onestop_fund_raised_yuan gauge
onestop_fund_raised_yuan{fund="rural",region="360827"} 100000
# HELP onestop_fund_runs_out_timestamp_seconds Beginning of the day on which a fund's money ends at the pace of the last 90 days; absent if that is years off.
# TYPE onestop_fund_runs_out_timestamp_seconds gauge
onestop_fund_runs_out_timestamp_seconds{fund="rural",region="360827"} 1.7809344e+09
`
	if err := testutil.CollectAndCompare(funds, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
	if funds.Standings()[0].Key.Year != 2026 {
		t.Errorf("summed for %d", funds.Standings()[0].Key.Year)
	}
}

// What cannot be summed is told, the sums before stay, and it is tried again.
func TestFundsAreSummedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		times, broken := 0, errors.New("no store")
		funds := NewFunds(func(ctx context.Context, key fund.Key) (fund.Standing, error) {
			if times++; times == 3 { // the second refresh
				return fund.Standing{}, broken
			}
			return summed(ctx, key)
		}, []settlement.RegionID{"360827"}, time.Now)
		ctx, stop := context.WithCancel(t.Context())
		var told []error
		go funds.Run(ctx, func(err error) { told = append(told, err) })
		time.Sleep(fundsEvery + time.Second)
		synctest.Wait()
		if len(told) != 1 || !errors.Is(told[0], broken) || len(funds.Standings()) != 1 {
			t.Errorf("told %v, %d funds stand", told, len(funds.Standings()))
		}
		time.Sleep(fundsEvery)
		stop()
		synctest.Wait()
		if times != 5 || len(told) != 1 {
			t.Errorf("summed %d times, told %v", times, told)
		}
	})
}
