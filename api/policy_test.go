package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/gazette"
)

// printer is an office with one publication, which remembers what it was asked.
type printer struct {
	twoOffices
	kept     gazette.Reading
	err      error
	proposed []gazette.Submission
	decided  []gazette.Decision
	queries  []gazette.Query
}

func (p *printer) Propose(_ context.Context, ask gazette.Submission) (gazette.Reading, error) {
	p.proposed = append(p.proposed, ask)
	return p.kept, p.err
}

func (p *printer) Decide(_ context.Context, ask gazette.Decision) (gazette.Reading, error) {
	p.decided = append(p.decided, ask)
	return p.kept, p.err
}

func (p *printer) Publication(context.Context, gazette.PublicationID) (gazette.Reading, error) {
	return p.kept, p.err
}

func (p *printer) Publications(_ context.Context, query gazette.Query) ([]gazette.Publication, gazette.PublicationID, error) {
	p.queries = append(p.queries, query)
	next := gazette.PublicationID("")
	if query.After == "" {
		next = p.kept.ID
	}
	return []gazette.Publication{{ID: p.kept.ID, Policy: "town", Digest: "ab", History: p.kept.History}}, next, p.err
}

func (p *printer) InForce(_ context.Context, id settlement.PolicyID, day settlement.Date) (gazette.Standing, error) {
	return gazette.Standing{
		Policy: &settlement.Policy{ID: id, Title: "办法"}, Version: &settlement.Version{ID: "town/1", Effective: settlement.Period{From: 20120101}},
		Edition: gazette.Edition{Number: 3, ID: "pub-1"},
	}, p.err
}

func printing(t *testing.T) (*world, *printer) {
	p := &printer{kept: gazette.Reading{
		Publication: gazette.Publication{
			ID: "pub-1", Policy: "town", Text: []byte("a"), Cases: []byte("b"), Digest: "ab",
			History: []gazette.Event{{Line: 1, Act: gazette.Proposed, By: "operator/li", At: time.Unix(1_338_520_000, 0), Cause: "3号"}},
		},
		Title: "办法", Passed: 2, Etag: "cd",
		Effect: &gazette.Effect{
			Versions: []gazette.VersionEffect{{
				Version: "town/2", Turn: gazette.Added, Effective: settlement.Period{From: 20120601}, Against: "town/1",
				Rules: []gazette.Change{{Path: []string{"Inclined", "Rate"}, Before: "0.7", After: "0.8"}},
			}},
			Since: 20120601, Touched: 1, Examples: []settlement.SettlementID{"s-1"},
		},
	}}
	return serve(t, func(c *Config) { c.Policies = p }), p
}

const (
	aProposal = `{"request_id": "a-policy-for-the-tests", "operator": "li", "policy_id": "town", "policy_text": "YQ==", "cases_text": "Yg==", "cause": "3号"}`

	shownPublication = `{"id":"pub-1","policy_id":"town","title":"办法","status":"POLICY_ACT_PROPOSED","digest":"ab","policy_text":"YQ==","cases_text":"Yg==","cases_passed":2,` +
		`"effect":{"versions":[{"version":"town/2","turn":"VERSION_TURN_ADDED","effective_from_date":"2012-06-01","against":"town/1","rules":[{"path":["Inclined","Rate"],"before":"0.7","after":"0.8",` +
		`"message":{"zh":"倾斜救助 / 救助比例：0.7 → 0.8","en":"inclined assistance / rate: 0.7 → 0.8"}}]}],"since_date":"2012-06-01","settlements_touched":1,"settlement_ids":["s-1"]},` +
		`"etag":"cd","events":[{"act":"POLICY_ACT_PROPOSED","operator":"li","time":"2012-06-01T03:06:40Z","cause":"3号"}]}`
)

func TestPolicyOverREST(t *testing.T) {
	w, p := printing(t)
	if got := w.post("/v1/policyPublications", aProposal); got.status != http.StatusOK || got.body != shownPublication {
		t.Errorf("%d %s", got.status, got.body)
	}
	want := gazette.Submission{Key: gazette.Key{Request: "a-policy-for-the-tests"}, Policy: "town", Text: []byte("a"), Cases: []byte("b"), By: "operator/li", Cause: "3号"}
	if diff := cmp.Diff([]gazette.Submission{want}, p.proposed); diff != "" {
		t.Error(diff)
	}
	if got := w.get("/v1/policyPublications/pub-1"); got.status != http.StatusOK || got.body != shownPublication {
		t.Errorf("%d %s", got.status, got.body)
	}
	w.post("/v1/policyPublications/pub-1:approve", `{"request_id": "an-approval-of-the-tests", "operator": "wang", "etag": "cd"}`)
	w.post("/v1/policyPublications/pub-1:decline", `{"request_id": "a-declining-of-the-tests", "operator": "zhao", "cause": "数字有误"}`)
	decided := []gazette.Decision{
		{Key: gazette.Key{Request: "an-approval-of-the-tests"}, ID: "pub-1", Act: gazette.Approved, Etag: "cd", By: "operator/wang"},
		{Key: gazette.Key{Request: "a-declining-of-the-tests"}, ID: "pub-1", Act: gazette.Declined, By: "operator/zhao", Cause: "数字有误"},
	}
	if diff := cmp.Diff(decided, p.decided); diff != "" {
		t.Error(diff)
	}
	inForce := `{"policy_id":"town","title":"办法","day":"2012-03-01","version":"town/1","effective_from_date":"2012-01-01","edition":3,"publication_id":"pub-1"}`
	if got := w.get("/v1/policies/town?day=2012-03-01"); got.status != http.StatusOK || got.body != inForce {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.get("/v1/policies/town?day=soon"); got.status != http.StatusBadRequest {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestPublicationsInPages(t *testing.T) {
	w, p := printing(t)
	first := w.get("/v1/policyPublications?policy_id=town&page_size=1")
	_, rest, _ := strings.Cut(first.body, `"next_page_token":"`)
	token, _, _ := strings.Cut(rest, `"`)
	second := w.get("/v1/policyPublications?policy_id=town&page_size=1&page_token=" + token)
	if strings.Contains(second.body, "next_page_token") || strings.Contains(second.body, "policy_text") {
		t.Errorf("%s", second.body)
	}
	want := []gazette.Query{{Policies: []settlement.PolicyID{"town"}, Limit: 1}, {Policies: []settlement.PolicyID{"town"}, Limit: 1, After: "pub-1"}}
	if diff := cmp.Diff(want, p.queries); diff != "" {
		t.Error(diff)
	}
	if other := w.get("/v1/policyPublications?page_token=" + token); other.status != http.StatusBadRequest {
		t.Errorf("a token of another listing: %d", other.status)
	}
}

func TestPolicyRefusals(t *testing.T) {
	w, p := printing(t)
	for name, change := range map[string][2]string{
		"no policy":     {`"policy_id": "town"`, `"policy_id": ""`},
		"no file":       {`"policy_text": "YQ=="`, `"policy_text": ""`},
		"no cases":      {`"cases_text": "Yg=="`, `"cases_text": ""`},
		"no cause":      {`"cause": "3号"`, `"cause": ""`},
		"two spellings": {`"operator": "li"`, `"operator": "Li"`},
	} {
		if got := w.post("/v1/policyPublications", strings.Replace(aProposal, change[0], change[1], 1)); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if len(p.proposed) != 0 {
		t.Errorf("%d were taken in", len(p.proposed))
	}
	p.err = &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonWorkedCaseFailed, Field: "cases_text", Value: "c-1 s1.assist: expected 1.00, computed 2.00"}
	got := w.post("/v1/policyPublications", aProposal)
	if got.status != http.StatusConflict || !strings.Contains(got.body, "WORKED_CASE_FAILED") || !strings.Contains(got.body, "computed 2.00") {
		t.Errorf("%d %s", got.status, got.body)
	}
	p.err, p.kept.Obstacle, p.kept.Effect = nil, p.err, nil
	if got := w.get("/v1/policyPublications/pub-1"); !strings.Contains(got.body, `"reason":"WORKED_CASE_FAILED","message":{"zh":"算例`) {
		t.Errorf("%s", got.body)
	}
}

// A policy that another's region settles under, too, is nobody's to change
// alone.
func TestASharedPolicyIsNobodysAlone(t *testing.T) {
	o := newMint(t)
	shared := &sharedOffice{}
	w := serve(t, func(c *Config) { c.Identity, c.Policies = o.guard, shared })
	for regions, want := range map[string]int{"360827": http.StatusForbidden, "360827 511425": http.StatusOK} {
		token := o.token(t, identity.BureauOfficer, func(c *identity.Claims) { c.Regions = strings.Fields(regions) })
		body := strings.Replace(aProposal, `"operator": "li", `, "", 1)
		if got := w.send(http.MethodPost, "/v1/policyPublications", body, "authorization: "+token); got.status != want {
			t.Errorf("%s: %d %s", regions, got.status, got.body)
		}
	}
}

type sharedOffice struct{ printer }

func (*sharedOffice) RegionsOf(settlement.PolicyID) []settlement.RegionID {
	return []settlement.RegionID{"360827", "511425"}
}
