package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/onestop-gateway/onestop/api/identity"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// auditor keeps one run with one difference and remembers what it was asked.
type auditor struct {
	run      reconciliation.Kept
	finding  reconciliation.Finding
	replayed bool
	err      error
	asked    []reconciliation.Ask
	files    [][]byte
	said     []string
	queries  []reconciliation.FindingQuery
	pages    []reconciliation.RunQuery
}

func (a *auditor) Reconcile(_ context.Context, ask reconciliation.Ask) (reconciliation.Begun, error) {
	a.asked = append(a.asked, ask)
	return reconciliation.Begun{Kept: a.run, Replayed: a.replayed}, a.err
}

func (a *auditor) Upload(ctx context.Context, ask reconciliation.Ask, file io.Reader) (reconciliation.Begun, error) {
	content, err := io.ReadAll(file)
	if err != nil {
		return reconciliation.Begun{}, err
	}
	a.files = append(a.files, content)
	return a.Reconcile(ctx, ask)
}

func (a *auditor) Run(context.Context, reconciliation.RunID) (reconciliation.Kept, error) {
	return a.run, a.err
}

func (a *auditor) Runs(_ context.Context, query reconciliation.RunQuery) ([]reconciliation.Kept, *reconciliation.RunMark, error) {
	a.pages = append(a.pages, query)
	if query.Before != nil {
		return nil, nil, a.err
	}
	return []reconciliation.Kept{a.run}, &reconciliation.RunMark{At: a.run.At, ID: a.run.ID}, a.err
}

func (a *auditor) Void(_ context.Context, id reconciliation.RunID, by, cause string) (reconciliation.Kept, error) {
	run := a.run
	run.Void = &reconciliation.Remark{By: by, Says: cause, At: run.At, Other: "c-2"}
	return run, a.err
}

func (a *auditor) Findings(_ context.Context, query reconciliation.FindingQuery) ([]reconciliation.Finding, *reconciliation.FindingID, error) {
	a.queries = append(a.queries, query)
	if query.After != nil {
		return nil, nil, a.err
	}
	return []reconciliation.Finding{a.finding}, &a.finding.FindingID, a.err
}

func (a *auditor) Finding(_ context.Context, id reconciliation.FindingID) (reconciliation.Finding, error) {
	return a.finding, a.err
}

func (a *auditor) Propose(_ context.Context, p reconciliation.Proposal) (reconciliation.Finding, error) {
	a.said = append(a.said, "propose "+string(p.Fix)+" "+p.Document+" "+p.Cause+" "+p.By)
	return a.finding, a.err
}

func (a *auditor) Approve(_ context.Context, id reconciliation.FindingID, by string, seen int) (reconciliation.Finding, error) {
	a.said = append(a.said, "approve "+by+strings.Repeat("!", seen))
	return a.finding, a.err
}

func (a *auditor) Decline(_ context.Context, id reconciliation.FindingID, by string) (reconciliation.Finding, error) {
	a.said = append(a.said, "decline "+by)
	return a.finding, a.err
}

// audited serves one run that found one difference.
func audited(t *testing.T) (*world, *auditor, onestopv1.ReconciliationServiceClient) {
	at := time.Date(2012, 8, 1, 1, 0, 0, 0, time.UTC)
	off := reconcile.Total{Amounts: reconcile.Amounts{reconcile.Fund: 1}}
	a := &auditor{
		run: reconciliation.Kept{
			ID: "c-1", By: operatorPrefix + "li", At: at, Input: reconciliation.Input{Form: "csv", Digest: "9f86", Size: 42}, Late: true,
			Scope: reconcile.Scope{Share: reconcile.InsuranceShare, Payer: "A", Period: settlement.Period{From: 20120701, To: 20120731}},
			End: &reconciliation.Ending{At: at, Result: reconciliation.Outcome{
				Theirs: 3, Ours: 2, Bad: 1, Detailed: true, Equal: 1, Off: off,
				Classes: []reconciliation.ClassCount{{Class: reconcile.AmountDiffers, Count: 1}},
				Causes:  []reconciliation.CauseCount{{Cause: reconcile.Rounding, Count: 1}},
				Groups:  []reconcile.Compared{{Group: reconcile.Group{Facility: "H1"}, Theirs: off}},
				BadRows: []settlement.Problem{{Line: 7, Path: "fund_pay_sumamt", Value: "360827199001011234", Says: "not an amount"}},
			}},
		},
		finding: reconciliation.Finding{
			FindingID: reconciliation.FindingID{Run: "c-1", Line: 4}, Share: reconcile.InsuranceShare, Class: reconcile.AmountDiffers,
			Cause: reconcile.Rounding, Fix: reconcile.AcceptTheirs, Encounter: "E1", Settlement: "s-1", Person: "3600001", Off: off, SeenAt: at,
			Fields:  []reconcile.Differing{{Field: "fund", Theirs: "0.02", Ours: "0.01"}},
			History: []reconciliation.Remark{{Number: 1, Act: reconciliation.Proposed, By: operatorPrefix + "li", At: at, Fix: reconcile.AcceptTheirs, Document: "d"}},
		},
	}
	w := serve(t, func(c *Config) { c.Reconciliations, c.Fixes = a, a })
	return w, a, onestopv1.NewReconciliationServiceClient(w.conn)
}

const runRequest = "00000000-0000-4000-8000-000000000001"

func TestReconciliationIsShown(t *testing.T) {
	w, _, client := audited(t)
	got := w.get("/v1/reconciliations/c-1")
	for _, want := range []string{
		`"state":"RECONCILIATION_STATE_DONE"`, `"form":"LIST_FORM_CSV"`, `"late":true`, `"operator":"li"`, `"bad":1`, `"differences":1`,
		`"class":"DIFFERENCE_CLASS_AMOUNT_DIFFERS"`, `"fund":"0.01"`, `"row":7`, `"digest":"9f86"`,
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("no %s in %s", want, got.body)
		}
	}
	if strings.Contains(got.body, "1990") {
		t.Errorf("what stood in a bad row is told: %s", got.body)
	}
	d, err := client.GetDifference(t.Context(), &onestopv1.GetDifferenceRequest{Id: "c-1", Line: 4})
	if err != nil || d.GetEtag() != "1" || d.GetState() != onestopv1.DifferenceAct_DIFFERENCE_ACT_PROPOSED || len(d.GetPossibleFixes()) != 3 || d.GetAdjustment() != "0.01" || strings.Contains(d.String(), "3600001") {
		t.Errorf("%v, %v", d, err)
	}
	void, err := client.VoidReconciliation(t.Context(), &onestopv1.VoidReconciliationRequest{Id: "c-1", Operator: "li", Cause: "wrong file"})
	if err != nil || void.GetState() != onestopv1.ReconciliationState_RECONCILIATION_STATE_VOIDED || void.GetVoidCause() != "wrong file" || void.GetReplacedBy() != "c-2" {
		t.Errorf("%v, %v", void, err)
	}
}

func TestReconciliationFailedSaysWhy(t *testing.T) {
	w, a, _ := audited(t)
	a.run.End = &reconciliation.Ending{Failed: settlement.ReasonBadDocument, Says: "cut short"}
	got := w.get("/v1/reconciliations/c-1")
	if !strings.Contains(got.body, `"state":"RECONCILIATION_STATE_FAILED"`) || !strings.Contains(got.body, `"reason":"BAD_DOCUMENT"`) || !strings.Contains(got.body, "cut short") {
		t.Error(got.body)
	}
	a.run.End = nil
	if got := w.get("/v1/reconciliations/c-1"); !strings.Contains(got.body, `"state":"RECONCILIATION_STATE_RUNNING"`) {
		t.Error(got.body)
	}
}

// Both transports take the same file for the same scope.
func TestUpload(t *testing.T) {
	w, a, client := audited(t)
	file := bytes.Repeat([]byte("mdtrt_id,fund_pay_sumamt\n"), 20_000)
	stream, err := client.UploadReconciliation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	head := &onestopv1.UploadReconciliationRequest{Form: onestopv1.ListForm_LIST_FORM_CSV, Piece: file[:100], Run: &onestopv1.CreateReconciliationRequest{
		RequestId: runRequest, Operator: "li", Payer: "A", FromDate: "2012-07-01", ToDate: "2012-07-31", Force: true,
	}}
	for _, piece := range []*onestopv1.UploadReconciliationRequest{head, {Piece: file[100:100_000]}, {Piece: file[100_000:200_000]}, {}, {Piece: file[200_000:300_000]}, {Piece: file[300_000:400_000]}, {Piece: file[400_000:]}} {
		if err := stream.Send(piece); err != nil {
			t.Fatal(err)
		}
	}
	run, err := stream.CloseAndRecv()
	if err != nil || run.GetId() != "c-1" {
		t.Fatal(run, err)
	}
	a.replayed = true
	got := w.send(http.MethodPost, "/v1/reconciliations:upload?form=LIST_FORM_CSV&request_id="+runRequest+"&operator=li&payer=A&from_date=2012-07-01&to_date=2012-07-31&force=true", string(file), "Content-Type: application/octet-stream")
	if got.status != http.StatusOK || !strings.Contains(got.body, `"id":"c-1"`) || got.header.Get("Idempotency-Replayed") != "true" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	want := reconciliation.Ask{
		Key:   reconciliation.Key{Request: runRequest},
		Scope: reconcile.Scope{Share: reconcile.InsuranceShare, Payer: "A", Period: settlement.Period{From: 20120701, To: 20120731}},
		Input: reconciliation.Input{Form: "csv"}, Force: true, By: operatorPrefix + "li",
	}
	if diff := cmp.Diff([]reconciliation.Ask{want, want}, a.asked); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(a.files[0], file) || !bytes.Equal(a.files[1], file) {
		t.Errorf("%d and %d bytes of %d", len(a.files[0]), len(a.files[1]), len(file))
	}
}

func TestUploadRefused(t *testing.T) {
	w, a, client := audited(t)
	sound := "form=LIST_FORM_CSV&operator=li&payer=A&from_date=2012-07-01&request_id=" + runRequest
	for what, query := range map[string]string{
		"no form": sound[len("form=LIST_FORM_CSV&"):], "live": strings.Replace(sound, "CSV", "LIVE", 1), "another field": sound + "&facility=H1",
		"twice": sound + "&payer=B", "no operator": strings.Replace(sound, "operator=li&", "", 1), "a day": strings.Replace(sound, "07-01", "07-99", 1),
		"no request": strings.TrimSuffix(sound, runRequest), "a word": sound + "&force=perhaps",
	} {
		if got := w.send(http.MethodPost, "/v1/reconciliations:upload?"+query, "x"); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", what, got.status, got.body)
		}
	}
	stream, err := client.UploadReconciliation(t.Context())
	if err == nil {
		err = stream.Send(&onestopv1.UploadReconciliationRequest{})
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.CloseAndRecv(); status.Code(err) != codes.InvalidArgument {
		t.Errorf("nothing said: %v", err)
	}
	if len(a.asked) != 0 {
		t.Errorf("asked %v", a.asked)
	}
}

// Why a file is refused, and where, reaches whoever sent it on either
// transport, in both languages.
func TestUploadSaysWhatIsWrong(t *testing.T) {
	w, a, client := audited(t)
	wrong := settlement.Wrong("not UTF-8: save the list as UTF-8 text")
	wrong.Line = 3
	whole := settlement.Wrong("unpacks to more than %d times its size", 200)
	for _, c := range []struct {
		err         error
		english, zh string
	}{
		{wrong, "(line 3: not UTF-8: save the list as UTF-8 text)", "（第 3 行：不是 UTF-8 编码，请另存为 UTF-8 文本）"},
		{errors.Join(whole, nil), "(unpacks to more than 200 times its size)", "（解压后超过压缩大小的 200 倍）"},
	} {
		a.err = c.err
		stream, err := client.UploadReconciliation(t.Context())
		if err == nil {
			err = stream.Send(&onestopv1.UploadReconciliationRequest{Form: onestopv1.ListForm_LIST_FORM_CSV, Piece: []byte("x"), Run: &onestopv1.CreateReconciliationRequest{
				RequestId: runRequest, Operator: "li", Payer: "A", FromDate: "2012-07-01",
			}})
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err = stream.CloseAndRecv()
		got := w.send(http.MethodPost, "/v1/reconciliations:upload?form=LIST_FORM_CSV&operator=li&payer=A&from_date=2012-07-01&request_id="+runRequest, "x")
		for transport, told := range map[string]*problem{"gRPC": toldBy(t, err), "REST": got.told(t)} {
			if told.reason() != settlement.ReasonBadDocument || told.field() != "file" ||
				!strings.Contains(told.fields[0].GetDescription(), c.english) || !strings.Contains(told.fields[0].GetLocalizedMessage().GetMessage(), c.zh) {
				t.Errorf("%s: %v", transport, told.fields)
			}
		}
	}
}

func TestReconciliationLive(t *testing.T) {
	w, a, _ := audited(t)
	body := `{"request_id":"` + runRequest + `","operator":"li","share":"RECONCILIATION_SHARE_ASSISTANCE","facility_id":"H1","scheme":"SCHEME_NCMS","mode":"MODE_INPATIENT","from_date":"2012-07-01","details":true}`
	if got := w.post("/v1/reconciliations", body); got.status != http.StatusOK {
		t.Fatal(got.body)
	}
	want := reconciliation.Ask{
		Key: reconciliation.Key{Tenant: "H1", Request: runRequest},
		Scope: reconcile.Scope{
			Share: reconcile.AssistanceShare, Facility: "H1", Insurance: settlement.SchemeNCMS, Clearing: settlement.Inpatient,
			Period: settlement.Period{From: 20120701, To: 20120701},
		},
		Input: reconciliation.Input{Form: reconciliation.Live}, Details: true, By: operatorPrefix + "li",
	}
	if diff := cmp.Diff([]reconciliation.Ask{want}, a.asked); diff != "" {
		t.Error(diff)
	}
}

func TestReconciliationPages(t *testing.T) {
	w, a, client := audited(t)
	page, err := client.ListReconciliations(t.Context(), &onestopv1.ListReconciliationsRequest{Payer: "A", PageSize: 1})
	if err != nil || len(page.GetReconciliations()) != 1 || page.GetReconciliations()[0].GetGroups() != nil {
		t.Fatal(page, err)
	}
	if _, err := client.ListReconciliations(t.Context(), &onestopv1.ListReconciliationsRequest{Payer: "A", PageToken: page.GetNextPageToken()}); err != nil || a.pages[1].Before.ID != "c-1" || !a.pages[1].Before.At.Equal(a.run.At) {
		t.Error(a.pages, err)
	}
	if _, err := client.ListReconciliations(t.Context(), &onestopv1.ListReconciliationsRequest{PageToken: page.GetNextPageToken()}); status.Code(err) != codes.InvalidArgument {
		t.Errorf("under another filter: %v", err)
	}
	got := w.get("/v1/reconciliations/c-1/differences?class=DIFFERENCE_CLASS_AMOUNT_DIFFERS&open=true")
	differences, err := client.ListDifferences(t.Context(), &onestopv1.ListDifferencesRequest{Id: "c-1"})
	if err != nil || got.status != http.StatusOK || a.queries[0].Class != reconcile.AmountDiffers || len(a.queries[0].States) != 6 || a.queries[1].States != nil {
		t.Error(got.body, err, a.queries)
	}
	_, err = client.ListDifferences(t.Context(), &onestopv1.ListDifferencesRequest{Id: "c-1", PageToken: differences.GetNextPageToken()})
	if err != nil || *a.queries[2].After != (reconciliation.FindingID{Run: "c-1", Line: 4}) {
		t.Error(a.queries[2], err)
	}
}

func TestFixesTakeTwo(t *testing.T) {
	w, a, _ := audited(t)
	path := "/v1/reconciliations/c-1/differences/4:"
	for verb, body := range map[string]string{
		"propose": `{"operator":"li","fix":"FIX_POST_ADJUSTMENT","document":"d","cause":"c"}`, "approve": `{"operator":"wang","etag":"2"}`, "decline": `{"operator":"wang"}`,
	} {
		if got := w.post(path+verb, body); got.status != http.StatusOK || !strings.Contains(got.body, `"line":4`) {
			t.Errorf("%s: %d %s", verb, got.status, got.body)
		}
	}
	for _, want := range []string{"propose post_adjustment d c operator/li", "approve operator/wang!!", "decline operator/wang"} {
		if !strings.Contains(strings.Join(a.said, "\n"), want) {
			t.Errorf("no %q in %q", want, a.said)
		}
	}
	a.err = &settlement.Error{Kind: settlement.KindForbidden, Reason: settlement.ReasonSamePerson}
	if got := w.post(path+"approve", `{"operator":"li","etag":"2"}`); got.status != http.StatusForbidden || !strings.Contains(got.body, "SAME_PERSON") {
		t.Errorf("%d %s", got.status, got.body)
	}
	a.err = &settlement.Error{Kind: settlement.KindConflict, Reason: settlement.ReasonStaleRecord, Object: "remark"} // somebody was quicker
	for verb, body := range map[string]string{"propose": `{"operator":"li","fix":"FIX_REQUERY","document":"d"}`, "approve": `{"operator":"wang","etag":"2"}`} {
		if got := w.post(path+verb, body); got.status != http.StatusConflict || strings.Contains(got.body, "request id") || strings.Contains(got.body, "请求编号") {
			t.Errorf("%s, which has no request id: %d %s", verb, got.status, got.body)
		}
	}
	if got := w.post(path+"propose", `{"operator":"li","document":"d"}`); got.status != http.StatusBadRequest {
		t.Errorf("no fix: %d %s", got.status, got.body)
	}
}

// An upload passes the same guard as every call, on either transport.
func TestUploadIsGuarded(t *testing.T) {
	o := newMint(t)
	w, _ := guarded(t, o)
	for _, role := range append([]identity.Role{""}, identity.Roles...) {
		var headers []string
		want := codes.Unauthenticated
		if role != "" {
			headers, want = []string{"authorization", o.token(t, role)}, codes.PermissionDenied
		}
		if permit := identity.Table["ReconciliationService.UploadReconciliation"][role]; permit == identity.All || permit == identity.Own {
			want = codes.OK
		}
		stream, err := onestopv1.NewReconciliationServiceClient(w.conn).UploadReconciliation(metadata.AppendToOutgoingContext(t.Context(), headers...))
		if err == nil {
			err = stream.Send(&onestopv1.UploadReconciliationRequest{Form: onestopv1.ListForm_LIST_FORM_CSV, Run: &onestopv1.CreateReconciliationRequest{
				RequestId: runRequest, Payer: "A-own", FromDate: "2012-07-01",
			}})
		}
		if err == nil {
			_, err = stream.CloseAndRecv()
		}
		if status.Code(err) != want {
			t.Errorf("gRPC as %q: %v, want %s", role, err, want)
		}
		query := "form=LIST_FORM_CSV&payer=A-own&from_date=2012-07-01&request_id=" + runRequest
		var lines []string
		if role != "" {
			lines = []string{"Authorization: " + headers[1]}
		}
		if got := codeOf(t, w.send(http.MethodPost, "/v1/reconciliations:upload?"+query, "x", lines...)); got != want {
			t.Errorf("REST as %q: %s, want %s", role, got, want)
		}
	}
}
