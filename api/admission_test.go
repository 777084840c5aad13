package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// ward answers with one stay as its events tell it, and remembers what it was
// asked.
type ward struct {
	err     error
	events  []stay.Event
	asked   []stay.Ask
	charged []stay.ChargeAsk
	stated  []stay.Statement
	said    []stay.Suggestion
	decided []stay.Decision
	queried []stay.Query
}

// aWard has a stay registered as I1, with a row taken, one not, and one in
// doubt.
func aWard() *ward {
	row := func(id string) stay.Row {
		return stay.Row{ID: id, Item: "x", Name: "药", Number: "2", Price: "0.6250", Total: 1_25}
	}
	at := time.Date(2012, 8, 1, 1, 0, 0, 0, time.UTC)
	return &ward{events: []stay.Event{
		{Stay: "y-1", No: 1, At: at, Act: stay.ActRegister, Tenant: "H36082700001", Request: key, Form: stay.Form{
			Facility: "H36082700001", Person: "p-1", Region: "360827", Scheme: settlement.SchemeNCMS, Payer: "ncms", Insured: "360827010001",
			Details: stay.Details{Inpatient: "ZY1", Admission: 20120801},
		}},
		{Stay: "y-1", No: 2, Act: stay.ActRegistered, Result: settlement.ResultApplied, Encounter: "I1"},
		{Stay: "y-1", No: 3, Act: stay.ActCharge, Rows: []stay.Row{row("r1"), row("r2"), row("r3")}},
		{Stay: "y-1", No: 4, Act: stay.ActCharged, Result: settlement.ResultApplied, Lines: []stay.Line{
			{Of: "r1", Taken: true, Eligible: 1_00}, {Of: "r2", Words: "目录外"},
		}},
	}}
}

func (w *ward) Register(_ context.Context, ask stay.Ask) (stay.Outcome, error) {
	w.asked = append(w.asked, ask)
	return stay.Outcome{Stay: stay.Fold(w.events), Replayed: len(w.asked) > 1}, w.err
}

func (w *ward) Charge(_ context.Context, ask stay.ChargeAsk) (stay.Stay, error) {
	w.charged = append(w.charged, ask)
	return stay.Fold(w.events), w.err
}

func (w *ward) State(_ context.Context, said stay.Statement) (stay.Stay, error) {
	w.stated = append(w.stated, said)
	return stay.Fold(w.events), w.err
}

func (w *ward) Propose(_ context.Context, said stay.Suggestion) (stay.Stay, error) {
	w.said = append(w.said, said)
	return stay.Fold(w.events), w.err
}

func (w *ward) Approve(_ context.Context, said stay.Decision) (stay.Stay, error) {
	w.decided = append(w.decided, said)
	return stay.Fold(w.events), w.err
}

func (w *ward) Decline(_ context.Context, said stay.Decision) (stay.Stay, error) {
	w.decided = append(w.decided, said)
	return stay.Fold(w.events), w.err
}

func (w *ward) Find(_ context.Context, _ settlement.TenantID, id stay.ID) (stay.Stay, error) {
	if id != "y-1" {
		return stay.Stay{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonAdmissionNotFound, Field: "id"}
	}
	return stay.Fold(w.events), nil
}

func (w *ward) List(_ context.Context, query stay.Query) ([]stay.Summary, *stay.Mark, error) {
	w.queried = append(w.queried, query)
	if query.Before != nil {
		return nil, nil, nil
	}
	return []stay.Summary{stay.Fold(w.events).Summary}, &stay.Mark{At: w.events[0].At, ID: "y-1"}, nil
}

func warded(t *testing.T) (*world, *ward) {
	kept := aWard()
	return serve(t, func(c *Config) { c.Admissions = kept }), kept
}

const anAdmission = `{"request_id": "` + key + `", "facility_id": "H36082700001", "beneficiary": {"id_number": "` + idNumber + `", "name": "张测试", "insured_number": "360827010001"},
	"scheme": "SCHEME_NCMS", "inpatient_number": "ZY1", "admission_date": "2012-08-01", "department": "内科", "doctor": "李测试", "condition": "1",
	"disease": "J18", "bed": "3", "referred": true, "notice_number": "MZ1"}`

// A stay is asked for with everything a payer wants to know, and told without
// what identifies the person.
func TestAdmissionsOverREST(t *testing.T) {
	w, kept := warded(t)
	for i := range 2 {
		got := w.post("/v1/admissions", anAdmission)
		if got.status != http.StatusOK || (got.header.Get("Idempotency-Replayed") == "true") != (i == 1) {
			t.Fatalf("%d %v %s", got.status, got.header, got.body)
		}
		for _, secret := range []string{idNumber, "360827010001", "ZY1", "张测试", "charges"} {
			if strings.Contains(got.body, secret) {
				t.Errorf("%s stands in %s", secret, got.body)
			}
		}
		for _, want := range []string{`"id":"y-1"`, `"state":"ADMISSION_STATE_REGISTERED"`, `"encounter_id":"I1"`, `"charged":"1.25"`, `"rows":3`, `"rows_outstanding":2`} {
			if !strings.Contains(got.body, want) {
				t.Errorf("%s is missing in %s", want, got.body)
			}
		}
	}
	want := stay.Ask{
		Tenant: "H36082700001", Actor: "facility/H36082700001", Request: key, Facility: "H36082700001", Person: idNumber, Name: "张测试",
		Insured: "360827010001", Scheme: settlement.SchemeNCMS,
		Details: stay.Details{
			Inpatient: "ZY1", Admission: 20120801, Department: "内科", Doctor: "李测试", Status: "1", Disease: "J18", Bed: "3", Referred: true, Notice: "MZ1",
		},
	}
	if kept.asked[0] != want {
		t.Errorf("asked %+v", kept.asked[0])
	}
	got := w.send(http.MethodGet, "/v1/admissions/y-1", "")
	for _, want := range []string{
		`"row_id":"r1","item_code":"x","name":"药","quantity":"2","price":"0.6250","total":"1.25"`, `"state":"CHARGE_STATE_TAKEN","eligible":"1.00"`,
		`"state":"CHARGE_STATE_NOT_TAKEN","message":"目录外"`, `"state":"CHARGE_STATE_IN_DOUBT"`,
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("%s is missing in %s", want, got.body)
		}
	}
	if got := w.send(http.MethodGet, "/v1/admissions/y-2", ""); got.status != http.StatusNotFound || !strings.Contains(got.body, "ADMISSION_NOT_FOUND") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// charges is a request to upload n rows, spoilt somewhere.
func charges(n int, old, with string) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"row_id":"r%d","item_code":"x","name":"药","quantity":"2","price":"0.6250","total":"1.25"}`, i)
	}
	return `{"rows":[` + strings.Replace(strings.Join(rows, ","), old, with, 1) + `]}`
}

// As many rows are taken as the ward takes, and what is wrong with one is named
// by its place.
func TestChargesOverREST(t *testing.T) {
	w, kept := warded(t)
	got := w.post("/v1/admissions/y-1:charge", charges(stay.RowsMost, "", ""))
	if got.status != http.StatusOK || len(kept.charged) != 1 || len(kept.charged[0].Rows) != stay.RowsMost || kept.charged[0].Stay != "y-1" ||
		kept.charged[0].Rows[0] != (stay.Row{ID: "r0", Item: "x", Name: "药", Number: "2", Price: "0.6250", Total: 1_25}) {
		t.Fatalf("%d %s %+v", got.status, got.body, kept.charged)
	}
	for _, c := range []struct {
		name, body, field string
	}{
		{"one row too many", charges(stay.RowsMost+1, "", ""), "rows"},
		{"no row", `{}`, "rows"},
		{"half a fen", charges(2, `"1.25"`, `"1.255"`), "rows[0].total"},
		{"no item", charges(2, `"item_code":"x"`, `"item_code":""`), "rows[0].item_code"},
		{"a price of five decimals", charges(2, `"0.6250"`, `"0.62501"`), "rows[0].price"},
		{"a negative number", charges(2, `"quantity":"2"`, `"quantity":"-2"`), "rows[0].quantity"},
		{"a row without an id", charges(2, `"r1"`, `""`), "rows[1].row_id"},
	} {
		got := w.post("/v1/admissions/y-1:charge", c.body)
		if got.status != http.StatusBadRequest || !strings.Contains(got.body, `"field":"`+c.field+`"`) {
			t.Errorf("%s: %d %s", c.name, got.status, got.body)
		}
	}
	kept.err = &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonAdmissionUnregistered, Field: "id"}
	if got := w.post("/v1/admissions/y-1:charge", charges(1, "", "")); !strings.Contains(got.body, "ADMISSION_NOT_REGISTERED") || !strings.Contains(got.body, "尚未在支付方登记") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// A person's word is taken with who says so and what shows it.
func TestStatementsOverREST(t *testing.T) {
	w, kept := warded(t)
	got := w.post("/v1/admissions/y-1:state", `{"encounter_id":"I7","document":"letter 7","operator":"chen.li"}`)
	want := []stay.Statement{{Actor: "operator/chen.li", Stay: "y-1", Encounter: "I7", Document: "letter 7"}}
	if got.status != http.StatusOK || !slices.Equal(kept.stated, want) {
		t.Errorf("%d %s %+v", got.status, got.body, kept.stated)
	}
	for field, body := range map[string]string{
		"document": `{"encounter_id":"I7","operator":"chen.li"}`, "operator": `{"encounter_id":"I7","document":"letter 7"}`,
		"encounter_id": `{"encounter_id":"I 7","document":"letter 7","operator":"chen.li"}`,
	} {
		if got := w.post("/v1/admissions/y-1:state", body); got.status != http.StatusBadRequest || !strings.Contains(got.body, `"field":"`+field+`"`) {
			t.Errorf("%s: %d %s", field, got.status, got.body)
		}
	}
}

// What one person proposes and another decides goes to the ward with who says so,
// and is shown with what was read.
func TestRemediesOverREST(t *testing.T) {
	w, kept := warded(t)
	kept.events = append(kept.events,
		stay.Event{Stay: "y-1", No: 5, Act: stay.ActHanded, Lines: []stay.Line{{Of: "r3"}}},
		stay.Event{Stay: "y-1", No: 6, At: kept.events[0].At, Act: stay.ActByHand, Actor: "operator/chen.li", Words: "letter 7", Lines: []stay.Line{{Of: "r3"}}})
	got := w.post("/v1/admissions/y-1:propose", `{"remedy":"ADMISSION_REMEDY_ROWS_UPLOADED_BY_HAND","row_ids":["r3"],"document":"letter 7","operator":"chen.li"}`)
	for _, want := range []string{
		`"rows_for_people":1`, `"etag":"6"`, `"state":"CHARGE_STATE_FOR_PEOPLE"`, `"proposal":{"operator":"operator/chen.li"`,
		`"remedy":"ADMISSION_REMEDY_ROWS_UPLOADED_BY_HAND","row_ids":["r3"],"document":"letter 7"`,
	} {
		if got.status != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%s is missing in %d %s", want, got.status, got.body)
		}
	}
	want := stay.Suggestion{Actor: "operator/chen.li", Stay: "y-1", Remedy: stay.RowsByHand, Rows: []string{"r3"}, Document: "letter 7"}
	if diff := cmp.Diff([]stay.Suggestion{want}, kept.said); diff != "" {
		t.Error(diff)
	}
	kept.events = append(kept.events, stay.Event{Stay: "y-1", No: 7, Act: stay.ActApproved})
	got = w.post("/v1/admissions/y-1:approve", `{"etag":"6","operator":"wang.wu"}`)
	if got.status != http.StatusOK || !strings.Contains(got.body, `"state":"CHARGE_STATE_UPLOADED_BY_HAND","message":"letter 7"`) || strings.Contains(got.body, "proposal") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.post("/v1/admissions/y-1:decline", `{"operator":"wang.wu"}`); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
	if diff := cmp.Diff([]stay.Decision{{Actor: "operator/wang.wu", Stay: "y-1", Seen: 6}, {Actor: "operator/wang.wu", Stay: "y-1"}}, kept.decided); diff != "" {
		t.Error(diff)
	}
	for remedy, rows := range map[string]string{"ROWS_NOT_UPLOADED": `[]`, "RELEASE_DISCHARGE": `["r3"]`} {
		got := w.post("/v1/admissions/y-1:propose", `{"remedy":"ADMISSION_REMEDY_`+remedy+`","row_ids":`+rows+`,"document":"letter 7","operator":"chen.li"}`)
		if got.status != http.StatusBadRequest || !strings.Contains(got.body, `"field":"row_ids"`) {
			t.Errorf("%s of %s: %d %s", remedy, rows, got.status, got.body)
		}
	}
}

func TestAdmissionsAreListed(t *testing.T) {
	w, kept := warded(t)
	first := w.send(http.MethodGet, "/v1/admissions?facility_id=H36082700001&person_id=p-1&outstanding=true&page_size=1", "")
	page := &onestopv1.ListAdmissionsResponse{}
	if err := protojson.Unmarshal([]byte(first.body), page); err != nil {
		t.Fatal(err)
	}
	if len(page.GetAdmissions()) != 1 || page.GetAdmissions()[0].GetCharges() != nil || page.GetNextPageToken() == "" {
		t.Fatalf("%d %s", first.status, first.body)
	}
	w.send(http.MethodGet, "/v1/admissions?facility_id=H36082700001&person_id=p-1&outstanding=true&page_size=1&page_token="+page.GetNextPageToken(), "")
	if got := w.send(http.MethodGet, "/v1/admissions?page_token="+page.GetNextPageToken(), ""); got.status != http.StatusBadRequest {
		t.Errorf("a token of another list: %d %s", got.status, got.body)
	}
	want := stay.Query{Tenant: "H36082700001", Facility: "H36082700001", Person: "p-1", Outstanding: true, Limit: 1}
	after := want
	after.Before = &stay.Mark{At: kept.events[0].At, ID: "y-1"}
	if fmt.Sprintf("%+v", kept.queried[0]) != fmt.Sprintf("%+v", want) || len(kept.queried) != 2 || *kept.queried[1].Before != *after.Before {
		t.Errorf("%+v", kept.queried)
	}
}

// twoWards are the stays of two towns. They go by the facility alone, as though
// the ward forgot tenants.
type twoWards struct{ towns *twoTowns }

func (w *twoWards) stay(side sideOf) stay.Stay {
	events := aWard().events
	events[0].Stay, events[0].Form.Facility, events[0].Form.Person = stay.ID("y-"+side.name), side.facility, settlement.BeneficiaryID("p-"+side.name)
	return stay.Fold(events)
}

func (w *twoWards) Register(_ context.Context, ask stay.Ask) (stay.Outcome, error) {
	w.towns.done(string(ask.Facility))
	return stay.Outcome{Stay: w.stay(ownSide)}, nil
}

func (w *twoWards) Charge(ctx context.Context, ask stay.ChargeAsk) (stay.Stay, error) {
	w.towns.done(string(ask.Stay))
	return w.Find(ctx, ask.Tenant, ask.Stay)
}

func (w *twoWards) State(ctx context.Context, said stay.Statement) (stay.Stay, error) {
	w.towns.done(string(said.Stay))
	return w.Find(ctx, said.Tenant, said.Stay)
}

func (w *twoWards) Propose(ctx context.Context, said stay.Suggestion) (stay.Stay, error) {
	w.towns.done(string(said.Stay))
	return w.Find(ctx, said.Tenant, said.Stay)
}

func (w *twoWards) Approve(ctx context.Context, said stay.Decision) (stay.Stay, error) {
	w.towns.done(string(said.Stay))
	return w.Find(ctx, said.Tenant, said.Stay)
}

func (w *twoWards) Decline(ctx context.Context, said stay.Decision) (stay.Stay, error) {
	w.towns.done(string(said.Stay))
	return w.Find(ctx, said.Tenant, said.Stay)
}

func (w *twoWards) Find(_ context.Context, _ settlement.TenantID, id stay.ID) (stay.Stay, error) {
	side, found := sideNamed(string(id))
	if !found {
		return stay.Stay{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonAdmissionNotFound, Field: "id", Value: string(id)}
	}
	return w.stay(side), nil
}

func (w *twoWards) List(_ context.Context, query stay.Query) (found []stay.Summary, _ *stay.Mark, _ error) {
	for _, side := range twoSides {
		if (query.Tenant == "" || query.Tenant == settlement.TenantID(side.facility)) && (len(query.Regions) == 0 || slices.Contains(query.Regions, side.region)) {
			found = append(found, w.stay(side).Summary)
		}
	}
	return found, nil, nil
}
