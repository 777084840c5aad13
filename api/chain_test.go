package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// eachCall makes every call of the contract over one transport.
var eachCall = map[string]struct {
	grpc func(context.Context, *world) error
	rest func(*world) reply
}{
	"QuoteSettlement": {
		func(ctx context.Context, w *world) error {
			in := request()
			_, err := w.client.QuoteSettlement(ctx, &onestopv1.QuoteSettlementRequest{
				FacilityId: in.FacilityId, Beneficiary: in.Beneficiary, Mode: in.Mode,
				AdmissionDate: in.AdmissionDate, DischargeDate: in.DischargeDate, Bill: in.Bill,
			})
			return err
		},
		func(w *world) reply {
			return w.post("/v1/settlements:quote", strings.Replace(body(request()), `"request_id":"`+key+`",`, "", 1))
		},
	},
	"GetQuote": {
		func(ctx context.Context, w *world) error {
			_, err := w.client.GetQuote(ctx, &onestopv1.GetQuoteRequest{Id: "q-1"})
			return err
		},
		func(w *world) reply { return w.get("/v1/quotes/q-1") },
	},
	"ReleaseQuote": {
		func(ctx context.Context, w *world) error {
			_, err := w.client.ReleaseQuote(ctx, &onestopv1.ReleaseQuoteRequest{Id: "q-1"})
			return err
		},
		func(w *world) reply { return w.post("/v1/quotes/q-1:release", "{}") },
	},
	"CreateSettlement": {
		func(ctx context.Context, w *world) error {
			_, err := w.client.CreateSettlement(ctx, request())
			return err
		},
		func(w *world) reply { return w.post("/v1/settlements", body(request())) },
	},
	"GetSettlement": {
		func(ctx context.Context, w *world) error {
			_, err := w.client.GetSettlement(ctx, &onestopv1.GetSettlementRequest{Id: "st-1"})
			return err
		},
		func(w *world) reply { return w.get("/v1/settlements/st-1") },
	},
	"ListSettlements": {
		func(ctx context.Context, w *world) error {
			_, err := w.client.ListSettlements(ctx, &onestopv1.ListSettlementsRequest{})
			return err
		},
		func(w *world) reply { return w.get("/v1/settlements") },
	},
	"ReverseSettlement": {
		func(ctx context.Context, w *world) error {
			_, err := w.client.ReverseSettlement(ctx, &onestopv1.ReverseSettlementRequest{Id: "st-1", RequestId: otherKey, Cause: "typo"})
			return err
		},
		func(w *world) reply {
			return w.post("/v1/settlements/st-1:reverse", `{"request_id":"`+otherKey+`","cause":"typo"}`)
		},
	},
	"GetStatement": {
		func(ctx context.Context, w *world) error {
			_, err := w.client.GetStatement(ctx, &onestopv1.GetStatementRequest{Id: "st-1"})
			return err
		},
		func(w *world) reply { return w.get("/v1/settlements/st-1/statement") },
	},
	"ListAttention": {
		func(ctx context.Context, w *world) error {
			_, err := w.people.ListAttention(ctx, &onestopv1.ListAttentionRequest{})
			return err
		},
		func(w *world) reply { return w.get("/v1/attention") },
	},
	"ListQuotes": {
		func(ctx context.Context, w *world) error {
			_, err := w.client.ListQuotes(ctx, &onestopv1.ListQuotesRequest{})
			return err
		},
		func(w *world) reply { return w.get("/v1/quotes") },
	},
	"GetAttention": {
		func(ctx context.Context, w *world) error {
			_, err := w.people.GetAttention(ctx, &onestopv1.GetAttentionRequest{Id: "st-1"})
			return err
		},
		func(w *world) reply { return w.get("/v1/attention/st-1") },
	},
	"ProposeResolution": {
		func(ctx context.Context, w *world) error {
			_, err := w.people.ProposeResolution(ctx, retrying())
			return err
		},
		func(w *world) reply { return w.post("/v1/attention/st-1:propose", inBody(retrying())) },
	},
	"ApproveResolution": {
		func(ctx context.Context, w *world) error {
			_, err := w.people.ApproveResolution(ctx, &onestopv1.ApproveResolutionRequest{Id: "st-1", Operator: "wang", Etag: "7"})
			return err
		},
		func(w *world) reply {
			return w.post("/v1/attention/st-1:approve", `{"operator":"wang","etag":"7"}`)
		},
	},
	"DeclineResolution": {
		func(ctx context.Context, w *world) error {
			_, err := w.people.DeclineResolution(ctx, &onestopv1.DeclineResolutionRequest{Id: "st-1", Operator: "wang"})
			return err
		},
		func(w *world) reply { return w.post("/v1/attention/st-1:decline", `{"operator":"wang"}`) },
	},
}

// Every method of the contract is in the table above, and every one succeeds
// over either transport.
func TestEveryCallEndToEnd(t *testing.T) {
	methods := append(slices.Clone(onestopv1.SettlementService_ServiceDesc.Methods), onestopv1.AttentionService_ServiceDesc.Methods...)
	for _, method := range methods {
		call, found := eachCall[method.MethodName]
		if !found {
			t.Errorf("%s is not tested", method.MethodName)
			continue
		}
		w := serve(t)
		if err := call.grpc(context.Background(), w); err != nil {
			t.Errorf("%s: %v", method.MethodName, err)
		}
		if r := call.rest(w); r.status != http.StatusOK {
			t.Errorf("%s: %d %s", method.MethodName, r.status, r.body)
		}
		if w.calls != 2 {
			t.Errorf("%s: %d calls", method.MethodName, w.calls)
		}
	}
}

// REST passes the very interceptors gRPC passes: what only the chain does, the
// deadline, the recovery from a panic and the one event, is seen on both, with
// the same names.
func TestChainOnBothTransports(t *testing.T) {
	for method, call := range eachCall {
		w := serve(t)
		var left []time.Duration
		w.onCall = func(ctx context.Context) {
			until, set := ctx.Deadline()
			if !set {
				t.Errorf("%s has no deadline", method)
			}
			left = append(left, time.Until(until))
		}
		_ = call.grpc(context.Background(), w)
		call.rest(w)
		for _, each := range left {
			if each > deadline || each < deadline-5*time.Second {
				t.Errorf("%s: %v left", method, each)
			}
		}
		w.onCall = func(context.Context) { panic("张测试") }
		err := call.grpc(context.Background(), w)
		if told := toldBy(t, err); status.Code(err) != codes.Internal || told.reason() != settlement.ReasonInternal {
			t.Errorf("%s: %v", method, err)
		}
		if r := call.rest(w); r.status != http.StatusInternalServerError || r.told(t).reason() != settlement.ReasonInternal {
			t.Errorf("%s: %d %s", method, r.status, r.body)
		}
		if strings.Contains(w.log.String(), personName) {
			t.Errorf("%s: logged %s", method, w.log)
		}
		stories := map[any][]string{}
		for _, event := range w.events() {
			told := slices.Sorted(maps.Keys(event))
			stories[event["transport"]] = append(stories[event["transport"]], fmt.Sprint(event["msg"], event["method"], event["code"], event["reason"], told))
		}
		if len(stories["grpc"]) != 2 || !slices.Equal(stories["grpc"], stories["rest"]) || len(stories[nil]) != 2 {
			t.Errorf("%s: %v", method, stories)
		}
	}
}

// A runtime's own panic is told in the log by what it says.
func TestRuntimePanicIsTold(t *testing.T) {
	w := serve(t)
	w.onCall = func(context.Context) { _ = []int{}[len(w.fake.asked)] }
	w.get("/v1/settlements/st-1")
	if !strings.Contains(w.log.String(), "index out of range") {
		t.Error(w.log.String())
	}
}

// A caller's own deadline is kept, shorter or longer.
func TestCallersDeadlineIsKept(t *testing.T) {
	w := serve(t)
	var left time.Duration
	w.onCall = func(ctx context.Context) {
		until, _ := ctx.Deadline()
		left = time.Until(until)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if _, err := w.client.GetSettlement(ctx, &onestopv1.GetSettlementRequest{Id: "st-1"}); err != nil || left > 3*time.Second {
		t.Errorf("%v left, %v", left, err)
	}
	if r := w.get("/v1/settlements/st-1", "Grpc-Timeout: 2S"); r.status != http.StatusOK || left > 2*time.Second {
		t.Errorf("%v left, %d", left, r.status)
	}
	if r := w.get("/v1/settlements/st-1", "Grpc-Timeout: soon"); r.status != http.StatusBadRequest || r.told(t).reason() != settlement.ReasonInvalidArgument {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// Where nobody can take a header, a replay still fails loudly.
func TestReplayNeedsItsHeader(t *testing.T) {
	f := newFake()
	first, err := Encode(lifecycle.MethodSettle, committed())
	if err != nil {
		t.Fatal(err)
	}
	f.answer = lifecycle.Answer{Body: first, Replayed: true}
	s := &service{settlements: f}
	if _, err := s.CreateSettlement(context.Background(), request()); err == nil {
		t.Error("a replay was not marked")
	}
	gone, leave := context.WithCancel(context.Background())
	leave()
	if _, err := s.CreateSettlement(gone, request()); !errors.Is(err, context.Canceled) {
		t.Errorf("to a caller who has gone: %v", err)
	}
	f.answer.Body = []byte{0xff}
	if _, err := s.CreateSettlement(context.Background(), request()); err == nil {
		t.Error("bytes that are no settlement were shown")
	}
}
