package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// fake is a lifecycle that says what a test wants and remembers what it was
// asked. What a test does not set is answered by the fixtures.
type fake struct {
	mu         sync.Mutex
	fail       error            // what every verb fails with
	answer     lifecycle.Answer // of Settle and Reverse
	onCall     func(context.Context)
	page       lifecycle.Page
	sheet      lifecycle.Statement
	asked      []lifecycle.Ask
	reversals  []lifecycle.ReverseAsk
	queries    []lifecycle.Query
	quoted     lifecycle.Quote // of every verb about a quote
	quoteReads []settlement.QuoteID
	holdings   []lifecycle.HoldingQuery
	releases   []lifecycle.ReleaseAsk
	reads      []settlement.SettlementID
	matter     lifecycle.Matter // of every verb on one settlement of the queue
	queue      lifecycle.Queue
	words      []word
	calls      int
}

func newFake() *fake {
	s := committed()
	return &fake{
		answer: lifecycle.Answer{Settlement: s},
		page:   lifecycle.Page{Settlements: []settlement.Settlement{s}},
		sheet:  lifecycle.Statement{Settlement: s, Person: person(), Facility: facility(), Policy: "遂川县医疗救助办法"},
		matter: waiting(), queue: lifecycle.Queue{Matters: []lifecycle.Matter{waiting()}},
	}
}

// called notes a call under the lock.
func (f *fake) called(ctx context.Context, note func()) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	note()
	if f.onCall != nil {
		f.onCall(ctx)
	}
	return f.fail
}

func (f *fake) Quote(ctx context.Context, ask lifecycle.Ask) (lifecycle.Quote, error) {
	s := f.answer.Settlement
	quote := f.quoted
	quote.Claim, quote.Coverage, quote.Adjudication, quote.Legs = s.Claim, s.Total(), *adjudicated(), s.Legs
	return quote, f.called(ctx, func() { f.asked = append(f.asked, ask) })
}

func (f *fake) Holding(ctx context.Context, query lifecycle.HoldingQuery) ([]lifecycle.Quote, settlement.QuoteID, error) {
	return []lifecycle.Quote{f.quoted}, f.quoted.ID, f.called(ctx, func() { f.holdings = append(f.holdings, query) })
}

func (f *fake) FindQuote(ctx context.Context, _ settlement.TenantID, id settlement.QuoteID) (lifecycle.Quote, error) {
	return f.quoted, f.called(ctx, func() { f.quoteReads = append(f.quoteReads, id) })
}

func (f *fake) ReleaseQuote(ctx context.Context, ask lifecycle.ReleaseAsk) (lifecycle.Quote, error) {
	return f.quoted, f.called(ctx, func() { f.releases = append(f.releases, ask) })
}

func (f *fake) Settle(ctx context.Context, ask lifecycle.Ask) (lifecycle.Answer, error) {
	return f.answer, f.called(ctx, func() { f.asked = append(f.asked, ask) })
}

func (f *fake) Reverse(ctx context.Context, ask lifecycle.ReverseAsk) (lifecycle.Answer, error) {
	return f.answer, f.called(ctx, func() { f.reversals = append(f.reversals, ask) })
}

func (f *fake) Settlement(ctx context.Context, _ settlement.TenantID, id settlement.SettlementID) (settlement.Settlement, error) {
	return f.answer.Settlement, f.called(ctx, func() { f.reads = append(f.reads, id) })
}

func (f *fake) List(ctx context.Context, query lifecycle.Query) (lifecycle.Page, error) {
	return f.page, f.called(ctx, func() { f.queries = append(f.queries, query) })
}

func (f *fake) Statement(ctx context.Context, _ settlement.TenantID, id settlement.SettlementID) (lifecycle.Statement, error) {
	return f.sheet, f.called(ctx, func() { f.reads = append(f.reads, id) })
}

// world is both transports on real sockets before one fake.
type world struct {
	*fake
	t        *testing.T
	client   onestopv1.SettlementServiceClient
	people   onestopv1.AttentionServiceClient
	conn     *grpc.ClientConn
	url      string
	http     *http.Client
	log      *lockedBuffer
	registry *prometheus.Registry
}

// lockedBuffer is a log that two servers may write while a test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serve starts both transports; adjust may change their configuration.
func serve(t *testing.T, adjust ...func(*Config)) *world {
	t.Helper()
	w := &world{fake: newFake(), t: t, log: &lockedBuffer{}, registry: prometheus.NewRegistry()}
	metrics, err := NewMetrics(w.registry)
	if err != nil {
		t.Fatal(err)
	}
	config := Config{Settlements: w.fake, Quotes: w.fake, Matters: w.fake, Metrics: metrics, Log: slog.New(slog.NewJSONHandler(w.log, nil))}
	for _, change := range adjust {
		change(&config)
	}
	w.serveGRPC(NewGRPC(config))
	w.serveREST(NewHTTPServer(NewREST(config)))
	return w
}

func (w *world) listen() net.Listener {
	w.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	return listener
}

func (w *world) serveGRPC(server *grpc.Server) {
	listener := w.listen()
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		w.t.Fatal(err)
	}
	w.conn, w.client, w.people = conn, onestopv1.NewSettlementServiceClient(conn), onestopv1.NewAttentionServiceClient(conn)
	w.t.Cleanup(func() {
		conn.Close()
		server.Stop()
		if err := <-done; err != nil && !errors.Is(err, grpc.ErrServerStopped) {
			w.t.Error(err)
		}
	})
}

func (w *world) serveREST(server *http.Server) {
	listener := w.listen()
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	transport := &http.Transport{}
	w.url, w.http = "http://"+listener.Addr().String(), &http.Client{Transport: transport}
	w.t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			w.t.Error(err)
		}
	})
}

// reply is a REST answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

// send sends one REST request; headers are "Name: value".
func (w *world) send(method, path, body string, headers ...string) reply {
	w.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	request, err := http.NewRequest(method, w.url+path, reader)
	if err != nil {
		w.t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
		if value == "" {
			request.Header.Del(name)
		}
	}
	return w.do(request)
}

func (w *world) do(request *http.Request) reply {
	w.t.Helper()
	response, err := w.http.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(body)}
}

func (w *world) post(path, body string, headers ...string) reply {
	w.t.Helper()
	return w.send(http.MethodPost, path, body, headers...)
}

func (w *world) get(path string, headers ...string) reply {
	w.t.Helper()
	return w.send(http.MethodGet, path, "", headers...)
}

// events are the wide events logged so far.
func (w *world) events() (events []map[string]any) {
	w.t.Helper()
	for line := range strings.Lines(w.log.String()) {
		var event map[string]any
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			w.t.Fatal(err)
		}
		events = append(events, event)
	}
	return events
}

// problem is an error as either transport tells it.
type problem struct {
	*rpcstatus.Status
	info      *errdetails.ErrorInfo
	fields    []*errdetails.BadRequest_FieldViolation
	resource  string
	sentences map[string]string // by locale
	retry     time.Duration
}

func (p *problem) reason() settlement.Reason { return settlement.Reason(p.info.GetReason()) }

func (p *problem) field() string {
	if len(p.fields) == 0 {
		return ""
	}
	return p.fields[0].GetField()
}

// told reads a REST error.
func (r reply) told(t *testing.T) *problem {
	t.Helper()
	out := &rpcstatus.Status{}
	if err := protojson.Unmarshal([]byte(r.body), out); err != nil {
		t.Fatalf("status %d: no google.rpc.Status: %v: %s", r.status, err, r.body)
	}
	return problemOf(t, out)
}

// toldBy reads a gRPC error.
func toldBy(t *testing.T, err error) *problem {
	t.Helper()
	if err == nil {
		t.Fatal("expected an error")
	}
	return problemOf(t, status.Convert(err).Proto())
}

func problemOf(t *testing.T, from *rpcstatus.Status) *problem {
	t.Helper()
	p := &problem{Status: from, sentences: make(map[string]string)}
	for _, detail := range status.FromProto(from).Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			p.info = detail
		case *errdetails.BadRequest:
			p.fields = detail.GetFieldViolations()
		case *errdetails.ResourceInfo:
			p.resource = detail.GetResourceName()
		case *errdetails.LocalizedMessage:
			p.sentences[detail.GetLocale()] = detail.GetMessage()
		case *errdetails.RetryInfo:
			p.retry = detail.GetRetryDelay().AsDuration()
		default:
			t.Fatalf("unexpected detail %T", detail)
		}
	}
	return p
}
