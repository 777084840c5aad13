package api

import (
	"context"
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
	gate := admission.New(admission.Limits{Calls: 1, Waiting: 1, Patience: time.Minute, Pressed: time.Minute})
	w := serve(t, func(c *Config) { c.Admission = gate })
	leave, err := gate.Enter(context.Background(), admission.Settle, "H0")
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan func(), 1)
	go func() {
		leave, _ := gate.Enter(context.Background(), admission.Settle, "H1")
		waiting <- leave
	}()
	for _, queued := gate.Load(); queued == 0; _, queued = gate.Load() {
		time.Sleep(time.Millisecond)
	}
	ctx := metadata.AppendToOutgoingContext(context.Background(), requestIDHeader, "told-to-the-door")
	_, err = w.client.CreateSettlement(ctx, request())
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
	leave()
	(<-waiting)()
	if _, err = w.client.GetSettlement(context.Background(), &onestopv1.GetSettlementRequest{Id: string(opened().ID)}); status.Code(err) != codes.OK {
		t.Errorf("after the load: %v", err)
	}
}

// The door knows every method that has a class, by its whole name.
func TestTheDoorKnowsEveryMethod(t *testing.T) {
	known := methods()
	if len(known) != len(classOf) {
		t.Errorf("%d methods of %d", len(known), len(classOf))
	}
	if class, ok := known[onestopv1.SettlementService_ReverseSettlement_FullMethodName]; !ok || class != admission.Reversal {
		t.Errorf("reversals are of class %d, %v", class, ok)
	}
}
