package api

import (
	"context"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// scopedCorrections lets a bureau meet the corrections of its regions. A file of
// persons concerns every region, and so whoever holds them all. Another's is
// like one that is not there.
type scopedCorrections struct {
	of      Corrections
	homes   homes
	regions []settlement.RegionID
}

// own reports whether a proposal is the caller's.
func (s *scopedCorrections) own(ctx context.Context, p *correction.Proposal) bool {
	caller := identity.Of(ctx)
	if caller == nil {
		return false
	}
	if p.Region != "" {
		return caller.MayMeetRegion(p.Region)
	}
	for _, region := range s.regions {
		if !caller.MayMeetRegion(region) {
			return false
		}
	}
	return true
}

// Propose takes in what concerns a person or a fund of the caller's regions.
func (s *scopedCorrections) Propose(ctx context.Context, ask assent.Suggestion) (assent.Reading, error) {
	if posting := ask.Matter.Posting; posting != nil {
		if err := inRegion(ctx, "region_id", posting.Key.Region); err != nil {
			return assent.Reading{}, err
		}
		return s.of.Propose(ctx, ask)
	}
	met, err := s.homes.meets(ctx, ask.Matter.Person)
	if err == nil && !met {
		err = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonUnknownPerson}
	}
	if err != nil {
		return assent.Reading{}, err
	}
	return s.of.Propose(ctx, ask)
}

// Decide decides on what Proposal finds. A person who moved away since it was
// proposed is another bureau's to change: it can be declined only. Whoever moves
// between this look and the approval has a row more, which the etag does not have.
func (s *scopedCorrections) Decide(ctx context.Context, ask assent.Decision) (assent.Reading, error) {
	found, err := s.Proposal(ctx, ask.ID)
	if err == nil && ask.Act == correction.Approved && found.Effect != nil {
		err = inRegion(ctx, "id", found.Effect.Region)
	}
	if err != nil {
		return assent.Reading{}, err
	}
	return s.of.Decide(ctx, ask)
}

// Proposal finds what the caller may meet.
func (s *scopedCorrections) Proposal(ctx context.Context, id correction.ID) (assent.Reading, error) {
	found, err := s.of.Proposal(ctx, id)
	if err == nil && !s.own(ctx, &found.Proposal) {
		err = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonCorrectionUnknown, Field: "id", Value: string(id)}
	}
	if err != nil {
		return assent.Reading{}, err
	}
	return found, nil
}

// Proposals lists what the caller may meet.
func (s *scopedCorrections) Proposals(ctx context.Context, query assent.Query) ([]correction.Proposal, correction.ID, error) {
	caller := identity.Of(ctx)
	if caller == nil || len(caller.Regions) == 0 {
		return nil, "", nil
	}
	query.Regions = caller.Regions
	if s.own(ctx, &correction.Proposal{}) {
		query.Regions = append([]settlement.RegionID{""}, caller.Regions...)
	}
	return s.of.Proposals(lifecycle.Within(ctx, lifecycle.Scope{Regions: query.Regions}), query)
}
