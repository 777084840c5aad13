package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// threePayers serves a run to callers who are known: payer A insures in one
// county, B in the other, C in both.
func threePayers(t *testing.T, scope reconcile.Scope) (*world, *auditor, *mint) {
	total := func(count int) reconcile.Total { return reconcile.Total{Count: count} }
	a := &auditor{
		run: reconciliation.Kept{ID: "c-1", Scope: scope, End: &reconciliation.Ending{Says: "detail", Result: reconciliation.Outcome{
			Theirs: 9, Ours: 8, Bad: 1, Equal: 5, Detailed: true, Off: total(1), BadRows: []settlement.Problem{{Line: 3, Path: "fund"}},
			Classes: []reconciliation.ClassCount{{Class: reconcile.OursOnly, Count: 3}}, Causes: []reconciliation.CauseCount{{Cause: reconcile.LostAnswer, Count: 3}},
			Groups: []reconcile.Compared{
				{Group: reconcile.Group{Facility: ownSide.facility}, Theirs: total(4), Ours: total(3)},
				{Group: reconcile.Group{Facility: otherSide.facility}, Theirs: total(5), Ours: total(5)},
			},
		}}},
		finding: reconciliation.Finding{FindingID: reconciliation.FindingID{Run: "c-1", Line: 4}, Share: scope.Share, Payer: scope.Payer, Facility: ownSide.facility},
	}
	o := newMint(t)
	return serve(t, func(c *Config) {
		c.Identity, c.Reconciliations, c.Fixes = o.guard, a, a
		c.Regions = []settlement.RegionID{ownSide.region, otherSide.region}
		c.Insures = map[settlement.PayerCode][]settlement.RegionID{
			"A": {ownSide.region}, "B": {otherSide.region}, "C": {ownSide.region, otherSide.region}, "D": nil,
		}
		c.Facilities = map[settlement.FacilityID]lifecycle.Facility{
			ownSide.facility: {ID: ownSide.facility, Region: ownSide.region}, otherSide.facility: {ID: otherSide.facility, Region: otherSide.region},
		}
	}), a, o
}

// What is listed of runs and differences is asked of the store within the
// caller's sight.
func TestWhoSeesWhatOfRuns(t *testing.T) {
	one, both := over(string(ownSide.region)), over(string(ownSide.region), string(otherSide.region))
	payers := func(codes ...settlement.PayerCode) []settlement.PayerCode { return codes }
	for name, test := range map[string]struct {
		role   identity.Role
		change func(*identity.Claims)
		sight  *reconciliation.Sight
		only   []settlement.FacilityID
	}{
		"an agency of one county": {identity.Agency, one, &reconciliation.Sight{Payers: payers("A")}, nil},
		"an agency of both":       {identity.Agency, both, &reconciliation.Sight{Payers: payers("A", "B", "C")}, nil},
		"a bureau of one county":  {identity.BureauOfficer, one, &reconciliation.Sight{Payers: payers("A")}, nil},
		"a bureau of both":        {identity.BureauOfficer, both, &reconciliation.Sight{Payers: payers("A", "B", "C"), Assistance: true}, nil},
		"a bureau's auditor":      {identity.BureauAuditor, both, &reconciliation.Sight{Payers: payers("A", "B", "C"), Assistance: true}, nil},
		"a hospital's auditor":    {identity.HospitalAuditor, over(), &reconciliation.Sight{Payers: payers("A", "C"), Assistance: true}, []settlement.FacilityID{ownSide.facility}},
		"the operator sees all":   {identity.Operator, over(), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w, a, o := threePayers(t, reconcile.Scope{Share: reconcile.InsuranceShare, Payer: "A"})
			bearer := "Authorization: " + o.token(t, test.role, test.change)
			if got := w.get("/v1/reconciliations", bearer); got.status != http.StatusOK {
				t.Fatal(got.body)
			}
			if diff := cmp.Diff(test.sight, a.pages[0].Sight); diff != "" {
				t.Error(diff)
			}
			if got := w.get("/v1/reconciliations/c-1/differences", bearer); got.status != http.StatusOK {
				t.Fatal(got.body)
			}
			if diff := cmp.Diff(test.only, a.queries[0].Facilities); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Who may do what with a run of a payer, or of assistance: read it, have one
// compared, propose, approve.
func TestWhoActsOnRuns(t *testing.T) {
	one, both := over(string(ownSide.region)), over(string(ownSide.region), string(otherSide.region))
	insurance := func(payer settlement.PayerCode) reconcile.Scope {
		return reconcile.Scope{Share: reconcile.InsuranceShare, Payer: payer}
	}
	assistance := reconcile.Scope{Share: reconcile.AssistanceShare}
	for name, test := range map[string]struct {
		role   identity.Role
		change func(*identity.Claims)
		scope  reconcile.Scope
		may    string // read, compare, propose, approve
	}{
		"an agency, its payer":                    {identity.Agency, one, insurance("A"), "rcp-"},
		"an agency, a payer of others too":        {identity.Agency, one, insurance("C"), "----"},
		"an agency, another's":                    {identity.Agency, one, insurance("B"), "----"},
		"an agency, a payer of no region":         {identity.Agency, both, insurance("D"), "----"},
		"an agency, assistance":                   {identity.Agency, both, assistance, "----"},
		"a bureau, a payer of its county":         {identity.BureauOfficer, one, insurance("A"), "rcpa"},
		"a bureau, assistance of two counties":    {identity.BureauOfficer, one, assistance, "----"},
		"a bureau of both, assistance":            {identity.BureauOfficer, both, assistance, "rcpa"},
		"a bureau's auditor":                      {identity.BureauAuditor, both, assistance, "r---"},
		"a hospital's auditor":                    {identity.HospitalAuditor, over(), insurance("A"), "r---"},
		"a hospital's auditor, a payer of others": {identity.HospitalAuditor, over(), insurance("B"), "----"},
		"a cashier":    {identity.CashierSupervisor, over(), insurance("A"), "----"},
		"the operator": {identity.Operator, over(), insurance("B"), "rcpa"},
	} {
		t.Run(name, func(t *testing.T) {
			w, _, o := threePayers(t, test.scope)
			bearer := "Authorization: " + o.token(t, test.role, test.change)
			share := "RECONCILIATION_SHARE_INSURANCE"
			if test.scope.Share == reconcile.AssistanceShare {
				share = "RECONCILIATION_SHARE_ASSISTANCE"
			}
			body := `{"request_id":"` + runRequest + `","share":"` + share + `","payer":"` + string(test.scope.Payer) + `","from_date":"2012-07-01"}`
			got := ""
			for i, answer := range []reply{
				w.get("/v1/reconciliations/c-1/differences/4", bearer),
				w.post("/v1/reconciliations", body, bearer),
				w.post("/v1/reconciliations/c-1/differences/4:propose", `{"fix":"FIX_REQUERY","document":"d"}`, bearer),
				w.post("/v1/reconciliations/c-1/differences/4:approve", `{"etag":"2"}`, bearer),
			} {
				switch code := codeOf(t, answer); code {
				case codes.OK:
					got += "rcpa"[i : i+1]
				case codes.PermissionDenied, codes.NotFound:
					got += "-"
				default:
					t.Errorf("%s %s", code, answer.body)
				}
			}
			if got != test.may {
				t.Errorf("may %s, want %s", got, test.may)
			}
		})
	}
}

// A hospital reads of a run what it says of its own facility, and of
// differences its own.
func TestAHospitalSeesItsOwnOfARun(t *testing.T) {
	w, a, o := threePayers(t, reconcile.Scope{Share: reconcile.InsuranceShare, Payer: "A"})
	bearer := "Authorization: " + o.token(t, identity.HospitalAuditor)
	got := w.get("/v1/reconciliations/c-1", bearer)
	for _, other := range []string{string(otherSide.facility), "bad_rows", "classes", "causes", `"theirs":9`, `"equal":5`, "detail\"", "theirs_less_ours\":{\"count\":1"} {
		if strings.Contains(got.body, other) {
			t.Errorf("%s in %s", other, got.body)
		}
	}
	if got.status != http.StatusOK || !strings.Contains(got.body, `"theirs":4,"ours":3`) || strings.Contains(got.body, `"agree":true`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	a.finding.Facility = otherSide.facility
	if got := w.get("/v1/reconciliations/c-1/differences/4", bearer); got.status != http.StatusNotFound {
		t.Errorf("another's difference: %d %s", got.status, got.body)
	}
}
