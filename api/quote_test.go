package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// holding is the body of a quote that holds.
func holding(hold string) string {
	return strings.Replace(body(request()), `"request_id":"`+key+`",`, `"hold":`+hold+`,`, 1)
}

func TestAQuoteMayHold(t *testing.T) {
	w := serve(t)
	w.quoted = lifecycle.Quote{
		Quote: settlement.Quote{ID: "q-1", Discharge: "D1"}, State: settlement.QuoteHeld,
		HeldUntil: time.Date(2026, 3, 9, 4, 30, 0, 0, time.UTC), Replayed: true,
	}
	r := w.post("/v1/settlements:quote", holding(`{"request_id":"`+otherKey+`","minutes":30}`))
	if r.status != http.StatusOK || r.header.Get("Idempotency-Replayed") != "true" {
		t.Fatalf("%d %s, replayed %q", r.status, r.body, r.header.Get("Idempotency-Replayed"))
	}
	for _, shown := range []string{`"id":"q-1"`, `"QUOTE_STATE_HELD"`, `2026-03-09T04:30:00Z`, "额度已保留"} {
		if !strings.Contains(strings.ReplaceAll(r.body, " ", ""), shown) {
			t.Errorf("the answer does not show %s: %s", shown, r.body)
		}
	}
	asked := w.asked[0]
	if asked.Request != otherKey || asked.Hold != 30*time.Minute || asked.Quote != "" {
		t.Errorf("asked for request %s, hold %s, quote %s", asked.Request, asked.Hold, asked.Quote)
	}
}

func TestWhatAHoldNeeds(t *testing.T) {
	for name, c := range map[string]struct{ body, field string }{
		"a request id":             {holding(`{"minutes":30}`), "hold.request_id"},
		"a long enough request id": {holding(`{"minutes":30,"request_id":"short"}`), "hold.request_id"},
		"a time":                   {holding(`{"request_id":"` + otherKey + `"}`), "hold.minutes"},
		"a week at most":           {holding(`{"request_id":"` + otherKey + `","minutes":10081}`), "hold.minutes"},
		"a discharge": {strings.Replace(holding(`{"request_id":"`+otherKey+`","minutes":1}`),
			`"discharge_id":"`+request().DischargeId+`",`, "", 1), "discharge_id"},
	} {
		t.Run(name, func(t *testing.T) {
			w := serve(t)
			r := w.post("/v1/settlements:quote", c.body)
			if r.status != http.StatusBadRequest || !strings.Contains(r.body, `"`+c.field+`"`) || len(w.asked) != 0 {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
}

func TestSettlingByAQuote(t *testing.T) {
	w := serve(t)
	in := request()
	in.QuoteId = "q-1"
	if r := w.post("/v1/settlements", body(in)); r.status != http.StatusOK || w.asked[0].Quote != "q-1" {
		t.Errorf("%d, asked %q", r.status, w.asked[0].Quote)
	}
}

func TestQuotesAreReadAndReleased(t *testing.T) {
	w := serve(t)
	w.quoted = lifecycle.Quote{Quote: settlement.Quote{ID: "q-1"}, State: settlement.QuoteReleased}
	if r := w.get("/v1/quotes/q-1"); r.status != http.StatusOK || !strings.Contains(r.body, "QUOTE_STATE_RELEASED") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.post("/v1/quotes/q-2:release", "{}"); r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.body)
	}
	if !cmp.Equal(w.quoteReads, []settlement.QuoteID{"q-1"}) || len(w.releases) != 1 || w.releases[0].Quote != "q-2" || w.releases[0].Actor == "" {
		t.Errorf("read %v, released %v", w.quoteReads, w.releases)
	}
	w.fail = &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonQuoteNotFound, Field: "id", Value: "q-3"}
	if r := w.get("/v1/quotes/q-3"); r.status != http.StatusNotFound || !strings.Contains(r.body, "QUOTE_NOT_FOUND") {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// What is held is listed with who holds it, for whom and until when.
func TestQuotesThatHoldAreListed(t *testing.T) {
	w := serve(t)
	until := time.Date(2012, 8, 1, 1, 0, 0, 0, time.UTC)
	w.quoted = lifecycle.Quote{
		Quote: settlement.Quote{
			ID: "q-1", Facility: "H2", Discharge: "D1", Beneficiary: settlement.Beneficiary{ID: "p-1"}, Year: 2012, At: until.Add(-time.Hour),
			Adjudication: settlement.Adjudication{Benefit: 700_00, Delta: settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{"total": 650_00}}},
		},
		State: settlement.QuoteHeld, HeldUntil: until,
	}
	r := w.get("/v1/quotes?person_id=p-1&facility_id=H2&page_size=3")
	for _, want := range []string{
		`"held":{"id":"q-1","state":"QUOTE_STATE_HELD","hold_until_time":"2012-08-01T01:00:00Z","discharge_id":"D1"}`, `"facility_id":"H2"`,
		`"person_id":"p-1","year":2012,"promised":"700.00"`, `"bucket":"total"`, `"amount":"650.00"`, `"create_time":"2012-08-01T00:00:00Z"`,
	} {
		if !strings.Contains(r.body, want) {
			t.Errorf("%s is missing in %s", want, r.body)
		}
	}
	_, token, found := strings.Cut(r.body, `"next_page_token":"`)
	w.get("/v1/quotes?person_id=p-1&facility_id=H2&page_size=3&page_token=" + strings.Trim(token, `"}`))
	want := lifecycle.HoldingQuery{Tenant: "H2", Person: "p-1", Facility: "H2", Limit: 3}
	next := want
	next.After = "q-1"
	if diff := cmp.Diff([]lifecycle.HoldingQuery{want, next}, w.holdings); diff != "" || !found {
		t.Error(diff)
	}
	if r := w.get("/v1/quotes?page_token=" + strings.Trim(token, `"}`)); r.status != http.StatusBadRequest {
		t.Errorf("another list's token: %d", r.status)
	}
}
