package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
)

// The paths of the contract, exactly; everything else says what it is not.
func TestRoutes(t *testing.T) {
	w := serve(t)
	for _, c := range []struct {
		method, path string
		status       int
		reason       settlement.Reason
	}{
		{"GET", "/v1/settlements", 200, ""},
		{"GET", "/v1/settlements/st-1", 200, ""},
		{"GET", "/v1/settlements/st-1/statement", 200, ""},
		{"GET", "/v1/settlements/st-1/statement?format=TEXT&language=en", 200, ""},
		{"GET", "/v1/settlements/st-1/statement?format=PDF", 400, settlement.ReasonInvalidArgument},
		{"GET", "/v1/settlements/st-1/statement?language=fr", 400, settlement.ReasonInvalidArgument},
		{"GET", "/v1/settlements/a$b", 400, settlement.ReasonInvalidArgument},
		{"GET", "/v1/settlements/" + strings.Repeat("x", 65), 400, settlement.ReasonInvalidArgument},
		{"GET", "/v1/settlements/%E5%BC%A0", 400, settlement.ReasonInvalidArgument},
		{"GET", "/v1/settlements/..%2f..%2fetc", 404, words.ReasonNoRoute},
		{"GET", "/v1/settlements/", 400, settlement.ReasonInvalidArgument},
		{"GET", "/v1/settlements/st-1/", 404, words.ReasonNoRoute},
		{"GET", "/v1/settlements/st-1/statement/x", 404, words.ReasonNoRoute},
		{"GET", "/v1/settlement", 404, words.ReasonNoRoute},
		{"GET", "/v1/attention", 200, ""},
		{"GET", "/v1/attention?page_size=1", 200, ""},
		{"GET", "/v1/attention?page_size=201", 400, settlement.ReasonInvalidArgument},
		{"GET", "/v1/attention?state=OPEN", 400, settlement.ReasonInvalidArgument},
		{"GET", "/v1/attention/st-1", 200, ""},
		{"GET", "/v1/attention/a$b", 400, settlement.ReasonInvalidArgument},
		{"GET", "/v1/attention/st-1/calls", 404, words.ReasonNoRoute},
		{"POST", "/v1/attention/st-1", 405, words.ReasonNoMethod},
		{"POST", "/v1/attention/st-1:pay", 405, words.ReasonNoMethod},
		{"GET", "/v1/attention/st-1:approve", 400, settlement.ReasonInvalidArgument},
		{"GET", "/v1/", 404, words.ReasonNoRoute},
		{"GET", "/v2/settlements", 404, words.ReasonNoRoute},
		{"GET", "/metrics", 404, words.ReasonNoRoute},
		{"POST", "/openapi.json", 404, words.ReasonNoRoute},
		{"GET", "/v1/settlements:quote", 405, words.ReasonNoMethod},
		{"PUT", "/v1/settlements/st-1", 405, words.ReasonNoMethod},
		{"DELETE", "/v1/settlements/st-1", 405, words.ReasonNoMethod},
		{"PATCH", "/v1/settlements", 405, words.ReasonNoMethod},
		{"POST", "/v1/settlements/st-1:undo", 405, words.ReasonNoMethod},
		{"POST", "/v1/settlements/st-1/statement", 405, words.ReasonNoMethod},
		{"TRACE", "/v1/settlements", 405, words.ReasonNoMethod},
	} {
		r := w.send(c.method, c.path, "")
		if r.status != c.status {
			t.Errorf("%s %s: %d %s, want %d", c.method, c.path, r.status, r.body, c.status)
			continue
		}
		if c.reason != "" {
			if told := r.told(t); told.reason() != c.reason {
				t.Errorf("%s %s: %v", c.method, c.path, told)
			}
		}
	}
}

// A POST is never taken for another method, whatever its headers ask.
func TestMethodIsNotOverridden(t *testing.T) {
	w := serve(t)
	for _, override := range []string{"", "GET", "PUT"} {
		r := w.send(http.MethodPost, "/v1/settlements/st-1", "",
			"Content-Type: application/x-www-form-urlencoded", "X-HTTP-Method-Override: "+override)
		if r.status != http.StatusMethodNotAllowed || w.calls != 0 {
			t.Errorf("overridden by %q: %d %s", override, r.status, r.body)
		}
	}
}

// A browser is told to do nothing with an answer but show it, and nobody to
// keep one that may name a person.
func TestSafeHeaders(t *testing.T) {
	w := serve(t)
	for _, path := range []string{"/", "/openapi.json", "/docs/reasons", "/v1/settlements/st-1", "/v1/settlements/st-1/statement", "/nothing"} {
		header := w.get(path).header
		if header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", path, header)
		}
		if strings.HasPrefix(path, "/v1/") && header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept: %v", path, header)
		}
	}
}

func TestStatementForms(t *testing.T) {
	w := serve(t)
	for query, want := range map[string]struct{ contentType, says string }{
		"":                            {"text/html; charset=utf-8", "医疗救助同步结算单"},
		"?format=HTML&language=en":    {"text/html; charset=utf-8", "Patient pays"},
		"?format=TEXT":                {"text/plain; charset=utf-8", "贰仟零肆拾元整"},
		"?format=TEXT&language=en":    {"text/plain; charset=utf-8", "Patient pays"},
		"?language=zh-CN&format=TEXT": {"text/plain; charset=utf-8", "个人负担"},
	} {
		r := w.get("/v1/settlements/st-1/statement" + query)
		if r.status != http.StatusOK || r.header.Get("Content-Type") != want.contentType || !strings.Contains(r.body, want.says) {
			t.Errorf("%q: %d %v\n%s", query, r.status, r.header, r.body)
		}
	}
	w.sheet.Settlement.Adjudication.PatientPays++
	if r := w.get("/v1/settlements/st-1/statement"); r.status != http.StatusInternalServerError {
		t.Errorf("a sheet that does not add up was printed: %d", r.status)
	}
}

// A path that is not straight is one the contract does not have: nobody is sent
// elsewhere, and nobody is answered with a page.
func TestPathsAreStraight(t *testing.T) {
	w := serve(t)
	for _, path := range []string{
		"/v1/settlements/../../etc/passwd", "/v1//settlements/st-1", "/v1/settlements//st-1", "//v1/settlements/st-1", "/v1/./settlements", "/v1/settlements/..",
		"/v1/settlements/st-1//", "//", "/../", "/docs//reasons", "/v1", "/v1/", "/v1/settlements/%2e%2e/%2e%2e/etc/passwd",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			r := w.send(method, path, "", "Content-Type: application/json")
			if r.status != http.StatusNotFound || r.header.Get("Content-Type") != "application/json" || r.header.Get("Location") != "" || r.told(t).reason() != words.ReasonNoRoute {
				t.Errorf("%s %s: %d %v %s", method, path, r.status, r.header, r.body)
			}
		}
	}
	if w.calls != 0 {
		t.Errorf("%d calls came through", w.calls)
	}
	for _, path := range []string{"/", "/docs/reasons", "/v1/settlements/st-1"} {
		if r := w.get(path); r.status != http.StatusOK {
			t.Errorf("%s: %d", path, r.status)
		}
	}
}

// What stands beside the contract: its description, whose paths are the
// contract's, the catalogue, and the probes.
func TestPagesBeside(t *testing.T) {
	var down error
	w := serve(t, func(c *Config) { c.Ready = func(context.Context) error { return down } })
	var described struct {
		Swagger string
		Paths   map[string]map[string]any
	}
	r := w.get("/openapi.json")
	if err := json.Unmarshal([]byte(r.body), &described); err != nil || described.Swagger != "2.0" || r.header.Get("Content-Type") != "application/json" {
		t.Fatalf("%v, %v", err, r.header)
	}
	for path, method := range map[string]string{
		"/v1/settlements:quote": "post", "/v1/settlements": "post", "/v1/settlements/{id}": "get",
		"/v1/settlements/{id}:reverse": "post", "/v1/settlements/{id}/statement": "get",
		"/v1/quotes": "get", "/v1/quotes/{id}": "get", "/v1/quotes/{id}:release": "post",
		"/v1/attention": "get", "/v1/attention/{id}": "get", "/v1/attention/{id}:propose": "post",
		"/v1/attention/{id}:approve": "post", "/v1/attention/{id}:decline": "post",
		"/v1/fundPostings": "post", "/v1/funds": "get", "/v1/yearlyReports": "get", "/v1/yearlyReports:export": "get",
		"/v1/policyPublications": "post", "/v1/policyPublications/{id}": "get", "/v1/policyPublications/{id}:approve": "post",
		"/v1/policyPublications/{id}:decline": "post", "/v1/policies/{policy_id}": "get",
		"/v1/corrections": "get", "/v1/corrections/{id}": "get", "/v1/corrections/{id}:approve": "post", "/v1/corrections/{id}:decline": "post",
		"/v1/admissions": "post", "/v1/admissions/{id}": "get", "/v1/admissions/{id}:charge": "post", "/v1/admissions/{id}:state": "post",
		"/v1/approvals": "post", "/v1/approvals/{id}": "get", "/v1/approvals/{id}:decide": "post", "/v1/benefits:check": "post", "/v1/notices/{id}": "get", "/v1/notices": "get",
	} {
		if described.Paths[path][method] == nil {
			t.Errorf("%s %s is not described", method, path)
		}
	}
	if described.Paths["/v1/settlements"]["get"] == nil || len(described.Paths) != 60 {
		t.Errorf("%d paths", len(described.Paths))
	}
	index := w.get("/")
	for _, link := range []string{"/openapi.json", "/docs/reasons", "/healthz", "/readyz"} {
		if !strings.Contains(index.body, `href="`+link+`"`) {
			t.Errorf("the index does not link %s", link)
		}
		if r := w.get(link); r.status != http.StatusOK {
			t.Errorf("%s: %d", link, r.status)
		}
	}
	if reasons := w.get("/docs/reasons").body; strings.Count(reasons, "<tr id=") != len(words.Catalogue()) || !strings.Contains(reasons, "BILL_UNBALANCED") {
		t.Error("the catalogue is not whole")
	}
	down = errors.New("store at 10.1.2.3 is down")
	if r := w.get("/readyz"); r.status != http.StatusServiceUnavailable || strings.Contains(r.body, "10.1.2.3") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.get("/healthz"); r.status != http.StatusOK {
		t.Errorf("%d", r.status)
	}
}

// A client that goes away does not take the call's answer with it: the call is
// told by its context and may go on.
func TestCallerGoesAway(t *testing.T) {
	w := serve(t)
	arrived, gone := make(chan struct{}), make(chan struct{})
	w.onCall = func(ctx context.Context) {
		close(arrived)
		<-ctx.Done()
		close(gone)
	}
	ctx, cancel := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/v1/settlements/st-1", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-arrived
		cancel()
	}()
	if response, err := w.http.Do(request); err == nil {
		response.Body.Close()
		t.Error("an answer to nobody")
	}
	<-gone
}

// The limits of the server stand; a client that does not finish its headers is
// cut off.
func TestServerLimits(t *testing.T) {
	server := NewHTTPServer(http.NotFoundHandler())
	if server.ReadHeaderTimeout != 5*time.Second || server.ReadTimeout != 15*time.Second || server.WriteTimeout != time.Minute ||
		server.IdleTimeout != time.Minute || server.MaxHeaderBytes != 16<<10 {
		t.Errorf("%+v", server)
	}
	server.ReadHeaderTimeout = 50 * time.Millisecond
	w := &world{t: t}
	w.serveREST(server)
	address, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	slow, err := net.Dial("tcp", address.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	fmt.Fprint(slow, "GET / HTTP/1.1\r\nHost: x\r\n")
	if err := slow.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(bufio.NewReader(slow)); err != nil {
		t.Errorf("the slow connection was kept: %v", err)
	}
}
