package main

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// desk answers settlements as the first word of a discharge's id says.
type desk struct {
	onestopv1.UnimplementedSettlementServiceServer
	called chan struct{}
}

// bulk makes an answer long: some hundred of them are more than a connection
// takes without being granted more.
var bulk = strings.Repeat("x", 100_000)

func (d *desk) CreateSettlement(ctx context.Context, in *onestopv1.CreateSettlementRequest) (*onestopv1.Settlement, error) {
	switch in.GetDischargeId() {
	case "busy":
		says, err := status.New(codes.ResourceExhausted, "busy").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(time.Second)})
		return nil, errors.Join(err, says.Err())
	case "wrong":
		return nil, status.Error(codes.InvalidArgument, "wrong")
	case "silent":
		close(d.called)
		<-ctx.Done()
		return nil, ctx.Err()
	case "long":
		return &onestopv1.Settlement{RequestId: in.GetRequestId(), Id: bulk}, nil
	}
	return &onestopv1.Settlement{RequestId: in.GetRequestId(), DischargeId: in.GetDischargeId()}, nil
}

// deskAt is a wire to a desk, which is stopped at the end or earlier.
func deskAt(t *testing.T, d *desk) (w *wire, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	onestopv1.RegisterSettlementServiceServer(server, d)
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) }) // until it is stopped
	w, err = newWire(t.Context(), listener.Addr().String(), onestopv1.SettlementService_CreateSettlement_FullMethodName)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = w.close() // once the other side is gone, the outcome is of no account
		server.Stop()
		serving.Wait()
	})
	return w, server.Stop
}

// asking is a request, as long as a hospital's.
func asking(t *testing.T, requestID, discharge string) []byte {
	t.Helper()
	text, err := proto.Marshal(&onestopv1.CreateSettlementRequest{RequestId: requestID, DischargeId: discharge, FacilityId: strings.Repeat("H", 900)})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Everybody gets the answer to what they asked, however many ask at once, for
// longer than any window of the connection lasts.
func TestWireBringsEverybodyTheirAnswer(t *testing.T) {
	w, _ := deskAt(t, &desk{})
	var callers sync.WaitGroup
	for caller := range 16 {
		callers.Go(func() {
			id := strings.Repeat("r", caller+1)
			request, long := asking(t, id, "D-"+id), asking(t, id, "long")
			for turn := range 200 {
				asked, want := request, "D-"+id
				if turn%10 == 0 {
					asked, want = long, ""
				}
				told := w.call(t.Context(), asked)
				text, err := told.only()
				var heard essence
				if err := errors.Join(told.err, err, readFields(text, heard.settlementField)); err != nil || told.code != codes.OK || heard.RequestID != id || heard.DischargeID != want {
					t.Errorf("caller %d: %+v, %v, %v", caller, heard, told.code, err)
					return
				}
			}
		})
	}
	callers.Wait()
}

// A refusal is told with its code and with what it says of coming again,
// whether it was thought over or given at the door.
func TestWireTellsRefusals(t *testing.T) {
	w, _ := deskAt(t, &desk{})
	for discharge, want := range map[string]struct {
		code    codes.Code
		advised bool
	}{"busy": {codes.ResourceExhausted, true}, "wrong": {codes.InvalidArgument, false}, "fine": {codes.OK, false}} {
		if told := w.call(t.Context(), asking(t, "r", discharge)); told.err != nil || told.code != want.code || advises(told.details) != want.advised {
			t.Errorf("%s: %+v", discharge, told)
		}
	}
	door, err := newWire(t.Context(), refusing(t), "/any/Method")
	if err != nil {
		t.Fatal(err)
	}
	for range 500 { // longer than the first window lasts
		if told := door.call(t.Context(), asking(t, "r", "fine")); told.err != nil || told.code != codes.ResourceExhausted || !advises(told.details) {
			t.Fatalf("at the door: %+v", told)
		}
	}
	if err := door.close(); err != nil {
		t.Error(err)
	}
}

// Nobody waits for a server that is gone, nor longer than they want.
func TestWireLeavesNobodyWaiting(t *testing.T) {
	d := &desk{called: make(chan struct{})}
	w, stop := deskAt(t, d)
	hasty, hurry := context.WithCancel(t.Context())
	hurry()
	if told := w.call(hasty, asking(t, "r", "fine")); told.err != nil && !errors.Is(told.err, context.Canceled) {
		t.Errorf("hung up: %+v", told)
	}
	heard := make(chan answer)
	go func() { heard <- w.call(t.Context(), asking(t, "r", "silent")) }()
	<-d.called
	stop()
	if told := <-heard; told.err == nil && told.code == codes.OK {
		t.Errorf("of a server that is gone: %+v", told)
	}
	<-w.over
	if told := w.call(t.Context(), asking(t, "r", "fine")); told.err == nil {
		t.Errorf("afterwards: %+v", told)
	}
	if _, err := newWire(hasty, "127.0.0.1:1", "/any/Method"); err == nil {
		t.Error("connected to nobody")
	}
}

// What is not one whole message is no answer.
func TestOneWholeMessage(t *testing.T) {
	for name, body := range map[string][]byte{"nothing": nil, "no length": {0, 0, 0}, "cut": {0, 0, 0, 0, 2, 1}, "two": {0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "compressed": {1, 0, 0, 0, 0}} {
		if _, err := (&answer{body: body}).only(); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if text, err := (&answer{body: []byte{0, 0, 0, 0, 2, 7, 8}}).only(); err != nil || string(text) != "\x07\x08" {
		t.Errorf("%q, %v", text, err)
	}
	if advises("no base64 !") {
		t.Error("nonsense says when to come again")
	}
}
