package lifecycle_test

import (
	"context"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// newborn is an identity number of somebody born on 1 January 1950, with the
// check character that proves it.
const newborn = settlement.Private("360827195001010015")

// newYear is the first instant of 2027.
var newYear = settlement.Date(20270101).Midnight()

// localCounty is the county with rules of its own, and person 0 in its
// registry with a category from a day on.
func localCounty(h *house, from settlement.Date, change func(*settlement.Version)) *settlement.Policy {
	policy := countyPolicy()
	policy.Versions[0].Effective.From = 19400101
	change(&policy.Versions[0])
	h.g.Directory.Policies["county"] = policy
	who := person(0)
	who.Entitlements[0].Period.From, who.Certificate = from, newborn
	if err := h.store.PutPerson(context.Background(), who); err != nil {
		h.Fatal(err)
	}
	return policy
}

// A claim handed in after the cut-off draws on the year it is handed in, in
// the quote, the settlement, the reversal and the audit alike; the day is the
// gateway's, not the caller's.
func TestALateClaimCountsToTheYearItIsHandedIn(t *testing.T) {
	liveFrom(t, newYear, best("A"), func(h *house) {
		policy := localCounty(h, 19400101, func(v *settlement.Version) {
			v.Late = &settlement.LateRule{Month: 1, Day: 1, After: settlement.LateToCurrent, Article: "test"}
		})
		last := func(n int) (s settlement.Settlement) {
			ask := discharge(n, 0)
			ask.Claim.Admission, ask.Claim.Discharge, ask.Claim.Filed = 20261201, 20261210, 20261211
			ask.Person = newborn
			return h.record(h.settled(ask).Settlement.ID)
		}
		inTime := last(1)
		time.Sleep(24 * time.Hour)
		late := last(2)
		if inTime.Year != 2026 || inTime.Claim.Filed != 20270101 || late.Year != 2027 || late.Claim.Filed != 20270102 {
			t.Errorf("handed in %s, it counts to %d; on %s, to %d", inTime.Claim.Filed, inTime.Year, late.Claim.Filed, late.Year)
		}
		if h.used(2026) != 280_000 || h.used(2027) != 280_000 {
			t.Errorf("used %s and %s", h.used(2026), h.used(2027))
		}
		quoted := discharge(3, 0)
		quoted.Person = newborn
		quoted.Claim.Admission, quoted.Claim.Discharge = 20261201, 20261210
		h.g.Directory.Policies["county"].Versions[0].Categories[0].Rules[0].Caps[0].Limit = new(settlement.Money)
		if quote, err := h.g.Quote(context.Background(), quoted); err != nil || quote.Adjudication.Reason != settlement.ReasonCapExhausted {
			t.Errorf("%v: %s", err, quote.Adjudication.Reason)
		}
		*policy.Versions[0].Categories[0].Rules[0].Caps[0].Limit = countyCap
		h.reversed(late.ID, 4)
		if h.used(2026) != 280_000 || h.used(2027) != 0 {
			t.Errorf("after the reversal used %s and %s", h.used(2026), h.used(2027))
		}
		a := auditor(h)
		a.Policies["county"] = policy
		if found, seen := verified(t, h.store, a); len(found) != 0 || seen != 2 {
			t.Errorf("%d settlements, findings %v", seen, found)
		}
		policy.Versions[0].Late = nil
		if found, _ := verified(t, h.store, a); len(found) == 0 {
			t.Error("a year that no rule gives is not found")
		}
	})
}

// A claim that comes too late is refused before anybody is asked for money.
func TestAClaimTooLateIsRefused(t *testing.T) {
	liveFrom(t, newYear, best("A"), func(h *house) {
		localCounty(h, 19400101, func(v *settlement.Version) {
			v.Late = &settlement.LateRule{Month: 1, Day: 1, After: settlement.LateRefused, Article: "test"}
		})
		time.Sleep(24 * time.Hour)
		ask := discharge(1, 0)
		ask.Person, ask.Claim.Admission, ask.Claim.Discharge = newborn, 20261201, 20261210
		_, err := h.g.Settle(context.Background(), ask)
		h.refused(err, settlement.KindBlocked, settlement.ReasonLateClaim)
		if len(h.w.sends) != 0 {
			t.Errorf("a payer was asked: %v", h.w.sends)
		}
	})
}

// What the claim of a newborn lacks comes from the identity number, and the
// level of the facility from the directory.
func TestWhatTheGatewayAddsToAClaim(t *testing.T) {
	live(t, best("A"), func(h *house) {
		localCounty(h, 19500315, func(v *settlement.Version) {
			v.Newborn = &settlement.NewbornRule{Days: 90, Article: "test"}
			v.Categories[0].Rules[0].When.Levels = []string{"二级"}
		})
		facility := h.g.Directory.Facilities[hospital]
		facility.Level = "二级"
		h.g.Directory.Facilities[hospital] = facility
		ask := discharge(1, 0)
		ask.Person = newborn
		ask.Claim.Admission, ask.Claim.Discharge, ask.Claim.Registered = 19500101, 19500109, 19500315
		s := h.record(h.settled(ask).Settlement.ID)
		if s.Claim.Born != 19500101 || s.Claim.Treatment.Level != "二级" || s.Adjudication.Reason != settlement.ReasonOK {
			t.Errorf("born %s, level %q, %s", s.Claim.Born, s.Claim.Treatment.Level, s.Adjudication.Reason)
		}
		unborn := discharge(2, 0)
		unborn.Person = newborn
		unborn.Claim.Registered = 19491231
		_, err := h.g.Settle(context.Background(), unborn)
		h.refused(err, settlement.KindInvalid, settlement.ReasonDateOrder)
	})
}
