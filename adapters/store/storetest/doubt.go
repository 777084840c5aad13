package storetest

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// A commit that got no usable answer is neither yes nor no: the caller reads
// the record again and follows what is there.
var doubtScenarios = []scenario{
	{"an opening that was applied", doubtOpenApplied},
	{"an opening that was not applied", doubtOpenNot},
	{"a closing that was applied", doubtCloseApplied},
	{"a closing that was not applied", doubtCloseNot},
	{"an advance written twice is refused", doubtAdvance},
	{"the store goes on afterwards", doubtGoesOn},
}

func (o Opened) doubts(t *testing.T, applied bool) {
	t.Helper()
	if o.Doubt == nil {
		t.Skip("commits of this store cannot be made to fail from within")
	}
	o.Doubt(applied)
}

func doubtOpenApplied(t *testing.T, o Opened) {
	s := record("1")
	o.doubts(t, true)
	refused(t, "opening", o.Store.Open(t.Context(), opening(s)), settlement.KindInDoubt)
	opened := s
	opened.Revision = 1
	same(t, "settlement", o.reads(t, s.ID), opened)
	refused(t, "a taken request", o.Store.Open(t.Context(), opening(s)), settlement.KindExists)
}

func doubtOpenNot(t *testing.T, o Opened) {
	s := record("1")
	o.doubts(t, false)
	refused(t, "opening", o.Store.Open(t.Context(), opening(s)), settlement.KindInDoubt)
	o.unopened(t, s)
	o.opens(t, s)
}

// doubtful closes s, its commit in doubt.
func (o Opened) doubtful(t *testing.T, s settlement.Settlement, applied bool) (change lifecycle.Change) {
	t.Helper()
	o.doubts(t, applied)
	_, err := o.Store.Close(t.Context(), s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		change = committing(s, ground.Sequence, 500)
		return change, nil
	})
	refused(t, "closing", err, settlement.KindInDoubt)
	return change
}

func doubtCloseApplied(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	change := o.doubtful(t, s, true)
	change.Settlement.Revision++
	same(t, "settlement", o.reads(t, s.ID), change.Settlement)
	same(t, "used", o.uses(t, s), change.Delta)
	same(t, "answer", o.asks(t, keyOf(s)).Answer, change.Final.Body)
}

func doubtCloseNot(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	before := o.trails(t, s.ID)
	o.doubtful(t, s, false)
	o.unclosed(t, s, before)
}

func doubtAdvance(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	change := lifecycle.Change{Settlement: s, Events: []lifecycle.Event{{At: moment, Actor: "recovery", Action: "look"}}}
	o.doubts(t, true)
	refused(t, "advancing", o.Store.Advance(t.Context(), change), settlement.KindInDoubt)
	refused(t, "advancing again", o.Store.Advance(t.Context(), change), settlement.KindConflict)
	same(t, "events", len(o.trails(t, s.ID).Events), 2)
}

func doubtGoesOn(t *testing.T, o Opened) {
	for i, applied := range []bool{false, true, false, true} {
		s := o.opens(t, record(string(rune('a'+i))))
		o.doubtful(t, s, applied)
		o.commits(t, record(string(rune('A'+i))), 10)
	}
	o.committed(t, "1", "2")
}
