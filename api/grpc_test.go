package api

import (
	"context"
	"errors"
	"io"
	"testing"

	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

func TestHealth(t *testing.T) {
	var down error
	w := serve(t, func(c *Config) { c.Ready = func(context.Context) error { return down } })
	health := healthv1.NewHealthClient(w.conn)
	for _, service := range []string{"", onestopv1.SettlementService_ServiceDesc.ServiceName, onestopv1.AttentionService_ServiceDesc.ServiceName} {
		for err, want := range map[error]healthv1.HealthCheckResponse_ServingStatus{
			nil:                   healthv1.HealthCheckResponse_SERVING,
			errors.New("is down"): healthv1.HealthCheckResponse_NOT_SERVING,
		} {
			down = err
			got, err := health.Check(context.Background(), &healthv1.HealthCheckRequest{Service: service})
			if err != nil || got.GetStatus() != want {
				t.Errorf("%q with %v: %v, %v", service, down, got, err)
			}
		}
	}
	_, err := health.Check(context.Background(), &healthv1.HealthCheckRequest{Service: "other"})
	if status.Code(err) != codes.NotFound {
		t.Error(err)
	}
	if w.log.String() != "" || len(w.counted()) != 0 {
		t.Errorf("probes are not requests: %s", w.log)
	}
}

// Reflection is there only where it is asked for.
func TestReflection(t *testing.T) {
	for _, on := range []bool{false, true} {
		w := serve(t, func(c *Config) { c.Reflection = on })
		stream, err := reflectionv1.NewServerReflectionClient(w.conn).ServerReflectionInfo(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ask := &reflectionv1.ServerReflectionRequest{MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{}}
		if err := stream.Send(ask); err != nil && !errors.Is(err, io.EOF) { // the end is told by Recv
			t.Fatal(err)
		}
		_, err = stream.Recv()
		if (err == nil) != on || !on && status.Code(err) != codes.Unimplemented {
			t.Errorf("reflection %v: %v", on, err)
		}
	}
}

// A call of the contract that a gRPC client may make without the shape being
// right is refused before the lifecycle.
func TestShapeOverGRPC(t *testing.T) {
	w := serve(t)
	for name, change := range map[string]func(*onestopv1.CreateSettlementRequest){
		"no person":         func(in *onestopv1.CreateSettlementRequest) { in.Beneficiary = nil },
		"an unknown mode":   func(in *onestopv1.CreateSettlementRequest) { in.Mode = 99 },
		"an unknown scheme": func(in *onestopv1.CreateSettlementRequest) { in.Scheme = 99 },
		"an unknown class":  func(in *onestopv1.CreateSettlementRequest) { in.DiseaseClass = 99 },
		"an unknown filing": func(in *onestopv1.CreateSettlementRequest) { in.Referral = -1 },
		"an unknown source": func(in *onestopv1.CreateSettlementRequest) { in.OtherShares[0].Source = 99 },
		"an empty share":    func(in *onestopv1.CreateSettlementRequest) { in.OtherShares[0] = &onestopv1.Share{} },
	} {
		_, err := w.client.CreateSettlement(context.Background(), request(change))
		if told := toldBy(t, err); status.Code(err) != codes.InvalidArgument || told.reason() != "INVALID_ARGUMENT" || len(told.fields) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if w.calls != 0 {
		t.Errorf("%d calls came through", w.calls)
	}
}
