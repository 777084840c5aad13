package api

import (
	"context"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// scopedNotices lets a hospital ask for itself and meet what it was answered,
// others what was answered about the persons of their regions.
type scopedNotices struct {
	of    Notices
	homes homes
}

// Notify answers for a facility of the caller's.
func (s *scopedNotices) Notify(ctx context.Context, ask lifecycle.Ask) (lifecycle.Noticed, error) {
	if err := atFacility(ctx, ask.Facility); err != nil {
		return lifecycle.Noticed{}, err
	}
	return s.of.Notify(ctx, ask)
}

// FindNotice finds what the caller may meet.
func (s *scopedNotices) FindNotice(ctx context.Context, tenant settlement.TenantID, id settlement.NoticeID) (lifecycle.Notice, error) {
	found, err := s.of.FindNotice(inScope(ctx), tenant, id)
	if err != nil {
		return lifecycle.Notice{}, err
	}
	met, err := s.homes.meetsWhat(ctx, found.Facility, found.Person)
	if err == nil && !met {
		err = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonNoticeNotFound, Field: "id", Value: string(id)}
	}
	if err != nil {
		return lifecycle.Notice{}, err
	}
	return found, nil
}

// ListNotices lists, of what is asked for, what the caller may meet.
func (s *scopedNotices) ListNotices(ctx context.Context, query lifecycle.NoticeQuery) ([]lifecycle.Notice, *lifecycle.NoticeMark, error) {
	caller := identity.Of(ctx)
	if caller == nil {
		return nil, nil, outOfScope("facility_id")
	}
	if caller.Hospital() {
		query.Tenant, query.Facilities = caller.Tenant, caller.Own()
	} else {
		query.Regions = caller.Regions
	}
	return s.of.ListNotices(inScope(ctx), query)
}
