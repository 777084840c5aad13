package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// porch answers every notice alike and remembers what it was asked.
type porch struct {
	found lifecycle.Benefits
	err   error
	asked []lifecycle.Ask
}

func (p *porch) Benefits(_ context.Context, ask lifecycle.Ask) (lifecycle.Benefits, error) {
	p.asked = append(p.asked, ask)
	return p.found, p.err
}

// noticed serves a person with one category covered and one not.
func noticed(t *testing.T) (*world, *porch) {
	limit, rate := settlement.Money(60_000_00), settlement.Ratio{}
	if err := parseInto(&rate, "0.7"); err != nil {
		t.Fatal(err)
	}
	p := &porch{found: lifecycle.Benefits{
		Version: "county/2",
		Outlooks: []settlement.Outlook{
			{Category: "rural_dibao", Rule: &settlement.Rule{
				Mode: settlement.Inpatient, Approved: true, Article: "第七条", Deductible: settlement.Deductible{Kind: settlement.DeductibleNone},
				Ratio: settlement.RatioRule{Kind: settlement.RatioFlat, Rate: rate},
				Caps:  []settlement.Cap{{Bucket: "total", Limit: &limit}, {Bucket: "outpatient"}},
			}},
			{Category: "marginal", Reason: settlement.ReasonModeNotCovered},
		},
		Used: settlement.Accumulator{
			Used: map[settlement.BucketID]settlement.Money{"total": 50_000_00}, Held: map[settlement.BucketID]settlement.Money{"total": 4_000_00},
		},
	}}
	return serve(t, func(c *Config) { c.Notices = p }), p
}

func parseInto(r *settlement.Ratio, text string) (err error) {
	*r, err = settlement.ParseRatio(text)
	return err
}

const aNotice = `{"facility_id": "H36082700001", "beneficiary": {"id_number": "` + idNumber + `"}, "mode": "MODE_INPATIENT", "admission_date": "2012-08-01", "emergency": true}`

func TestBenefitsOverREST(t *testing.T) {
	w, p := noticed(t)
	got := w.post("/v1/benefits:check", aNotice)
	if got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for _, want := range []string{
		`"policy_version":"county/2"`, `"category":"rural_dibao"`, `不设起付线`, `Reimbursement ratio 0.7.`, `"approval_required":true`, `"source":"第七条"`,
		`"limit":"60000.00","used":"50000.00","held":"4000.00","left":"6000.00"`, `"reason":"MODE_NOT_COVERED"`,
		`"approval_reason":"APPROVAL_REQUIRED"`, `民政部门`,
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("%s is missing in %s", want, got.body)
		}
	}
	if strings.Contains(got.body, idNumber) {
		t.Error("names the person")
	}
	ask := p.asked[0]
	if ask.Claim.Discharge != 20120801 || ask.Claim.Admission != 20120801 || !ask.Claim.Treatment.Emergency || ask.Person != idNumber {
		t.Errorf("asked %+v", ask.Claim)
	}
}

// With a good approval nothing is said of it; with another, why.
func TestBenefitsWithAnApproval(t *testing.T) {
	w, p := noticed(t)
	named := strings.Replace(aNotice, "{", `{"approval_number": "A-1", `, 1)
	if got := w.post("/v1/benefits:check", named); strings.Contains(got.body, "approval_reason") || p.asked[0].Claim.Approval != "A-1" {
		t.Errorf("%d %s", got.status, got.body)
	}
	p.found.Approval = settlement.ReasonApprovalRevoked
	if got := w.post("/v1/benefits:check", named); !strings.Contains(got.body, `"approval_reason":"APPROVAL_REVOKED"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestBenefitsOfOthers(t *testing.T) {
	w, p := noticed(t)
	p.found = lifecycle.Benefits{}
	if got := w.post("/v1/benefits:check", aNotice); !strings.Contains(got.body, `"message"`) {
		t.Errorf("nobody of ours: %d %s", got.status, got.body)
	}
	p.found.Outlooks = []settlement.Outlook{{Category: "rural_dibao", Rule: &settlement.Rule{Mode: settlement.Care, Grant: 1_000_00}}}
	if got := w.post("/v1/benefits:check", aNotice); !strings.Contains(got.body, "1000.00元") {
		t.Errorf("a grant: %d %s", got.status, got.body)
	}
	p.err = &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonUnknownPerson, Field: "beneficiary.id_number"}
	_, err := onestopv1.NewApprovalServiceClient(w.conn).CheckBenefits(t.Context(), &onestopv1.CheckBenefitsRequest{
		FacilityId: "H36082700001", Beneficiary: &onestopv1.Beneficiary{IdNumber: idNumber}, Mode: onestopv1.Mode_MODE_INPATIENT, AdmissionDate: "2012-08-01",
	})
	if err == nil {
		t.Error("an unknown person is not refused")
	}
	if got := w.post("/v1/benefits:check", strings.Replace(aNotice, "2012-08-01", "2012-08-32", 1)); got.status != http.StatusBadRequest {
		t.Errorf("no such day: %d", got.status)
	}
}
