package api

import (
	"context"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// counted is onestop_requests_total by "method transport code".
func (w *world) counted() map[string]float64 {
	w.t.Helper()
	families, err := w.registry.Gather()
	if err != nil {
		w.t.Fatal(err)
	}
	found := make(map[string]float64)
	for _, family := range families {
		if family.GetName() != "onestop_requests_total" {
			continue
		}
		for _, metric := range family.GetMetric() {
			labels := make(map[string]string)
			for _, label := range metric.GetLabel() {
				labels[label.GetName()] = label.GetValue()
			}
			found[labels["method"]+" "+labels["transport"]+" "+labels["code"]] = metric.GetCounter().GetValue()
		}
	}
	return found
}

// Every request is counted once and told once, on either transport, whether it
// became a call or not.
func TestEveryRequestIsCountedAndToldOnce(t *testing.T) {
	w := serve(t)
	for range 2 {
		w.get("/v1/settlements/st-1")
	}
	_, _ = w.client.GetSettlement(context.Background(), &onestopv1.GetSettlementRequest{Id: "st-1"})
	_, _ = w.client.GetSettlement(context.Background(), &onestopv1.GetSettlementRequest{})
	w.post("/v1/settlements", "{")
	w.post("/v1/settlements", "x", "Content-Type: text/plain")
	w.get("/v1/nothing/at/all")
	w.send("DELETE", "/v1/settlements/st-1", "")
	w.get("/v1/settlements?page_size=many")
	w.fail = &settlement.Error{Kind: settlement.KindOverloaded, Reason: settlement.ReasonOverloaded}
	w.post("/v1/settlements", body(request()))
	w.get("/healthz")
	want := map[string]float64{
		"GetSettlement rest OK":                   2,
		"GetSettlement grpc OK":                   1,
		"GetSettlement grpc InvalidArgument":      1,
		"CreateSettlement rest ResourceExhausted": 1,
		"none rest InvalidArgument":               3,
		"none rest NotFound":                      1,
		"none rest Unimplemented":                 1,
	}
	if got := w.counted(); !maps.Equal(got, want) {
		t.Errorf("counted %v\nwant    %v", got, want)
	}
	told := make(map[string]float64)
	for _, event := range w.events() {
		told[event["method"].(string)+" "+event["transport"].(string)+" "+event["code"].(string)]++
		if event["request_id"] == "" || event["duration_seconds"].(float64) < 0 || (event["code"] != "OK") != (event["reason"] != nil) {
			t.Errorf("%v", event)
		}
	}
	if !maps.Equal(told, want) {
		t.Errorf("told %v\nwant %v", told, want)
	}
}

// What is in flight goes up while a call runs and comes back to nothing, also
// after a panic.
func TestInFlight(t *testing.T) {
	w := serve(t)
	inFlight := func() (now map[string]float64) {
		now = make(map[string]float64)
		families, err := w.registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, family := range families {
			if family.GetName() == "onestop_requests_in_flight" {
				for _, metric := range family.GetMetric() {
					now[metric.GetLabel()[0].GetValue()] = metric.GetGauge().GetValue()
				}
			}
		}
		return now
	}
	var during []map[string]float64
	w.onCall = func(context.Context) {
		during = append(during, inFlight())
		panic("at the worst moment")
	}
	w.get("/v1/settlements/st-1")
	_, _ = w.client.GetSettlement(context.Background(), &onestopv1.GetSettlementRequest{Id: "st-1"})
	if len(during) != 2 || during[0]["rest"] != 1 || during[1]["grpc"] != 1 || during[1]["rest"] != 0 {
		t.Errorf("during the calls %v", during)
	}
	if now := inFlight(); now["rest"] != 0 || now["grpc"] != 0 {
		t.Errorf("afterwards %v", now)
	}
}

// The metrics are there for Prometheus, in base units, with both kinds of
// buckets, and register once.
func TestMetricsHandler(t *testing.T) {
	registry := prometheus.NewRegistry()
	m, err := NewMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewMetrics(registry); err == nil {
		t.Error("registered twice")
	}
	m.count(context.Background(), &sight{visit: &visit{transport: "rest"}, method: "GetSettlement"})
	m.enter("rest")()
	recorder := httptest.NewRecorder()
	MetricsHandler(registry).ServeHTTP(recorder, httptest.NewRequest("GET", "/metrics", nil))
	for _, line := range []string{
		`onestop_requests_total{code="OK",method="GetSettlement",transport="rest"} 1`,
		`onestop_request_duration_seconds_bucket{method="GetSettlement",transport="rest",le="30"} 1`,
		`onestop_requests_in_flight{transport="rest"} 0`,
	} {
		if !strings.Contains(recorder.Body.String(), line) {
			t.Errorf("no %s in\n%s", line, recorder.Body)
		}
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	native := slices.ContainsFunc(families, func(family *dto.MetricFamily) bool {
		return family.GetName() == "onestop_request_duration_seconds" && family.GetMetric()[0].GetHistogram().GetSchema() > 0
	})
	if !native {
		t.Error("no native buckets")
	}
}

// Without metrics and without a log everything works and says nothing.
func TestSafeZero(t *testing.T) {
	w := serve(t, func(c *Config) { c.Metrics, c.Log, c.Ready = nil, nil, nil })
	if r := w.get("/v1/settlements/st-1"); r.status != 200 {
		t.Errorf("%d", r.status)
	}
	w.onCall = func(context.Context) { panic("quietly") }
	if r := w.get("/v1/settlements/st-1"); r.status != 500 {
		t.Errorf("%d", r.status)
	}
	if r := w.get("/v1/nothing"); r.status != 404 || w.log.String() != "" {
		t.Errorf("%d, logged %s", r.status, w.log)
	}
}
