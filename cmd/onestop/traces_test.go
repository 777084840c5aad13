package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
)

// spans is an OTLP collector on a socket that keeps what it is sent.
type spans struct {
	collector.UnimplementedTraceServiceServer
	mu   sync.Mutex
	held []*collector.ExportTraceServiceRequest
}

// Export keeps a batch that came by gRPC.
func (s *spans) Export(_ context.Context, in *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = append(s.held, in)
	return &collector.ExportTraceServiceResponse{}, nil
}

// ServeHTTP keeps a batch that came by HTTP.
func (s *spans) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	in := &collector.ExportTraceServiceRequest{}
	if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(text, in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	_, _ = s.Export(r.Context(), in)
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// collect starts a collector and gives its address.
func collect(t testing.TB, protocol string) (*spans, string) {
	t.Helper()
	s := &spans{}
	if protocol == "http" {
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		return s, strings.TrimPrefix(server.URL, "http://")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	collector.RegisterTraceServiceServer(server, s)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return s, listener.Addr().String()
}

// of are the spans of one trace.
func (s *spans) of(trace string) (all []*tracepb.Span) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, batch := range s.held {
		for _, resource := range batch.GetResourceSpans() {
			for _, scope := range resource.GetScopeSpans() {
				for _, span := range scope.GetSpans() {
					if hex.EncodeToString(span.GetTraceId()) == trace {
						all = append(all, span)
					}
				}
			}
		}
	}
	return all
}

// text is everything the collector was sent.
func (s *spans) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all strings.Builder
	for _, batch := range s.held {
		all.WriteString(prototext.MarshalOptions{EmitASCII: false}.Format(batch))
	}
	return all.String()
}

// lines is a log that many write at once.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// events are the lines written, read.
func (l *lines) events(t *testing.T) (all []map[string]any) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	decoder := json.NewDecoder(bytes.NewReader(l.text.Bytes()))
	for decoder.More() {
		var event map[string]any
		if err := decoder.Decode(&event); err != nil {
			t.Fatal(err)
		}
		all = append(all, event)
	}
	return all
}

const (
	ourTrace  = "4bf92f3577b34da6a3ce929d0e0e4736"
	ourParent = "00f067aa0ba902b7"
)

// inTrace posts within our trace, under a request id, and gives the answer.
func (s *stage) inTrace(t *testing.T, path, id, body string) (int, string, http.Header) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, s.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Request-Id", id)
	request.Header.Set("traceparent", "00-"+ourTrace+"-"+ourParent+"-01")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Header
}

// observed is a stage whose log and traces are kept.
func observed(t *testing.T, protocol string, more ...string) (*stage, *lines, *spans) {
	t.Helper()
	kept, address := collect(t, protocol)
	file := filepath.Join(t.TempDir(), "traces.yaml")
	writeFile(t, file, "traces: {address: \""+address+"\", protocol: "+protocol+", insecure: true, per_mille: 0}\n"+strings.Join(more, ""), 0o600)
	log := &lines{}
	return stagedWith(t, slog.New(slog.NewJSONHandler(log, nil)), "--config", file), log, kept
}

// TestATraceLeadsFromTheHospitalToThePayer over either form of OTLP: each span
// below the one it is part of, the hospital's on top; and the one event of the
// log names the trace, the request and where its time went.
func TestATraceLeadsFromTheHospitalToThePayer(t *testing.T) {
	for _, protocol := range []string{"grpc", "http"} {
		t.Run(protocol, func(t *testing.T) {
			s, log, kept := observed(t, protocol)
			status, answer, header := s.inTrace(t, "/v1/settlements", "cashier-7-0001", aDischarge)
			if status != http.StatusOK || header.Get("X-Request-Id") != "cashier-7-0001" {
				t.Fatalf("%d %s %v", status, answer, header)
			}
			s.stop()
			parents, names := map[string]string{}, map[string]string{ourParent: "hospital"}
			for _, span := range kept.of(ourTrace) {
				names[hex.EncodeToString(span.GetSpanId())] = span.GetName()
			}
			for _, span := range kept.of(ourTrace) {
				parents[span.GetName()] = names[hex.EncodeToString(span.GetParentSpanId())]
			}
			for child, parent := range map[string]string{
				"CreateSettlement": "hospital", "work settle": "CreateSettlement",
				"write open": "work settle", "call settle": "work settle", "write close": "work settle",
			} {
				if parents[child] != parent {
					t.Errorf("%q is part of %q, want %q; all: %v", child, parents[child], parent, parents)
				}
			}
			i := slices.IndexFunc(log.events(t), func(e map[string]any) bool { return e["msg"] == "request" })
			event := log.events(t)[i]
			sum := 0.0
			for _, share := range []string{"gateway", "recovery", "store", "queue", "payer"} {
				seconds, _ := event[share+"_seconds"].(float64)
				sum += seconds
			}
			whole, _ := event["duration_seconds"].(float64)
			if event["trace_id"] != ourTrace || event["request_id"] != "cashier-7-0001" || event["region"] != "360827" ||
				event["state"] != "STATE_SETTLED" || event["outcome"] != "OK" || sum < whole*0.999 || sum > whole*1.001 || event["payer_seconds"] == 0.0 {
				t.Errorf("the event is %v; shares sum to %v", event, sum)
			}
		})
	}
}

// TestNothingIsTracedUnasked: a request whose caller does not trace it leaves
// no span where none are to be drawn.
func TestNothingIsTracedUnasked(t *testing.T) {
	s, _, kept := observed(t, "grpc")
	s.call(t, http.MethodPost, "/v1/settlements", aDischarge)
	s.stop()
	if text := kept.text(); text != "" {
		t.Errorf("traced: %s", text)
	}
}

// TestNoPersonIsTold is a canary: a person goes through a settlement, refusals,
// wrong input and a payer that answers garbage; nothing of them is in the log,
// the traces, the metrics, an error or the files of the store.
func TestNoPersonIsTold(t *testing.T) {
	const name, number, insured, other = "李测二", "360827196207050041", "360827000002", "360827199912310059"
	s, log, kept := observed(t, "grpc", keysIn(t).yaml())
	var told strings.Builder
	send := func(id, body string) {
		status, answer, _ := s.inTrace(t, "/v1/settlements", id, body)
		told.WriteString(answer)
		if status == http.StatusOK && !strings.Contains(id, "fine") {
			t.Errorf("%s: %d %s", id, status, answer)
		}
	}
	with := func(id string, pairs ...string) string {
		pairs = append(pairs, "a-discharge-of-the-tests", "canary-of-the-tests-"+id, `"T1"`, `"T-`+id+`"`, "E-T1", "E-"+id)
		return strings.NewReplacer(pairs...).Replace(aDischarge)
	}
	person := `"id_number": "` + number + `"`
	send("fine", with("fine", person, person+`, "name": "`+name+`", "insured_number": "`+insured+`"`))
	send("misnamed", with("misnamed", person, person+`, "name": "王`+name+`"`))
	send("unknown", with("unknown", number, other))
	send("torn", aDischarge[:len(aDischarge)/2])
	send("misplaced", with("misplaced", `"2026-05-02"`, `"`+number+`"`))
	send("nowhere", with("nowhere", "H36082700001", number))
	send("mistyped", with("mistyped", `"MODE_INPATIENT"`, `"`+name+`"`))
	for _, fault := range []string{"refuse", "malformed", "reset", "other_person", "wrong_sums", "other_message", "system_error"} {
		s.scripted(t, `{"credentials": {"demo": "demo-token"}, "people": {"`+insured+`": {"name": "`+name+`", "certificate": "`+number+`",
			"scheme": "380", "area": "360827", "ratio": "0.65", "deductible": "400.00"}}, "rules": [{"transaction": "2304", "fault": "`+fault+`", "first": 1}]}`)
		send("fine or not: "+fault, with(fault))
	}
	told.WriteString(s.scraped(t, "application/openmetrics-text; version=1.0.0"))
	files := storeFiles(t, s.folder) // while they are in use, with the log of writes
	s.stop()
	files += storeFiles(t, s.folder)
	log.mu.Lock()
	defer log.mu.Unlock()
	for where, text := range map[string]string{"the files of the store": files, "answers and metrics": told.String(), "the log": log.text.String(), "traces": kept.text()} {
		if len(text) < 1000 {
			t.Errorf("%s hold next to nothing: %s", where, text)
		}
		for _, canary := range []string{name, number, insured, other, "19620705", `\346\235\216\346\265\213`} {
			if at := strings.Index(text, canary); at >= 0 {
				t.Errorf("%s tell %s: …%s…", where, canary, text[max(0, at-200):min(len(text), at+100)])
			}
		}
	}
}

// storeFiles is what the files of the embedded store in a folder hold.
func storeFiles(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "onestop.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no store in %s: %v", folder, err)
	}
	var all strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(content)
	}
	return all.String()
}

// TestACollectorThatIsAwayCostsNothing: settling does not wait for it, nor does
// stopping wait long.
func TestACollectorThatIsAwayCostsNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "traces.yaml")
	writeFile(t, file, `traces: {address: "127.0.0.1:1", insecure: true, per_mille: 1000}`, 0o600)
	s := stagedOn(t, "--config", file)
	begun := time.Now()
	if status, answer, _ := s.inTrace(t, "/v1/settlements", "r-1", aDischarge); status != http.StatusOK {
		t.Errorf("%d %s", status, answer)
	}
	s.stop()
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
}
