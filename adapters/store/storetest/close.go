package storetest

import (
	"errors"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var closeScenarios = []scenario{
	{"writes the whole decision", closeWrites},
	{"answers the settlement as written", closeAnswers},
	{"shows the first one nothing used", closeFirst},
	{"shows the second one what the first used", closeSecond},
	{"returns an error of decide as it is", closeRefused},
	{"leaves nothing of a refused decision", closeRefusedLeavesNothing},
	{"refuses a record that moved on", closeStale},
	{"refuses a kept message id", closeRefusesMessage},
	{"numbers rise over the years of one person", closeNumbersRise},
	{"keeps the number of one that is not committed", closeNumberUnused},
	{"shows nothing later without a number", closeLaterNone},
	{"shows what was committed later, in order", closeLater},
	{"shows only what still stands later", closeLaterStanding},
	{"does nothing when given up before it began", closeGivenUp},
}

func closeWrites(t *testing.T, o Opened) {
	s := o.opens(t, fullRecord("1"))
	var want lifecycle.Change
	o.closes(t, s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		want = committing(s, ground.Sequence, 12_345)
		return want, nil
	})
	want.Settlement.Revision++
	same(t, "settlement", o.reads(t, s.ID), want.Settlement)
	same(t, "used", o.uses(t, s), want.Delta)
	got := o.trails(t, s.ID)
	opened := opening(s)
	same(t, "attempts", got.Attempts, append(opened.Attempts, want.Attempts...))
	same(t, "entries", got.Entries, want.Entries)
	same(t, "events", got.Events, append(opened.Events, want.Events...))
	same(t, "answer", o.asks(t, keyOf(s)).Answer, want.Final.Body)
}

func closeAnswers(t *testing.T, o Opened) {
	s := o.commits(t, record("1"), 500)
	same(t, "settlement", s, o.reads(t, s.ID))
}

func closeFirst(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	o.closes(t, s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		same(t, "nothing used", ground.Used.Zero(), true)
		same(t, "a number", ground.Sequence > 0, true)
		return committing(s, ground.Sequence, 500), nil
	})
}

func closeSecond(t *testing.T, o Opened) {
	first, second := o.commits(t, record("1"), 500), record("2")
	second.Beneficiary = first.Beneficiary
	second = o.opens(t, second)
	o.closes(t, second, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		same(t, "used", ground.Used, first.Adjudication.Delta)
		same(t, "a larger number", ground.Sequence > first.Sequence, true)
		return committing(second, ground.Sequence, 700), nil
	})
	same(t, "used", o.uses(t, first).Used[total], settlement.Money(1_200))
}

var errUndecided = errors.New("not to be decided")

func closeRefused(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	blocked := &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonNotReversible}
	for _, want := range []error{errUndecided, blocked} {
		_, err := o.Store.Close(t.Context(), s, func(lifecycle.Ground) (lifecycle.Change, error) { return lifecycle.Change{}, want })
		same(t, "the very error", err == want, true)
	}
}

func closeRefusedLeavesNothing(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	before := o.trails(t, s.ID)
	_, err := o.Store.Close(t.Context(), s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		return committing(s, ground.Sequence, 500), errUndecided
	})
	same(t, "refused", err == errUndecided, true)
	o.unclosed(t, s, before)
}

// unclosed asserts that s stands as it was opened, with its journals as before.
func (o Opened) unclosed(t *testing.T, s settlement.Settlement, before trail) {
	t.Helper()
	same(t, "settlement", o.reads(t, s.ID), s)
	same(t, "journals", o.trails(t, s.ID), before)
	same(t, "nothing used", o.uses(t, s).Zero(), true)
	same(t, "answer", o.asks(t, keyOf(s)).Answer, []byte(nil))
}

func closeStale(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	before := o.trails(t, s.ID)
	for _, wrong := range []struct{ revision, epoch int64 }{{s.Revision + 1, s.Epoch}, {s.Revision - 1, s.Epoch}, {s.Revision, s.Epoch + 1}} {
		stale := s
		stale.Revision, stale.Epoch = wrong.revision, wrong.epoch
		_, err := o.Store.Close(t.Context(), stale, func(ground lifecycle.Ground) (lifecycle.Change, error) {
			return committing(stale, ground.Sequence, 500), nil
		})
		refused(t, "closing", err, settlement.KindConflict)
		o.unclosed(t, s, before)
	}
}

func closeRefusesMessage(t *testing.T, o Opened) {
	first, s := o.opens(t, record("1")), o.opens(t, record("2"))
	before := o.trails(t, s.ID)
	_, err := o.Store.Close(t.Context(), s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		return sending(committing(s, ground.Sequence, 500).Settlement, first.Legs[0].Message), nil
	})
	refused(t, "a taken message", err, settlement.KindExists)
	o.unclosed(t, s, before)
}

func closeNumbersRise(t *testing.T, o Opened) {
	var last int64
	for i, year := range []int{2012, 2013, 2012, 2011, 2012} {
		s := record(string(rune('a' + i)))
		s.Beneficiary.ID, s.Year = "p-1", year
		s = o.commits(t, s, 100)
		if s.Sequence <= last {
			t.Errorf("settlement %d has number %d after %d", i, s.Sequence, last)
		}
		last = s.Sequence
	}
}

func closeNumberUnused(t *testing.T, o Opened) {
	first := o.commits(t, record("1"), 100)
	second, third := record("2"), record("3")
	second.Beneficiary, third.Beneficiary = first.Beneficiary, first.Beneficiary
	second = o.opens(t, second)
	second = o.closes(t, second, func(lifecycle.Ground) (lifecycle.Change, error) {
		aborted := second
		aborted.State, aborted.Decision = settlement.StateAborted, settlement.Abort
		return lifecycle.Change{Settlement: aborted}, nil
	})
	same(t, "number", second.Sequence, int64(0))
	third = o.commits(t, third, 100)
	same(t, "a larger number", third.Sequence > first.Sequence, true)
}

// committed closes one settlement of person p-1 for each name, in turn.
func (o Opened) committed(t *testing.T, names ...string) []settlement.Settlement {
	t.Helper()
	all := make([]settlement.Settlement, 0, len(names))
	for _, name := range names {
		s := record(name)
		s.Beneficiary.ID = "p-1"
		all = append(all, o.commits(t, s, 100))
	}
	return all
}

// later is what decide is shown when s is closed once more.
func (o Opened) later(t *testing.T, s settlement.Settlement) (later []settlement.Settlement) {
	t.Helper()
	_, err := o.Store.Close(t.Context(), s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		later = ground.Later
		return lifecycle.Change{}, errUndecided
	})
	same(t, "only looked", err == errUndecided, true)
	return later
}

func closeLaterNone(t *testing.T, o Opened) {
	o.committed(t, "1", "2")
	s := record("3")
	s.Beneficiary.ID = "p-1"
	same(t, "later", len(o.later(t, o.opens(t, s))), 0)
}

func closeLater(t *testing.T, o Opened) {
	all := o.committed(t, "c", "a", "d", "b")
	same(t, "later than the first", o.later(t, all[0]), all[1:])
	same(t, "later than the third", o.later(t, all[2]), all[3:])
	same(t, "later than the last", len(o.later(t, all[3])), 0)
}

func closeLaterStanding(t *testing.T, o Opened) {
	all := o.committed(t, "1", "2", "3", "4")
	otherYear := record("5")
	otherYear.Beneficiary.ID, otherYear.Year = "p-1", 2013
	o.commits(t, otherYear, 100)
	o.commits(t, record("6"), 100) // of another person
	o.reverses(t, all[1])
	undone := all[2]
	undone.State = settlement.StateReversing
	o.advances(t, lifecycle.Change{Settlement: undone})
	want := []settlement.SettlementID{all[2].ID, all[3].ID}
	same(t, "later", idsOf(o.later(t, all[0])), want)
}

func closeGivenUp(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	_, err := o.Store.Close(cancelled(t), s, func(lifecycle.Ground) (lifecycle.Change, error) {
		t.Error("decide was asked")
		return lifecycle.Change{}, errUndecided
	})
	refused(t, "closing", err, settlement.KindUnavailable)
	same(t, "settlement", o.reads(t, s.ID), s)
}
