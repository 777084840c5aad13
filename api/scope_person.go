package api

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// scopedPersons lets a bureau meet the persons who live in its regions now.
// Others are NotFound, like those who are not registered.
type scopedPersons struct {
	of    Persons
	homes homes
}

// met refuses a person who lives elsewhere.
func (s *scopedPersons) met(ctx context.Context, id settlement.BeneficiaryID) error {
	met, err := s.homes.meets(ctx, id)
	if err == nil && !met {
		err = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonUnknownPerson}
	}
	return err
}

// Enrol registers a person in a region of the caller's.
func (s *scopedPersons) Enrol(ctx context.Context, ask eligibility.Enrolment) (eligibility.Recorded, error) {
	if err := inRegion(ctx, "region", ask.Draft.Facts.Region); err != nil {
		return eligibility.Recorded{}, err
	}
	return s.of.Enrol(ctx, ask)
}

// Record records a change of a person the caller meets, who may move away.
func (s *scopedPersons) Record(ctx context.Context, ask eligibility.Notice) (eligibility.Recorded, error) {
	if err := s.met(ctx, ask.Person); err != nil {
		return eligibility.Recorded{}, err
	}
	return s.of.Record(ctx, ask)
}

// Person reads what was known, at whatever time, of a person the caller meets now.
func (s *scopedPersons) Person(ctx context.Context, id settlement.BeneficiaryID, known time.Time, on settlement.Date) (registry.State, error) {
	if err := s.met(ctx, id); err != nil {
		return registry.State{}, err
	}
	return s.of.Person(inScope(ctx), id, known, on)
}

// History reads the rows of a person the caller meets.
func (s *scopedPersons) History(ctx context.Context, id settlement.BeneficiaryID) ([]registry.Change, error) {
	if err := s.met(ctx, id); err != nil {
		return nil, err
	}
	return s.of.History(inScope(ctx), id)
}

// Persons lists a region of the caller's; who has one only need not name it.
func (s *scopedPersons) Persons(ctx context.Context, query eligibility.Query) ([]settlement.Person, settlement.BeneficiaryID, error) {
	if caller := identity.Of(ctx); query.Region == "" && caller != nil && len(caller.Regions) == 1 {
		query.Region = caller.Regions[0]
	}
	if err := inRegion(ctx, "region", query.Region); err != nil {
		return nil, "", err
	}
	return s.of.Persons(inScope(ctx), query)
}

// OpenReview runs a review of a region of the caller's.
func (s *scopedPersons) OpenReview(ctx context.Context, region settlement.RegionID, q registry.Quarter, by string) (eligibility.Reviewed, error) {
	if err := inRegion(ctx, "region", region); err != nil {
		return eligibility.Reviewed{}, err
	}
	return s.of.OpenReview(ctx, region, q, by)
}

// Review reads a run of a region of the caller's.
func (s *scopedPersons) Review(ctx context.Context, id registry.ReviewID) (eligibility.Reviewed, error) {
	found, err := s.of.Review(inScope(ctx), id)
	if err == nil && inRegion(ctx, "id", found.Review.Region) != nil {
		err = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonUnknownReview}
	}
	if err != nil {
		return eligibility.Reviewed{}, err
	}
	return found, nil
}

// Decide decides on what Review finds.
func (s *scopedPersons) Decide(ctx context.Context, d registry.Decision) (eligibility.Recorded, error) {
	if _, err := s.Review(ctx, d.Review); err != nil {
		return eligibility.Recorded{}, err
	}
	return s.of.Decide(ctx, d)
}
