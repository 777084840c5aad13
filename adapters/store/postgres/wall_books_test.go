package postgres

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/registry"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// What a clearing tells a hospital and a bureau behind the wall is what their
// own conditions select of all.
func TestTheWallKeepsNoClearingBack(t *testing.T) {
	s := openTest(t, Config{DSN: restricted(t, fresh(t))})
	for _, c := range counties {
		c.fill(t, s)
	}
	for _, c := range counties {
		regions := []settlement.RegionID{c.region}
		for name, of := range map[string]struct {
			scope clearinghouse.Scope
			wall  lifecycle.Scope
		}{
			"a hospital": {clearinghouse.Scope{Facilities: []settlement.FacilityID{c.facility}}, lifecycle.Scope{Facilities: []settlement.FacilityID{c.facility}}},
			"a bureau":   {clearinghouse.Scope{Bearers: clearing.FundsOf(c.region)}, lifecycle.Scope{Regions: regions, Funds: regions}},
		} {
			for number := range counties {
				all, positions, err := s.Seen(t.Context(), clearing.Number(number+1), of.scope)
				must(t, err)
				seen, shown, err := s.Seen(lifecycle.Within(t.Context(), of.wall), clearing.Number(number+1), of.scope)
				must(t, err)
				if diff := cmp.Diff(all, seen) + cmp.Diff(positions, shown); diff != "" {
					t.Errorf("%s of %s, clearing %d: %s", name, c.region, number+1, diff)
				}
			}
			listed, err := s.Clearings(lifecycle.Within(t.Context(), of.wall), clearinghouse.Query{Limit: 9, Scope: of.scope})
			must(t, err)
			free, err := s.Clearings(t.Context(), clearinghouse.Query{Limit: 9, Scope: of.scope})
			must(t, err)
			if diff := cmp.Diff(free, listed); diff != "" || len(free) != 2 {
				t.Errorf("%s of %s: %s", name, c.region, diff)
			}
		}
	}
}

// A fund's books are whole behind the wall though a person it paid for moved
// away, and nothing of them is shown to who has another fund or none.
func TestTheWallShowsAFundItsOwnBooks(t *testing.T) {
	s := openTest(t, Config{DSN: restricted(t, fresh(t))})
	for _, c := range counties {
		c.fill(t, s)
	}
	here, there := counties[0], counties[1]
	moved := settlement.Person{Beneficiary: settlement.Beneficiary{ID: here.person(), Region: there.region, Residence: settlement.Rural}, Name: "张测试"}
	must(t, s.Keep(t.Context(), eligibility.Batch{
		Writes: []eligibility.Write{{Person: moved, Seen: 1, Changes: []registry.Change{{Number: 2, Action: registry.Moved}}}},
	}))
	books := func(scope *lifecycle.Scope) (days []fund.Day, names []settlement.Private) {
		ctx := t.Context()
		if scope != nil {
			ctx = lifecycle.Within(ctx, *scope)
		}
		days, err := s.Days(ctx, fund.Key{Region: here.region, Fund: settlement.RuralFund, Year: 2012})
		must(t, err)
		must(t, s.Assisted(ctx, here.region, 2012, func(d treasury.Drawn) error {
			names = append(names, d.Name)
			return nil
		}))
		return days, names
	}
	days, names := books(nil)
	if len(days) != 1 || len(names) != 1 || names[0] != "张测试" {
		t.Fatalf("%+v, %d names", days, len(names))
	}
	own := []settlement.RegionID{here.region}
	seen, told := books(&lifecycle.Scope{Regions: own, Funds: own})
	if diff := cmp.Diff(days, seen) + cmp.Diff(names, told); diff != "" {
		t.Errorf("behind the wall: %s", diff)
	}
	for name, scope := range map[string]lifecycle.Scope{
		"nobody": {}, "the region without its books": {Regions: own}, "another's fund": {Funds: []settlement.RegionID{"110101"}},
	} {
		if seen, told := books(&scope); len(seen)+len(told) != 0 {
			t.Errorf("%s: %+v, %d names", name, seen, len(told))
		}
	}
}

// The gateway of the release before tells its scope joined with commas: while an
// upgrade lasts, it is read as it was meant; an array is read as one, whatever is
// in it.
func TestScopesAreToldApart(t *testing.T) {
	s := openTest(t, Config{DSN: restricted(t, fresh(t))})
	conn, err := s.reads.Acquire(t.Context())
	must(t, err)
	defer conn.Release()
	for told, want := range map[string]string{"": "", "{}": "", "a,b": "a|b", "{a,b}": "a|b", `{"a,b"}`: "a,b", `{"",b}`: "|b", `{"{a}"}`: "{a}"} {
		_, err := conn.Exec(t.Context(), `SELECT set_config('onestop.regions', $1, false)`, told)
		must(t, err)
		var read string
		err = conn.QueryRow(t.Context(), `SELECT coalesce(array_to_string(onestop_scope('regions'), '|'), '')`).Scan(&read)
		if err != nil || read != want {
			t.Errorf("%q: %q, %v; want %q", told, read, err, want)
		}
	}
}
