package api

import (
	"context"
	"maps"
	"slices"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// scopedClearings shows callers what is theirs of a clearing: a hospital what it
// is to be paid, a bureau what the hospitals of its regions are to be paid and
// what its funds owe to others. A clearing is one for all regions of the
// gateway, so only who holds all of them takes it a step further.
type scopedClearings struct {
	of      Clearings
	places  places
	regions []settlement.RegionID
}

// whole reports whether every region of the gateway is the caller's.
func (s *scopedClearings) whole(caller *identity.Caller) bool {
	elsewhere := func(region settlement.RegionID) bool { return !caller.MayMeetRegion(region) }
	for _, facility := range s.places {
		if elsewhere(facility.Region) {
			return false
		}
	}
	return !slices.ContainsFunc(s.regions, elsewhere)
}

// step refuses who does not hold all regions.
func (s *scopedClearings) step(ctx context.Context, field string) error {
	if caller := identity.Of(ctx); caller != nil && !caller.Hospital() && s.whole(caller) {
		return nil
	}
	return outOfScope(field)
}

// own are the facilities of a caller, and the beginnings of the bearers that
// are a bureau's own.
func (s *scopedClearings) own(caller *identity.Caller) (own clearinghouse.Scope) {
	if caller.Hospital() {
		own.Facilities = caller.Own()
		return own
	}
	for _, id := range slices.Sorted(maps.Keys(s.places)) {
		if caller.MayMeetRegion(s.places[id].Region) {
			own.Facilities = append(own.Facilities, id)
		}
	}
	for _, region := range caller.Regions {
		own.Bearers = append(own.Bearers, clearing.FundsOf(region)...)
	}
	return own
}

// narrowed is what was asked for, if it is the caller's, and all that is the
// caller's where no facility was named. The operator meets all of it: it names
// no person.
func (s *scopedClearings) narrowed(ctx context.Context, asked clearinghouse.Scope) (clearinghouse.Scope, error) {
	caller := identity.Of(ctx)
	if caller == nil {
		return clearinghouse.Scope{}, outOfScope("number")
	}
	own := s.own(caller)
	foreign := func(id settlement.FacilityID) bool { return !slices.Contains(own.Facilities, id) }
	switch {
	case caller.Is(identity.Operator), asked.All && !caller.Hospital() && s.whole(caller):
		return asked, nil
	case asked.All:
		return own, nil
	case slices.ContainsFunc(asked.Facilities, foreign):
		return clearinghouse.Scope{}, outOfScope("facility_id")
	}
	return asked, nil
}

// withinOwn binds what is read under the context that results to a scope, in the
// database itself where it has the wall. Who holds everything is bound to
// nothing.
func withinOwn(ctx context.Context, scope *clearinghouse.Scope) context.Context {
	caller := identity.Of(ctx)
	switch {
	case scope.All || caller != nil && caller.Is(identity.Operator):
		return ctx
	case caller == nil || caller.Hospital():
		return inScope(ctx)
	}
	return lifecycle.Within(ctx, lifecycle.Scope{Facilities: scope.Facilities, Regions: caller.Regions, Funds: caller.Regions})
}

// Open opens a period for who holds all regions.
func (s *scopedClearings) Open(ctx context.Context, ask clearinghouse.Opening) (clearinghouse.Outcome, error) {
	if err := s.step(ctx, "from_date"); err != nil {
		return clearinghouse.Outcome{}, err
	}
	return s.of.Open(ctx, ask)
}

// Take takes a step for who holds all regions.
func (s *scopedClearings) Take(ctx context.Context, ask clearinghouse.Step) (clearinghouse.Outcome, error) {
	if err := s.step(ctx, "number"); err != nil {
		return clearinghouse.Outcome{}, err
	}
	return s.of.Take(ctx, ask)
}

// Clearing reads what is the caller's of one.
func (s *scopedClearings) Clearing(ctx context.Context, number clearing.Number, asked clearinghouse.Scope) (clearing.Clearing, []clearing.Position, error) {
	scope, err := s.narrowed(ctx, asked)
	if err != nil {
		return clearing.Clearing{}, nil, err
	}
	return s.of.Clearing(withinOwn(ctx, &scope), number, scope)
}

// Clearings lists clearings with the payments that are the caller's.
func (s *scopedClearings) Clearings(ctx context.Context, query clearinghouse.Query) (found []clearing.Clearing, next clearing.Number, err error) {
	if query.Scope, err = s.narrowed(ctx, query.Scope); err != nil {
		return nil, 0, err
	}
	return s.of.Clearings(withinOwn(ctx, &query.Scope), query)
}

// Positions are those of a step, for who may take it.
func (s *scopedClearings) Positions(ctx context.Context, number clearing.Number) ([]clearing.Position, error) {
	if err := s.step(ctx, "number"); err != nil {
		return nil, err
	}
	return s.of.Positions(ctx, number)
}
