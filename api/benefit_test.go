package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// porch answers every notice alike and remembers what it was asked.
type porch struct {
	found lifecycle.Benefits
	err   error
	asked []lifecycle.Ask

	kept    lifecycle.Notice
	queried []lifecycle.NoticeQuery
}

func (p *porch) Notify(_ context.Context, ask lifecycle.Ask) (lifecycle.Noticed, error) {
	p.asked = append(p.asked, ask)
	if p.err != nil {
		return lifecycle.Noticed{}, p.err
	}
	p.found.Asked = ask.Claim.Approval != ""
	answer, err := EncodeBenefits(p.found)
	p.kept = lifecycle.Notice{
		ID: "n-1", Request: ask.Request, Actor: ask.Actor, At: time.Date(2012, 8, 1, 1, 0, 0, 0, time.UTC), Facility: ask.Facility,
		Person: "p-1", Scheme: settlement.SchemeNCMS, Claim: ask.Claim, Answer: answer,
	}
	return lifecycle.Noticed{Notice: p.kept, Replayed: len(p.asked) > 1 && p.asked[0].Request == ask.Request}, err
}

func (p *porch) FindNotice(_ context.Context, _ settlement.TenantID, id settlement.NoticeID) (lifecycle.Notice, error) {
	if id != p.kept.ID {
		return lifecycle.Notice{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonNoticeNotFound, Field: "id"}
	}
	return p.kept, nil
}

func (p *porch) ListNotices(_ context.Context, query lifecycle.NoticeQuery) ([]lifecycle.Notice, *lifecycle.NoticeMark, error) {
	p.queried = append(p.queried, query)
	if query.Before != nil {
		return nil, nil, nil
	}
	return []lifecycle.Notice{p.kept}, &lifecycle.NoticeMark{At: p.kept.At, ID: p.kept.ID}, nil
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

const aNotice = `{"request_id": "` + key + `", "facility_id": "H36082700001", "beneficiary": {"id_number": "` + idNumber + `"}, "mode": "MODE_INPATIENT", "admission_date": "2012-08-01", "emergency": true}`

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
		RequestId: key, FacilityId: "H36082700001", Beneficiary: &onestopv1.Beneficiary{IdNumber: idNumber}, Mode: onestopv1.Mode_MODE_INPATIENT, AdmissionDate: "2012-08-01",
	})
	if err == nil {
		t.Error("an unknown person is not refused")
	}
	if got := w.post("/v1/benefits:check", strings.Replace(aNotice, "2012-08-01", "2012-08-32", 1)); got.status != http.StatusBadRequest {
		t.Errorf("no such day: %d", got.status)
	}
}

// A notice is shown as it was answered, with who gave it and when, and names
// nobody but by pseudonym.
func TestNoticesOverREST(t *testing.T) {
	w, p := noticed(t)
	given := w.post("/v1/benefits:check", aNotice)
	if !strings.Contains(given.body, `"notice_id":"n-1"`) || given.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("%s %v", given.body, given.header)
	}
	again := w.post("/v1/benefits:check", aNotice)
	if again.body != given.body || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("again: %s %v", again.body, again.header)
	}
	one := w.get("/v1/notices/n-1")
	for _, want := range []string{
		`"id":"n-1"`, `"request_id":"` + key + `"`, `"actor":"facility/H36082700001"`, `"create_time":"2012-08-01T01:00:00Z"`, `"person_id":"p-1"`,
		`"admission_date":"2012-08-01"`, `"scheme":"SCHEME_NCMS"`, `"answer":{"policy_version":"county/2"`,
	} {
		if !strings.Contains(one.body, want) {
			t.Errorf("%s is missing in %s", want, one.body)
		}
	}
	if strings.Contains(one.body, idNumber) {
		t.Error("names the person")
	}
	if r := w.get("/v1/notices/n-2"); r.status != http.StatusNotFound || !strings.Contains(r.body, "NOTICE_NOT_FOUND") {
		t.Errorf("%d %s", r.status, r.body)
	}
	list := w.get("/v1/notices?person_id=p-1&facility_id=H36082700001&page_size=1")
	_, token, found := strings.Cut(list.body, `"next_page_token":"`)
	if !strings.Contains(list.body, one.body) || !found || p.queried[0].Person != "p-1" || p.queried[0].Limit != 1 {
		t.Fatalf("%s %+v", list.body, p.queried)
	}
	token = strings.Trim(token, `"}`)
	w.get("/v1/notices?person_id=p-1&facility_id=H36082700001&page_size=1&page_token=" + token)
	if last := p.queried[1].Before; last == nil || last.ID != "n-1" || !last.At.Equal(p.kept.At) {
		t.Errorf("goes on after %v", last)
	}
	if r := w.get("/v1/notices?page_token=" + token); r.status != http.StatusBadRequest || len(p.queried) != 2 {
		t.Errorf("another list's token: %d %s", r.status, r.body)
	}
	if r := w.post("/v1/benefits:check", strings.Replace(aNotice, `"request_id": "`+key+`", `, "", 1)); r.status != http.StatusBadRequest {
		t.Errorf("without a key: %d %s", r.status, r.body)
	}
}
