package api

import (
	"context"

	"google.golang.org/protobuf/proto"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// pageSize is the number of rows where the caller does not say.
const pageSize = 50

// decodeQuery reads what a listing selects.
func decodeQuery(ctx context.Context, in *onestopv1.ListSettlementsRequest) (lifecycle.Query, error) {
	query, err := parseFilter(in.GetFilter())
	if err != nil {
		return lifecycle.Query{}, err
	}
	query.Tenant = tenantOf(ctx, query.Facility)
	query.Limit = pageLimit(in.GetPageSize())
	query.Before, err = parsePageToken(in.GetPageToken(), pageKey(in.GetFilter(), query.Tenant))
	return query, err
}

// pageLimit is the number of rows for a caller who asked for so many, or did
// not say.
func pageLimit(asked int32) int {
	if asked > 0 {
		return int(asked)
	}
	return pageSize
}

// encodePage shows a page; key binds the token of the next one to this
// listing.
func encodePage(page *lifecycle.Page, key string) *onestopv1.ListSettlementsResponse {
	out := &onestopv1.ListSettlementsResponse{}
	for i := range page.Settlements {
		out.Settlements = append(out.Settlements, encodeSummary(&page.Settlements[i]))
	}
	if page.Next != nil {
		out.NextPageToken = pageToken(*page.Next, key)
	}
	return out
}

// encodeSummary shows a row: nothing about a person's health, means or
// entitlement. Why a settled bill was assisted as it was tells of them, so the
// reason stands only where a settlement failed.
func encodeSummary(s *settlement.Settlement) *onestopv1.SettlementSummary {
	out := &onestopv1.SettlementSummary{
		Id: string(s.ID), RequestId: string(s.Request), FacilityId: string(s.Facility), DischargeId: string(s.Discharge),
		State: states.toWire(s.State), DischargeDate: s.Claim.Discharge.String(),
		Submitted:  s.Claim.Bill.Submitted.String(),
		CreateTime: encodeTime(s.OpenedAt), CloseTime: encodeTime(s.ClosedAt), Review: proto.Bool(s.Review),
	}
	if s.Adjudication == nil {
		out.Reason = string(s.Reason)
		return out
	}
	out.Benefit, out.PatientPays = s.Adjudication.Benefit.String(), s.Adjudication.PatientPays.String()
	return out
}
