package api

import (
	"context"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// scoped is the configuration with every port behind the scope of its callers,
// where callers are known. The matters of the attention queue tell of no person
// and are the operator's, whose scope they all are.
func (c Config) scoped() Config {
	if c.Identity == nil {
		return c
	}
	homes := homes{c.Persons}
	c.Settlements = &scopedSettlements{of: c.Settlements, homes: homes}
	c.Quotes = &scopedQuotes{of: c.Quotes}
	c.Persons = &scopedPersons{of: c.Persons, homes: homes}
	c.Approvals = &scopedApprovals{of: c.Approvals, homes: homes}
	c.Policies = &scopedPolicies{of: c.Policies}
	c.Corrections = &scopedCorrections{of: c.Corrections, homes: homes, regions: c.Regions}
	c.Funds = &scopedFunds{of: c.Funds}
	c.Clearings = &scopedClearings{of: c.Clearings, places: c.Facilities, regions: c.Regions}
	c.Admissions = &scopedAdmissions{of: c.Admissions, homes: homes}
	c.Notices = &scopedNotices{of: c.Notices, homes: homes}
	compared := &scopedReconciliations{of: c.Reconciliations, fixes: c.Fixes, insures: c.Insures, regions: c.Regions, places: c.Facilities}
	c.Reconciliations, c.Fixes = compared, &scopedFixes{compared}
	return c
}

// homes knows where persons live now, which is whose bureau may meet them.
type homes struct{ persons Persons }

// meets reports whether a person lives in a region of the caller's. Nobody
// meets a person who is not registered.
func (h homes) meets(ctx context.Context, person settlement.BeneficiaryID) (bool, error) {
	state, err := h.persons.Person(inScope(ctx), person, time.Time{}, 0)
	if settlement.KindOf(err) == settlement.KindNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	caller := identity.Of(ctx)
	return caller != nil && caller.MayMeetRegion(state.Person.Region), nil
}

// meetsWhat reports whether something of a person at a facility is the
// caller's to meet: a hospital goes by the facility, all others by the person.
func (h homes) meetsWhat(ctx context.Context, facility settlement.FacilityID, person settlement.BeneficiaryID) (bool, error) {
	caller := identity.Of(ctx)
	if caller != nil && caller.Hospital() {
		return slices.Contains(caller.Own(), facility), nil
	}
	return h.meets(ctx, person)
}

// inScope bounds what is read under the context that results to the caller's
// scope, in the database itself where it has the wall. It is for looking things
// up: what a verb does stands on more than its caller may list.
func inScope(ctx context.Context) context.Context {
	caller := identity.Of(ctx)
	switch {
	case caller == nil:
		return lifecycle.Within(ctx, lifecycle.Scope{})
	case caller.Hospital():
		return lifecycle.Within(ctx, lifecycle.Scope{Facilities: caller.Own()})
	}
	return lifecycle.Within(ctx, lifecycle.Scope{Regions: caller.Regions})
}

// inFunds is inScope for the books of the caller's funds, which tell of persons
// who moved away, too.
func inFunds(ctx context.Context) context.Context {
	var regions []settlement.RegionID
	if caller := identity.Of(ctx); caller != nil && !caller.Hospital() {
		regions = caller.Regions
	}
	return lifecycle.Within(ctx, lifecycle.Scope{Regions: regions, Funds: regions})
}

// inRegion refuses a region that is not the caller's.
func inRegion(ctx context.Context, field string, region settlement.RegionID) error {
	if caller := identity.Of(ctx); caller != nil && caller.MayMeetRegion(region) {
		return nil
	}
	return outOfScope(field)
}

// atFacility refuses to act for a facility that is not the caller's.
func atFacility(ctx context.Context, facility settlement.FacilityID) error {
	caller := identity.Of(ctx)
	if caller != nil && caller.Hospital() && slices.Contains(caller.Own(), facility) {
		return nil
	}
	return outOfScope("facility_id")
}

// outOfScope refuses what a request names, without saying whether it exists.
func outOfScope(field string) error {
	return &settlement.Error{Kind: settlement.KindForbidden, Reason: settlement.ReasonOutOfScope, Field: field}
}

// scopedFunds lets callers meet the funds of their regions.
type scopedFunds struct{ of Funds }
