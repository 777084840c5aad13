package api

import (
	"context"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// cashier is a clearing house with one clearing, which remembers what it was
// asked.
type cashier struct {
	kept      clearing.Clearing
	positions []clearing.Position
	replayed  bool
	err       error
	opened    []clearinghouse.Opening
	taken     []clearinghouse.Step
	queries   []clearinghouse.Query
	scopes    []clearinghouse.Scope
}

func (c *cashier) Open(_ context.Context, ask clearinghouse.Opening) (clearinghouse.Outcome, error) {
	c.opened = append(c.opened, ask)
	return clearinghouse.Outcome{Clearing: c.kept, Replayed: c.replayed}, c.err
}

func (c *cashier) Take(_ context.Context, ask clearinghouse.Step) (clearinghouse.Outcome, error) {
	c.taken = append(c.taken, ask)
	return clearinghouse.Outcome{Clearing: c.kept, Replayed: c.replayed}, c.err
}

func (c *cashier) Clearing(_ context.Context, _ clearing.Number, scope clearinghouse.Scope) (clearing.Clearing, []clearing.Position, error) {
	c.scopes = append(c.scopes, scope)
	kept, foreign := c.kept, func(facility settlement.FacilityID) bool {
		return !scope.All && !slices.Contains(scope.Facilities, facility)
	}
	kept.History = slices.DeleteFunc(slices.Clone(kept.History), func(e clearing.Event) bool { return e.Payment != nil && foreign(e.Payment.Facility) })
	return kept, slices.DeleteFunc(slices.Clone(c.positions), func(p clearing.Position) bool { return foreign(p.Facility) }), c.err
}

func (c *cashier) Clearings(_ context.Context, query clearinghouse.Query) ([]clearing.Clearing, clearing.Number, error) {
	c.queries = append(c.queries, query)
	next := clearing.Number(0)
	if query.Before == 0 {
		next = c.kept.Number
	}
	return []clearing.Clearing{c.kept}, next, c.err
}

func (c *cashier) Positions(context.Context, clearing.Number) ([]clearing.Position, error) {
	return c.positions, c.err
}

// cleared serves a clearing of two hospitals, one of them paid in part.
func cleared(t *testing.T) (*world, *cashier) {
	paid := &clearing.Payment{Facility: "H1", Bearer: "fund/rural/360827/2012", Amount: 100_00, Reference: "b-1", Day: 20120802}
	other := &clearing.Payment{Facility: "H2", Bearer: "payer/a", Amount: 7_00, Reference: "b-2", Day: 20120802}
	c := &cashier{kept: clearing.Clearing{
		Number: 7, Period: settlement.Period{From: 20120701, To: 20120731}, PayOn: 20120830,
		History: []clearing.Event{
			{Line: 1, Act: clearing.Opened, By: "operator/li", At: time.Unix(1_343_800_000, 0)},
			{Line: 2, Act: clearing.Frozen, By: "operator/li", At: time.Unix(1_343_800_001, 0), Digest: "0123456789abcdef0123"},
			{Line: 3, Act: clearing.Paid, By: "operator/wang", At: time.Unix(1_343_800_002, 0), Payment: paid},
			{Line: 4, Act: clearing.Paid, By: "operator/wang", At: time.Unix(1_343_800_003, 0), Payment: other},
		},
	}, positions: []clearing.Position{
		{Facility: "H1", Account: "bills", Settled: 500_00, Reversed: 100_00, Settlements: 2, Reversals: 1},
		{Facility: "H1", Account: "fund/rural/360827/2012/county", Settled: 300_00, Reversed: 100_00, Settlements: 2, Reversals: 1},
		{Facility: "H1", Account: "patients", Settled: 200_00, Settlements: 2},
		{Facility: "H2", Account: "bills", Settled: 7_00, Settlements: 1},
		{Facility: "H2", Account: "payer/a/basic", Settled: 7_00, Settlements: 1},
	}}
	return serve(t, func(config *Config) {
		config.Clearings = c
		config.Facilities = map[settlement.FacilityID]lifecycle.Facility{"H1": {ID: "H1", Name: "某某县人民医院", Region: "360827"}}
	}), c
}

const shownHospital = `{"number":7,"from_date":"2012-07-01","to_date":"2012-07-31","pay_on":"2012-08-30","status":"CLEARING_ACT_PAID","etag":"7-3-0123456789abcdef",` +
	`"totals":{"bills":"400.00","patients":"200.00","borne":"200.00","paid":"100.00","borne_capitals":"贰佰元整","settlements":2,"reversals":1,"adjusted":"0.00"},` +
	`"statements":[{"facility_id":"H1","bearer":"fund/rural/360827/2012","due":"200.00","paid":"100.00","outstanding":"100.00","standing":"PAYMENT_STANDING_PART_PAID",` +
	`"lines":[{"account":"fund/rural/360827/2012/county","settled":"300.00","reversed":"100.00","settlements":2,"reversals":1}],` +
	`"payments":[{"amount":"100.00","reference":"b-1","day":"2012-08-02"}],"adjusted":"0.00"}],"events":[` +
	`{"act":"CLEARING_ACT_OPENED","operator":"li","time":"2012-08-01T05:46:40Z"},{"act":"CLEARING_ACT_FROZEN","operator":"li","time":"2012-08-01T05:46:41Z"},` +
	`{"act":"CLEARING_ACT_PAID","operator":"wang","time":"2012-08-01T05:46:42Z"}]}`

// A hospital sees what it is to be paid and when, and nothing of another.
func TestAHospitalSeesItsOwnClearing(t *testing.T) {
	w, _ := cleared(t)
	got := w.get("/v1/clearings/7?facility_id=H1")
	if got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if diff := cmp.Diff(shownHospital, got.body); diff != "" {
		t.Error(diff)
	}
	all := w.get("/v1/clearings/7").body
	for _, part := range []string{`"facility_id":"H2","bearer":"payer/a","due":"7.00","paid":"7.00"`, `"standing":"PAYMENT_STANDING_PAID"`, `"borne":"207.00"`, `"etag":"7-4-0123456789abcdef"`} {
		if !strings.Contains(all, part) {
			t.Errorf("no %s in %s", part, all)
		}
	}
}

func TestClearingStepsAreDecoded(t *testing.T) {
	w, c := cleared(t)
	c.replayed = true
	const who = `"request_id": "a-step-for-the-tests", "operator": "li"`
	for _, ask := range []struct{ path, body string }{
		{"", `{` + who + `, "from_date": "2012-07-01", "to_date": "2012-07-31"}`},
		{"/7:advance", `{` + who + `, "act": "CLEARING_ACT_FROZEN"}`},
		{"/7:advance", `{` + who + `, "act": "CLEARING_ACT_APPROVED", "etag": "e"}`},
		{"/7:advance", `{` + who + `, "act": "CLEARING_ACT_VOIDED", "cause": "有误"}`},
		{"/7:confirmPayment", `{` + who + `, "facility_id": "H1", "bearer": "payer/a", "amount": "-5.00", "reference": "b-1", "day": "2012-08-02"}`},
	} {
		got := w.post("/v1/clearings"+ask.path, ask.body)
		if got.status != http.StatusOK || got.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s %s: %d %s", ask.path, ask.body, got.status, got.body)
		}
	}
	key := clearinghouse.Key{Request: "a-step-for-the-tests"}
	if diff := cmp.Diff([]clearinghouse.Opening{{Key: key, Period: c.kept.Period, By: "operator/li"}}, c.opened); diff != "" {
		t.Error(diff)
	}
	want := []clearinghouse.Step{
		{Key: key, Number: 7, Act: clearing.Cut, By: "operator/li"},
		{Key: key, Number: 7, Act: clearing.Approved, By: "operator/li", Etag: "e"},
		{Key: key, Number: 7, Act: clearing.Voided, By: "operator/li", Cause: "有误"},
		{Key: key, Number: 7, Act: clearing.Paid, By: "operator/li", Payment: &clearing.Payment{Facility: "H1", Bearer: "payer/a", Amount: -5_00, Reference: "b-1", Day: 20120802}},
	}
	if diff := cmp.Diff(want, c.taken); diff != "" {
		t.Error(diff)
	}
}

func TestClearingStepsAreRefused(t *testing.T) {
	w, c := cleared(t)
	const who = `"request_id": "a-step-for-the-tests", "operator": "li"`
	for name, ask := range map[string]struct{ path, body, field string }{
		"no such day":       {"", `{` + who + `, "from_date": "2012-07-32", "to_date": "2012-07-31"}`, "from_date"},
		"a number of none":  {"/0:advance", `{` + who + `, "act": "CLEARING_ACT_FROZEN"}`, "number"},
		"a step of its own": {"/7:advance", `{` + who + `, "act": "CLEARING_ACT_PAID"}`, "act"},
		"half a fen":        {"/7:confirmPayment", `{` + who + `, "bearer": "payer/a", "amount": "5.005", "reference": "b-1", "day": "2012-08-02"}`, "amount"},
		"no reference":      {"/7:confirmPayment", `{` + who + `, "bearer": "payer/a", "amount": "5.00", "day": "2012-08-02"}`, "reference"},
		"no form":           {"/7:export", `{` + who + `}`, "format"},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.post("/v1/clearings"+ask.path, ask.body)
			if got.status != http.StatusBadRequest || !strings.Contains(got.body, ask.field) {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
	c.err = clearing.Blocked(settlement.ReasonClearingStatus, "number", "opened")
	got := w.post("/v1/clearings/7:advance", `{`+who+`, "act": "CLEARING_ACT_PROPOSED"}`)
	if got.status != http.StatusConflict || !strings.Contains(got.body, "CLEARING_STATUS") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestClearingIsExported(t *testing.T) {
	w, c := cleared(t)
	got := w.post("/v1/clearings/7:export", `{"request_id": "a-file-for-the-tests", "operator": "li", "format": "CLEARING_FORMAT_CSV"}`)
	want := "\ufeff收款机构 facility,名称 name,付款方 bearer,应付（元） \"due, yuan\""
	rows := []string{
		"H1,某某县人民医院,fund/rural/360827/2012,200.00,贰佰元整,2012-08-30,100.00,100.00,0.00\r\n", "H2,,payer/a,7.00,柒元整,2012-08-30,7.00,0.00,0.00\r\n",
		"合计 total,,,207.00,贰佰零柒元整,2012-08-30,107.00,100.00,0.00\r\n",
	}
	if got.status != http.StatusOK || !strings.HasPrefix(got.body, want[:9]) {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for _, row := range rows {
		if !strings.Contains(got.body, row) {
			t.Errorf("no %q in %s", row, got.body)
		}
	}
	if len(c.taken) != 1 || c.taken[0].Act != clearing.Exported || c.taken[0].Cause != "csv" {
		t.Errorf("%+v", c.taken)
	}
	list := w.post("/v1/clearings/7:export", `{"request_id": "a-list-for-the-tests", "operator": "li", "format": "CLEARING_FORMAT_PDF"}`)
	if list.status != http.StatusOK || list.header.Get("Content-Type") != "application/pdf" {
		t.Fatalf("%d %.80q", list.status, list.body)
	}
	read := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", "-", "-")
	read.Stdin = strings.NewReader(list.body)
	text, err := read.Output()
	if err != nil {
		t.Fatal(err)
	}
	shown := strings.Join(strings.Fields(string(text)), " ")
	for _, want := range []string{
		"医疗救助清算单 第 7 期 clearing 期间 period 2012-07-01 至 to 2012-07-31 预计付款日 expected on 2012-08-30 校验 etag 7-4-0123456789abcdef",
		"应付合计 owed 207.00 元（大写：贰佰零柒元整） 已付 paid 107.00 未付 outstanding 100.00",
		"H1 某某县人民医院 fund/rural/360827/2012 200.00 贰佰元整 2012-08-30 100.00 100.00",
		"合计 total 207.00 贰佰零柒元整 2012-08-30 107.00 100.00", "H1 fund/rural/360827/2012/county 300.00 100.00 200.00 2 1",
		"签章 signature:",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in %s", want, shown)
		}
	}
	book := w.post("/v1/clearings/7:export", `{"request_id": "a-book-for-the-tests", "operator": "li", "format": "CLEARING_FORMAT_XLSX"}`)
	if book.status != http.StatusOK || !strings.HasPrefix(book.body, "PK") {
		t.Errorf("%d %.20q", book.status, book.body)
	}
}

// What was adjusted is in what is owed, and said apart, in every form.
func TestAdjustmentsAreShown(t *testing.T) {
	w, c := cleared(t)
	c.positions = append(c.positions,
		clearing.Position{Facility: "H2", Account: "adjustment/payer/a", Settled: 2_50}, clearing.Position{Facility: "H2", Account: "payer/a/adjustment", Reversed: 2_50})
	got := w.get("/v1/clearings/7?facility_id=H2").body
	for _, want := range []string{
		`"bills":"7.00","patients":"0.00","borne":"4.50","paid":"7.00"`, `"adjusted":"-2.50"},"statements"`, `"bearer":"payer/a","due":"4.50"`,
		`{"account":"payer/a/adjustment","settled":"0.00","reversed":"2.50"}`, `"adjusted":"-2.50"}],"events"`, `"standing":"PAYMENT_STANDING_OVER_PAID"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	file := w.post("/v1/clearings/7:export", `{"request_id": "a-file-for-the-tests", "operator": "li", "format": "CLEARING_FORMAT_CSV"}`).body
	for _, want := range []string{"H2,,payer/a,4.50,肆元伍角,2012-08-30,7.00,-2.50,-2.50\r\n", "合计 total,,,204.50,贰佰零肆元伍角,2012-08-30,107.00,97.50,-2.50\r\n"} {
		if !strings.Contains(file, want) {
			t.Errorf("no %q in %s", want, file)
		}
	}
}

func TestClearingsInPages(t *testing.T) {
	w, c := cleared(t)
	first := w.get("/v1/clearings?page_size=1")
	_, token, found := strings.Cut(first.body, `"next_page_token":"`)
	if first.status != http.StatusOK || !found || strings.Contains(first.body, "totals") {
		t.Fatalf("%d %s", first.status, first.body)
	}
	token, _, _ = strings.Cut(token, `"`)
	second := w.get("/v1/clearings?page_size=1&page_token=" + token)
	if second.status != http.StatusOK || strings.Contains(second.body, "next_page_token") {
		t.Errorf("%d %s", second.status, second.body)
	}
	if diff := cmp.Diff([]clearinghouse.Query{{Limit: 1, Scope: clearinghouse.Scope{All: true}}, {Before: 7, Limit: 1, Scope: clearinghouse.Scope{All: true}}}, c.queries); diff != "" {
		t.Error(diff)
	}
}

func TestClearingOverGRPC(t *testing.T) {
	w, c := cleared(t)
	c.kept.History = c.kept.History[:1] // open: it comes to nothing yet
	client := onestopv1.NewClearingServiceClient(w.conn)
	out, err := client.GetClearing(t.Context(), &onestopv1.GetClearingRequest{Number: 7})
	if err != nil || out.GetStatus() != onestopv1.ClearingAct_CLEARING_ACT_OPENED || out.GetTotals() != nil || out.GetEtag() != "" {
		t.Errorf("%v %v", err, out)
	}
	if _, err = client.ListClearings(t.Context(), &onestopv1.ListClearingsRequest{}); err != nil {
		t.Error(err)
	}
}
