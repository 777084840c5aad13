package api

import (
	"context"
	"io"
	"slices"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// scopedReconciliations shows callers what is theirs of runs and differences. A
// run is one for all regions that settle with a payer, so an agency meets those
// of payers that insure in its regions only, and a bureau these and, if it holds
// every region, those of the assistance share. A hospital's auditor meets what
// differs at the own facility. The operator meets all of it: it names no person.
type scopedReconciliations struct {
	of      Reconciliations
	fixes   Fixes
	insures map[settlement.PayerCode][]settlement.RegionID
	regions []settlement.RegionID
	places  places
}

// view is what a caller may meet.
type view struct {
	runs       *reconciliation.Sight
	facilities []settlement.FacilityID // only these; nil: all
}

// view is that of the caller of ctx.
func (s *scopedReconciliations) view(ctx context.Context) (view, error) {
	caller := identity.Of(ctx)
	switch {
	case caller == nil:
		return view{}, outOfScope("id")
	case caller.Is(identity.Operator):
		return view{}, nil
	case caller.Hospital():
		own := caller.Own()
		near := func(region settlement.RegionID) bool {
			return slices.ContainsFunc(own, func(id settlement.FacilityID) bool { return s.places[id].Region == region })
		}
		payers := s.payers(func(of []settlement.RegionID) bool { return slices.ContainsFunc(of, near) })
		return view{&reconciliation.Sight{Payers: payers, Assistance: true}, own}, nil
	}
	foreign := func(region settlement.RegionID) bool { return !caller.MayMeetRegion(region) }
	payers := s.payers(func(of []settlement.RegionID) bool { return !slices.ContainsFunc(of, foreign) })
	assistance := !caller.Is(identity.Agency) && !slices.ContainsFunc(s.regions, foreign)
	return view{runs: &reconciliation.Sight{Payers: payers, Assistance: assistance}}, nil
}

// payers are those whose regions are the caller's, in order.
func (s *scopedReconciliations) payers(own func([]settlement.RegionID) bool) []settlement.PayerCode {
	found := []settlement.PayerCode{}
	for code, regions := range s.insures {
		if len(regions) > 0 && own(regions) {
			found = append(found, code)
		}
	}
	slices.Sort(found)
	return found
}

// acts refuses what is not the caller's to have compared or put right. What a
// hospital reads it does not act on.
func (s *scopedReconciliations) acts(ctx context.Context, scope *reconcile.Scope) error {
	v, err := s.view(ctx)
	if err == nil && (v.facilities != nil || !v.runs.Covers(scope)) {
		err = outOfScope("payer")
	}
	return err
}

// Reconcile compares what is the caller's.
func (s *scopedReconciliations) Reconcile(ctx context.Context, ask reconciliation.Ask) (reconciliation.Begun, error) {
	if err := s.acts(ctx, &ask.Scope); err != nil {
		return reconciliation.Begun{}, err
	}
	return s.of.Reconcile(ctx, ask)
}

// Upload compares what is the caller's.
func (s *scopedReconciliations) Upload(ctx context.Context, ask reconciliation.Ask, file io.Reader) (reconciliation.Begun, error) {
	if err := s.acts(ctx, &ask.Scope); err != nil {
		return reconciliation.Begun{}, err
	}
	return s.of.Upload(ctx, ask, file)
}

// Run finds what the caller may meet.
func (s *scopedReconciliations) Run(ctx context.Context, id reconciliation.RunID) (reconciliation.Kept, error) {
	v, err := s.view(ctx)
	if err != nil {
		return reconciliation.Kept{}, err
	}
	found, err := s.of.Run(ctx, id)
	if err == nil && !v.runs.Covers(&found.Scope) {
		err = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonReconciliationNotFound, Field: "id", Object: string(id)}
	}
	if err != nil {
		return reconciliation.Kept{}, err
	}
	return v.narrowed(found), nil
}

// narrowed is a run without what it tells of others' facilities.
func (v *view) narrowed(run reconciliation.Kept) reconciliation.Kept {
	if v.facilities == nil || run.End == nil {
		return run
	}
	end := reconciliation.Ending{At: run.End.At, Failed: run.End.Failed}
	end.Result.Detailed = run.End.Result.Detailed
	for _, group := range run.End.Result.Groups {
		if slices.Contains(v.facilities, group.Facility) {
			end.Result.Groups = append(end.Result.Groups, group)
			end.Result.Theirs += group.Theirs.Count
			end.Result.Ours += group.Ours.Count
		}
	}
	end.Result.Agree = !slices.ContainsFunc(end.Result.Groups, func(g reconcile.Compared) bool { return g.Theirs != g.Ours })
	run.End = &end
	return run
}

// Runs lists, of what is asked for, what the caller may meet.
func (s *scopedReconciliations) Runs(ctx context.Context, query reconciliation.RunQuery) ([]reconciliation.Kept, *reconciliation.RunMark, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, nil, err
	}
	query.Sight = v.runs
	found, next, err := s.of.Runs(ctx, query)
	for i := range found {
		found[i] = v.narrowed(found[i])
	}
	return found, next, err
}

// Void is the operator's alone, as the policy says.
func (s *scopedReconciliations) Void(ctx context.Context, id reconciliation.RunID, by, cause string) (reconciliation.Kept, error) {
	if _, err := s.Run(ctx, id); err != nil {
		return reconciliation.Kept{}, err
	}
	return s.of.Void(ctx, id, by, cause)
}

// Findings lists what differs of a run that the caller may meet.
func (s *scopedReconciliations) Findings(ctx context.Context, query reconciliation.FindingQuery) ([]reconciliation.Finding, *reconciliation.FindingID, error) {
	v, err := s.view(ctx)
	if err == nil {
		_, err = s.Run(ctx, query.Run)
	}
	if err != nil {
		return nil, nil, err
	}
	query.Facilities = v.facilities
	return s.of.Findings(ctx, query)
}
