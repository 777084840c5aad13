package api

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/onestop-gateway/onestop/api/words"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Encode gives the bytes that are kept as the final answer of a request key,
// whatever its method: the settlement as the contract shows it, fields in
// ascending order. There is no map in it, so equal settlements give equal
// bytes.
func Encode(_ lifecycle.Method, s settlement.Settlement) ([]byte, error) {
	return proto.MarshalOptions{Deterministic: true}.Marshal(encodeSettlement(&s))
}

// encodeSettlement shows a settlement. It names no person.
func encodeSettlement(s *settlement.Settlement) *onestopv1.Settlement {
	out := &onestopv1.Settlement{
		Id: string(s.ID), RequestId: string(s.Request), FacilityId: string(s.Facility),
		DischargeId: string(s.Discharge), EncounterId: string(encounter(s)),
		State: states.toWire(s.State), Reason: string(s.Reason), Message: encodeText(words.Standing(s)),
		PayerMessage: s.Message, Mode: modes.toWire(s.Claim.Mode), Scheme: schemes.toWire(s.Coverage.Scheme),
		AdmissionDate: s.Claim.Admission.String(), DischargeDate: s.Claim.Discharge.String(),
		Bill:       &onestopv1.Bill{Submitted: s.Claim.Bill.Submitted.String()},
		CreateTime: encodeTime(s.OpenedAt), DecideByTime: encodeTime(s.DecideBy), CloseTime: encodeTime(s.ClosedAt),
		Reversal: encodeReversal(s.Reversal), Review: proto.Bool(s.Review),
		ApprovalNumber: string(s.Claim.Approval), AdmissionId: string(s.Admission),
	}
	settled := s.Adjudication != nil
	if settled || s.BillStated {
		out.Bill = encodeBill(s.Billed().Bill)
	}
	if settled {
		out.PayerShares = encodePayerShares(s.Legs)
		out.Adjudication = encodeAdjudication(s.Adjudication)
	}
	return out
}

// encounter is the payer's number of the stay, the facility's or the one the
// payer answered with.
func encounter(s *settlement.Settlement) settlement.EncounterID {
	if s.Encounter != "" || len(s.Legs) == 0 {
		return s.Encounter
	}
	return s.Legs[0].Payment.Encounter
}

func encodeBill(bill settlement.Bill) *onestopv1.Bill {
	return &onestopv1.Bill{
		Submitted: bill.Submitted.String(), SelfFunded: bill.SelfFunded.String(),
		FirstSelfPay: bill.FirstSelfPay.String(), OverLimit: bill.OverLimit.String(),
		Eligible: bill.Eligible.String(),
	}
}

func encodePayerShares(legs []settlement.Leg) []*onestopv1.PayerShare {
	out := make([]*onestopv1.PayerShare, len(legs))
	for i := range legs {
		payment := &legs[i].Payment
		out[i] = &onestopv1.PayerShare{
			Payer: string(legs[i].Payer), Reference: payment.Reference,
			Basic: payment.Basic.String(), CriticalIllness: payment.CriticalIllness.String(),
			Others: encodeShares(payment.Others), PersonalAccount: payment.PersonalAccount.String(),
		}
	}
	return out
}

func encodeShares(shares []settlement.Share) []*onestopv1.Share {
	out := make([]*onestopv1.Share, len(shares))
	for i, share := range shares {
		out[i] = &onestopv1.Share{Source: sources.toWire(share.Source), Amount: share.Amount.String()}
	}
	return out
}

func encodeReversal(reversal *settlement.Reversal) *onestopv1.Reversal {
	if reversal == nil {
		return nil
	}
	return &onestopv1.Reversal{
		RequestId: string(reversal.Request), Cause: reversal.Cause,
		AskTime: encodeTime(reversal.AskedAt), DoneTime: encodeTime(reversal.DoneAt),
		Refused: string(reversal.Refused),
	}
}

func encodeText(text words.Text) *onestopv1.Text {
	return &onestopv1.Text{Zh: text.Zh, En: text.En}
}

// encodeTime shows a time; one that has not come is absent.
func encodeTime(at time.Time) *timestamppb.Timestamp {
	if at.IsZero() {
		return nil
	}
	return timestamppb.New(at)
}
