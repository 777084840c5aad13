package api

import (
	"context"

	"github.com/onestop-gateway/onestop/api/words"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Notices is what this room needs of the lifecycle before anybody is treated.
type Notices interface {
	// Benefits answers an admission notice. Invalid, Blocked, Unavailable,
	// Internal.
	Benefits(ctx context.Context, ask lifecycle.Ask) (lifecycle.Benefits, error)
}

// CheckBenefits says what a person being admitted can count on.
func (s *approvalService) CheckBenefits(ctx context.Context, in *onestopv1.CheckBenefitsRequest) (*onestopv1.CheckBenefitsResponse, error) {
	var d decoder
	number, err := settlement.ParseIdentityNumber(settlement.Private(in.GetBeneficiary().GetIdNumber()))
	d.note("beneficiary.id_number", err)
	day := d.date("admission_date", in.GetAdmissionDate())
	if err := d.err(); err != nil {
		return nil, err
	}
	facility := settlement.FacilityID(in.GetFacilityId())
	tenant := tenantOf(ctx, facility)
	found, err := s.notices.Benefits(ctx, lifecycle.Ask{
		Tenant: tenant, Actor: actorOf(ctx, tenant), Facility: facility,
		Person: number, Name: settlement.Private(in.GetBeneficiary().GetName()), Scheme: schemes.toWord(in.GetScheme()),
		Claim: settlement.Claim{
			Mode: modes.toWord(in.GetMode()), DiseaseClass: diseaseClasses.toWord(in.GetDiseaseClass()), Disease: in.GetDisease(),
			Admission: day, Discharge: day, Choice: settlement.CategoryID(in.GetChosenCategory()),
			Treatment: settlement.Treatment{Emergency: in.GetEmergency(), Referral: referrals.toWord(in.GetReferral())},
			Approval:  settlement.ApprovalNumber(in.GetApprovalNumber()),
		},
	})
	if err != nil {
		return nil, err
	}
	return encodeBenefits(&found, in.GetApprovalNumber() != ""), nil
}

// encodeBenefits shows what a person can count on; named says that an approval
// was named.
func encodeBenefits(b *lifecycle.Benefits, named bool) *onestopv1.CheckBenefitsResponse {
	out := &onestopv1.CheckBenefitsResponse{PolicyVersion: string(b.Version)}
	for i := range b.Outlooks {
		one := encodeOutlook(&b.Outlooks[i], &b.Used)
		if one.GetApprovalRequired() && !named {
			out.ApprovalReason = string(settlement.ReasonApprovalRequired)
		}
		out.Benefits = append(out.Benefits, one)
	}
	if len(b.Outlooks) == 0 {
		out.Message = encodeText(words.Reason(settlement.ReasonNotEligible).Sentence())
	}
	if b.Approval != "" {
		out.ApprovalReason = string(b.Approval)
	}
	if out.GetApprovalReason() != "" {
		out.ApprovalMessage = encodeText(words.Reason(settlement.Reason(out.GetApprovalReason())).Sentence())
	}
	return out
}

func encodeOutlook(o *settlement.Outlook, used *settlement.Accumulator) *onestopv1.CategoryBenefit {
	out := &onestopv1.CategoryBenefit{Category: string(o.Category), Name: encodeText(words.Category(o.Category)), Reason: string(o.Reason)}
	if o.Reason != "" {
		out.Message = encodeText(words.Reason(o.Reason).Sentence())
		return out
	}
	out.Source, out.ApprovalRequired = o.Rule.Article, o.Rule.Approved
	if o.Rule.Mode == settlement.Care {
		out.Terms = append(out.Terms, encodeText(words.Grant(o.Rule.Grant)))
		return out
	}
	out.Terms = append(out.Terms, encodeText(words.Deductible(o.Rule.Deductible)), encodeText(words.RatioRule(o.Rule.Ratio)))
	if !o.Minus.Zero() {
		out.RatioMinus = o.Minus.String()
	}
	for _, bound := range o.Rule.Caps {
		room := &onestopv1.BenefitCap{
			Cap: string(bound.Bucket), Name: encodeText(words.Bucket(bound.Bucket)),
			Used: used.Used[bound.Bucket].String(), Held: used.Held[bound.Bucket].String(),
		}
		if bound.Limit != nil {
			room.Limit = bound.Limit.String()
			room.Left = max(0, *bound.Limit-used.Used[bound.Bucket]-used.Held[bound.Bucket]).String()
		}
		out.Caps = append(out.Caps, room)
	}
	return out
}
