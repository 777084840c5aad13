package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// decodeQuoteAsk reads what a facility asks to be quoted. A quote that holds is
// told from others of its discharge and has a request id of its own.
func decodeQuoteAsk(ctx context.Context, in *onestopv1.QuoteSettlementRequest) (lifecycle.Ask, error) {
	ask, err := decodeAsk(ctx, quoteFields(in))
	if hold := in.GetHold(); hold != nil {
		ask.Request = settlement.RequestID(hold.GetRequestId())
		ask.Hold = time.Duration(hold.GetMinutes()) * time.Minute
		if ask.Discharge == "" {
			var d decoder
			d.missing("discharge_id")
			err = errors.Join(err, d.err())
		}
	}
	return ask, err
}

// quoteFields is a quote's request in the shape of a settlement's: the two ask
// the same but for the request id and what is about holding.
func quoteFields(in *onestopv1.QuoteSettlementRequest) *onestopv1.CreateSettlementRequest {
	return &onestopv1.CreateSettlementRequest{
		FacilityId: in.GetFacilityId(), DischargeId: in.GetDischargeId(), EncounterId: in.GetEncounterId(),
		Beneficiary: in.GetBeneficiary(), Scheme: in.GetScheme(), Mode: in.GetMode(),
		DiseaseClass: in.GetDiseaseClass(), Disease: in.GetDisease(),
		AdmissionDate: in.GetAdmissionDate(), DischargeDate: in.GetDischargeDate(),
		Emergency: in.GetEmergency(), Referral: in.GetReferral(),
		Bill: in.GetBill(), OtherShares: in.GetOtherShares(),
		ChosenCategory: in.GetChosenCategory(), ContinuedStay: in.GetContinuedStay(),
		NewbornRegistrationDate: in.GetNewbornRegistrationDate(), ApprovalNumber: in.GetApprovalNumber(), AdmissionId: in.GetAdmissionId(),
	}
}

// decodeAsk reads what a facility asks. Every amount and date is read before
// anything is complained of, so that the caller sees all that is wrong; the
// reason is the first in the precedence of assumption A23.
func decodeAsk(ctx context.Context, in *onestopv1.CreateSettlementRequest) (lifecycle.Ask, error) {
	var d decoder
	facility := settlement.FacilityID(in.GetFacilityId())
	tenant := tenantOf(ctx, facility)
	person := in.GetBeneficiary()
	ask := lifecycle.Ask{
		Tenant: tenant, Actor: actorOf(ctx, tenant), Request: settlement.RequestID(in.GetRequestId()),
		Facility: facility, Discharge: settlement.DischargeID(in.GetDischargeId()),
		Encounter: settlement.EncounterID(in.GetEncounterId()), Quote: settlement.QuoteID(in.GetQuoteId()), Admission: settlement.AdmissionID(in.GetAdmissionId()),
		Name:    settlement.Private(person.GetName()),
		Insured: settlement.Private(person.GetInsuredNumber()),
		Scheme:  schemes.toWord(in.GetScheme()),
		Claim: settlement.Claim{
			Mode: modes.toWord(in.GetMode()), DiseaseClass: diseaseClasses.toWord(in.GetDiseaseClass()),
			Disease:   in.GetDisease(),
			Treatment: settlement.Treatment{Emergency: in.GetEmergency(), Referral: referrals.toWord(in.GetReferral())},
			Choice:    settlement.CategoryID(in.GetChosenCategory()), Continued: in.GetContinuedStay(),
			Approval: settlement.ApprovalNumber(in.GetApprovalNumber()),
		},
	}
	number, err := settlement.ParseIdentityNumber(settlement.Private(person.GetIdNumber()))
	d.note("beneficiary.id_number", err)
	ask.Person = number
	d.stay(in, &ask.Claim)
	ask.Claim.Bill, ask.BillStated = d.bill(in)
	for i, share := range in.GetOtherShares() {
		amount := d.money(fmt.Sprintf("other_shares[%d].amount", i), share.GetAmount())
		ask.Others = append(ask.Others, settlement.Share{Source: sources.toWord(share.GetSource()), Amount: amount})
	}
	return ask, d.err()
}

// decoder reads text and remembers what was wrong with it.
type decoder struct {
	wrong []error
}

func (d *decoder) money(field, text string) settlement.Money {
	amount, err := settlement.ParseMoney(text)
	d.note(field, err)
	return amount
}

// signed is an amount that may be negative.
func (d *decoder) signed(field, text string) settlement.Money {
	positive, negative := strings.CutPrefix(text, "-")
	amount := d.money(field, positive)
	if negative {
		return -amount
	}
	return amount
}

func (d *decoder) date(field, text string) settlement.Date {
	day, err := settlement.ParseDate(text)
	d.note(field, err)
	return day
}

// missing notes that a field is needed here.
func (d *decoder) missing(field string) {
	d.note(field, &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Value: "missing"})
}

func (d *decoder) note(field string, err error) {
	if err != nil {
		d.wrong = append(d.wrong, settlement.At(field, err))
	}
}

// stay reads the dates. Only an inpatient must say when they came.
func (d *decoder) stay(in *onestopv1.CreateSettlementRequest, claim *settlement.Claim) {
	claim.Discharge = d.date("discharge_date", in.GetDischargeDate())
	claim.Admission = claim.Discharge
	if in.GetAdmissionDate() != "" {
		claim.Admission = d.date("admission_date", in.GetAdmissionDate())
	} else if claim.Mode == settlement.Inpatient {
		d.missing("admission_date")
	}
	if in.GetNewbornRegistrationDate() != "" {
		claim.Registered = d.date("newborn_registration_date", in.GetNewbornRegistrationDate())
	}
}

// bill reads the bill and whether its parts are stated: all of them or none.
// A care grant has no bill, which states that every part is zero.
func (d *decoder) bill(in *onestopv1.CreateSettlementRequest) (bill settlement.Bill, stated bool) {
	if in.GetBill() == nil {
		if in.GetMode() != onestopv1.Mode_MODE_CARE {
			d.missing("bill")
		}
		return bill, true
	}
	bill.Submitted = d.money("bill.submitted", in.GetBill().GetSubmitted())
	parts := []struct {
		field, text string
		amount      *settlement.Money
	}{
		{"bill.self_funded", in.GetBill().GetSelfFunded(), &bill.SelfFunded},
		{"bill.first_self_pay", in.GetBill().GetFirstSelfPay(), &bill.FirstSelfPay},
		{"bill.over_limit", in.GetBill().GetOverLimit(), &bill.OverLimit},
		{"bill.eligible", in.GetBill().GetEligible(), &bill.Eligible},
	}
	for _, part := range parts {
		stated = stated || part.text != ""
	}
	for _, part := range parts {
		switch {
		case part.text != "":
			*part.amount = d.money(part.field, part.text)
		case stated:
			d.missing(part.field)
		}
	}
	return bill, stated
}

// err is all that was wrong, what A23 puts first in front.
func (d *decoder) err() error {
	slices.SortStableFunc(d.wrong, func(a, b error) int { return precedence(a) - precedence(b) })
	return errors.Join(d.wrong...)
}

// precedence puts amounts finer than a fen before everything else (A23).
func precedence(err error) int {
	if settlement.ReasonOf(err) == settlement.ReasonBadPrecision {
		return 0
	}
	return 1
}
