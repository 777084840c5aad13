package lifecycle

import (
	"fmt"

	"github.com/onestop-gateway/onestop/settlement"
)

// meet notes what the holds of the year must agree with.
func (y *Year) meet(s *settlement.Settlement) {
	if y.policies == nil {
		y.policies, y.taken = map[settlement.PolicyID]bool{}, map[settlement.QuoteID]bool{}
	}
	if s.Decision != settlement.Commit {
		return
	}
	y.policies[s.Policy] = true
	if s.Promise != nil {
		y.taken[s.Promise.Quote] = true
	}
}

// holds: I6, a discharge holds at most once and nothing that it has taken up,
// nothing less than nothing is held, and what is used and held of a bucket
// keeps within the largest cap of it. Those that have lapsed count as well:
// whoever uses their room takes them off the year.
func (a *Auditor) holds(y *Year, row *AccumulatorRow) {
	object := fmt.Sprintf("%s/%d", y.Key.Beneficiary, y.Key.Year)
	found := func(says string, args ...any) {
		a.findings = append(a.findings, Finding{"I6", object, fmt.Sprintf(says, args...)})
	}
	held := map[settlement.BucketID]settlement.Money{}
	for i := range row.Holds {
		hold := &row.Holds[i]
		if row.Holds.Of(hold.Tenant, hold.Discharge) != hold {
			found("discharge %s holds twice", hold.Discharge)
		}
		if y.taken[hold.Quote] {
			found("quote %s is settled and still holds", hold.Quote)
		}
		for bucket, amount := range hold.Reserved.Used {
			if amount < 0 {
				found("quote %s holds %s of %s", hold.Quote, amount, bucket)
			}
			held[bucket] += amount
		}
	}
	for bucket, amount := range held {
		limit, bounded := a.ceiling(y, row.Holds, bucket)
		if used := row.Used.Used[bucket]; amount > 0 && bounded && used+amount > limit {
			found("%s used and %s held of bucket %s, whose cap is %s", used, amount, bucket, limit)
		}
	}
}

// ceiling is the largest cap of a bucket under any policy that settled or holds
// anything of the year.
func (a *Auditor) ceiling(y *Year, holds settlement.Holds, bucket settlement.BucketID) (limit settlement.Money, bounded bool) {
	policies := map[settlement.PolicyID]bool{}
	for id := range y.policies {
		policies[id] = true
	}
	for i := range holds {
		policies[holds[i].Policy] = true
	}
	for id := range policies {
		policy := a.Policies[id]
		if policy == nil {
			return 0, false // recompute complains of it
		}
		most, bounded := policy.Ceiling(bucket)
		if !bounded {
			return 0, false
		}
		limit = max(limit, most)
	}
	return limit, true
}
