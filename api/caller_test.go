package api

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
)

// claimsOfHeaders are headers by which somebody might hope to be somebody else.
func claimsOfHeaders(another string) map[string]string {
	return map[string]string{
		"Grpc-Metadata-Authorization": another, "Grpc-Metadata-Tenant": "H51142500001", "Grpc-Metadata-X-Tenant": "H51142500001",
		"Grpc-Metadata-Roles": "operator", "Grpc-Metadata-Subject": "wang", "Grpc-Metadata-Grpc-Metadata-Authorization": another,
		"Grpcgateway-Authorization": another, "X-Tenant": "H51142500001", "X-Tenant-Id": "H51142500001", "Tenant": "H51142500001",
		"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "localhost", "X-Forwarded-Proto": "https", "X-Forwarded-User": "wang",
		"X-Forwarded-Client-Cert": "URI=urn:onestop:tenant:H51142500001", "Forwarded": "for=127.0.0.1", "X-Real-Ip": "127.0.0.1",
		"X-Client-Cert": "urn:onestop:tenant:H51142500001", "Ssl-Client-Cert": "urn:onestop:tenant:H51142500001",
		"X-Ssl-Client-S-Dn": "CN=H51142500001", "X-Ssl-Client-Verify": "SUCCESS", "X-Remote-User": "wang", "Remote-User": "wang",
		"X-User": "wang", "X-Roles": "operator,security-admin", "X-Auth-Request-User": "wang", "X-Authorization": another,
		"Proxy-Authorization": another, "X-Original-Url": "/v1/attention", "X-Rewrite-Url": "/v1/attention", "X-Http-Method-Override": "POST",
		"X-Operator": "wang", "Cookie": "authorization=" + strings.TrimPrefix(another, "Bearer "), "From": "wang@example.cn", "X-Api-Key": "wang",
		"X-Onestop-Caller": `{"tenant":"H51142500001"}`, "Grpc-Timeout": "1H", "Te": "trailers",
	}
}

// TestHeadersMakeNobodyElse: whatever header is sent beside, a caller meets their
// own and nothing of another's, and without authorization nobody is let in.
func TestHeadersMakeNobodyElse(t *testing.T) {
	o := newMint(t)
	w, towns := guarded(t, o)
	own := o.token(t, identity.Cashier)
	another := o.token(t, identity.Cashier, func(c *identity.Claims) { c.Tenant = string(otherSide.facility) })
	headers := claimsOfHeaders(another)
	if len(headers) < 30 {
		t.Errorf("%d headers", len(headers))
	}
	if w.get("/v1/settlements/st-other", "Authorization: "+another).status != http.StatusOK {
		t.Fatal("the other token is to be believed where it belongs")
	}
	for name, value := range headers {
		for path, want := range map[string]int{"/v1/settlements/st-own": 200, "/v1/settlements/st-other": 404, "/v1/attention": 403} {
			if got := w.get(path, "Authorization: "+own, name+": "+value); got.status != want {
				t.Errorf("%s: %s answers %d %s", name, path, got.status, got.body)
			}
			if got := w.get(path, name+": "+value); got.status != http.StatusUnauthorized {
				t.Errorf("%s alone: %s answers %d", name, path, got.status)
			}
		}
		if key := strings.ToLower(name); key != "te" && key != "grpc-timeout" {
			for _, v := range verbs(t) {
				if v.name == "SettlementService.GetSettlement" {
					if got := w.callGRPC(t, v, v.fill(t, otherSide), "authorization", own, key, value); got.code != codes.NotFound {
						t.Errorf("%s over gRPC: %s", name, got.code)
					}
					if got := w.callGRPC(t, v, v.fill(t, ownSide), key, value); got.code != codes.Unauthenticated {
						t.Errorf("%s alone over gRPC: %s", name, got.code)
					}
				}
			}
		}
	}
	if towns.wronged.Load() != 0 {
		t.Error("something was done to another's")
	}
}

// Two headers authorization are not one: neither is believed.
func TestTwoTokensAreNone(t *testing.T) {
	o := newMint(t)
	w, _ := guarded(t, o)
	own, another := o.token(t, identity.Cashier), o.token(t, identity.CashierSupervisor)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/v1/settlements/st-own", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header["Authorization"] = []string{own, another}
	got := w.do(request)
	if got.status != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("%d %v", got.status, got.header)
	}
	for _, v := range verbs(t) {
		if v.name == "SettlementService.GetSettlement" {
			if heard := w.callGRPC(t, v, v.fill(t, ownSide), "authorization", own, "authorization", another); heard.code != codes.Unauthenticated {
				t.Errorf("over gRPC: %s", heard.code)
			}
		}
	}
}

// What is wrong with a credential stands in the log; the caller hears, in both
// languages, that it is, and what to do.
func TestTheUnknownAreToldWhatToDo(t *testing.T) {
	o := newMint(t)
	w, _ := guarded(t, o)
	for want, headers := range map[settlement.Reason][]string{
		settlement.ReasonUnauthenticated:  {"Authorization: Bearer nonsense"},
		settlement.ReasonPermissionDenied: {"Authorization: " + o.token(t, identity.SecurityAdmin)},
	} {
		got := w.get("/v1/settlements", headers...).told(t)
		if got.reason() != want || got.sentences["zh-CN"] == "" || got.sentences["en"] == "" || got.info.GetMetadata()["money_moved"] != "no" {
			t.Errorf("%s: %v", want, got)
		}
		if strings.Contains(got.String(), "segments") || strings.Contains(got.String(), "kid") {
			t.Errorf("it tells what is wrong: %v", got)
		}
	}
	for _, event := range w.events() {
		if event["method"] == "ListSettlements" && event["caller"] != "MZ360827/li" {
			t.Errorf("the log says %v", event)
		}
	}
	if strings.Contains(w.log.String(), "Bearer") {
		t.Error("a token stands in the log")
	}
}

// Who acts is whose token it is: a request may leave it out, and may not name
// anybody else, on either transport.
func TestWhoActsIsTheCaller(t *testing.T) {
	o := newMint(t)
	w, _ := guarded(t, o)
	token := "Authorization: " + o.token(t, identity.Operator)
	for body, want := range map[string]int{`{}`: 200, `{"operator":"li"}`: 200, `{"operator":"wang"}`: 403, `{"operator":"LI"}`: 403, `{"operator":"li "}`: 403} {
		got := w.post("/v1/attention/st-own:decline", body, token)
		if got.status != want {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
		if want == 403 {
			if told := got.told(t); told.reason() != settlement.ReasonNotTheCaller || told.field() != "operator" {
				t.Errorf("%s: %v", body, told)
			}
		}
	}
	for _, said := range w.words {
		if said.by != "operator/li" {
			t.Errorf("acted by %s", said.by)
		}
	}
	if len(w.words) != 2 {
		t.Errorf("%d words", len(w.words))
	}
}

// A hospital's caller may be narrowed to some of its facilities, and whose audit
// line it is, is theirs.
func TestActorAndFacilitiesAreTheTokens(t *testing.T) {
	o := newMint(t)
	w, _ := guarded(t, o)
	narrow := "Authorization: " + o.token(t, identity.Cashier, func(c *identity.Claims) { c.Facilities = []string{"H36082700009"} })
	if got := w.post("/v1/settlements", body(request()), narrow); got.status != http.StatusForbidden || got.told(t).field() != "facility_id" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.get("/v1/settlements/st-own", narrow); got.status != http.StatusNotFound {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.post("/v1/settlements", body(request()), "Authorization: "+o.token(t, identity.Cashier, func(c *identity.Claims) { c.Terminal = "W-3" })); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if len(w.asked) != 1 || !regexp.MustCompile(`^caller/H36082700001/li role=cashier terminal=W-3 token=[0-9a-f]{12}$`).MatchString(w.asked[0].Actor) || w.asked[0].Tenant != "H36082700001" {
		t.Errorf("asked %+v", w.asked)
	}
}

// The operator's pages are for the operator's tokens.
func TestOperatorsOnly(t *testing.T) {
	o := newMint(t)
	c := Config{Identity: o.guard}
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("figures")) })
	w := &world{t: t}
	w.serveREST(NewHTTPServer(c.OperatorsOnly(page)))
	for _, role := range identity.Roles {
		got := w.get("/", "Authorization: "+o.token(t, role))
		if want := role == identity.Operator; (got.body == "figures") != want || want == (got.status == http.StatusForbidden) {
			t.Errorf("%s: %d %s", role, got.status, got.body)
		}
	}
	if got := w.get("/"); got.status != http.StatusUnauthorized {
		t.Errorf("nobody: %d", got.status)
	}
	open := &world{t: t}
	open.serveREST(NewHTTPServer((&Config{}).OperatorsOnly(page)))
	if got := open.get("/"); got.body != "figures" {
		t.Errorf("on loopback: %d", got.status)
	}
}

// The listener of operations answers probes to everybody, and shows pages to
// certificates of the operator's only; here nobody has one.
func TestOperationsDemandACertificate(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("figures")) })
	for _, demand := range []bool{true, false} {
		w := &world{t: t}
		w.serveREST(NewHTTPServer(NewOperations(Config{}, map[string]http.Handler{"GET /metrics": page}, demand)))
		if got := w.get("/metrics"); (got.status == http.StatusUnauthorized) != demand {
			t.Errorf("demanded %t: %d", demand, got.status)
		}
		if w.get("/healthz").status != 200 || w.get("/readyz").status != 200 || w.get("/v1/settlements").status != 404 {
			t.Error("probes, and nothing of the contract")
		}
	}
}

// The payer's own words may name a person; an operator does not read them.
func TestOperatorsReadNoPayersWords(t *testing.T) {
	o := newMint(t)
	known, _ := guarded(t, o)
	open := serve(t)
	for _, path := range []string{"/v1/attention", "/v1/attention/st-own"} {
		token := "Authorization: " + o.token(t, identity.Operator)
		for w, want := range map[*world]bool{known: false, open: true} {
			w.matter.Settlement.Message, w.queue.Matters[0].Settlement.Message = "张测试未参保", "张测试未参保"
			if got := w.get(path, token); got.status != http.StatusOK || strings.Contains(got.body, "张测试") != want {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
	}
}
