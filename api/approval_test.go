package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/clearance"
)

// counter is a desk that keeps one approval and remembers what it was asked.
type counter struct {
	kept      approval.Approval
	replayed  bool
	err       error
	submitted []clearance.Submission
	decided   []clearance.Decision
	queries   []clearance.Query
}

func (c *counter) Submit(_ context.Context, ask clearance.Submission) (clearance.Outcome, error) {
	c.submitted = append(c.submitted, ask)
	return clearance.Outcome{Approval: c.kept, Replayed: c.replayed}, c.err
}

func (c *counter) Decide(_ context.Context, ask clearance.Decision) (clearance.Outcome, error) {
	c.decided = append(c.decided, ask)
	return clearance.Outcome{Approval: c.kept, Replayed: c.replayed}, c.err
}

func (c *counter) Approval(context.Context, settlement.ApprovalNumber) (approval.Approval, error) {
	return c.kept, c.err
}

func (c *counter) Approvals(_ context.Context, query clearance.Query) ([]approval.Approval, settlement.ApprovalNumber, error) {
	c.queries = append(c.queries, query)
	next := settlement.ApprovalNumber("")
	if query.After == "" {
		next = c.kept.Number
	}
	return []approval.Approval{c.kept}, next, c.err
}

func (c *counter) Today() settlement.Date { return 20120701 }

// counted serves a desk with one approval that a settlement uses.
func counted(t *testing.T) (*world, *counter) {
	c := &counter{kept: approval.Approval{
		Form: approval.Form{
			Number: "遂民审〔2012〕7号", Person: "p-1", Facility: "H36082700001", Valid: settlement.Period{From: 20120601, To: 20120831},
			Issuer: "遂川县民政局", Mode: settlement.Inpatient, Class: settlement.Serious,
		},
		History: []approval.Event{
			{Line: 1, Act: approval.Submitted, By: "operator/li", At: time.Unix(1_338_520_000, 0)},
			{Line: 2, Act: approval.Approved, By: "operator/wang", At: time.Unix(1_338_530_000, 0), Cause: "属实"},
		},
		Use: &approval.Use{Settlement: "s-1"},
	}}
	return serve(t, func(config *Config) { config.Approvals = c }), c
}

const (
	aForm = `{"request_id": "a-form-for-the-tests", "operator": "li", "number": "遂民审〔2012〕7号", "person_id": "p-1", "facility_id": "H36082700001",
		"valid_from_date": "2012-06-01", "valid_to_date": "2012-08-31", "issuer": "遂川县民政局", "mode": "MODE_INPATIENT", "disease_class": "DISEASE_CLASS_SERIOUS"}`
	shownApproval = `{"number":"遂民审〔2012〕7号","person_id":"p-1","facility_id":"H36082700001","valid_from_date":"2012-06-01","valid_to_date":"2012-08-31",` +
		`"issuer":"遂川县民政局","mode":"MODE_INPATIENT","disease_class":"DISEASE_CLASS_SERIOUS","status":"APPROVAL_STATUS_USED","settlement_id":"s-1","events":[` +
		`{"act":"APPROVAL_ACT_SUBMITTED","operator":"li","time":"2012-06-01T03:06:40Z"},` +
		`{"act":"APPROVAL_ACT_APPROVED","operator":"wang","time":"2012-06-01T05:53:20Z","cause":"属实"}]}`
)

func TestApprovalOverREST(t *testing.T) {
	w, c := counted(t)
	if got := w.post("/v1/approvals", aForm); got.status != http.StatusOK || got.body != shownApproval {
		t.Errorf("%d %s", got.status, got.body)
	}
	want := clearance.Submission{Key: clearance.Key{Request: "a-form-for-the-tests"}, Form: c.kept.Form, By: "operator/li"}
	if len(c.submitted) != 1 || c.submitted[0] != want {
		t.Errorf("asked %+v", c.submitted)
	}
	c.replayed = true
	got := w.post("/v1/approvals/遂民审〔2012〕7号:decide", `{"request_id": "a-decision-for-the-tests", "operator": "wang", "act": "APPROVAL_ACT_REVOKED", "cause": "伪造"}`)
	if got.status != http.StatusOK || got.body != shownApproval || got.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%d %s", got.status, got.body)
	}
	decided := clearance.Decision{Key: clearance.Key{Request: "a-decision-for-the-tests"}, Number: c.kept.Number, Act: approval.Revoked, By: "operator/wang", Cause: "伪造"}
	if len(c.decided) != 1 || c.decided[0] != decided {
		t.Errorf("asked %+v", c.decided)
	}
	if got := w.get("/v1/approvals/遂民审〔2012〕7号"); got.status != http.StatusOK || got.body != shownApproval {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestApprovalOverGRPC(t *testing.T) {
	w, c := counted(t)
	c.replayed = true
	client := onestopv1.NewApprovalServiceClient(w.conn)
	var header metadata.MD
	out, err := client.DecideApproval(t.Context(), &onestopv1.DecideApprovalRequest{
		Id: "A-1", RequestId: "a-decision-for-the-tests", Operator: "wang", Act: onestopv1.ApprovalAct_APPROVAL_ACT_APPROVED,
	}, grpc.Header(&header))
	if err != nil || out.GetStatus() != onestopv1.ApprovalStatus_APPROVAL_STATUS_USED || len(header.Get(replayedHeader)) != 1 {
		t.Errorf("%v %v %v", err, out, header)
	}
	if _, err = client.GetApproval(t.Context(), &onestopv1.GetApprovalRequest{Id: "A-1"}); err != nil {
		t.Error(err)
	}
}

func TestApprovalsInPages(t *testing.T) {
	w, c := counted(t)
	first := w.get("/v1/approvals?person_id=p-1&facility_id=H1&page_size=1")
	_, token, found := strings.Cut(first.body, `"next_page_token":"`)
	if first.status != http.StatusOK || !found {
		t.Fatalf("%d %s", first.status, first.body)
	}
	token, _, _ = strings.Cut(token, `"`)
	second := w.get("/v1/approvals?person_id=p-1&facility_id=H1&page_size=1&page_token=" + token)
	if second.status != http.StatusOK || strings.Contains(second.body, "next_page_token") {
		t.Errorf("%d %s", second.status, second.body)
	}
	want := clearance.Query{Person: "p-1", Facility: "H1", After: c.kept.Number, Limit: 1}
	if len(c.queries) != 2 || !cmp.Equal(c.queries[1], want) {
		t.Errorf("asked %+v", c.queries)
	}
	if other := w.get("/v1/approvals?person_id=p-2&page_token=" + token); other.status != http.StatusBadRequest {
		t.Errorf("a token of another listing: %d", other.status)
	}
}

func TestApprovalRequestsAreRead(t *testing.T) {
	w, c := counted(t)
	for name, change := range map[string][2]string{
		"no request id":        {`"a-form-for-the-tests"`, `""`},
		"no operator":          {`"li"`, `""`},
		"a number with a path": {"〔2012〕", "/2012/"},
		"no number":            {"遂民审〔2012〕7号", ""},
		"nobody":               {`"p-1"`, `""`},
		"no such day":          {"2012-06-01", "2012-06-31"},
		"no issuer":            {"遂川县民政局", ""},
		"no such mode":         {"MODE_INPATIENT", "MODE_FLYING"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := w.post("/v1/approvals", strings.Replace(aForm, change[0], change[1], 1)); got.status != http.StatusBadRequest {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
	for name, body := range map[string]string{
		"submitted by deciding": `{"request_id": "a-decision-for-the-tests", "operator": "wang", "act": "APPROVAL_ACT_SUBMITTED"}`,
		"nothing decided":       `{"request_id": "a-decision-for-the-tests", "operator": "wang"}`,
		"a number in the body":  `{"id": "A-2", "request_id": "a-decision-for-the-tests", "operator": "wang", "act": "APPROVAL_ACT_APPROVED"}`,
	} {
		t.Run(name, func(t *testing.T) {
			if got := w.post("/v1/approvals/A-1:decide", body); got.status != http.StatusBadRequest {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
	if len(c.submitted) != 0 || len(c.decided) != 0 {
		t.Errorf("reached the desk: %v %v", c.submitted, c.decided)
	}
}

// What the desk refuses is told in both languages.
func TestApprovalRefused(t *testing.T) {
	w, c := counted(t)
	c.err = &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonSamePerson, Field: "operator"}
	got := w.post("/v1/approvals/A-1:decide", `{"request_id": "a-decision-for-the-tests", "operator": "li", "act": "APPROVAL_ACT_APPROVED"}`)
	if !strings.Contains(got.body, "SAME_PERSON") || !strings.Contains(got.body, "operator") {
		t.Errorf("%d %s", got.status, got.body)
	}
	c.err = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonApprovalUnknown, Field: "number"}
	for _, path := range []string{"/v1/approvals/A-9", "/v1/approvals"} {
		if got := w.get(path); got.status != http.StatusNotFound || !strings.Contains(got.body, "审批表") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

// A claim names its approval when it is quoted and when it is settled.
func TestClaimNamesItsApproval(t *testing.T) {
	w := serve(t)
	in := request()
	in.ApprovalNumber = "遂民审〔2012〕7号"
	for path, sent := range map[string]string{
		"/v1/settlements":       body(in),
		"/v1/settlements:quote": strings.Replace(body(in), `"request_id":"`+key+`",`, "", 1),
	} {
		if got := w.post(path, sent); got.status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, got.status, got.body)
		}
	}
	for _, ask := range w.asked {
		if ask.Claim.Approval != "遂民审〔2012〕7号" {
			t.Errorf("asked by %q", ask.Claim.Approval)
		}
	}
	if len(w.asked) != 2 {
		t.Errorf("%d asked", len(w.asked))
	}
}
