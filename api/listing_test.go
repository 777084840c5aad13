package api

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"pgregory.net/rapid"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

func (w *world) list(query string) *onestopv1.ListSettlementsResponse {
	w.t.Helper()
	r := w.get("/v1/settlements?" + query)
	out := &onestopv1.ListSettlementsResponse{}
	if err := protojson.Unmarshal([]byte(r.body), out); r.status != http.StatusOK || err != nil {
		w.t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	return out
}

// Walking the pages hands the lifecycle the place where the page before ended,
// and the listing of one facility to that facility as tenant.
func TestPages(t *testing.T) {
	w := serve(t)
	mark := lifecycle.Mark{OpenedAt: time.Date(2012, 8, 9, 6, 30, 0, 123456789, time.UTC), ID: "st-1"}
	w.page.Next = &mark
	filter := "filter=" + url.QueryEscape(`facility_id = "H36082700001"`)
	first := w.list(filter + "&page_size=1")
	if len(first.GetSettlements()) != 1 || first.GetNextPageToken() == "" {
		t.Fatalf("%v", first)
	}
	w.page.Next = nil
	if last := w.list(filter + "&page_size=2&page_token=" + first.GetNextPageToken()); last.GetNextPageToken() != "" {
		t.Errorf("%v", last)
	}
	want := lifecycle.Query{Tenant: "H36082700001", Facility: "H36082700001", Limit: 1}
	if diff := cmp.Diff(want, w.queries[0]); diff != "" {
		t.Error(diff)
	}
	want.Limit, want.Before = 2, &mark
	if diff := cmp.Diff(want, w.queries[1]); diff != "" {
		t.Error(diff)
	}
	w.list("")
	if diff := cmp.Diff(lifecycle.Query{Limit: 50}, w.queries[2]); diff != "" {
		t.Error(diff)
	}
}

// A token is refused under another filter, damaged, or made up.
func TestBadPageTokens(t *testing.T) {
	w := serve(t)
	w.page.Next = &lifecycle.Mark{OpenedAt: time.Unix(1, 0), ID: "st-1"}
	token := w.list("filter=review%3Dtrue").GetNextPageToken()
	damaged := []byte(token)
	damaged[len(damaged)-2]++
	spare := []byte(token) // of the last character's bits some stand for nothing
	spare[len(spare)-1]++
	for _, query := range []string{
		"page_token=" + token,
		"filter=facility_id%3DH1&page_token=" + token,
		"filter=review%3D+true&page_token=" + token,
		"filter=review%3Dtrue&page_token=" + token[:len(token)-1],
		"filter=review%3Dtrue&page_token=" + string(damaged),
		"filter=review%3Dtrue&page_token=" + string(spare),
		"filter=review%3Dtrue&page_token=x",
		"filter=review%3Dtrue&page_token=AAAA",
		"filter=review%3Dtrue&page_token=%00",
		"filter=review%3Dtrue&page_token=" + base64.RawURLEncoding.EncodeToString(make([]byte, 40)),
	} {
		r := w.get("/v1/settlements?" + query)
		if told := r.told(t); r.status != http.StatusBadRequest || told.reason() != settlement.ReasonInvalidPage || told.field() != "page_token" {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
	if len(w.queries) != 1 {
		t.Errorf("%d listings came through", len(w.queries)-1)
	}
}

// Every token comes back as the place it was made from, under its own key only.
func TestPageTokenRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mark := lifecycle.Mark{
			OpenedAt: time.Unix(0, rapid.Int64().Draw(t, "at")).UTC(),
			ID:       settlement.SettlementID(rapid.StringMatching(`[0-9A-Za-z_-]{1,64}`).Draw(t, "id")),
		}
		key, other := rapid.String().Draw(t, "key"), rapid.String().Draw(t, "other")
		got, err := parsePageToken(pageToken(mark, key), key)
		if err != nil || !got.OpenedAt.Equal(mark.OpenedAt) || got.ID != mark.ID {
			t.Fatalf("%v became %v, %v", mark, got, err)
		}
		if _, err := parsePageToken(pageToken(mark, key), other); err == nil && key != other {
			t.Fatalf("read under %q", other)
		}
	})
}

// Page sizes beyond the limit and parameters nobody reads are refused: a
// filter misspelt must not list everything.
func TestBadListings(t *testing.T) {
	w := serve(t)
	for query, field := range map[string]string{
		"page_size=201":               "page_size",
		"page_size=-1":                "page_size",
		"page_size=many":              "page_size",
		"page_size=1&page_size=2":     "page_size",
		"page_size=1.5":               "page_size",
		"filtre=review%3Dtrue":        "query",
		"pageSize=1":                  "query",
		"id=st-1":                     "query",
		"filter=a&Filter=b":           "query",
		"filter=review%3Dtrue;x=1":    "query",
		"page_token=&tenant=H1":       "query",
		"filter=%zz":                  "query",
		"settlements.id=1":            "query",
		"filter=review%3Dtrue&__p__=": "query",
	} {
		r := w.get("/v1/settlements?" + query)
		if told := r.told(t); r.status != http.StatusBadRequest || told.reason() != settlement.ReasonInvalidArgument || told.field() != field {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
	for _, path := range []string{"/v1/settlements/st-1?id=st-2", "/v1/settlements/st-1?x=1", "/v1/settlements/st-1/statement?lang=en"} {
		if r := w.get(path); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	if r := w.post("/v1/settlements?dry_run=true", body(request())); r.status != http.StatusBadRequest {
		t.Errorf("a POST with a query: %d", r.status)
	}
	if w.calls != 0 {
		t.Errorf("%d calls came through", w.calls)
	}
	for size, limit := range map[int]int{0: 50, 1: 1, 200: 200} {
		w.list(fmt.Sprintf("page_size=%d", size))
		if got := w.queries[len(w.queries)-1].Limit; got != limit {
			t.Errorf("page_size=%d asks for %d", size, got)
		}
	}
}

// A row of a listing tells nothing about a person: neither why a settled bill
// was assisted as it was, nor anything of the category or the disease.
func TestSummary(t *testing.T) {
	s := committed()
	want := `{"id":"st-1","request_id":"` + key + `","facility_id":"H36082700001","discharge_id":"ZY20120809-17",` +
		`"state":"STATE_SETTLED","discharge_date":"2012-08-09","submitted":"12000.00","benefit":"2400.00","patient_pays":"2040.00",` +
		`"create_time":"2012-08-09T06:30:00Z","close_time":"2012-08-09T06:30:03Z","review":false}`
	if got := body(encodeSummary(&s)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	s = aborted()
	want = `{"id":"st-1","request_id":"` + key + `","facility_id":"H36082700001","discharge_id":"ZY20120809-17",` +
		`"state":"STATE_NOT_SETTLED","reason":"PAYER_REFUSED","discharge_date":"2012-08-09","submitted":"12000.00",` +
		`"create_time":"2012-08-09T06:30:00Z","close_time":"2012-08-09T06:30:03Z","review":false}`
	if got := body(encodeSummary(&s)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
