package storetest

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var reopenScenarios = []scenario{
	{"keeps everything", reopenKeeps},
	{"goes on numbering", reopenNumbers},
	{"keeps refusing what is taken", reopenRefuses},
	{"a second one is refused while the first is open", reopenSecond},
}

func (o Opened) reopens(t *testing.T) Opened {
	t.Helper()
	if o.Reopen == nil {
		t.Skip("nothing outlives this store")
	}
	return o.Reopen(t)
}

func reopenKeeps(t *testing.T, o Opened) {
	committed := o.commits(t, fullRecord("1"), 500)
	opened := o.opens(t, record("2"))
	registered := person("p-1", oneCertificate)
	o.puts(t, registered)
	journals, used, answer := o.trails(t, committed.ID), o.uses(t, committed), o.asks(t, keyOf(committed))

	o = o.reopens(t)
	same(t, "committed", o.reads(t, committed.ID), committed)
	same(t, "opened", o.reads(t, opened.ID), opened)
	same(t, "journals", o.trails(t, committed.ID), journals)
	same(t, "used", o.uses(t, committed), used)
	same(t, "request", o.asks(t, keyOf(committed)), answer)
	same(t, "listed", len(o.lists(t, lifecycle.Query{Limit: 10})), 2)
	o.finds(t, "p-1", oneCertificate, registered)
	o.advances(t, lifecycle.Change{Settlement: opened})
}

func reopenNumbers(t *testing.T, o Opened) {
	first, second := o.commits(t, record("1"), 500), record("2")
	second.Beneficiary = first.Beneficiary
	o = o.reopens(t)
	second = o.commits(t, second, 500)
	same(t, "a larger number", second.Sequence > first.Sequence, true)
}

func reopenRefuses(t *testing.T, o Opened) {
	first := o.opens(t, record("1"))
	o = o.reopens(t)
	for field, again := range map[string]func(s *settlement.Settlement){
		"request":   func(s *settlement.Settlement) { s.Request = first.Request },
		"discharge": func(s *settlement.Settlement) { s.Discharge = first.Discharge },
		"message":   func(s *settlement.Settlement) { s.Legs[0].Message = first.Legs[0].Message },
	} {
		second := record("2")
		again(&second)
		refused(t, "a taken "+field, o.Store.Open(t.Context(), opening(second)), settlement.KindExists)
	}
}

func reopenSecond(t *testing.T, o Opened) {
	if o.Second == nil {
		t.Skip("several processes may share this store")
	}
	s := o.opens(t, record("1"))
	refused(t, "opening a second time", o.Second(t), settlement.KindBlocked)
	same(t, "settlement", o.reads(t, s.ID), s)
	o.opens(t, record("2"))
}
