package storetest

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/clearance"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var scopeScenarios = []scenario{
	{"lists settlements of some facilities, or of who lives in some regions", scopeSettlements},
	{"lists approvals of some facilities, or of who lives in some regions", scopeApprovals},
	{"lists notices about who lives in some regions", scopeNotices},
	{"goes by where a person lives now", scopeMoved},
}

// scattered puts three persons of two regions, each settled for at a facility
// of their own; p-4 is settled for and not registered.
func (o Opened) scattered(t *testing.T) {
	t.Helper()
	for i, region := range []settlement.RegionID{"360827", "360827", "511425"} {
		p := person([]string{"p-1", "p-2", "p-3"}[i], "")
		p.Region = region
		o.puts(t, p)
	}
	for i, facility := range []settlement.FacilityID{"H1", "H2", "H3", "H4"} {
		s := record([]string{"1", "2", "3", "4"}[i])
		s.Facility, s.Beneficiary.ID = facility, []settlement.BeneficiaryID{"p-1", "p-2", "p-3", "p-4"}[i]
		o.opens(t, s)
	}
}

func scopeSettlements(t *testing.T, o Opened) {
	o.scattered(t)
	type ids = []settlement.SettlementID
	for name, c := range map[string]struct {
		query lifecycle.Query
		want  ids
	}{
		"one facility":              {lifecycle.Query{Facilities: []settlement.FacilityID{"H2"}}, ids{"s-2"}},
		"several":                   {lifecycle.Query{Facilities: []settlement.FacilityID{"H4", "H2", "H9"}}, ids{"s-4", "s-2"}},
		"none that is there":        {lifecycle.Query{Facilities: []settlement.FacilityID{"H9"}}, ids{}},
		"what is asked of a scope":  {lifecycle.Query{Facility: "H1", Facilities: []settlement.FacilityID{"H2"}}, ids{}},
		"one region":                {lifecycle.Query{Regions: []settlement.RegionID{"360827"}}, ids{"s-2", "s-1"}},
		"two regions":               {lifecycle.Query{Regions: []settlement.RegionID{"511425", "360827"}}, ids{"s-3", "s-2", "s-1"}},
		"a region nobody lives in":  {lifecycle.Query{Regions: []settlement.RegionID{"520199"}}, ids{}},
		"no pattern":                {lifecycle.Query{Regions: []settlement.RegionID{"%", "3608__"}}, ids{}},
		"a person of another's":     {lifecycle.Query{Beneficiary: "p-3", Regions: []settlement.RegionID{"360827"}}, ids{}},
		"a discharge of another's":  {lifecycle.Query{Discharge: "d-3", Regions: []settlement.RegionID{"360827"}}, ids{}},
		"what moves, of one's own":  {lifecycle.Query{States: []settlement.State{settlement.StateSettling}, Regions: []settlement.RegionID{"511425"}}, ids{"s-3"}},
		"of both, where both agree": {lifecycle.Query{Facilities: []settlement.FacilityID{"H1", "H3"}, Regions: []settlement.RegionID{"360827"}}, ids{"s-1"}},
	} {
		c.query.Limit = 10
		same(t, name, o.lists(t, c.query), c.want)
		c.query.Limit = 1
		same(t, name+", page by page", len(o.pages(t, c.query)), len(c.want))
	}
}

func scopeApprovals(t *testing.T, o Opened) {
	o.scattered(t)
	for i, person := range []settlement.BeneficiaryID{"p-1", "p-2", "p-3", "p-4"} {
		f := form([]string{"1", "2", "3", "4"}[i])
		f.Person, f.Facility = person, []settlement.FacilityID{"H1", "H2", "H3", "H4"}[i]
		o.notes(t, submission(f))
	}
	numbers := func(query clearance.Query) []settlement.ApprovalNumber {
		query.Limit = 10
		found, err := o.Desk.Approvals(t.Context(), query)
		same(t, "error", err, nil)
		return each(found, func(a approval.Approval) settlement.ApprovalNumber { return a.Number })
	}
	type all = []settlement.ApprovalNumber
	same(t, "facilities", numbers(clearance.Query{Facilities: []settlement.FacilityID{"H4", "H1"}}), all{"a-1", "a-4"})
	same(t, "another's", numbers(clearance.Query{Facility: "H2", Facilities: []settlement.FacilityID{"H1"}}), all{})
	same(t, "regions", numbers(clearance.Query{Regions: []settlement.RegionID{"360827"}}), all{"a-1", "a-2"})
	same(t, "a person of another's", numbers(clearance.Query{Person: "p-3", Regions: []settlement.RegionID{"360827"}}), all{})
	same(t, "the page after", numbers(clearance.Query{After: "a-1", Regions: []settlement.RegionID{"360827"}}), all{"a-2"})
}

func scopeNotices(t *testing.T, o Opened) {
	o.scattered(t)
	kept := map[string]lifecycle.Notice{}
	for _, person := range []string{"p-1", "p-3", "p-4"} {
		n := notice(person)
		n.Person = settlement.BeneficiaryID(person)
		kept[person] = o.keepsNotice(t, n)
	}
	county := []settlement.RegionID{"360827"}
	o.noticesOf(t, "one region", lifecycle.NoticeQuery{Regions: county}, kept["p-1"])
	o.noticesOf(t, "two regions", lifecycle.NoticeQuery{Regions: append(county, "511425")}, kept["p-3"], kept["p-1"])
	o.noticesOf(t, "a person of another's", lifecycle.NoticeQuery{Person: "p-3", Regions: county})
	o.noticesOf(t, "behind the first", lifecycle.NoticeQuery{Regions: append(county, "511425"), Before: &lifecycle.NoticeMark{At: moment, ID: "n-p-3"}}, kept["p-1"])
}

func scopeMoved(t *testing.T, o Opened) {
	o.scattered(t)
	moved := person("p-1", "")
	moved.Region = "511425"
	o.puts(t, moved)
	same(t, "left", o.lists(t, lifecycle.Query{Regions: []settlement.RegionID{"360827"}, Limit: 10}), []settlement.SettlementID{"s-2"})
	same(t, "came", o.lists(t, lifecycle.Query{Regions: []settlement.RegionID{"511425"}, Limit: 10}), []settlement.SettlementID{"s-3", "s-1"})
}

// each is what of says of every one.
func each[T, U any](all []T, of func(T) U) []U {
	out := make([]U, 0, len(all))
	for _, one := range all {
		out = append(out, of(one))
	}
	return out
}
