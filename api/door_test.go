package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/onestop-gateway/onestop/api/admission"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// Where it is certain that a call cannot be taken on, it is refused over gRPC
// before it is read: in the same words, with when to come again, counted and
// told; and what goes before it is still taken on.
func TestFullIsToldBeforeReading(t *testing.T) {
	gate, empty := full(t)
	w := serve(t, func(c *Config) { c.Admission = gate })
	ctx := metadata.AppendToOutgoingContext(context.Background(), requestIDHeader, "told-to-the-door")
	_, err := w.client.CreateSettlement(ctx, request())
	want := faultOf(&settlement.Error{Kind: settlement.KindOverloaded, Reason: settlement.ReasonOverloaded}).GRPCStatus()
	if diff := cmp.Diff(want.Proto(), status.Convert(err).Proto(), protocmp.Transform()); diff != "" {
		t.Errorf("refused otherwise than by the table (-want +got):\n%s", diff)
	}
	advised := false
	for _, detail := range status.Convert(err).Details() {
		_, retry := detail.(*errdetails.RetryInfo)
		advised = advised || retry
	}
	if !advised || w.calls != 0 || w.counted()["CreateSettlement grpc ResourceExhausted"] != 1 {
		t.Errorf("advised %v, %d calls behind the door, counted %v", advised, w.calls, w.counted())
	}
	if log := w.log.String(); strings.Count(log, `"request_id":"told-to-the-door"`) != 1 || !strings.Contains(log, string(settlement.ReasonOverloaded)) {
		t.Errorf("told: %s", log)
	}
	empty()
	if _, err = w.client.GetSettlement(context.Background(), &onestopv1.GetSettlementRequest{Id: string(opened().ID)}); status.Code(err) != codes.OK {
		t.Errorf("after the load: %v", err)
	}
}

// full is a gate with one inside and one waiting, which is all it has room for,
// and what empties it.
func full(t testing.TB) (gate *admission.Gate, empty func()) {
	t.Helper()
	gate = admission.New(admission.Limits{Calls: 1, Waiting: 1, Patience: time.Minute, Pressed: time.Minute})
	place, err := gate.Enter(context.Background(), admission.Settle, "H0")
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan *admission.Place, 1)
	go func() {
		next, _ := gate.Enter(context.Background(), admission.Settle, "H1")
		waiting <- next
	}()
	for !gate.Pressed() {
		time.Sleep(time.Millisecond)
	}
	return gate, func() {
		place.Leave()
		(<-waiting).Leave()
	}
}

// Over REST, too: what would be said of the body is not said, for nobody reads
// it; what goes before a settlement is read and waits for its turn.
func TestFullIsToldBeforeReadingJSON(t *testing.T) {
	gate, empty := full(t)
	w := serve(t, func(c *Config) { c.Admission = gate })
	got := w.post("/v1/settlements", "{no JSON")
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "1" || w.calls != 0 {
		t.Errorf("%d, Retry-After %q, %d calls behind the door", got.status, got.header.Get("Retry-After"), w.calls)
	}
	if log := w.log.String(); w.counted()["CreateSettlement rest ResourceExhausted"] != 1 || strings.Count(log, string(settlement.ReasonOverloaded)) != 1 {
		t.Errorf("counted %v, told %s", w.counted(), log)
	}
	if got := w.post("/v1/settlements/x:reverse", "{no JSON"); got.status != http.StatusBadRequest {
		t.Errorf("a reversal that is not full is answered %d", got.status)
	}
	empty()
	if got := w.post("/v1/settlements", "{no JSON"); got.status != http.StatusBadRequest {
		t.Errorf("after the load: %d", got.status)
	}
}

// Every call of the contract is known by its way over HTTP, as the mux writes
// it.
func TestTheDoorKnowsEveryRoute(t *testing.T) {
	named := make(map[string]bool)
	for route, name := range routes() {
		named[name] = true
		if verb, pattern, _ := strings.Cut(route, " "); verb == "" || !strings.HasPrefix(pattern, "/v1/") {
			t.Errorf("%s is reached by %q", name, route)
		}
	}
	for _, service := range services() {
		for _, stream := range service.Streams {
			named[stream.StreamName] = true // by gRPC alone
		}
	}
	for name := range classOf {
		if !named[name] {
			t.Errorf("no route leads to %s", name)
		}
	}
}

// The door knows every method that has a class, by its whole name.
func TestTheDoorKnowsEveryMethod(t *testing.T) {
	known := methods()
	if len(known) != len(classOf) {
		t.Errorf("%d methods of %d", len(known), len(classOf))
	}
	if name := known[onestopv1.SettlementService_ReverseSettlement_FullMethodName]; name != "ReverseSettlement" {
		t.Errorf("reversals are known as %q", name)
	}
}
