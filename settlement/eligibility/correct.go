package eligibility

import (
	"context"
	"slices"
	"strconv"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// alone refuses what needs a second person. Registering somebody corrects
// nothing that was known.
func (r *Register) alone(f *foreseen) error {
	if r.TwoPeople && f.corrects() {
		return correction.Needed("effective_date")
	}
	return nil
}

// corrects reports whether a request says something else of the past than what
// is known, or takes the ground from under a settlement.
func (f *foreseen) corrects() bool {
	return len(f.history) > 0 && (len(f.touched) > 0 ||
		slices.ContainsFunc(f.changes(), func(c registry.Change) bool { return c.DatedBack(f.today) }))
}

// effect is what is told of f to whoever approves it.
func (f *foreseen) effect(id settlement.BeneficiaryID) correction.Effect {
	return correction.Effect{Region: registry.Project(id, f.history).Region, Rows: len(f.history), Touched: f.touched}
}

// Foresee says what a change would do now. NotFound: the person is not
// registered. Other kinds as registry.Check gives them.
func (r *Register) Foresee(ctx context.Context, id settlement.BeneficiaryID, change registry.Change) (correction.Effect, error) {
	f, err := r.foresee(ctx, single(id, change))
	if err != nil {
		return correction.Effect{}, err
	}
	return f.effect(id), nil
}

// Correct records a change that a second person approves, with the approval in
// one transaction, if may agrees to what it does then. Kinds as Record and may.
func (r *Register) Correct(ctx context.Context, id settlement.BeneficiaryID, change registry.Change, approval correction.Note, may func(correction.Effect) error) error {
	w := single(id, change)
	w.approval = &approval
	w.may = func(f *foreseen) error {
		approval.Event.Became = strconv.Itoa(len(f.history) + 1)
		return may(f.effect(id))
	}
	_, err := r.attempt(ctx, w)
	return err
}
