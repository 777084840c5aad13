package lifecycle_test

import (
	"fmt"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

const (
	hospital = settlement.FacilityID("H36082700001")
	county   = settlement.RegionID("360827")
	idNumber = settlement.Private("360827195001010013")
)

// noon is when simulations begin, in the middle of a benefit year.
var noon = time.Date(2026, 3, 9, 4, 0, 0, 0, time.UTC)

func ratio(text string) settlement.Ratio {
	r, err := settlement.ParseRatio(text)
	if err != nil {
		panic(err)
	}
	return r
}

// countyCap is what countyPolicy pays at most in a year.
const countyCap = settlement.Money(6_000_000)

// countyPolicy pays 70 % of the base up to 60,000 yuan a year.
func countyPolicy() *settlement.Policy {
	limit := countyCap
	rule := settlement.Rule{
		Mode: settlement.Inpatient, DiseaseClass: settlement.AnyDisease, Article: "test",
		Deductible: settlement.Deductible{Kind: settlement.DeductibleNone},
		Ratio:      settlement.RatioRule{Kind: settlement.RatioFlat, Rate: ratio("0.70")},
		Caps:       []settlement.Cap{{Bucket: "total", Limit: &limit}},
	}
	version := settlement.Version{
		ID: "county/1", Effective: settlement.Period{From: 20200101},
		Before:     []settlement.Source{settlement.Commercial, settlement.HospitalDerate, settlement.SpecialCare},
		After:      []settlement.Source{settlement.Charity},
		Uninsured:  settlement.UninsuredRule{Covered: true, Factor: ratio("0.50")},
		Facility:   settlement.FacilityRule{Unreferred: settlement.UnreferredCovered},
		Categories: []settlement.CategoryRules{{ID: "rural_dibao", Fund: settlement.FundRural, Rules: []settlement.Rule{rule}}},
	}
	return &settlement.Policy{ID: "county", Title: "County", Versions: []settlement.Version{version}}
}

// person n of the simulations; an invented one.
func person(n int) settlement.Person {
	return settlement.Person{
		Beneficiary: settlement.Beneficiary{
			ID: settlement.BeneficiaryID(fmt.Sprintf("b%d", n)), Region: county, Residence: settlement.Rural,
			Entitlements: []settlement.Entitlement{{Category: "rural_dibao", Period: settlement.Period{From: 20200101}}},
		},
		Name: "张测试", Certificate: certificate(n), Scheme: settlement.SchemeResident,
		Insured: settlement.Private(fmt.Sprintf("P%d", n)),
	}
}

func certificate(n int) settlement.Private {
	if n == 0 {
		return idNumber
	}
	return settlement.Private(fmt.Sprintf("invented-%d", n))
}

// discharge n of person p: 10,000 yuan, 9,000 of them eligible.
func discharge(n, p int) lifecycle.Ask {
	return lifecycle.Ask{
		Tenant: settlement.TenantID(hospital), Actor: "cashier", Request: settlement.RequestID(fmt.Sprintf("request-%d", n)),
		Facility: hospital, Discharge: settlement.DischargeID(fmt.Sprintf("D%d", n)), Encounter: "E1", Person: certificate(p),
		BillStated: true, Scheme: settlement.SchemeResident,
		Claim: settlement.Claim{
			Mode: settlement.Inpatient, DiseaseClass: settlement.General, Admission: 20260301, Discharge: 20260309,
			Bill: settlement.Bill{Submitted: 1_000_000, SelfFunded: 100_000, Eligible: 900_000},
		},
	}
}

// gateway is a process over a store and the payers of a world. Its answers are
// plain words, so that a test can compare them.
func gateway(w *world, store *memory.Store, instance int) *lifecycle.Lifecycle {
	payers := map[settlement.PayerCode]lifecycle.Payer{}
	for _, b := range w.payers {
		payers[b.code] = b
	}
	codes := make([]settlement.PayerCode, len(w.payers))
	for i, b := range w.payers {
		codes[i] = b.code
	}
	ids := 0
	l, err := lifecycle.New(lifecycle.Config{
		Store: store, Quotes: store, Notices: store, Registry: store, Approvals: store, Journal: store,
		Directory: lifecycle.Directory{
			Policies:   map[settlement.PolicyID]*settlement.Policy{"county": countyPolicy()},
			Regions:    map[settlement.RegionID]lifecycle.Region{county: {ID: county, Policy: "county", Payers: map[settlement.Scheme][]settlement.PayerCode{settlement.SchemeResident: codes}}},
			Facilities: map[settlement.FacilityID]lifecycle.Facility{hospital: {ID: hospital, Name: "县医院", Region: county, Designated: true}},
			Payers:     payers,
		},
		Encode: encode, EncodeBenefits: w.encodeBenefits, Now: func() time.Time { return w.now },
		NewID: func() settlement.SettlementID {
			ids++
			return settlement.SettlementID(fmt.Sprintf("g%d-%d-%d", instance, w.now.UnixNano(), ids))
		},
		Instance: instance, Owner: fmt.Sprintf("gateway-%d", instance),
		AnswerWithin: 25 * time.Second, DecideWithin: 10 * time.Minute, HoldWithin: time.Hour, Lease: 30 * time.Second, InFlightMax: 64,
	})
	if err != nil {
		panic(err)
	}
	return l
}

// encodeBenefits is the answer to a notice in plain words; what it says is
// remembered.
func (w *world) encodeBenefits(found lifecycle.Benefits) ([]byte, error) {
	w.told = append(w.told, found)
	return []byte(fmt.Sprintf("%s %d %s", found.Version, len(found.Outlooks), found.Approval)), nil
}

// encode is an answer in plain words.
func encode(method lifecycle.Method, s settlement.Settlement) ([]byte, error) {
	benefit := settlement.Money(0)
	if s.Adjudication != nil {
		benefit = s.Adjudication.Benefit
	}
	return []byte(fmt.Sprintf("%s %s %s %s %s", method, s.ID, s.State, s.Reason, benefit)), nil
}
