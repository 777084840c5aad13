package api

import (
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/gazette"
)

// scopedPolicies lets a bureau meet the policies that all regions under them
// are its own of: one that others settle under too is not one bureau's to
// change. Another's is like one that is not there.
type scopedPolicies struct{ of Policies }

// own reports whether a policy is the caller's.
func (s *scopedPolicies) own(ctx context.Context, id settlement.PolicyID) bool {
	caller, regions := identity.Of(ctx), s.of.RegionsOf(id)
	return caller != nil && len(regions) > 0 && !slices.ContainsFunc(regions, func(r settlement.RegionID) bool { return !caller.MayMeetRegion(r) })
}

// Propose takes in a file of a policy of the caller's.
func (s *scopedPolicies) Propose(ctx context.Context, ask gazette.Submission) (gazette.Reading, error) {
	if !s.own(ctx, ask.Policy) {
		return gazette.Reading{}, outOfScope("policy_id")
	}
	return s.of.Propose(ctx, ask)
}

// Decide decides on what Publication finds.
func (s *scopedPolicies) Decide(ctx context.Context, ask gazette.Decision) (gazette.Reading, error) {
	if _, err := s.Publication(ctx, ask.ID); err != nil {
		return gazette.Reading{}, err
	}
	return s.of.Decide(ctx, ask)
}

// Publication finds what the caller may meet.
func (s *scopedPolicies) Publication(ctx context.Context, id gazette.PublicationID) (gazette.Reading, error) {
	found, err := s.of.Publication(ctx, id)
	if err == nil && !s.own(ctx, found.Policy) {
		err = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonPublicationUnknown, Field: "id", Value: string(id)}
	}
	if err != nil {
		return gazette.Reading{}, err
	}
	return found, nil
}

// Publications lists, of what is asked for, what the caller may meet.
func (s *scopedPolicies) Publications(ctx context.Context, query gazette.Query) ([]gazette.Publication, gazette.PublicationID, error) {
	asked := query.Policies
	query.Policies = slices.DeleteFunc(s.of.Used(), func(id settlement.PolicyID) bool {
		return !s.own(ctx, id) || len(asked) > 0 && !slices.Contains(asked, id)
	})
	if len(query.Policies) == 0 {
		return nil, "", nil
	}
	return s.of.Publications(ctx, query)
}

// InForce says what rules a day: a policy in force is public.
func (s *scopedPolicies) InForce(ctx context.Context, id settlement.PolicyID, day settlement.Date) (gazette.Standing, error) {
	return s.of.InForce(ctx, id, day)
}

// RegionsOf are the regions that settle under a policy.
func (s *scopedPolicies) RegionsOf(id settlement.PolicyID) []settlement.RegionID {
	return s.of.RegionsOf(id)
}

// Used are the policies that any region settles under.
func (s *scopedPolicies) Used() []settlement.PolicyID { return s.of.Used() }

// Today is the day by which versions begin.
func (s *scopedPolicies) Today() settlement.Date { return s.of.Today() }
