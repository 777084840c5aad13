package treasury_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/report"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

var rural = fund.Key{Region: "360827", Fund: settlement.RuralFund, Year: 2012}

// office is a treasury over an empty store, on a day of 2012.
func office(t *testing.T) (*treasury.Treasury, *memory.Store) {
	t.Helper()
	store, ids := memory.New(), 0
	return treasury.New(treasury.Config{
		Store: store,
		Now:   func() time.Time { return time.Date(2012, 12, 31, 17, 0, 0, 0, time.UTC) }, // already 2013 in China
		NewID: func() fund.PostingID { ids++; return fund.PostingID(fmt.Sprint("g", ids)) },
	}), store
}

func budget(request settlement.RequestID, amount settlement.Money) fund.Posting {
	return fund.Posting{
		Request: request, Key: rural, Kind: fund.Budget, Level: settlement.County, Amount: amount,
		Document: "县财社〔2012〕3号", Day: 20120115, By: "bureau/li",
	}
}

// A posting is kept once for each request, and a repeat is answered with it.
func TestPostOnce(t *testing.T) {
	ctx := context.Background()
	office, store := office(t)
	first, replayed, err := office.Post(ctx, budget("q1", 500))
	if err != nil || replayed || first.ID != "g1" || first.At == 0 {
		t.Fatalf("%+v %v %v", first, replayed, err)
	}
	again, replayed, err := office.Post(ctx, budget("q1", 500))
	if err != nil || !replayed || again != first {
		t.Errorf("%+v %v %v", again, replayed, err)
	}
	_, _, err = office.Post(ctx, budget("q1", 501))
	if settlement.KindOf(err) != settlement.KindKeyReused {
		t.Errorf("another amount under the same request: %v", err)
	}
	wrong := budget("q2", 0)
	if _, _, err = office.Post(ctx, wrong); settlement.KindOf(err) != settlement.KindInvalid {
		t.Errorf("nothing was posted: %v", err)
	}
	if kept, err := store.Postings(ctx, rural); err != nil || len(kept) != 1 {
		t.Errorf("%d are kept, %v", len(kept), err)
	}
}

// A commit that got no answer is looked for: what took effect is the answer, and
// what did not is told as in doubt, until the same request comes again.
func TestPostInDoubt(t *testing.T) {
	for name, c := range map[string]struct {
		applied bool
		kind    settlement.Kind
	}{"it took effect": {true, 0}, "it did not": {false, settlement.KindInDoubt}} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			office, store := office(t)
			store.Fault = func(at memory.Moment) error {
				if at.Applied == c.applied {
					return &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonStoreUnavailable}
				}
				return nil
			}
			if _, replayed, err := office.Post(ctx, budget("q1", 500)); settlement.KindOf(err) != c.kind || replayed {
				t.Fatalf("replayed %v, %v", replayed, err)
			}
			store.Fault = nil
			if _, replayed, err := office.Post(ctx, budget("q1", 500)); err != nil || replayed != c.applied {
				t.Errorf("replayed %v, %v", replayed, err)
			}
			if kept, err := store.Postings(ctx, rural); err != nil || len(kept) != 1 {
				t.Errorf("%d are kept, %v", len(kept), err)
			}
		})
	}
}

// settled writes a settlement that drew amount on the rural fund.
func settled(t *testing.T, store lifecycle.Store, n int64, person settlement.BeneficiaryID, amount settlement.Money) {
	t.Helper()
	ctx, opening := context.Background(), storetest.Opening(n)
	s := &opening.Settlement
	s.Beneficiary, s.Year = settlement.Beneficiary{ID: person, Region: rural.Region}, rural.Year
	s.Claim.Discharge, s.Claim.Mode = 20120301, settlement.Inpatient
	if err := store.Open(ctx, opening); err != nil {
		t.Fatal(err)
	}
	s.Revision = 1
	_, err := store.Close(ctx, *s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		done := *s
		done.State, done.Sequence = settlement.StateCommitted, ground.Sequence
		done.Adjudication = &settlement.Adjudication{Fund: settlement.RuralFund, Category: "rural_dibao", Benefit: amount}
		return lifecycle.Change{Settlement: done, Entries: done.Entries()}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStandingAndReport(t *testing.T) {
	ctx := context.Background()
	office, store := office(t)
	settled(t, store, 1, "p1", 300)
	settled(t, store, 2, "p1", 400)
	settled(t, store, 3, "p2", 500)
	if _, _, err := office.Post(ctx, budget("q1", 1000)); err != nil {
		t.Fatal(err)
	}
	got, err := office.Report(ctx, rural.Region, rural.Year)
	if err != nil {
		t.Fatal(err)
	}
	count := report.Count{Persons: 2, Times: 3, Amount: 1200}
	want := treasury.Report{
		Region: rural.Region, Year: rural.Year,
		Paid: report.Year{
			Total: count, Average: 600,
			Lines:      []report.Line{{Fund: settlement.RuralFund, Category: "rural_dibao", Mode: settlement.Inpatient, Count: count}},
			Funds:      []report.Part[settlement.Fund]{{Of: settlement.RuralFund, Count: count}},
			Categories: []report.Part[settlement.CategoryID]{{Of: "rural_dibao", Count: count}},
			Modes:      []report.Part[settlement.Mode]{{Of: settlement.Inpatient, Count: count}},
			Sources:    []report.Part[settlement.Source]{}, Levels: []report.Part[settlement.Level]{},
			Adjusted: []report.Part[settlement.Fund]{},
		},
		Standings: []fund.Standing{
			{Key: fund.Key{Region: rural.Region, Fund: settlement.UrbanFund, Year: rural.Year}},
			{
				Key: rural, Raised: 1000, By: []fund.Contribution{{Level: settlement.County, Amount: 1000}},
				Assisted: 1200, Settlements: 3, Utilisation: "120.0", Warning: fund.Overspent,
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := office.Report(ctx, "nowhere", rural.Year); settlement.KindOf(err) != settlement.KindInvalid {
		t.Errorf("a region that is none: %v", err)
	}
}

// The public list masks names, and a person the registry lost has none.
func TestDisclose(t *testing.T) {
	ctx := context.Background()
	office, store := office(t)
	settled(t, store, 1, "p1", 300)
	settled(t, store, 2, "p2", 400)
	if err := store.PutPerson(ctx, settlement.Person{Beneficiary: settlement.Beneficiary{ID: "p1"}, Name: "张测试"}); err != nil {
		t.Fatal(err)
	}
	var got []report.Disclosure
	err := office.Disclose(ctx, rural.Region, rural.Year, func(line report.Disclosure) error {
		got = append(got, line)
		return nil
	})
	want := []report.Disclosure{
		{Name: "张*试", Category: "rural_dibao", Fund: settlement.RuralFund, Times: 1, Amount: 300},
		{Category: "rural_dibao", Fund: settlement.RuralFund, Times: 1, Amount: 400},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	full := errors.New("the disk is full")
	if err := office.Disclose(ctx, rural.Region, rural.Year, func(report.Disclosure) error { return full }); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	if err := office.Disclose(ctx, "x", rural.Year, nil); settlement.KindOf(err) != settlement.KindInvalid {
		t.Errorf("a region that is none: %v", err)
	}
}

// TestTheCountyReport has a year of which a county report tells: 3,796 persons
// and 15.201 million yuan, 667 of them urban with 3.554 million at 121.3 % of
// the fund's year, 3,129 rural with 11.647 million at 122.6 %, charity money
// among what was raised. The persons are invented; the sums are the report's.
func TestTheCountyReport(t *testing.T) {
	ctx := context.Background()
	office, store := office(t)
	urban := fund.Key{Region: rural.Region, Fund: settlement.UrbanFund, Year: rural.Year}
	year := []struct {
		key         fund.Key
		residence   settlement.Residence
		persons     int
		paid        settlement.Money
		raised      map[settlement.Level]settlement.Money
		utilisation string
	}{
		{urban, settlement.Urban, 667, 3_554_000_00, map[settlement.Level]settlement.Money{settlement.Central: 2_000_000_00, settlement.County: 930_000_00}, "121.3"},
		{rural, settlement.Rural, 3129, 11_647_000_00, map[settlement.Level]settlement.Money{settlement.Province: 9_433_000_00, settlement.Charitable: 67_000_00}, "122.6"},
	}
	n := int64(0)
	for _, half := range year {
		for level, amount := range half.raised {
			p := budget(settlement.RequestID("q-"+string(half.key.Fund)+string(level)), amount)
			p.Key, p.Level = half.key, level
			if _, _, err := office.Post(ctx, p); err != nil {
				t.Fatal(err)
			}
		}
		left := half.paid
		for i := range half.persons {
			amount := left / settlement.Money(half.persons-i) // all, to the fen
			left -= amount
			n++
			discharged(t, store, n, half.residence, amount)
		}
	}
	got, err := office.Report(ctx, rural.Region, rural.Year)
	if err != nil {
		t.Fatal(err)
	}
	if want := (report.Count{Persons: 3796, Times: 3796, Amount: 15_201_000_00}); got.Paid.Total != want {
		t.Errorf("in all %+v, want %+v", got.Paid.Total, want)
	}
	for i, half := range year {
		s := got.Standings[i]
		if s.Settlements != half.persons || s.Assisted != half.paid || s.Utilisation != half.utilisation || s.Warning != fund.Overspent {
			t.Errorf("%s: %d settlements, %s paid, %s %% of the fund, warning %q", half.key.Fund, s.Settlements, s.Assisted, s.Utilisation, s.Warning)
		}
	}
	if got.Paid.Average != 4_004_48 {
		t.Errorf("%s a person", got.Paid.Average)
	}
}

// full assists five-guarantee households with the whole of what is left.
var full = settlement.Version{
	ID: "county/1", Effective: settlement.Period{From: 20120101}, Facility: settlement.FacilityRule{Unreferred: settlement.UnreferredCovered},
	Categories: []settlement.CategoryRules{{ID: "five_guarantee", Fund: settlement.FundByResidence, Rules: []settlement.Rule{{
		Mode: settlement.Inpatient, DiseaseClass: settlement.AnyDisease, Deductible: settlement.Deductible{Kind: settlement.DeductibleNone},
		Ratio: settlement.RatioRule{Kind: settlement.RatioFlat, Rate: whole()}, Caps: []settlement.Cap{{Bucket: "total"}},
	}}}},
}

func whole() settlement.Ratio {
	r, err := settlement.ParseRatio("1")
	if err != nil {
		panic(err)
	}
	return r
}

// discharged settles a person whose insurance leaves amount, by the engine.
func discharged(t *testing.T, store *memory.Store, n int64, residence settlement.Residence, amount settlement.Money) {
	t.Helper()
	const basic = 1_000_00
	ctx, opening := context.Background(), storetest.Opening(n)
	s := &opening.Settlement
	s.Beneficiary = settlement.Beneficiary{
		ID: settlement.BeneficiaryID(fmt.Sprintf("p%04d", n)), Region: rural.Region, Residence: residence,
		Entitlements: []settlement.Entitlement{{Category: "five_guarantee", Period: settlement.Period{From: 20120101}}},
	}
	s.Year, s.Legs = rural.Year, []settlement.Leg{{Payer: "A", State: settlement.LegApplied, Payment: settlement.Payment{Basic: basic}}}
	s.Coverage = settlement.Coverage{Scheme: settlement.SchemeResident}
	s.Claim = settlement.Claim{
		Mode: settlement.Inpatient, DiseaseClass: settlement.General, Admission: 20120301, Discharge: 20120309, Bill: settlement.Bill{Submitted: amount + basic, Eligible: amount + basic},
		Treatment: settlement.Treatment{Designated: true, InArea: true},
	}
	if err := store.Open(ctx, opening); err != nil {
		t.Fatal(err)
	}
	s.Revision = 1
	_, err := store.Close(ctx, *s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		result, err := full.Adjudicate(s.Beneficiary, s.Claim, s.Total(), ground.Used)
		if err != nil {
			return lifecycle.Change{}, err
		}
		done := *s
		done.State, done.Sequence, done.Adjudication = settlement.StateCommitted, ground.Sequence, &result
		return lifecycle.Change{Settlement: done, Entries: done.Entries(), Delta: result.Delta}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
