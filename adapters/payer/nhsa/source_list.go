package nhsa

import (
	"errors"

	"github.com/onestop-gateway/onestop/adapters/payer/statement"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// result is a list of what differs of one facility and kind of clearing.
type result struct {
	facility settlement.FacilityID
	clearing settlement.Mode
	list     *statement.List
}

// results are several lists read as one. It has only what differs.
type results struct{ lists []result }

// States implements reconciliation.List: the platform's result columns, and
// what a list was asked for.
func (r *results) States() reconcile.Fields {
	return reconcile.StatesReference | reconcile.StatesMessage | reconcile.StatesPerson | reconcile.StatesFacility | reconcile.StatesClearing |
		reconcile.StatesBill | reconcile.StatesFund | reconcile.StatesAccount
}

// Partial implements reconciliation.List.
func (r *results) Partial() bool { return true }

// Each implements reconciliation.List. Rows are counted through. InDoubt: a
// list turns out not to be whole, so that what was given is not the answer.
func (r *results) Each(line func(reconcile.Line) error, bad func(*settlement.Problem) error) error {
	before, last := 0, 0
	for _, one := range r.lists {
		var own error // of who reads, and not of the list
		err := one.list.Each(func(l reconcile.Line) error {
			last = before + l.Row
			l.Row, l.Facility, l.Clearing = last, one.facility, one.clearing
			own = line(l)
			return own
		}, func(p *settlement.Problem) error {
			last = before + p.Line
			p.Line = last
			own = bad(p)
			return own
		})
		if own != nil {
			return own
		}
		if err != nil {
			return inDoubt(err).Cause
		}
		before = last
	}
	return nil
}

// Close implements reconciliation.ClosingList.
func (r *results) Close() error {
	var err error
	for _, one := range r.lists {
		err = errors.Join(err, one.list.Close())
	}
	r.lists = nil
	return err
}
