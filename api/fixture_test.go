package api

import (
	"time"

	"google.golang.org/protobuf/proto"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// The invented person and bill of every test. Nothing of the person may be
// found in an answer, a log or an error: see TestNothingPersonalLeaves.
const (
	idNumber      = "360827195001010015"
	personName    = "张测试"
	insuredNumber = "36082700000000000000000000000001"
	key           = "0d8c2a34-6f0e-4c39-9c2f-6a4b1f0c7d11"
	otherKey      = "7b1e7c52-1d7e-4d0d-8f2a-2f3b9a6c5e90"
)

func person() settlement.Person {
	return settlement.Person{
		Beneficiary: settlement.Beneficiary{ID: "p-1", Region: "360827", Residence: settlement.Rural},
		Name:        personName, Certificate: idNumber, Scheme: settlement.SchemeNCMS, Insured: insuredNumber,
	}
}

func facility() lifecycle.Facility {
	return lifecycle.Facility{ID: "H36082700001", Name: "遂川县人民医院", Region: "360827", Level: "二级", Designated: true}
}

func claim() settlement.Claim {
	return settlement.Claim{
		Mode: settlement.Inpatient, DiseaseClass: settlement.General, Disease: "pneumonia",
		Admission: settlement.NewDate(2012, 8, 1), Discharge: settlement.NewDate(2012, 8, 9),
		Bill:      settlement.Bill{Submitted: 12_000_00, SelfFunded: 500_00, FirstSelfPay: 300_00, OverLimit: 200_00, Eligible: 11_000_00},
		Treatment: settlement.Treatment{Designated: true, InArea: true, Referral: settlement.ReferralNone},
	}
}

func adjudicated() *settlement.Adjudication {
	return &settlement.Adjudication{
		Outcome: settlement.OutcomeOK, Reason: settlement.ReasonCapLimited, Version: "suichuan_style/2",
		Category: "rural_dibao", Fund: settlement.RuralFund, Base: 3_450_00,
		Ordinary: 2_400_00, Benefit: 2_400_00,
		Before: []settlement.Share{{Source: settlement.HospitalDerate, Amount: 400_00}},
		After:  []settlement.Share{{Source: settlement.Charity, Amount: 10_00}}, PatientPays: 2_040_00, CapLimited: true,
		Candidates: []settlement.Candidate{{Category: "rural_dibao", Benefit: 2_400_00, Reason: settlement.ReasonCapLimited}},
		Delta:      settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{"total": 2_400_00}},
		Trace: []settlement.Step{
			{Rule: settlement.StepEligible, Article: "A02", Input: 12_000_00, Output: 11_000_00},
			{Rule: settlement.StepFlat, Article: "report:003", Input: 3_450_00, Ratio: "0.7", Output: 2_415_00},
			{Rule: settlement.StepCap, Subject: "total", Article: "report:001", Input: 2_415_00, Output: 2_400_00, Reason: settlement.ReasonCapLimited},
			{Rule: settlement.StepPatient, Article: "A03", Input: 12_000_00, Output: 2_040_00},
		},
	}
}

// opened is a settlement nobody has decided yet.
func opened() settlement.Settlement {
	at := time.Date(2012, 8, 9, 6, 30, 0, 0, time.UTC)
	return settlement.Settlement{
		ID: "st-1", Tenant: "H36082700001", Request: key, Facility: "H36082700001", Discharge: "ZY20120809-17",
		Insured: insuredNumber, Beneficiary: person().Beneficiary, Policy: "suichuan_style", Version: "suichuan_style/2",
		Year: 2012, Claim: claim(), BillStated: true, OpenedAt: at, DecideBy: at.Add(10 * time.Minute),
		Coverage: settlement.Coverage{Scheme: settlement.SchemeNCMS, Others: []settlement.Share{
			{Source: settlement.HospitalDerate, Amount: 400_00}, {Source: settlement.Charity, Amount: 10_00},
		}},
		State: settlement.StateSettling,
		Legs:  []settlement.Leg{{Payer: "ncms-360827", State: settlement.LegIntent}},
	}
}

// committed is opened, settled.
func committed() settlement.Settlement {
	s := opened()
	s.State, s.Decision, s.Adjudication = settlement.StateCommitted, settlement.Commit, adjudicated()
	s.Reason, s.ClosedAt = s.Adjudication.Reason, s.OpenedAt.Add(3*time.Second)
	s.Legs = []settlement.Leg{{Payer: "ncms-360827", State: settlement.LegApplied, Payment: settlement.Payment{
		Reference: "SETL0001", Encounter: "E-77", Bill: s.Claim.Bill, Basic: 7_150_00, PersonalAccount: 40_00,
	}}}
	return s
}

// aborted is opened, refused by its payer.
func aborted() settlement.Settlement {
	s := opened()
	s.State, s.Decision, s.Reason = settlement.StateAborted, settlement.Abort, settlement.ReasonPayerRefused
	s.Message, s.ClosedAt = "人员未参保", s.OpenedAt.Add(3*time.Second)
	s.Legs[0].State = settlement.LegRejected
	return s
}

// request is the whole request of the invented discharge.
func request(change ...func(*onestopv1.CreateSettlementRequest)) *onestopv1.CreateSettlementRequest {
	in := &onestopv1.CreateSettlementRequest{
		RequestId: key, FacilityId: "H36082700001", DischargeId: "ZY20120809-17",
		Beneficiary: &onestopv1.Beneficiary{IdNumber: idNumber, Name: personName, InsuredNumber: insuredNumber},
		Scheme:      onestopv1.Scheme_SCHEME_NCMS, Mode: onestopv1.Mode_MODE_INPATIENT,
		AdmissionDate: "2012-08-01", DischargeDate: "2012-08-09",
		Bill: &onestopv1.Bill{Submitted: "12000.00", SelfFunded: "500.00", FirstSelfPay: "300.00", OverLimit: "200.00", Eligible: "11000.00"},
		OtherShares: []*onestopv1.Share{
			{Source: onestopv1.Source_SOURCE_HOSPITAL_DERATE, Amount: "400"},
			{Source: onestopv1.Source_SOURCE_CHARITY, Amount: "10.0"},
		},
	}
	for _, each := range change {
		each(in)
	}
	return in
}

// body is a request as REST sends it.
func body(message proto.Message) string {
	text, err := jsonForm{}.Marshal(message)
	if err != nil {
		panic(err)
	}
	return string(text)
}
