package settlement_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

var dawn = time.Date(2020, 3, 10, 6, 0, 0, 0, time.UTC)

// record is the settlement that an encounter would make as the discharge.
func (e *encounter) record(discharge settlement.DischargeID) *settlement.Settlement {
	return &settlement.Settlement{
		ID: settlement.SettlementID("s-" + discharge), Tenant: "h", Discharge: discharge,
		Beneficiary: e.who, Claim: e.claim, Coverage: e.coverage, BillStated: true, Year: e.claim.Year(),
	}
}

// year is one person's year with its holds, as a store would keep it.
type year struct {
	used  settlement.Accumulator
	holds settlement.Holds
	now   time.Time
}

// hold quotes s and holds what it promises for an hour.
func (y *year) hold(v *settlement.Version, s *settlement.Settlement) (settlement.Quote, error) {
	live, _ := y.holds.Live(y.now)
	others := live.Without(s.Tenant, s.Discharge)
	q := settlement.Quote{
		ID: settlement.QuoteID("q-" + s.Discharge), Tenant: s.Tenant, Discharge: s.Discharge,
		At: y.now, Until: y.now.Add(time.Hour), Ground: others.On(y.used), Others: others.Rooms(),
	}
	var err error
	if q.Adjudication, err = s.Adjudicate(v, q.Ground); err == nil {
		y.holds = append(others, q.Hold())
	}
	return q, err
}

func (y *year) settle(v *settlement.Version, s *settlement.Settlement) (settlement.Award, error) {
	live, _ := y.holds.Live(y.now)
	award, err := s.Award(v, y.used, live)
	if err == nil {
		y.used, y.holds = y.used.Plus(award.Adjudication.Delta), live.Without(s.Tenant, s.Discharge)
	}
	return award, err
}

// Every amount below is worked by hand: the base is the eligible amount, of
// which rural_dibao gets 70 % and urban_dibao inpatients of a serious illness
// 80 %, within 60,000 a year and 30,000 for serious illness.
func TestHoldsOfTwoHospitals(t *testing.T) {
	v := &county().Versions[0]
	y := year{now: dawn}
	first, second := stay("60000", "rural_dibao").record("A"), stay("40000", "rural_dibao").record("B")
	// 42,000 of 60,000 are promised to A; B gets the 18,000 left of its 28,000.
	qa, err := y.hold(v, first)
	if err != nil || qa.Adjudication.Benefit != yuan("42000") || len(qa.Others) > 0 {
		t.Fatalf("first quote %s beside %v, %v", qa.Adjudication.Benefit, qa.Others, err)
	}
	qb, err := y.hold(v, second)
	if err != nil || qb.Adjudication.Benefit != yuan("18000") || qb.Adjudication.Reason != settlement.ReasonCapLimited {
		t.Fatalf("second quote %s %s, %v", qb.Adjudication.Benefit, qb.Adjudication.Reason, err)
	}
	if want := []settlement.HeldRoom{{Bucket: "total", Amount: yuan("42000"), Until: dawn.Add(time.Hour)}}; !cmp.Equal(qb.Others, want) {
		t.Errorf("the second quote sees %v held, want %v", qb.Others, want)
	}
	if got := step(qb.Adjudication, settlement.StepHeld); got.Input != yuan("60000") || got.Output != yuan("18000") || got.Subject != "total" {
		t.Errorf("the working shows %+v", got)
	}
	if want := []settlement.Warning{settlement.WarnRoomHeld}; !cmp.Equal(qb.Adjudication.Warnings, want) {
		t.Errorf("warnings %v, want %v", qb.Adjudication.Warnings, want)
	}
	// C has no quote: nothing is left, and it is told why.
	third, err := y.settle(v, stay("1000", "rural_dibao").record("C"))
	if err != nil || third.Adjudication.Benefit != 0 || third.Adjudication.Reason != settlement.ReasonCapExhausted {
		t.Fatalf("without a quote %+v, %v", third.Adjudication, err)
	}
	// Both get what they were promised, in the other order.
	b, err := y.settle(v, second)
	if err != nil || b.Adjudication.Benefit != yuan("18000") || b.Promise.Benefit != yuan("18000") {
		t.Fatalf("second %s, %v", b.Adjudication.Benefit, err)
	}
	a, err := y.settle(v, first)
	if err != nil || a.Adjudication.Benefit != yuan("42000") {
		t.Fatalf("first %s, %v", a.Adjudication.Benefit, err)
	}
	if got := step(a.Adjudication, settlement.StepPromise); got.Input != yuan("42000") || got.Output != yuan("42000") || got.Subject != "q-A" {
		t.Errorf("the working ends with %+v", got)
	}
	if y.used.Used["total"] != yuan("60000") || len(y.holds) != 0 {
		t.Errorf("used %s beside %d holds", y.used.Used["total"], len(y.holds))
	}
}

func step(a settlement.Adjudication, rule string) (found settlement.Step) {
	for _, s := range a.Trace {
		if s.Rule == rule {
			found = s
		}
	}
	return found
}

func TestAHoldAgainstWhatComesBetween(t *testing.T) {
	const promised = "24000" // 80 % of 30,000
	serious := func(eligible string) *encounter {
		e := stay(eligible, "urban_dibao")
		e.claim.DiseaseClass = settlement.Serious
		return e
	}
	for name, c := range map[string]struct {
		between func(t *testing.T, v *settlement.Version, y *year)
		bill    string
		want    string
		kept    bool // the hold was there to be taken up
	}{
		"nothing":                       {nil, "30000", "24000", true},
		"a lower bill pays by itself":   {nil, "20000", "16000", true},
		"a higher bill has more room":   {nil, "35000", "28000", true},
		"a higher bill meets its cap":   {nil, "50000", "30000", true},
		"it lapsed, and room was taken": {lapseAndUse("70000"), "30000", "11000", false},
		"it lapsed, and nobody came":    {lapseAndUse("0"), "30000", "24000", false},
		"another uses all there is":     {others("90000"), "30000", "24000", true},
		// 36,000 were left beside the hold. They are gone, so of 28,000 wanted
		// for the higher bill only what was reserved is left.
		"a higher bill when all is gone": {others("90000"), "35000", "24000", true},
	} {
		t.Run(name, func(t *testing.T) {
			v, y := &county().Versions[0], &year{now: dawn}
			if q, err := y.hold(v, serious("30000").record("A")); err != nil || q.Adjudication.Benefit != yuan(promised) {
				t.Fatalf("promised %s, %v", q.Adjudication.Benefit, err)
			}
			if c.between != nil {
				c.between(t, v, y)
			}
			got, err := y.settle(v, serious(c.bill).record("A"))
			if err != nil || got.Adjudication.Benefit != yuan(c.want) || (got.Promise != nil) != c.kept {
				t.Errorf("given %s by promise %v, want %s; %v", got.Adjudication.Benefit, got.Promise, c.want, err)
			}
			if y.used.Used["total"] > yuan("60000") || y.used.Used["serious"] > yuan("30000") {
				t.Errorf("used %v", y.used.Used)
			}
		})
	}
}

// others settles another stay of the person, at 70 %.
func others(eligible string) func(*testing.T, *settlement.Version, *year) {
	return func(t *testing.T, v *settlement.Version, y *year) {
		if _, err := y.settle(v, stay(eligible, "urban_dibao").record("Z")); err != nil {
			t.Fatal(err)
		}
	}
}

// lapseAndUse lets the hour pass first.
func lapseAndUse(eligible string) func(*testing.T, *settlement.Version, *year) {
	return func(t *testing.T, v *settlement.Version, y *year) {
		y.now = dawn.Add(time.Hour)
		others(eligible)(t, v, y)
	}
}

// A hold whose room another rule with a higher limit of the same bucket has
// used since is settled at its own place: 20,000 a year for a marginal
// household, 60,000 for dibao.
func TestAHoldKeepsItsPlace(t *testing.T) {
	v := &county().Versions[0]
	y := year{now: dawn}
	marginal := stay("31000", "marginal") // less 1,000: 10,000 × 0.5 + 20,000 × 0.6 = 17,000
	q, err := y.hold(v, marginal.record("A"))
	if err != nil || q.Adjudication.Benefit != yuan("17000") {
		t.Fatalf("promised %s, %v", q.Adjudication.Benefit, err)
	}
	other := stay("60000", "urban_dibao") // 42,000 of the 43,000 beside the hold
	if got, err := y.settle(v, other.record("B")); err != nil || got.Adjudication.Benefit != yuan("42000") {
		t.Fatalf("the other %s, %v", got.Adjudication.Benefit, err)
	}
	got, err := y.settle(v, marginal.record("A"))
	if err != nil || got.Adjudication.Benefit != yuan("17000") || y.used.Used["total"] != yuan("59000") {
		t.Errorf("given %s, used %s, %v", got.Adjudication.Benefit, y.used.Used["total"], err)
	}
	if got.Ground.Used["total"] != 0 {
		t.Errorf("adjudicated on %v", got.Ground)
	}
}

// A yearly deductible met by a stay that is reversed meanwhile was met when
// the quote promised: 500 a year, then 50 % up to 5,000.
func TestAHoldOutlivesAReversal(t *testing.T) {
	v := &county().Versions[0]
	y := year{now: dawn}
	before, err := y.settle(v, stay("1000", "special_care").record("Z"))
	if err != nil || before.Adjudication.Deductible != yuan("500") {
		t.Fatalf("%+v, %v", before.Adjudication, err)
	}
	if q, err := y.hold(v, stay("4000", "special_care").record("A")); err != nil || q.Adjudication.Benefit != yuan("2000") {
		t.Fatalf("promised %s, %v", q.Adjudication.Benefit, err)
	}
	y.used = y.used.Minus(before.Adjudication.Delta)
	if got, err := y.settle(v, stay("4000", "special_care").record("A")); err != nil || got.Adjudication.Benefit != yuan("2000") {
		t.Errorf("given %s, %v", got.Adjudication.Benefit, err)
	}
}

func TestAHeldCareGrantIsGivenOnce(t *testing.T) {
	v := &county().Versions[0]
	y := year{now: dawn}
	grant := func(discharge settlement.DischargeID) *settlement.Settlement {
		e := stay("0", "urban_dibao")
		e.claim.Mode, e.claim.Disease = settlement.Care, "uremia"
		return e.record(discharge)
	}
	if q, err := y.hold(v, grant("A")); err != nil || q.Adjudication.Benefit != yuan("1000") {
		t.Fatalf("promised %s, %v", q.Adjudication.Benefit, err)
	}
	other, err := y.settle(v, grant("B"))
	if err != nil || other.Adjudication.Reason != settlement.ReasonAlreadyGranted || !cmp.Equal(other.Adjudication.Warnings, []settlement.Warning{settlement.WarnRoomHeld}) {
		t.Fatalf("another grant: %s %v, %v", other.Adjudication.Reason, other.Adjudication.Warnings, err)
	}
	own, err := y.settle(v, grant("A"))
	if err != nil || own.Adjudication.Benefit != yuan("1000") || y.used.CareGrants != 1 {
		t.Errorf("the promised grant %s, %d in the year, %v", own.Adjudication.Benefit, y.used.CareGrants, err)
	}
}

// Whatever is settled, held, released or reversed between a quote and its
// settlement, under any lawful policy: the same bill gets no less than was
// promised, unless critical illness, a payer before, came to another figure;
// and nobody's cap is exceeded by what is used and held together.
func TestAnyHoldIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := genEncounter().Draw(t, "encounter")
		v := &e.policy.Versions[0]
		y := &year{used: e.used, now: dawn}
		own := e.record("own")
		q, err := y.hold(v, own)
		if err != nil {
			t.Fatalf("quoting: %v", err)
		}
		ceilings := ceilingsOf(v, e.used)
		var standing []settlement.Accumulator
		for i := range rapid.IntRange(0, 5).Draw(t, "events") {
			other := *e
			if e.claim.Mode != settlement.Care {
				other.mode(rapid.SampledFrom([]settlement.Mode{settlement.Inpatient, settlement.Outpatient, settlement.Inclined}).Draw(t, "other mode"))
				other.pay(t)
			}
			s := other.record(settlement.DischargeID(rune('A' + i)))
			switch rapid.IntRange(0, 3).Draw(t, "event") {
			case 0:
				_, _ = y.hold(v, s)
			case 1:
				if n := len(standing); n > 0 {
					y.used, standing = y.used.Minus(standing[n-1]), standing[:n-1]
				}
			default:
				if award, err := y.settle(v, s); err == nil {
					standing = append(standing, award.Adjudication.Delta)
				}
			}
			ceilings.check(t, y)
		}
		award, err := y.settle(v, own)
		if err != nil {
			t.Fatalf("settling what was quoted: %v", err)
		}
		ceilings.check(t, y)
		if award.Adjudication.CriticalIllness == q.Adjudication.CriticalIllness && award.Adjudication.Benefit < q.Adjudication.Benefit {
			t.Errorf("promised %s, given %s", q.Adjudication.Benefit, award.Adjudication.Benefit)
		}
		own.Promise = award.Promise
		if again, err := own.Adjudicate(v, award.Ground); err != nil || !cmp.Equal(again, award.Adjudication) {
			t.Errorf("recomputed otherwise: %v, %v", cmp.Diff(award.Adjudication, again), err)
		}
	})
}

// ceilings are the largest limits any rule of a version has of each bucket;
// what a bucket held before may be above.
type ceilings map[settlement.BucketID]settlement.Money

func ceilingsOf(v *settlement.Version, before settlement.Accumulator) ceilings {
	all, open := ceilings{}, map[settlement.BucketID]bool{}
	add := func(caps []settlement.Cap) {
		for _, c := range caps {
			if c.Limit == nil {
				open[c.Bucket] = true
			} else {
				all[c.Bucket] = max(all[c.Bucket], *c.Limit, before.Used[c.Bucket])
			}
		}
	}
	for _, category := range v.Categories {
		for _, rule := range category.Rules {
			add(rule.Caps)
			open[rule.Ratio.Bucket] = true
		}
	}
	if v.Inclined != nil {
		add(v.Inclined.Caps)
	}
	for _, stage := range v.Stages {
		add(stage.Caps)
		open[stage.Bucket] = true
	}
	for bucket := range open {
		delete(all, bucket)
	}
	return all
}

func (c ceilings) check(t *rapid.T, y *year) {
	live, _ := y.holds.Live(y.now)
	ground := live.On(y.used)
	for bucket, limit := range c {
		if taken := ground.Used[bucket] + ground.Held[bucket]; taken > limit {
			t.Fatalf("%s: %s used and %s held of %s", bucket, ground.Used[bucket], ground.Held[bucket], limit)
		}
	}
}

func TestCeiling(t *testing.T) {
	policy := county()
	for bucket, want := range map[settlement.BucketID]string{"serious": "30000", "inclined": "20000", "outpatient": "3000", "total": "", "nowhere": ""} {
		limit, bounded := policy.Ceiling(bucket)
		if bounded != (want != "") || bounded && limit != yuan(want) {
			t.Errorf("%s: %s, bounded %t, want %q", bucket, limit, bounded, want)
		}
	}
	v := &policy.Versions[0]
	v.Inclined = inclinedRule(capAt("inclined", "25000"))
	v.Categories[1].Rules[1].Ratio = banded(settlement.RatioMarginal, "@0.5")
	v.Categories[1].Rules[1].Ratio.Bucket = "serious"
	if limit, bounded := policy.Ceiling("inclined"); !bounded || limit != yuan("25000") {
		t.Errorf("inclined: %s, %t", limit, bounded)
	}
	if _, bounded := policy.Ceiling("serious"); bounded {
		t.Error("a bucket that bands are climbed by is bounded")
	}
}

func TestQuoteStanding(t *testing.T) {
	until := dawn.Add(time.Hour)
	at := func(act settlement.QuoteAct, until time.Time) settlement.QuoteEvent {
		return settlement.QuoteEvent{Quote: "q", Act: act, Until: until, Settlement: "s"}
	}
	held := at(settlement.QuoteHold, until)
	for name, c := range map[string]struct {
		history []settlement.QuoteEvent
		now     time.Time
		want    settlement.QuoteState
	}{
		"held":                        {[]settlement.QuoteEvent{held}, dawn, settlement.QuoteHeld},
		"at its end":                  {[]settlement.QuoteEvent{held}, until, settlement.QuoteExpired},
		"prolonged":                   {[]settlement.QuoteEvent{held, at(settlement.QuoteProlong, until.Add(time.Minute))}, until, settlement.QuoteHeld},
		"lapsed by another's clock":   {[]settlement.QuoteEvent{held, at(settlement.QuoteLapse, until)}, dawn, settlement.QuoteExpired},
		"released":                    {[]settlement.QuoteEvent{held, at(settlement.QuoteRelease, dawn)}, dawn, settlement.QuoteReleased},
		"replaced":                    {[]settlement.QuoteEvent{held, at(settlement.QuoteReplace, dawn)}, until, settlement.QuoteReleased},
		"settled":                     {[]settlement.QuoteEvent{held, at(settlement.QuoteSettle, dawn)}, until, settlement.QuoteSettled},
		"nothing was ever told of it": {nil, dawn, settlement.QuoteExpired},
	} {
		if got, _, _ := settlement.QuoteStanding(c.history, c.now); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
