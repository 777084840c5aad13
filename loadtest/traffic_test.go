package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// The idempotency table, as a client has to take it.
func TestStanding(t *testing.T) {
	for _, c := range []struct {
		status, state string
		want          standing
	}{
		{"OK", "STATE_SETTLED", standingFinal},
		{"OK", "STATE_NOT_SETTLED", standingFinal},
		{"OK", "STATE_REVERSED", standingFinal},
		{"OK", "STATE_PROCESSING", standingOpen},
		{"OK", "STATE_REVERSING", standingOpen},
		{"OK", "STATE_NEEDS_ATTENTION", standingPeople},
		{"OK", "STATE_UNSPECIFIED", standingWrong},
		{statusNone, "", standingOpen},
		{"Unavailable", "", standingOpen},
		{"Aborted", "", standingOpen},
		{"ResourceExhausted", "", standingOpen},
		{"Internal", "", standingOpen},
		{"AlreadyExists", "", standingDeclined},
		{"FailedPrecondition", "", standingDeclined},
		{"InvalidArgument", "", standingWrong},
		{"NotFound", "", standingWrong},
		{"Unknown", "", standingWrong},
	} {
		heard := said{Status: c.status, State: c.state}
		if got := heard.standing(); got != c.want {
			t.Errorf("%s %s: %d, want %d", c.status, c.state, got, c.want)
		}
		if acknowledged := heard.acknowledged(); acknowledged != (c.want == standingFinal && c.state != "STATE_NOT_SETTLED") {
			t.Errorf("%s %s: acknowledged %t", c.status, c.state, acknowledged)
		}
	}
}

// script answers one call after another; the last answer goes on.
type script struct {
	onestopv1.UnimplementedSettlementServiceServer
	mu    sync.Mutex
	calls []string
	rest  []string // status and body
	grpc  []error  // nil: settled
}

// ServeHTTP plays the REST side.
func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, r.Method+" "+r.URL.Path+" "+string(body))
	var code int
	answer := s.rest[0]
	if len(s.rest) > 1 {
		s.rest = s.rest[1:]
	}
	if _, err := fmt.Sscan(answer, &code); err != nil {
		return
	}
	w.WriteHeader(code)
	_, _ = io.WriteString(w, answer[4:])
}

// CreateSettlement plays the gRPC side.
func (s *script) CreateSettlement(_ context.Context, in *onestopv1.CreateSettlementRequest) (*onestopv1.Settlement, error) {
	return s.grpcAnswer("settle " + in.GetRequestId())
}

// ReverseSettlement plays the gRPC side.
func (s *script) ReverseSettlement(_ context.Context, in *onestopv1.ReverseSettlementRequest) (*onestopv1.Settlement, error) {
	return s.grpcAnswer("reverse " + in.GetId() + " " + in.GetRequestId())
}

func (s *script) grpcAnswer(call string) (*onestopv1.Settlement, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call)
	err := s.grpc[0]
	if len(s.grpc) > 1 {
		s.grpc = s.grpc[1:]
	}
	return &onestopv1.Settlement{Id: "s1", State: onestopv1.State_STATE_SETTLED}, err
}

// played is a client that speaks one transport to a gateway that plays s.
func played(t *testing.T, s *script, transport string) *client {
	t.Helper()
	rest := httptest.NewServer(s)
	t.Cleanup(rest.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	onestopv1.RegisterSettlementServiceServer(server, s)
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	d, err := openDoor(strings.TrimPrefix(rest.URL, "http://"), listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.close() })
	kept, err := openJournal(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kept.close() })
	return &client{
		doors: []*door{d}, journal: kept, chance: rand.New(rand.NewPCG(1, 1)), seen: new(tally), transports: []string{transport},
	}
}

const settledREST = `200 {"id":"s1","state":"STATE_SETTLED"}`

func refusedWith(reason, id string) string {
	return `{"code":10,"details":[{"@type":"x","reason":"` + reason + `","metadata":{"settlement_id":"` + id + `"}},{"@type":"y"}]}`
}

func TestClientAsksUntilItIsFinal(t *testing.T) {
	s := &script{rest: []string{
		`503 {"code":14,"details":[{"reason":"STORE_UNAVAILABLE"}]}`, `202 {"id":"s1","state":"STATE_PROCESSING"}`,
		`409 ` + refusedWith("REQUEST_IN_FLIGHT", ""), settledREST,
	}}
	c := played(t, s, transportREST)
	asked := &ask{Key: "settle-1", Verb: verbSettle, Body: []byte(`{"request_id":"settle-1"}`)}
	heard, err := c.begin(t.Context(), asked)
	if err != nil || heard.ID != "s1" || heard.standing() != standingFinal {
		t.Errorf("%+v, %v", heard, err)
	}
	call := `POST /v1/settlements {"request_id":"settle-1"}`
	if want := []string{call, call, call, call}; !slices.Equal(s.calls, want) {
		t.Errorf("calls %q", s.calls)
	}
	stories, err := readJournal(c.journal.file.Name())
	if err != nil || len(stories) != 1 || len(stories[0].Said) != 4 {
		t.Fatalf("journal %+v, %v", stories, err)
	}
	last := stories[0].Said[3]
	if string(last.Raw) != settledREST[4:] || stories[0].Said[0].Reason != "STORE_UNAVAILABLE" || stories[0].Said[2].Status != "Aborted" {
		t.Errorf("journal %+v", stories[0].Said)
	}
}

// A repeat is told "in flight" as long as people have not decided: reading
// shows that it is their turn.
func TestClientLeavesPeopleTheirTurn(t *testing.T) {
	s := &script{rest: []string{`409 ` + refusedWith("REQUEST_IN_FLIGHT", "s1"), `200 {"id":"s1","state":"STATE_NEEDS_ATTENTION"}`}}
	c := played(t, s, transportREST)
	heard, err := c.begin(t.Context(), &ask{Key: "reverse-1", Verb: verbReverse, Of: "s1", Body: []byte(`{}`)})
	if err != nil || heard.standing() != standingPeople || heard.Key != "reverse-1" {
		t.Errorf("%+v, %v", heard, err)
	}
	if want := []string{`POST /v1/settlements/s1:reverse {}`, `GET /v1/settlements/s1 `}; !slices.Equal(s.calls, want) {
		t.Errorf("calls %q", s.calls)
	}
}

func TestClientOverGRPC(t *testing.T) {
	inFlight, err := status.New(codes.Aborted, "").WithDetails(&errdetails.ErrorInfo{Reason: "REQUEST_IN_FLIGHT"})
	if err != nil {
		t.Fatal(err)
	}
	s := &script{grpc: []error{inFlight.Err(), nil}}
	c := played(t, s, transportGRPC)
	heard, err := c.begin(t.Context(), &ask{Key: "settle-1", Verb: verbSettle, Body: []byte(`{"request_id":"settle-1"}`)})
	if err != nil || heard.State != "STATE_SETTLED" || heard.Transport != transportGRPC || len(heard.Raw) == 0 {
		t.Errorf("%+v, %v", heard, err)
	}
	heard, err = c.begin(t.Context(), &ask{Key: "reverse-1", Verb: verbReverse, Of: "s1", Body: []byte(`{"request_id":"reverse-1"}`)})
	if err != nil || heard.ID != "s1" {
		t.Errorf("%+v, %v", heard, err)
	}
	if want := []string{"settle settle-1", "settle settle-1", "reverse s1 reverse-1"}; !slices.Equal(s.calls, want) {
		t.Errorf("calls %q", s.calls)
	}
}

// Nobody there is no answer, and not one of the contract is wrong.
func TestWhatIsNoAnswer(t *testing.T) {
	s := &script{rest: []string{`200 <html>`, `502 bad gateway`}}
	c := played(t, s, transportREST)
	for range 2 {
		heard := c.doors[0].asks(t.Context(), transportREST, &ask{Verb: verbSettle, Body: []byte(`{}`)})
		if heard.standing() != standingWrong {
			t.Errorf("%+v", heard)
		}
	}
	gone, err := openDoor("127.0.0.1:1", "127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer gone.close()
	for _, transport := range []string{transportREST, transportGRPC} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		if heard := gone.asks(ctx, transport, &ask{Verb: verbSettle, Body: []byte(`{}`)}); heard.Status != statusNone {
			t.Errorf("%s: %+v", transport, heard)
		}
		cancel()
	}
	if heard := gone.asks(t.Context(), transportGRPC, &ask{Verb: verbSettle, Body: []byte(`{"x":1}`)}); heard.standing() != standingWrong {
		t.Errorf("a body outside the contract: %+v", heard)
	}
}

// A client that is told to stop does so in the middle of a key.
func TestClientStops(t *testing.T) {
	s := &script{rest: []string{`503 {"code":14}`}}
	c := played(t, s, transportREST)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	heard, err := c.begin(ctx, &ask{Key: "settle-1", Verb: verbSettle, Body: []byte(`{}`)})
	if err != nil || heard.standing() != standingOpen {
		t.Errorf("%+v, %v", heard, err)
	}
}
