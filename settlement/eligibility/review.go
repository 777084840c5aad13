package eligibility

import (
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// Reviewed is a run with what was decided on it.
type Reviewed struct {
	Review    registry.Review
	Decisions []registry.Decision // by line
}

// pageOfReview is how many persons a run reads at once.
const pageOfReview = 500

// OpenReview runs the review of a region's quarter, or gives the run there is:
// a region has one run a quarter. Invalid: no region, quarter or operator.
// Blocked: the region has no standard.
func (r *Register) OpenReview(ctx context.Context, region settlement.RegionID, q registry.Quarter, by string) (Reviewed, error) {
	if by == "" {
		return Reviewed{}, &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "operator"}
	}
	id := registry.ReviewOf(region, q)
	there, err := r.Review(ctx, id)
	if err == nil || settlement.KindOf(err) != settlement.KindNotFound {
		return there, err
	}
	standard, found := r.Standards[region]
	if !found {
		return Reviewed{}, &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonNoStandard, Field: "region", Value: string(region)}
	}
	run := registry.Review{ID: id, Region: region, Quarter: q, By: by, At: r.now()}
	if err := r.look(ctx, &run, &standard); err != nil {
		return Reviewed{}, err
	}
	err = r.Store.Keep(ctx, Batch{Review: &run})
	if settlement.KindOf(err) == settlement.KindConflict {
		return r.Review(ctx, id)
	}
	return Reviewed{Review: run}, err
}

// look reads everybody of the region, page by page, and notes what is
// proposed.
func (r *Register) look(ctx context.Context, run *registry.Review, standard *registry.Standard) error {
	households := map[string]bool{}
	query := Query{Region: run.Region, Limit: pageOfReview}
	for {
		persons, next, err := r.Persons(ctx, query)
		if err != nil {
			return err
		}
		ids := make([]settlement.BeneficiaryID, len(persons))
		for i := range persons {
			ids[i] = persons[i].ID
		}
		histories, err := r.Store.Histories(ctx, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			state, known := registry.At(id, histories[id], after(histories[id], run.At), run.Quarter.Last())
			if !known || !registry.Due(&state, run.Quarter) {
				continue
			}
			run.Due++
			if state.Household != "" {
				households[state.Household] = true
			}
			if err := note(run, &state, standard); err != nil {
				return about(id, err)
			}
		}
		if next == "" {
			run.Households = len(households)
			return nil
		}
		query.After = next
	}
}

// note adds what is proposed of one person who is due.
func note(run *registry.Review, state *registry.State, standard *registry.Standard) error {
	proposals, err := registry.Propose(state, run.Quarter, standard)
	if err != nil {
		return err
	}
	if len(proposals) == 0 {
		run.Kept++
	}
	for _, p := range proposals {
		p.Line = len(run.Proposals) + 1
		run.Proposals = append(run.Proposals, p)
	}
	return nil
}

// Review reads a run. NotFound.
func (r *Register) Review(ctx context.Context, id registry.ReviewID) (Reviewed, error) {
	run, decisions, err := r.Store.Review(ctx, id)
	return Reviewed{run, decisions}, err
}

// Decide records a second person's word on one proposal; where that confirms
// it, the change it proposes is written in the same transaction. Saying the
// same again answers the same. Forbidden: the same person ran the review.
// NotFound: no such run or line. Blocked: decided the other way
// (PROPOSAL_DECIDED), or no longer so (CATEGORY_NOT_IN_FORCE).
func (r *Register) Decide(ctx context.Context, d registry.Decision) (Recorded, error) {
	run, err := r.Review(ctx, d.Review)
	if err != nil {
		return Recorded{}, err
	}
	if d.Line < 1 || d.Line > len(run.Review.Proposals) {
		return Recorded{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonUnknownReview, Field: "line", Object: string(d.Review)}
	}
	if d.By == "" || d.By == run.Review.By {
		return Recorded{}, &settlement.Error{Kind: settlement.KindForbidden, Reason: settlement.ReasonSamePerson, Field: "operator", Object: string(d.Review)}
	}
	if done, decided := run.on(d.Line); decided {
		return r.decided(ctx, &run.Review.Proposals[d.Line-1], done, d)
	}
	d.At = r.now()
	err = nil
	var recorded Recorded
	if d.Confirmed {
		recorded, err = r.confirm(ctx, &run.Review.Proposals[d.Line-1], d)
	} else {
		err = r.Store.Keep(ctx, Batch{Decision: &d})
	}
	if err == nil || settlement.KindOf(err) != settlement.KindConflict && settlement.KindOf(err) != settlement.KindBlocked {
		return recorded, err
	}
	return r.lost(ctx, d, err)
}

// lost looks again after a decision that failed: somebody else may have said
// the same in between.
func (r *Register) lost(ctx context.Context, d registry.Decision, failed error) (Recorded, error) {
	run, err := r.Review(ctx, d.Review)
	if err != nil {
		return Recorded{}, err
	}
	if done, decided := run.on(d.Line); decided {
		return r.decided(ctx, &run.Review.Proposals[d.Line-1], done, d)
	}
	return Recorded{}, failed
}

// on is the decision on a line, if there is one.
func (r *Reviewed) on(line int) (registry.Decision, bool) {
	i := slices.IndexFunc(r.Decisions, func(d registry.Decision) bool { return d.Line == line })
	if i < 0 {
		return registry.Decision{}, false
	}
	return r.Decisions[i], true
}

// confirm writes the change and the decision together.
func (r *Register) confirm(ctx context.Context, p *registry.Proposal, d registry.Decision) (Recorded, error) {
	build := func(history []registry.Change, stamp registry.Stamp) ([]registry.Change, error) {
		change := p.Change(d)
		change.Number, change.Recorded = len(history)+1, stamp.At
		return []registry.Change{change}, nil
	}
	w := writing{id: p.Person, given: true, stamp: registry.Stamp{By: d.By}, build: build, decision: &d}
	return r.write(ctx, &w)
}

// decided answers a decision that there is already.
func (r *Register) decided(ctx context.Context, p *registry.Proposal, done, asked registry.Decision) (Recorded, error) {
	if done.Confirmed != asked.Confirmed {
		return Recorded{}, &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonProposalDecided, Field: "line", Object: string(asked.Review)}
	}
	if !done.Confirmed {
		return Recorded{Replayed: true}, nil
	}
	history, err := r.history(ctx, p.Person)
	if err != nil {
		return Recorded{}, err
	}
	for i := range history {
		row := &history[i]
		if row.Document == string(asked.Review) && row.Action == p.Action && row.Category == p.Category {
			recorded := answer(p.Person, history[:i+1], history[i:i+1], nil)
			recorded.Replayed = true
			return recorded, nil
		}
	}
	return Recorded{}, unknown(p.Person)
}
