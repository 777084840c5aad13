package api

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/onestop-gateway/onestop/api/words"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Notices is what this room needs of the lifecycle before anybody is treated.
// Every method may return the kinds Unavailable, InDoubt and Internal.
type Notices interface {
	// Notify answers an admission notice and keeps it. Invalid, Blocked,
	// KeyReused.
	Notify(ctx context.Context, ask lifecycle.Ask) (lifecycle.Noticed, error)
	// FindNotice reads one. NotFound, also for another tenant's.
	FindNotice(ctx context.Context, tenant settlement.TenantID, id settlement.NoticeID) (lifecycle.Notice, error)
	// ListNotices reads one page, newest first, and where to go on, if anywhere.
	ListNotices(ctx context.Context, query lifecycle.NoticeQuery) ([]lifecycle.Notice, *lifecycle.NoticeMark, error)
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
	done, err := s.notices.Notify(ctx, lifecycle.Ask{
		Tenant: tenant, Actor: actorOf(ctx, tenant), Request: settlement.RequestID(in.GetRequestId()), Facility: facility,
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
	if done.Replayed {
		if err := replayed(ctx); err != nil {
			return nil, err
		}
	}
	return decodeAnswer(&done.Notice)
}

// GetNotice reads one notice.
func (s *approvalService) GetNotice(ctx context.Context, in *onestopv1.GetNoticeRequest) (*onestopv1.Notice, error) {
	found, err := s.notices.FindNotice(ctx, tenantOf(ctx, ""), settlement.NoticeID(in.GetId()))
	if err != nil {
		return nil, err
	}
	return encodeNotice(&found)
}

// ListNotices reads one page.
func (s *approvalService) ListNotices(ctx context.Context, in *onestopv1.ListNoticesRequest) (*onestopv1.ListNoticesResponse, error) {
	query := lifecycle.NoticeQuery{
		Tenant: tenantOf(ctx, settlement.FacilityID(in.GetFacilityId())), Person: settlement.BeneficiaryID(in.GetPersonId()),
		Facility: settlement.FacilityID(in.GetFacilityId()), Limit: pageLimit(in.GetPageSize()),
	}
	key := "notices\x00" + in.GetPersonId() + "\x00" + in.GetFacilityId() + "\x00" + string(query.Tenant)
	place, err := parsePageToken(in.GetPageToken(), key)
	if err != nil {
		return nil, err
	}
	if place != nil {
		query.Before = &lifecycle.NoticeMark{At: place.OpenedAt, ID: settlement.NoticeID(place.ID)}
	}
	found, next, err := s.notices.ListNotices(ctx, query)
	if err != nil {
		return nil, err
	}
	out := &onestopv1.ListNoticesResponse{}
	for i := range found {
		shown, err := encodeNotice(&found[i])
		if err != nil {
			return nil, err
		}
		out.Notices = append(out.Notices, shown)
	}
	if next != nil {
		out.NextPageToken = pageToken(lifecycle.Mark{OpenedAt: next.At, ID: settlement.SettlementID(next.ID)}, key)
	}
	return out, nil
}

// encodeNotice shows a notice with what was answered.
func encodeNotice(n *lifecycle.Notice) (*onestopv1.Notice, error) {
	answer, err := decodeAnswer(n)
	if err != nil {
		return nil, err
	}
	return &onestopv1.Notice{
		Id: string(n.ID), RequestId: string(n.Request), Actor: n.Actor, CreateTime: encodeTime(n.At), FacilityId: string(n.Facility),
		PersonId: string(n.Person), Scheme: schemes.toWire(n.Scheme), Mode: modes.toWire(n.Claim.Mode),
		DiseaseClass: diseaseClasses.toWire(n.Claim.DiseaseClass), Disease: n.Claim.Disease,
		AdmissionDate: n.Claim.Admission.String(), ApprovalNumber: string(n.Claim.Approval), Answer: answer,
	}, nil
}

// decodeAnswer is the answer as it was first given.
func decodeAnswer(n *lifecycle.Notice) (*onestopv1.CheckBenefitsResponse, error) {
	out := &onestopv1.CheckBenefitsResponse{}
	if err := proto.Unmarshal(n.Answer, out); err != nil {
		return nil, err
	}
	out.NoticeId = string(n.ID)
	return out, nil
}

// EncodeBenefits gives the bytes that are kept as the answer to a notice, as
// Encode does for a settlement.
func EncodeBenefits(b lifecycle.Benefits) ([]byte, error) {
	return proto.MarshalOptions{Deterministic: true}.Marshal(encodeBenefits(&b))
}

// encodeBenefits shows what a person can count on.
func encodeBenefits(b *lifecycle.Benefits) *onestopv1.CheckBenefitsResponse {
	out := &onestopv1.CheckBenefitsResponse{PolicyVersion: string(b.Version)}
	for i := range b.Outlooks {
		one := encodeOutlook(&b.Outlooks[i], &b.Used)
		if one.GetApprovalRequired() && !b.Asked {
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
