package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var concurrentScenarios = []scenario{
	{"closers of one person never exceed its cap", concurrentCap},
	{"closers of many persons do not mix", concurrentPersons},
	{"a failing closer fails no neighbour", concurrentFailing},
	{"openers of one discharge let one through", concurrentOpen},
	{"openers of one request let one through", concurrentRequest},
	{"a reversal and a commit lose nothing", concurrentReverse},
}

const closers = 32

// openMany opens settlements of the persons that person names.
func (o Opened) openMany(t *testing.T, person func(i int) settlement.BeneficiaryID) []settlement.Settlement {
	t.Helper()
	all := make([]settlement.Settlement, 0, closers)
	for i := range closers {
		s := record(fmt.Sprintf("%02d", i))
		s.Beneficiary.ID = person(i)
		all = append(all, o.opens(t, s))
	}
	return all
}

// closeMany closes all at once and gives what each came to.
func (o Opened) closeMany(t *testing.T, all []settlement.Settlement, decide func(i int, ground lifecycle.Ground) (lifecycle.Change, error)) ([]settlement.Settlement, []error) {
	t.Helper()
	written, errs := make([]settlement.Settlement, len(all)), make([]error, len(all))
	var group sync.WaitGroup
	for i, s := range all {
		group.Go(func() {
			written[i], errs[i] = o.Store.Close(t.Context(), s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
				return decide(i, ground)
			})
		})
	}
	group.Wait()
	return written, errs
}

// 32 closers want 700 each of a cap of 10,000: fourteen get all, one gets 200,
// the others nothing, whatever their order.
func concurrentCap(t *testing.T, o Opened) {
	const limit, want = settlement.Money(10_000), settlement.Money(700)
	all := o.openMany(t, func(int) settlement.BeneficiaryID { return "p-1" })
	found := make([]settlement.Money, len(all))
	written, errs := o.closeMany(t, all, func(i int, ground lifecycle.Ground) (lifecycle.Change, error) {
		found[i] = ground.Used.Used[total]
		return committing(all[i], ground.Sequence, min(want, limit-found[i])), nil
	})
	order := make([]int, len(all))
	for i, err := range errs {
		if err != nil {
			t.Fatalf("closing %d: %v", i, err)
		}
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(written[a].Sequence - written[b].Sequence) })
	var used settlement.Money
	var last int64
	for _, i := range order {
		if written[i].Sequence <= last {
			t.Errorf("number %d given after %d", written[i].Sequence, last)
		}
		last = written[i].Sequence
		same(t, "used before number "+fmt.Sprint(last), found[i], used)
		used += written[i].Adjudication.Benefit
	}
	same(t, "given in all", used, limit)
	same(t, "used in the end", o.uses(t, all[0]).Used[total], limit)
}

func concurrentPersons(t *testing.T, o Opened) {
	all := o.openMany(t, func(i int) settlement.BeneficiaryID {
		return settlement.BeneficiaryID(fmt.Sprintf("p-%02d", i))
	})
	_, errs := o.closeMany(t, all, func(i int, ground lifecycle.Ground) (lifecycle.Change, error) {
		return committing(all[i], ground.Sequence, settlement.Money(i+1)), nil
	})
	for i, s := range all {
		same(t, "error", errs[i], nil)
		same(t, "used by "+string(s.Beneficiary.ID), o.uses(t, s).Used[total], settlement.Money(i+1))
		same(t, "entry", o.trails(t, s.ID).Entries[0].Debit, settlement.Money(i+1))
	}
}

// Every third closer fails: by its decision, by its record, by what the
// accumulator does not bear.
func concurrentFailing(t *testing.T, o Opened) {
	all := o.openMany(t, func(int) settlement.BeneficiaryID { return "p-1" })
	want := []settlement.Kind{settlement.KindBlocked, settlement.KindConflict, settlement.KindInternal}
	written, errs := o.closeMany(t, all, func(i int, ground lifecycle.Ground) (lifecycle.Change, error) {
		change := committing(all[i], ground.Sequence, 10)
		switch i % 6 {
		case 1:
			return change, &settlement.Error{Kind: settlement.KindBlocked}
		case 3:
			change.Settlement.Revision = 99
		case 5:
			change.Delta.DeductibleMet = -1
		}
		return change, nil
	})
	var used settlement.Money
	for i, s := range all {
		if i%2 == 1 {
			refused(t, string(s.ID), errs[i], want[i%6/2])
			same(t, "settlement", o.reads(t, s.ID), s)
			continue
		}
		same(t, "error of a neighbour", errs[i], nil)
		same(t, "settlement", o.reads(t, s.ID), written[i])
		used += 10
	}
	same(t, "used in the end", o.uses(t, all[0]).Used[total], used)
}

// openAtOnce opens all at once and gives those that got through.
func (o Opened) openAtOnce(t *testing.T, all []settlement.Settlement, field string) []settlement.SettlementID {
	t.Helper()
	errs := make([]error, len(all))
	var group sync.WaitGroup
	for i, s := range all {
		group.Go(func() { errs[i] = o.Store.Open(t.Context(), opening(s)) })
	}
	group.Wait()
	var through []settlement.SettlementID
	for i, err := range errs {
		if err == nil {
			through = append(through, all[i].ID)
		}
	}
	if len(through) != 1 {
		t.Fatalf("%d opened, want 1", len(through))
	}
	for i, err := range errs {
		if all[i].ID != through[0] {
			refused(t, "a taken "+field, err, settlement.KindExists)
			o.absent(t, all[i].ID)
		}
	}
	return through
}

func (o Opened) absent(t *testing.T, id settlement.SettlementID) {
	t.Helper()
	_, err := o.Store.Settlement(t.Context(), id)
	refused(t, "reading what was refused", err, settlement.KindNotFound)
}

func concurrentOpen(t *testing.T, o Opened) {
	all := make([]settlement.Settlement, closers)
	for i := range all {
		all[i] = record(fmt.Sprint(i))
		all[i].Discharge = "d-1"
	}
	o.openAtOnce(t, all, "discharge")
}

func concurrentRequest(t *testing.T, o Opened) {
	all := make([]settlement.Settlement, closers)
	for i := range all {
		all[i] = record(fmt.Sprint(i))
		all[i].Request = "r-1"
	}
	through := o.openAtOnce(t, all, "request")
	same(t, "request", o.asks(t, keyOf(all[0])).Settlement, through[0])
}

func concurrentReverse(t *testing.T, o Opened) {
	all := o.openMany(t, func(int) settlement.BeneficiaryID { return "p-1" })
	for i := range closers / 2 {
		s := all[i]
		all[i] = o.closes(t, s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
			return committing(s, ground.Sequence, 1_000), nil
		})
	}
	_, errs := o.closeMany(t, all, func(i int, ground lifecycle.Ground) (lifecycle.Change, error) {
		if i < closers/2 {
			return reversing(all[i]), nil
		}
		return committing(all[i], ground.Sequence, 30), nil
	})
	same(t, "errors", slices.ContainsFunc(errs, func(err error) bool { return err != nil }), false)
	same(t, "used in the end", o.uses(t, all[0]).Used[total], settlement.Money(30*closers/2))
}
