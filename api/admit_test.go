package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/onestop-gateway/onestop/api/admission"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

func TestEveryMethodHasAClass(t *testing.T) {
	methods := map[string]bool{}
	protoregistry.GlobalFiles.RangeFilesByPackage("onestop.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			for j := range file.Services().Get(i).Methods().Len() {
				methods[string(file.Services().Get(i).Methods().Get(j).Name())] = true
			}
		}
		return true
	})
	for method := range methods {
		if _, found := classOf[method]; !found {
			t.Errorf("%s has no class", method)
		}
	}
	for method := range classOf {
		if !methods[method] {
			t.Errorf("%s is no method of the contract", method)
		}
	}
}

// TestOverloadIsToldAtOnce: a call too many is refused on either transport,
// with when to come again, and reaches nothing behind the door.
func TestOverloadIsToldAtOnce(t *testing.T) {
	gate := admission.New(admission.Limits{Calls: 1, Waiting: 1, Patience: 10 * time.Millisecond, Pressed: 10 * time.Millisecond})
	w := serve(t, func(c *Config) { c.Admission = gate })
	place, err := gate.Enter(context.Background(), admission.Settle, "H0")
	if err != nil {
		t.Fatal(err)
	}

	_, err = w.client.CreateSettlement(context.Background(), request())
	if status.Code(err) != codes.ResourceExhausted || w.calls != 0 {
		t.Errorf("gRPC: %v after %d calls", err, w.calls)
	}
	answer := w.get("/v1/settlements/" + string(opened().ID))
	if answer.status != http.StatusTooManyRequests || answer.header.Get("Retry-After") != "1" || !strings.Contains(answer.body, "系统繁忙") || w.calls != 0 {
		t.Errorf("REST: %d, Retry-After %q, %s after %d calls", answer.status, answer.header.Get("Retry-After"), answer.body, w.calls)
	}

	place.Leave()
	if _, err = w.client.GetSettlement(context.Background(), &onestopv1.GetSettlementRequest{Id: string(opened().ID)}); err != nil {
		t.Errorf("after the load: %v", err)
	}
	if inside, waiting := gate.Load(); inside != 0 || waiting != 0 {
		t.Errorf("%d inside, %d waiting", inside, waiting)
	}
}
