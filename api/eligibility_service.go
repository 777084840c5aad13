package api

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// Persons is what this room needs of the register. Every method may return
// the kinds Unavailable, InDoubt and Internal; the others are named at each.
type Persons interface {
	// Enrol registers a person. Invalid, Exists, KeyReused.
	Enrol(ctx context.Context, ask eligibility.Enrolment) (eligibility.Recorded, error)
	// Record appends a change. Invalid, NotFound, Blocked, Exists, KeyReused.
	Record(ctx context.Context, ask eligibility.Notice) (eligibility.Recorded, error)
	// Person is what was known at a time for a day. NotFound.
	Person(ctx context.Context, id settlement.BeneficiaryID, known time.Time, on settlement.Date) (registry.State, error)
	// History reads every row of a person. NotFound.
	History(ctx context.Context, id settlement.BeneficiaryID) ([]registry.Change, error)
	// Persons reads one page, and the id to go on after.
	Persons(ctx context.Context, query eligibility.Query) ([]settlement.Person, settlement.BeneficiaryID, error)
	// OpenReview runs a review. Invalid, Blocked.
	OpenReview(ctx context.Context, region settlement.RegionID, q registry.Quarter, by string) (eligibility.Reviewed, error)
	// Review reads a run. NotFound.
	Review(ctx context.Context, id registry.ReviewID) (eligibility.Reviewed, error)
	// Decide records a second person's word. NotFound, Forbidden, Blocked.
	Decide(ctx context.Context, d registry.Decision) (eligibility.Recorded, error)
}

// eligibilityService is the contract's server for the bureau: decode, one
// verb, encode.
type eligibilityService struct {
	onestopv1.UnimplementedEligibilityServiceServer
	persons     Persons
	standards   []registry.Standard
	corrections Corrections
}

// CreatePerson registers a person.
func (s *eligibilityService) CreatePerson(ctx context.Context, in *onestopv1.CreatePersonRequest) (*onestopv1.RecordPersonChangeResponse, error) {
	ask, err := decodeEnrolment(ctx, in)
	if err != nil {
		return nil, err
	}
	recorded, err := s.persons.Enrol(ctx, ask)
	return encodeRecorded(ctx, &recorded, err)
}

// GetPerson reads what was known of a person.
func (s *eligibilityService) GetPerson(ctx context.Context, in *onestopv1.GetPersonRequest) (*onestopv1.Person, error) {
	var d decoder
	on := d.dayIfAny("as_of_date", in.GetAsOfDate())
	var known time.Time
	if text := in.GetKnownTime(); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			d.note("known_time", &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonBadDate})
		}
		known = at
	}
	if err := d.err(); err != nil {
		return nil, err
	}
	state, err := s.persons.Person(ctx, settlement.BeneficiaryID(in.GetId()), known, on)
	if err != nil {
		return nil, ofRegister(err)
	}
	return encodePerson(&state), nil
}

// ListPersons reads one page of persons.
func (s *eligibilityService) ListPersons(ctx context.Context, in *onestopv1.ListPersonsRequest) (*onestopv1.ListPersonsResponse, error) {
	key := "persons\x00" + in.GetRegion()
	place, err := parsePageToken(in.GetPageToken(), key)
	if err != nil {
		return nil, err
	}
	query := eligibility.Query{Region: settlement.RegionID(in.GetRegion()), Limit: pageLimit(in.GetPageSize())}
	if place != nil {
		query.After = settlement.BeneficiaryID(place.ID)
	}
	persons, next, err := s.persons.Persons(ctx, query)
	if err != nil {
		return nil, err
	}
	return encodePersons(persons, next, key), nil
}

// ListPersonChanges reads a person's history.
func (s *eligibilityService) ListPersonChanges(ctx context.Context, in *onestopv1.ListPersonChangesRequest) (*onestopv1.ListPersonChangesResponse, error) {
	history, err := s.persons.History(ctx, settlement.BeneficiaryID(in.GetId()))
	if err != nil {
		return nil, ofRegister(err)
	}
	return &onestopv1.ListPersonChangesResponse{Changes: encodeChanges(history)}, nil
}

// RecordPersonChange records one change, or proposes it.
func (s *eligibilityService) RecordPersonChange(ctx context.Context, in *onestopv1.RecordPersonChangeRequest) (*onestopv1.RecordPersonChangeResponse, error) {
	ask, err := decodeNotice(ctx, in)
	if err != nil {
		return nil, err
	}
	if cause := in.GetProposeBecause(); cause != "" {
		id, err := suggested(ctx, s.corrections, assent.Suggestion{
			Key: correction.Key(ask.Key), By: ask.Change.By, Cause: cause, Matter: correction.Matter{Person: ask.Person, Change: ask.Change},
		})
		return &onestopv1.RecordPersonChangeResponse{CorrectionId: id}, ofRegister(err)
	}
	recorded, err := s.persons.Record(ctx, ask)
	return encodeRecorded(ctx, &recorded, err)
}

// CreateReview runs a review.
func (s *eligibilityService) CreateReview(ctx context.Context, in *onestopv1.CreateReviewRequest) (*onestopv1.Review, error) {
	quarter, err := registry.ParseQuarter(in.GetQuarter())
	if err != nil {
		return nil, err
	}
	return encodeReview(s.persons.OpenReview(ctx, settlement.RegionID(in.GetRegion()), quarter, operatorOf(in.GetOperator())))
}

// GetReview reads a run.
func (s *eligibilityService) GetReview(ctx context.Context, in *onestopv1.GetReviewRequest) (*onestopv1.Review, error) {
	return encodeReview(s.persons.Review(ctx, registry.ReviewID(in.GetId())))
}

// DecideProposal records a second person's word.
func (s *eligibilityService) DecideProposal(ctx context.Context, in *onestopv1.DecideProposalRequest) (*onestopv1.RecordPersonChangeResponse, error) {
	recorded, err := s.persons.Decide(ctx, registry.Decision{
		Review: registry.ReviewID(in.GetId()), Line: int(in.GetLine()), Confirmed: in.GetConfirm(), By: operatorOf(in.GetOperator()),
	})
	return encodeRecorded(ctx, &recorded, err)
}

// ListStandards reads the standards.
func (s *eligibilityService) ListStandards(context.Context, *onestopv1.ListStandardsRequest) (*onestopv1.ListStandardsResponse, error) {
	return encodeStandards(s.standards), nil
}

// ofRegister is an error of the register for the wire, where the object of an
// error is a settlement: the person or review is the one the caller named.
func ofRegister(err error) error {
	e, ok := err.(*settlement.Error)
	if !ok || e.Object == "" {
		return err
	}
	told := *e
	told.Object = ""
	return &told
}

// replayed marks an answer that was given before.
func replayed(ctx context.Context) error {
	err := grpc.SetHeader(ctx, metadata.Pairs(replayedHeader, "true"))
	if err != nil && ctx.Err() != nil { // the caller has gone; nothing failed here
		return ctx.Err()
	}
	return err
}
