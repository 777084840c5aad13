package api

import (
	"context"
	"net/http"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// The idempotency table of the gateway, row by row, as either transport shows
// it. What makes a row happen is the lifecycle's business and tested there.
func TestIdempotencyTable(t *testing.T) {
	failing := func(kind settlement.Kind, reason settlement.Reason) func(*fake) {
		return func(f *fake) { f.fail = &settlement.Error{Kind: kind, Reason: reason, Object: "st-1"} }
	}
	answering := func(s settlement.Settlement, final, replayed bool) func(*fake) {
		return func(f *fake) {
			f.answer = lifecycle.Answer{Settlement: s, Replayed: replayed}
			if final {
				f.answer.Body, f.fail = Encode(lifecycle.MethodSettle, s)
			}
		}
	}
	withKey := func(id string) *onestopv1.CreateSettlementRequest {
		return request(func(in *onestopv1.CreateSettlementRequest) { in.RequestId = id })
	}
	for _, row := range []struct {
		name     string
		request  *onestopv1.CreateSettlementRequest
		prepare  func(*fake)
		code     codes.Code
		http     int
		reason   settlement.Reason
		state    onestopv1.State
		replayed bool
		retry    bool
		names    bool // the settlement concerned
	}{
		{name: "1 key missing", request: withKey(""), code: codes.InvalidArgument, http: 400, reason: settlement.ReasonKeyMissing},
		{name: "1 key bad", request: withKey("short"), code: codes.InvalidArgument, http: 400, reason: settlement.ReasonInvalidArgument},
		{name: "2 not authenticated", prepare: failing(settlement.KindUnauthorized, settlement.ReasonUnauthenticated), code: codes.Unauthenticated, http: 401, reason: settlement.ReasonUnauthenticated, names: true},
		{name: "2 not allowed", prepare: failing(settlement.KindForbidden, settlement.ReasonPermissionDenied), code: codes.PermissionDenied, http: 403, reason: settlement.ReasonPermissionDenied, names: true},
		{name: "3 validation error", prepare: failing(settlement.KindInvalid, settlement.ReasonBillUnbalanced), code: codes.InvalidArgument, http: 400, reason: settlement.ReasonBillUnbalanced, names: true},
		{name: "4 shed by overload guard", prepare: failing(settlement.KindOverloaded, settlement.ReasonOverloaded), code: codes.ResourceExhausted, http: 429, reason: settlement.ReasonOverloaded, retry: true, names: true},
		{name: "5 first, ends in time", prepare: answering(committed(), true, false), http: 200, state: onestopv1.State_STATE_SETTLED},
		{name: "6 first, payer refused", prepare: answering(aborted(), true, false), http: 200, state: onestopv1.State_STATE_NOT_SETTLED},
		{name: "7 first, still in doubt", prepare: answering(opened(), false, false), http: 202, state: onestopv1.State_STATE_PROCESSING},
		{name: "8 repeat, final", prepare: answering(committed(), true, true), http: 200, state: onestopv1.State_STATE_SETTLED, replayed: true},
		{name: "9 repeat, in flight", prepare: failing(settlement.KindInFlight, settlement.ReasonRequestInFlight), code: codes.Aborted, http: 409, reason: settlement.ReasonRequestInFlight, retry: true, names: true},
		{name: "10 repeat, other body", prepare: failing(settlement.KindKeyReused, settlement.ReasonKeyReused), code: codes.InvalidArgument, http: 422, reason: settlement.ReasonKeyReused, names: true},
		{name: "11 repeat by another tenant", request: request(func(in *onestopv1.CreateSettlementRequest) { in.FacilityId = "H36082700002" }), prepare: answering(committed(), true, false), http: 200, state: onestopv1.State_STATE_SETTLED},
		{name: "12 new key, discharge committed", prepare: failing(settlement.KindExists, settlement.ReasonDischargeSettled), code: codes.AlreadyExists, http: 409, reason: settlement.ReasonDischargeSettled, names: true},
		{name: "13 new key, discharge open", prepare: failing(settlement.KindBlocked, settlement.ReasonDischargeInDoubt), code: codes.FailedPrecondition, http: 409, reason: settlement.ReasonDischargeInDoubt, names: true},
		{name: "14 store not reachable", prepare: failing(settlement.KindUnavailable, settlement.ReasonStoreUnavailable), code: codes.Unavailable, http: 503, reason: settlement.ReasonStoreUnavailable, retry: true, names: true},
		{name: "14 commit unknown", prepare: failing(settlement.KindInDoubt, settlement.ReasonStoreUnavailable), code: codes.Unavailable, http: 503, reason: settlement.ReasonStoreUnavailable, retry: true, names: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := serve(t)
			if row.prepare != nil {
				row.prepare(w.fake)
			}
			if row.request == nil {
				row.request = request()
			}
			var header metadata.MD
			got, err := w.client.CreateSettlement(context.Background(), proto.CloneOf(row.request), grpc.Header(&header))
			if status.Code(err) != row.code || got.GetState() != row.state {
				t.Errorf("gRPC: %v, state %v; want %v, %v", err, got.GetState(), row.code, row.state)
			}
			if replayed := len(header[replayedHeader]) == 1; replayed != row.replayed {
				t.Errorf("gRPC: replayed %v, want %v", replayed, row.replayed)
			}
			r := w.post("/v1/settlements", body(row.request))
			if r.status != row.http {
				t.Errorf("REST: %d %s, want %d", r.status, r.body, row.http)
			}
			if replayed := r.header.Get("Idempotency-Replayed") == "true"; replayed != row.replayed {
				t.Errorf("REST: replayed %v, want %v", replayed, row.replayed)
			}
			if row.code == codes.OK {
				if w.asked[0].Tenant != settlement.TenantID(row.request.GetFacilityId()) || w.asked[1].Tenant != w.asked[0].Tenant {
					t.Errorf("tenants %q and %q", w.asked[0].Tenant, w.asked[1].Tenant)
				}
				return
			}
			for transport, told := range map[string]*problem{"gRPC": toldBy(t, err), "REST": r.told(t)} {
				if told.reason() != row.reason || told.info.GetDomain() != "onestop" || told.sentences["zh-CN"] == "" || told.sentences["en"] == "" {
					t.Errorf("%s: %v", transport, told)
				}
				if (told.retry > 0) != row.retry || (told.resource == "st-1") != row.names || (told.info.GetMetadata()["settlement_id"] == "st-1") != row.names {
					t.Errorf("%s: retry after %v, about %q", transport, told.retry, told.resource)
				}
			}
			if after := r.header.Get("Retry-After"); (after != "") != row.retry {
				t.Errorf("Retry-After %q", after)
			}
		})
	}
}

// A final answer is the same bytes at every repeat, over either transport,
// whatever has become of the settlement since.
func TestRepeatsAreByteEqual(t *testing.T) {
	w := serve(t)
	first, err := Encode(lifecycle.MethodSettle, committed())
	if err != nil {
		t.Fatal(err)
	}
	since := committed()
	since.State = settlement.StateReversed
	w.answer = lifecycle.Answer{Settlement: since, Body: first}
	fresh := w.post("/v1/settlements", body(request()))
	w.answer.Replayed = true
	for range 3 {
		if again := w.post("/v1/settlements", body(request())); again.body != fresh.body {
			t.Fatalf("REST: %s\nthen %s", fresh.body, again.body)
		}
		got, err := w.client.CreateSettlement(context.Background(), request())
		if err != nil {
			t.Fatal(err)
		}
		again, err := proto.MarshalOptions{Deterministic: true}.Marshal(got)
		if err != nil || string(again) != string(first) {
			t.Fatalf("gRPC: other bytes, %v", err)
		}
	}
}

// Where the answer is not final, what is said is where the settlement stands
// now, not what was kept.
func TestNotFinalShowsTheStateOfNow(t *testing.T) {
	w := serve(t)
	for _, c := range []struct {
		state settlement.State
		want  onestopv1.State
		http  int
	}{
		{settlement.StateReceived, onestopv1.State_STATE_PROCESSING, http.StatusAccepted},
		{settlement.StateSettling, onestopv1.State_STATE_PROCESSING, http.StatusAccepted},
		{settlement.StateAborting, onestopv1.State_STATE_PROCESSING, http.StatusAccepted},
		{settlement.StateAttention, onestopv1.State_STATE_NEEDS_ATTENTION, http.StatusAccepted},
	} {
		s := opened()
		s.State = c.state
		w.answer = lifecycle.Answer{Settlement: s}
		r := w.post("/v1/settlements", body(request()))
		if r.status != c.http || r.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d, Retry-After %q", c.state, r.status, r.header.Get("Retry-After"))
		}
		read := w.get("/v1/settlements/st-1")
		if read.status != http.StatusOK || read.body != r.body {
			t.Errorf("%s: reading gives %d %s, settling gave %s", c.state, read.status, read.body, r.body)
		}
	}
}
