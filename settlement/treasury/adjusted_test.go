package treasury_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// history is what a drawn settlement went through before it is reported.
type history struct {
	fund      settlement.Fund
	benefit   settlement.Money
	levels    bool // several governments bear it
	adjusted  []settlement.Money
	insurance bool // a payer's part was adjusted, too
	reversed  bool
}

func anyHistory(t *rapid.T) history {
	return history{
		fund:      rapid.SampledFrom([]settlement.Fund{settlement.UrbanFund, settlement.RuralFund}).Draw(t, "fund"),
		benefit:   settlement.Money(rapid.Int64Range(0, 900).Draw(t, "benefit")),
		levels:    rapid.Bool().Draw(t, "levels"),
		adjusted:  rapid.SliceOfN(rapid.Custom(func(t *rapid.T) settlement.Money { return settlement.Money(rapid.Int64Range(0, 900).Draw(t, "to")) }), 0, 3).Draw(t, "adjusted"),
		insurance: rapid.Bool().Draw(t, "insurance"),
		reversed:  rapid.Bool().Draw(t, "reversed"),
	}
}

// keeps writes what the lifecycle would have written of a history.
func (h *history) keeps(t *rapid.T, store *memory.Store, n int) {
	day := settlement.Date(20120301 + n%5)
	s := settlement.Settlement{
		ID: settlement.SettlementID(fmt.Sprint("s-", n)), Tenant: "H1", Facility: "H1", Year: rural.Year, State: settlement.StateCommitted,
		Beneficiary:  settlement.Beneficiary{ID: settlement.BeneficiaryID(fmt.Sprint("p", n%3)), Region: rural.Region},
		Claim:        settlement.Claim{Mode: settlement.Inpatient, Discharge: day, Bill: settlement.Bill{Submitted: 1000}},
		Legs:         []settlement.Leg{{Payer: "A", State: settlement.LegApplied, Payment: settlement.Payment{Basic: 50}}},
		Adjudication: &settlement.Adjudication{Fund: h.fund, Category: "rural_dibao", Benefit: h.benefit},
	}
	if h.levels && h.benefit > 1 {
		s.Adjudication.Funding = []settlement.Funded{{Level: settlement.Province, Amount: h.benefit / 2}, {Level: settlement.County, Amount: h.benefit - h.benefit/2}}
	}
	entries := s.Entries()
	post := func(payer settlement.PayerCode, to settlement.Money) {
		a := settlement.Adjustment{
			ID: settlement.AdjustmentID(fmt.Sprint("a", len(s.Adjustments))), Payer: payer, From: s.Borne(payer), To: to, Document: "d", By: "li", Approver: "wang",
		}
		if after, err := s.Adjusted(a); err == nil { // to what it is already is none
			s = after
			entries = append(entries, s.AdjustingEntries(&a)...)
		}
	}
	for _, to := range h.adjusted {
		post("", to)
	}
	if h.insurance {
		post("A", 55)
	}
	if h.reversed {
		s.State = settlement.StateReversed
		entries = append(entries, settlement.Counter(entries)...)
	}
	opened := settlement.Settlement{
		ID: s.ID, Tenant: s.Tenant, Facility: s.Facility, Discharge: settlement.DischargeID(s.ID), Beneficiary: s.Beneficiary, Year: s.Year,
		Claim: s.Claim, State: settlement.StateSettling,
	}
	key := lifecycle.RequestKey{Tenant: s.Tenant, Method: lifecycle.MethodSettle, Request: settlement.RequestID(s.ID)}
	err := store.Open(t.Context(), lifecycle.Change{Settlement: opened, Request: &lifecycle.Request{Key: key, Settlement: s.ID}})
	if err != nil {
		t.Fatal(err)
	}
	s.Discharge, s.Revision = opened.Discharge, 1
	if err := store.Advance(t.Context(), lifecycle.Change{Settlement: s, Entries: entries}); err != nil {
		t.Fatal(err)
	}
}

// Whatever was granted, adjusted and reversed: what the report says was granted
// and what it says was adjusted are to the fen what the funds paid by the ledger,
// in all and fund by fund, and as many settlements.
func TestTheReportIsWhatTheFundsPaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		store := memory.New()
		office := treasury.New(treasury.Config{Store: store, Now: func() time.Time { return time.Date(2012, 12, 31, 17, 0, 0, 0, time.UTC) }})
		for n, h := range rapid.SliceOfN(rapid.Custom(anyHistory), 0, 12).Draw(t, "settlements") {
			h.keeps(t, store, n)
		}
		got, err := office.Report(t.Context(), rural.Region, rural.Year)
		if err != nil {
			t.Fatal(err)
		}
		type sums struct {
			paid, adjusted settlement.Money
			times          int
		}
		granted, paid := map[settlement.Fund]sums{}, map[settlement.Fund]sums{}
		all := got.Paid.Total.Amount
		for _, part := range got.Paid.Funds {
			granted[part.Of] = sums{part.Amount, 0, part.Times}
		}
		for _, part := range got.Paid.Adjusted {
			was := granted[part.Of]
			granted[part.Of] = sums{was.paid + part.Amount, part.Amount, was.times}
			all += part.Amount
			if granted[part.Of] == (sums{}) { // there and back, where nothing was granted
				delete(granted, part.Of)
			}
		}
		for _, s := range got.Standings {
			all -= s.Assisted
			if now := (sums{s.Assisted, s.Adjusted, s.Settlements}); now != (sums{}) {
				paid[s.Key.Fund] = now
			}
			alone, err := office.Standing(t.Context(), fund.Key{Region: rural.Region, Fund: s.Key.Fund, Year: rural.Year})
			if diff := cmp.Diff(s, alone); diff != "" || err != nil {
				t.Errorf("in the report and asked for: %s %v", diff, err)
			}
		}
		if diff := cmp.Diff(granted, paid, cmp.AllowUnexported(sums{})); diff != "" || all != 0 {
			t.Errorf("granted and adjusted, and paid: %s, off by %s", diff, all)
		}
	})
}
