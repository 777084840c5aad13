package lifecycle_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// amended is the county's policy with its version ended and another begun.
func amended(id settlement.VersionID, rate string) map[settlement.PolicyID]*settlement.Policy {
	policy := countyPolicy()
	next := countyPolicy().Versions[0]
	next.ID = id
	next.Effective.From = 20260301
	next.Categories[0].Rules[0].Ratio.Rate = ratio(rate)
	policy.Versions[0].Effective.To = 20260228
	policy.Versions = append(policy.Versions, next)
	return map[settlement.PolicyID]*settlement.Policy{"county": policy}
}

// TestPoliciesAreReplacedForWhatIsOpenedNext: a settlement whose payer is being
// asked finishes under the version it was opened with; the next takes the new.
func TestPoliciesAreReplacedForWhatIsOpenedNext(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.slow.Store(int64(9 * time.Second))
		answers := make(chan lifecycle.Answer)
		go func() { answers <- h.settled(discharge(1, 0)) }()
		time.Sleep(time.Second)
		synctest.Wait()
		if err := h.g.ReplacePolicies(context.Background(), amended("county/2", "0.90")); err != nil {
			t.Fatal(err)
		}
		first, second := (<-answers).Settlement, h.settled(discharge(2, 1)).Settlement
		if first.Version != "county/1" || first.Adjudication.Version != "county/1" {
			t.Errorf("what was open: opened under %s, adjudicated under %s", first.Version, first.Adjudication.Version)
		}
		if want := amended("county/2", "0.90")["county"]; second.Version != versionOn(t, want, second.Claim.Discharge) {
			t.Errorf("what came after: %s", second.Version)
		}
	})
}

func versionOn(t *testing.T, policy *settlement.Policy, day settlement.Date) settlement.VersionID {
	t.Helper()
	version, err := policy.VersionOn(day)
	if err != nil {
		t.Fatal(err)
	}
	return version.ID
}

// TestPoliciesThatAreRefused change nothing.
func TestPoliciesThatAreRefused(t *testing.T) {
	edited := map[settlement.PolicyID]*settlement.Policy{"county": countyPolicy()}
	edited["county"].Versions[0].Categories[0].Rules[0].Article = "another"
	later := amended("county/2", "0.90")
	later["county"].Versions = later["county"].Versions[1:]
	for name, c := range map[string]struct {
		next  map[settlement.PolicyID]*settlement.Policy
		field string
	}{
		"a region's policy is missing":                 {map[settlement.PolicyID]*settlement.Policy{}, "regions." + string(county)},
		"a published version was edited":               {edited, "version"},
		"the version of an open settlement is missing": {later, "settlements.s1"},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				h.slow.Store(int64(9 * time.Second))
				answers := make(chan lifecycle.Answer)
				go func() { answers <- h.settled(discharge(1, 0)) }()
				time.Sleep(time.Second)
				synctest.Wait()
				e := h.refused(h.g.ReplacePolicies(context.Background(), c.next), settlement.KindBlocked, settlement.ReasonNoPolicyVersion)
				if e.Field != c.field {
					t.Errorf("names %s %s", e.Field, e.Value)
				}
				<-answers
				if again := h.settled(discharge(2, 1)).Settlement; again.Version != "county/1" {
					t.Errorf("then %s", again.Version)
				}
			})
		})
	}
}
