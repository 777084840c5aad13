package storetest

import (
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// moment is when the story of every case begins.
var moment = time.Date(2012, time.July, 1, 0, 30, 0, 123456000, time.UTC)

const (
	tenant   settlement.TenantID   = "county-hospital"
	facility settlement.FacilityID = "H36082700001"
	total    settlement.BucketID   = "total"
)

// record is a settlement as it stands when its first payer is about to be
// asked. All its identifiers derive from name; times are as stores keep them.
func record(name string) settlement.Settlement {
	return settlement.Settlement{
		ID:          settlement.SettlementID("s-" + name),
		Tenant:      tenant,
		Request:     settlement.RequestID("r-" + name),
		Fingerprint: "f-" + name,
		Facility:    facility,
		Discharge:   settlement.DischargeID("d-" + name),
		Beneficiary: settlement.Beneficiary{ID: settlement.BeneficiaryID("p-" + name), Region: "360827"},
		Policy:      "suichuan_style",
		Version:     "suichuan_style/2",
		Year:        2012,
		Claim:       settlement.Claim{Mode: settlement.Inpatient, Discharge: settlement.NewDate(2012, 7, 1)},
		OpenedAt:    moment,
		DecideBy:    moment.Add(10 * time.Minute),
		State:       settlement.StateSettling,
		Legs:        []settlement.Leg{{Payer: "nhsa-360827", State: settlement.LegIntent, Message: settlement.MessageID("m-" + name), SentAt: moment}},
		NextAt:      moment.Add(time.Minute),
	}
}

// fullRecord has something in every field that a record can hold while it is
// open.
func fullRecord(name string) settlement.Settlement {
	s := record(name)
	s.Encounter = "mdtrt-1"
	s.Insured = "36000000000000000000000001"
	s.Beneficiary = settlement.Beneficiary{
		ID: settlement.BeneficiaryID("p-" + name), Region: "360827", Residence: settlement.Rural,
		Entitlements: []settlement.Entitlement{
			{Category: "rural_dibao", Period: settlement.Period{From: settlement.NewDate(2011, 1, 1), To: settlement.NewDate(2012, 12, 31)}, Document: "遂民字〔2011〕1号"},
			{Category: "five_guarantee", Period: settlement.Period{From: settlement.NewDate(2012, 6, 1)}},
		},
	}
	s.Claim = settlement.Claim{
		Mode: settlement.Inpatient, DiseaseClass: settlement.Serious, Disease: "尿毒症",
		Admission: settlement.NewDate(2012, 6, 20), Discharge: settlement.NewDate(2012, 7, 1),
		Bill:      settlement.Bill{Submitted: 1_500_000, SelfFunded: 100_000, FirstSelfPay: 50_000, OverLimit: 25_000, Eligible: 1_325_000},
		Treatment: settlement.Treatment{Designated: true, Emergency: true, InArea: true, Referral: settlement.ReferralApproved},
		Approval:  settlement.ApprovalNumber("a-" + name),
	}
	s.Coverage = settlement.Coverage{
		Scheme: settlement.SchemeNCMS, Basic: 1, CriticalIllness: 2, ComputeCriticalIllness: true,
		Others: []settlement.Share{{Source: settlement.Commercial, Amount: 30_000}, {Source: settlement.Charity, Amount: 500}},
	}
	s.BillStated = true
	s.Reason, s.Message = settlement.ReasonPayerInDoubt, "系统繁忙"
	s.Legs = []settlement.Leg{fullLeg(name), {Payer: "ncms-360827", State: settlement.LegPlanned}}
	s.Epoch, s.Owner, s.LeaseUntil = 3, "gateway-1", moment.Add(20*time.Second)
	s.Seal = settlement.Seal{0xff, 31: 7}
	return s
}

func fullLeg(name string) settlement.Leg {
	return settlement.Leg{
		Payer: "nhsa-360827", State: settlement.LegUnconfirmed,
		Message: settlement.MessageID("m-" + name), SentAt: moment, QuietUntil: moment.Add(2 * time.Minute),
		Doubted: true, Sends: 3, Inquiries: 2,
		Payment: settlement.Payment{
			Reference: "setl-1", Encounter: "mdtrt-1",
			Bill:  settlement.Bill{Submitted: 1_500_000, SelfFunded: 100_000, FirstSelfPay: 50_000, OverLimit: 25_000, Eligible: 1_325_000},
			Basic: 700_000, CriticalIllness: 50_000, Assistance: 1, PersonalAccount: 2_000,
			Others: []settlement.Share{{Source: settlement.SpecialCare, Amount: 100}}, At: moment.Add(time.Second),
		},
		Undo: settlement.MessageID("u-" + name), Undos: 1, Unsent: 4, NextAt: moment.Add(3 * time.Second),
	}
}

// keyOf is the key under which s was asked for.
func keyOf(s settlement.Settlement) lifecycle.RequestKey {
	return lifecycle.RequestKey{Tenant: s.Tenant, Method: lifecycle.MethodSettle, Request: s.Request}
}

// opening is the change that opens s, with the intent of its first call.
func opening(s settlement.Settlement) lifecycle.Change {
	return lifecycle.Change{
		Settlement: s,
		Request:    &lifecycle.Request{Key: keyOf(s), Settlement: s.ID, Fingerprint: s.Fingerprint},
		Attempts:   []lifecycle.Attempt{sent(s.Legs[0].Message)},
		Events:     []lifecycle.Event{{At: s.OpenedAt, Actor: "cashier-7", Action: "settle.open"}},
	}
}

func sent(message settlement.MessageID) lifecycle.Attempt {
	return lifecycle.Attempt{Operation: settlement.OpSettle, Phase: lifecycle.PhaseSent, Message: message, At: moment, Body: []byte(`{"infno":"2304"}`)}
}

// sending is the change by which s sends a further call under message.
func sending(s settlement.Settlement, message settlement.MessageID) lifecycle.Change {
	further := settlement.Leg{Payer: "ncms-360827", State: settlement.LegIntent, Message: message, SentAt: moment}
	s.Legs = append(slices.Clone(s.Legs), further)
	return lifecycle.Change{Settlement: s, Attempts: []lifecycle.Attempt{sent(message)}}
}

// committing is the change that closes s with benefit drawn from one bucket.
func committing(s settlement.Settlement, sequence int64, benefit settlement.Money) lifecycle.Change {
	s.State, s.Decision, s.Reason = settlement.StateCommitted, settlement.Commit, settlement.ReasonOK
	s.Sequence, s.ClosedAt = sequence, moment.Add(time.Second)
	s.Used = settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{total: 40}, DeductibleMet: 1}
	delta := settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{total: benefit}}
	s.Adjudication = &settlement.Adjudication{
		Outcome: settlement.OutcomeOK, Reason: settlement.ReasonOK, Version: s.Version,
		Ordinary: benefit, Benefit: benefit, Delta: delta,
		Trace: []settlement.Step{{Rule: "ratio.flat", Subject: "rural_dibao", Article: "第八条", Input: 2 * benefit, Ratio: "0.5", Output: benefit}},
	}
	return lifecycle.Change{
		Settlement: s,
		Attempts: []lifecycle.Attempt{{
			Operation: settlement.OpSettle, Phase: lifecycle.PhaseResult, Message: s.Legs[0].Message,
			At: moment.Add(time.Second), Result: settlement.ResultApplied, Body: []byte(`{"infcode":0}`),
		}},
		Entries: []settlement.Entry{
			{Account: "fund/rural/360827/2012", Debit: benefit},
			{Account: "facility/" + string(s.Facility), Credit: benefit},
		},
		Delta:  delta,
		Events: []lifecycle.Event{{At: moment.Add(time.Second), Actor: "cashier-7", Action: "settle.commit", Reason: settlement.ReasonOK}},
		Final:  &lifecycle.Final{Key: keyOf(s), Body: []byte("settled " + s.ID)},
	}
}

// reversing is the change by which committed s is undone for good.
func reversing(s settlement.Settlement) lifecycle.Change {
	benefit := s.Adjudication.Benefit
	s.State = settlement.StateReversed
	s.Reversal = &settlement.Reversal{Request: "undo", Cause: "重复录入", AskedAt: moment.Add(time.Hour), DoneAt: moment.Add(2 * time.Hour)}
	return lifecycle.Change{
		Settlement: s,
		Entries: []settlement.Entry{
			{Account: "fund/rural/360827/2012", Credit: benefit},
			{Account: "facility/" + string(s.Facility), Debit: benefit},
		},
		Delta:  settlement.Accumulator{}.Minus(s.Adjudication.Delta),
		Events: []lifecycle.Event{{At: moment.Add(2 * time.Hour), Actor: "supervisor-1", Action: "reverse.done"}},
	}
}
