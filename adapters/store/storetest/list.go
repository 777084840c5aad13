package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var listScenarios = []scenario{
	{"is empty where nothing is found", listEmpty},
	{"comes newest first, then by id", listOrder},
	{"stops at its limit", listLimit},
	{"pages through equal times without loss", listPages},
	{"gives whole settlements", listWhole},
	{"restricts by every field", listFilters},
	{"restricts by several fields at once", listCombined},
	{"pages within a restriction", listPagesRestricted},
	{"shows only what is flagged for review", listReview},
	{"is not read when given up", listGivenUp},
}

func listEmpty(t *testing.T, o Opened) {
	same(t, "from nothing", len(o.lists(t, lifecycle.Query{Limit: 10})), 0)
	o.opens(t, record("1"))
	same(t, "of nobody", len(o.lists(t, lifecycle.Query{Tenant: "nobody", Limit: 10})), 0)
}

// openAt opens a settlement some seconds after the beginning.
func (o Opened) openAt(t *testing.T, name string, seconds int) settlement.Settlement {
	t.Helper()
	s := record(name)
	s.OpenedAt = moment.Add(time.Duration(seconds) * time.Second)
	return o.opens(t, s)
}

func listOrder(t *testing.T, o Opened) {
	for name, seconds := range map[string]int{"a": 2, "b": 1, "c": 2, "d": 3, "B": 2} {
		o.openAt(t, name, seconds)
	}
	want := []settlement.SettlementID{"s-d", "s-c", "s-a", "s-B", "s-b"}
	same(t, "listed", o.lists(t, lifecycle.Query{Limit: 10}), want)
}

func listLimit(t *testing.T, o Opened) {
	for i := range 5 {
		o.openAt(t, fmt.Sprint(i), i)
	}
	same(t, "listed", o.lists(t, lifecycle.Query{Limit: 2}), []settlement.SettlementID{"s-4", "s-3"})
	same(t, "listed", len(o.lists(t, lifecycle.Query{Limit: 5})), 5)
}

// pages lists query page by page; no case has more than a hundred pages.
func (o Opened) pages(t *testing.T, query lifecycle.Query) []settlement.SettlementID {
	t.Helper()
	all := []settlement.SettlementID{}
	for range 100 {
		found, err := o.Store.List(t.Context(), query)
		if err != nil {
			t.Fatalf("listing: %v", err)
		}
		if len(found) == 0 {
			return all
		}
		all = append(all, idsOf(found)...)
		last := found[len(found)-1]
		query.Before = &lifecycle.Mark{OpenedAt: last.OpenedAt, ID: last.ID}
	}
	t.Fatal("the pages have no end")
	return nil
}

func listPages(t *testing.T, o Opened) {
	for i := range 10 {
		o.openAt(t, fmt.Sprint(i), i/4)
	}
	whole := o.lists(t, lifecycle.Query{Limit: 100})
	same(t, "all there", len(whole), 10)
	for limit := 1; limit <= 11; limit++ {
		same(t, fmt.Sprint("pages of ", limit), o.pages(t, lifecycle.Query{Limit: limit}), whole)
	}
}

func listWhole(t *testing.T, o Opened) {
	committed := o.commits(t, fullRecord("1"), 500)
	opened := o.openAt(t, "2", 1)
	found, err := o.Store.List(t.Context(), lifecycle.Query{Limit: 10})
	same(t, "error", err, nil)
	same(t, "listed", found, []settlement.Settlement{opened, committed})
}

// variety opens settlements that differ from s-0 in one field each.
func (o Opened) variety(t *testing.T) {
	t.Helper()
	for i, vary := range []func(s *settlement.Settlement){
		func(*settlement.Settlement) {},
		func(s *settlement.Settlement) { s.Tenant = "township-clinic" },
		func(s *settlement.Settlement) { s.Facility = "H36082700002" },
		func(s *settlement.Settlement) { s.Discharge = "d-other" },
		func(s *settlement.Settlement) { s.Beneficiary.ID = "p-other" },
		func(s *settlement.Settlement) { s.State = settlement.StateAttention },
		func(s *settlement.Settlement) { s.State = settlement.StateAborted },
		func(s *settlement.Settlement) { s.Claim.Discharge = settlement.NewDate(2012, 6, 30) },
		func(s *settlement.Settlement) { s.Claim.Discharge = settlement.NewDate(2012, 7, 2) },
	} {
		s := record(fmt.Sprint(i))
		s.OpenedAt = moment.Add(-time.Duration(i) * time.Second)
		s.Beneficiary.ID = "p-1"
		vary(&s)
		o.opens(t, s)
	}
}

func listFilters(t *testing.T, o Opened) {
	o.variety(t)
	day := settlement.NewDate(2012, 7, 1)
	for _, c := range []struct {
		name  string
		query lifecycle.Query
		want  []settlement.SettlementID
	}{
		{"tenant", lifecycle.Query{Tenant: "township-clinic"}, []settlement.SettlementID{"s-1"}},
		{"facility", lifecycle.Query{Facility: "H36082700002"}, []settlement.SettlementID{"s-2"}},
		{"discharge", lifecycle.Query{Discharge: "d-other"}, []settlement.SettlementID{"s-3"}},
		{"beneficiary", lifecycle.Query{Beneficiary: "p-other"}, []settlement.SettlementID{"s-4"}},
		{"one state", lifecycle.Query{States: []settlement.State{settlement.StateAttention}}, []settlement.SettlementID{"s-5"}},
		{"one final state", lifecycle.Query{States: []settlement.State{settlement.StateAborted}}, []settlement.SettlementID{"s-6"}},
		{"states", lifecycle.Query{States: []settlement.State{settlement.StateAborted, settlement.StateAttention}}, []settlement.SettlementID{"s-5", "s-6"}},
		{"a state nobody is in", lifecycle.Query{States: []settlement.State{settlement.StateReversing}}, []settlement.SettlementID{}},
		{"to", lifecycle.Query{To: day - 1}, []settlement.SettlementID{"s-7"}},
		{"from", lifecycle.Query{From: day + 1}, []settlement.SettlementID{"s-8"}},
		{"from and to the same day", lifecycle.Query{From: settlement.NewDate(2012, 6, 30), To: settlement.NewDate(2012, 6, 30)}, []settlement.SettlementID{"s-7"}},
		{"from after to", lifecycle.Query{From: day, To: day - 1}, []settlement.SettlementID{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.query.Limit = 100
			same(t, "listed", o.lists(t, c.query), c.want)
		})
	}
}

func listCombined(t *testing.T, o Opened) {
	o.variety(t)
	query := lifecycle.Query{
		Tenant: tenant, Facility: facility, Discharge: "d-0", Beneficiary: "p-1",
		States: []settlement.State{settlement.StateSettling, settlement.StateCommitted},
		From:   settlement.NewDate(2012, 7, 1), To: settlement.NewDate(2012, 7, 1), Limit: 100,
	}
	same(t, "listed", o.lists(t, query), []settlement.SettlementID{"s-0"})
	query.Discharge = ""
	same(t, "without discharge", o.lists(t, query), []settlement.SettlementID{"s-0", "s-3"})
}

func listPagesRestricted(t *testing.T, o Opened) {
	for i := range 9 {
		s := record(fmt.Sprint(i))
		if i%3 == 0 {
			s.State = settlement.StateAttention
		}
		o.opens(t, s)
	}
	for _, state := range []settlement.State{settlement.StateAttention, settlement.StateSettling} {
		query := lifecycle.Query{Tenant: tenant, States: []settlement.State{state}, Limit: 100}
		whole := o.lists(t, query)
		query.Limit = 2
		same(t, string(state), o.pages(t, query), whole)
	}
}

func listReview(t *testing.T, o Opened) {
	all := o.committed(t, "1", "2", "3")
	same(t, "nothing flagged", len(o.lists(t, lifecycle.Query{Review: true, Limit: 10})), 0)
	same(t, "error", o.reviewed(t, all[0], all[1].ID, all[2].ID), nil)
	listed := o.lists(t, lifecycle.Query{Review: true, Limit: 10})
	slices.Sort(listed)
	same(t, "listed", listed, []settlement.SettlementID{"s-2", "s-3"})
	same(t, "and by person", len(o.lists(t, lifecycle.Query{Review: true, Beneficiary: "p-2", Limit: 10})), 0)
}

func listGivenUp(t *testing.T, o Opened) {
	_, err := o.Store.List(cancelled(t), lifecycle.Query{Limit: 1})
	unread(t, "a list", err)
}
