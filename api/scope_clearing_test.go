package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// twoCounties serves a clearing of two counties to callers who are known.
func twoCounties(t *testing.T) (*world, *cashier, *mint) {
	o := newMint(t)
	c := &cashier{kept: clearing.Clearing{Number: 7}}
	return serve(t, func(config *Config) {
		config.Identity, config.Clearings = o.guard, c
		config.Persons, config.Approvals, config.Funds = &bureau{}, &twoDesks{}, &books{}
		config.Regions = []settlement.RegionID{ownSide.region, otherSide.region}
		config.Facilities = map[settlement.FacilityID]lifecycle.Facility{
			"H3": {ID: "H3", Region: ownSide.region}, ownSide.facility: {ID: ownSide.facility, Region: ownSide.region},
			otherSide.facility: {ID: otherSide.facility, Region: otherSide.region},
		}
	}), c, o
}

func over(regions ...string) func(*identity.Claims) {
	return func(c *identity.Claims) { c.Regions = regions }
}

// What is read of a clearing is asked of the store within the caller's scope.
func TestWhoSeesWhatOfAClearing(t *testing.T) {
	w, c, o := twoCounties(t)
	both := over(string(ownSide.region), string(otherSide.region))
	county := clearinghouse.Scope{
		Facilities: []settlement.FacilityID{"H3", ownSide.facility}, Bearers: []string{"fund/urban/360827/", "fund/rural/360827/"},
	}
	one := func(facility settlement.FacilityID) *clearinghouse.Scope {
		return &clearinghouse.Scope{Facilities: []settlement.FacilityID{facility}}
	}
	all := &clearinghouse.Scope{All: true}
	for name, ask := range map[string]struct {
		role   identity.Role
		change func(*identity.Claims)
		query  string
		scope  *clearinghouse.Scope // nil: refused
	}{
		"a hospital":                      {identity.HospitalAuditor, over(), "", one(ownSide.facility)},
		"a hospital, named":               {identity.CashierSupervisor, over(), "?facility_id=H36082700001", one(ownSide.facility)},
		"a hospital, another":             {identity.CashierSupervisor, over(), "?facility_id=H3", nil},
		"a cashier":                       {identity.Cashier, over(), "", nil},
		"a county":                        {identity.BureauOfficer, over("360827"), "", &county},
		"a county, a hospital of its own": {identity.BureauAuditor, over("360827"), "?facility_id=H3", one("H3")},
		"a county, another's hospital":    {identity.BureauAuditor, over("360827"), "?facility_id=H51142500001", nil},
		"a county, one nobody knows":      {identity.BureauAuditor, over("360827"), "?facility_id=H9", nil},
		"a city":                          {identity.BureauAuditor, both, "", all},
		"a city, one hospital":            {identity.BureauAuditor, both, "?facility_id=H3", one("H3")},
		"the operator":                    {identity.Operator, over(), "", all},
		"an agency":                       {identity.Agency, over("360827"), "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.scopes, c.queries = nil, nil
			token := "Authorization: " + o.token(t, ask.role, ask.change)
			got := w.send(http.MethodGet, "/v1/clearings/7"+ask.query, "", token)
			var want []clearinghouse.Scope
			status := http.StatusForbidden
			if ask.scope != nil {
				want, status = []clearinghouse.Scope{*ask.scope}, http.StatusOK
			}
			if diff := cmp.Diff(want, c.scopes); diff != "" || got.status != status {
				t.Errorf("%d %s\n%s", got.status, got.body, diff)
			}
			if listed := w.send(http.MethodGet, "/v1/clearings", "", token); ask.query == "" && ask.scope != nil {
				if listed.status != http.StatusOK || len(c.queries) != 1 || !cmp.Equal(c.queries[0].Scope, *ask.scope) {
					t.Errorf("listed %d %s: %+v", listed.status, listed.body, c.queries)
				}
			}
		})
	}
}

// A clearing is one for all regions: who holds one of two takes no step.
func TestAClearingIsOfAllRegions(t *testing.T) {
	w, c, o := twoCounties(t)
	const who = `"request_id": "a-step-for-the-tests", "operator": "li"`
	for path, body := range map[string]string{
		"":                  `{` + who + `, "from_date": "2012-07-01", "to_date": "2012-07-31"}`,
		"/7:advance":        `{` + who + `, "act": "CLEARING_ACT_PROPOSED"}`,
		"/7:export":         `{` + who + `, "format": "CLEARING_FORMAT_CSV"}`,
		"/7:confirmPayment": `{` + who + `, "bearer": "payer/a", "amount": "5.00", "reference": "b-1", "day": "2012-08-02"}`,
	} {
		for name, regions := range map[string][]string{"one": {"360827"}, "the other": {"511425"}, "both": {"511425", "360827"}} {
			got := w.send(http.MethodPost, "/v1/clearings"+path, body, "Authorization: "+o.token(t, identity.BureauOfficer, over(regions...)))
			if name == "both" != (got.status == http.StatusOK) || name != "both" && !strings.Contains(got.body, "OUT_OF_SCOPE") {
				t.Errorf("%q, holding %s: %d %s", path, name, got.status, got.body)
			}
		}
	}
	if len(c.opened) != 1 || len(c.taken) != 3 {
		t.Errorf("%d opened, %d steps", len(c.opened), len(c.taken))
	}
}
