package api

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// The request id stands in the header, in the field, or the same in both.
func TestIdempotencyKeyHeader(t *testing.T) {
	without := strings.Replace(body(request()), `"request_id":"`+key+`",`, "", 1)
	for _, c := range []struct {
		name, body string
		headers    []string
		status     int
		reason     settlement.Reason
	}{
		{"field only", body(request()), nil, 200, ""},
		{"header only", without, []string{"Idempotency-Key: " + key}, 200, ""},
		{"both the same", body(request()), []string{"Idempotency-Key: " + key}, 200, ""},
		{"both, different", body(request()), []string{"Idempotency-Key: " + otherKey}, 400, settlement.ReasonKeyMismatch},
		{"neither", without, nil, 400, settlement.ReasonKeyMissing},
		{"header too short", without, []string{"Idempotency-Key: abc"}, 400, settlement.ReasonInvalidArgument},
		{"header with a blank inside", without, []string{"Idempotency-Key: 0123456789 abcdef"}, 400, settlement.ReasonInvalidArgument},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := serve(t)
			r := w.post("/v1/settlements", c.body, c.headers...)
			if r.status != c.status {
				t.Fatalf("%d %s", r.status, r.body)
			}
			if c.status == http.StatusOK {
				if w.asked[0].Request != key {
					t.Errorf("asked as %q", w.asked[0].Request)
				}
				return
			}
			if told := r.told(t); told.reason() != c.reason || told.field() != "request_id" || w.calls != 0 {
				t.Errorf("%v", told)
			}
		})
	}
}

// A reversal takes its key the same way, and gRPC takes the header too.
func TestIdempotencyKeyElsewhere(t *testing.T) {
	w := serve(t)
	if r := w.post("/v1/settlements/st-1:reverse", `{"cause":"typo"}`, "Idempotency-Key: "+otherKey); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := w.reversals[0]; got.Request != otherKey || got.Settlement != "st-1" || got.Cause != "typo" || got.Tenant != "" {
		t.Errorf("%+v", got)
	}
	ctx := metadata.AppendToOutgoingContext(context.Background(), "idempotency-key", otherKey)
	_, err := w.client.CreateSettlement(ctx, request())
	if told := toldBy(t, err); told.reason() != settlement.ReasonKeyMismatch {
		t.Error(err)
	}
	two := metadata.AppendToOutgoingContext(context.Background(), "idempotency-key", key, "idempotency-key", otherKey)
	_, err = w.client.CreateSettlement(two, request())
	if told := toldBy(t, err); told.reason() != settlement.ReasonKeyMismatch {
		t.Error(err)
	}
	if r := w.post("/v1/settlements:quote", strings.Replace(body(request()), `"request_id":"`+key+`",`, "", 1), "Idempotency-Key: x"); r.status != http.StatusOK {
		t.Errorf("a quote has no key: %d %s", r.status, r.body)
	}
}

// No header of REST becomes metadata but the request key.
func TestR12OnlyAllowedHeadersBecomeMetadata(t *testing.T) {
	w := serve(t)
	var got metadata.MD
	w.onCall = func(ctx context.Context) { got, _ = metadata.FromIncomingContext(ctx) }
	forged := []string{
		"Grpc-Metadata-Tenant: H9", "Grpc-Metadata-X-Tenant: H9", "grpc-metadata-authorization: Bearer x",
		"Grpc-Metadata-Idempotency-Key: " + otherKey, "X-Tenant: H9", "X-User: root", "Tenant: H9",
		"Grpcgateway-Authorization: x", "Grpc-Metadata-Data-Bin: AAAA", "Cookie: session=1", "X-Real-Ip: 10.0.0.1",
		"Forwarded: for=10.0.0.1", "Grpc-Metadata-X-Request-Id: forged", "Accept-Language: en", "From: x@y.z",
		"Grpc-Metadata-X-Forwarded-For: 10.9.9.9",
	}
	if r := w.post("/v1/settlements", body(request()), forged...); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	for name, values := range got {
		if !slices.Contains([]string{"x-forwarded-for", "x-forwarded-host"}, name) {
			t.Errorf("%s: %v came through", name, values)
		}
		if slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, "10.9.9.9") }) {
			t.Errorf("%s: %v was forged", name, values)
		}
	}
	if w.asked[0].Request != key || w.asked[0].Tenant != "H36082700001" {
		t.Errorf("asked %+v", w.asked[0])
	}
}

// Every answer names its request, by the caller's own id where that is fit.
func TestRequestID(t *testing.T) {
	w := serve(t)
	for given, kept := range map[string]bool{
		"his-0001":              true,
		strings.Repeat("r", 64): true,
		strings.Repeat("r", 65): false,
		"with blank":            false,
		"密":                     false,
		"":                      false,
	} {
		for _, path := range []string{"/v1/settlements/st-1", "/v1/nothing", "/v1/settlements/a$b"} {
			got := w.get(path, "X-Request-Id: "+given).header.Values("X-Request-Id")
			if len(got) != 1 || got[0] == "" || (got[0] == given) != kept {
				t.Errorf("%s with %q: %q", path, given, got)
			}
		}
	}
	var header metadata.MD
	ctx := metadata.AppendToOutgoingContext(context.Background(), "x-request-id", "his-0002")
	_, err := w.client.GetSettlement(ctx, &onestopv1.GetSettlementRequest{Id: "st-1"}, grpc.Header(&header))
	if err != nil || !slices.Equal(header["x-request-id"], []string{"his-0002"}) {
		t.Errorf("%v %v", header, err)
	}
	_, err = w.client.GetSettlement(ctx, &onestopv1.GetSettlementRequest{}, grpc.Header(&header))
	if status.Code(err) != codes.InvalidArgument || len(header["x-request-id"]) != 1 {
		t.Errorf("%v %v", header, err)
	}
}

// A body is JSON in UTF-8, uncompressed, or there is none.
func TestContentType(t *testing.T) {
	for header, want := range map[string]int{
		"Content-Type: application/json":                              200,
		"Content-Type: application/json; charset=utf-8":               200,
		"Content-Type: application/json;charset=UTF-8":                200,
		"Content-Type: APPLICATION/JSON":                              200,
		"Content-Type: application/json; charset=gbk":                 415,
		"Content-Type: text/json":                                     415,
		"Content-Type: text/plain":                                    415,
		"Content-Type: application/x-www-form-urlencoded":             415,
		"Content-Type: multipart/form-data; boundary=x":               415,
		"Content-Type: application/json, text/plain":                  415,
		"Content-Type: application/grpc":                              415,
		"Content-Type: ":                                              415,
		"Content-Encoding: gzip":                                      415,
		"Content-Encoding: identity":                                  415,
		"X-HTTP-Method-Override: GET":                                 200,
		"Accept: application/xml":                                     200,
		"Accept: application/x-protobuf, application/json;q=0.1, */*": 200,
	} {
		w := serve(t)
		r := w.post("/v1/settlements", body(request()), header)
		if r.status != want {
			t.Errorf("%s: %d %s, want %d", header, r.status, r.body, want)
		}
		if want == http.StatusUnsupportedMediaType {
			if told := r.told(t); told.reason() != "UNSUPPORTED_MEDIA_TYPE" || w.calls != 0 {
				t.Errorf("%s: %v", header, told)
			}
		} else if got := r.header.Get("Content-Type"); got != "application/json" {
			t.Errorf("%s: answered as %s", header, got)
		}
	}
}

// A body of exactly the limit is read; one more byte is too much, whether its
// length is announced or not.
func TestR12BodyLimit(t *testing.T) {
	w := serve(t)
	good := body(request())
	full := good + strings.Repeat(" ", bodyMax-len(good))
	if r := w.post("/v1/settlements", full); r.status != http.StatusOK {
		t.Fatalf("at the limit: %d %s", r.status, r.body)
	}
	for _, chunked := range []bool{false, true} {
		over, err := http.NewRequest(http.MethodPost, w.url+"/v1/settlements", strings.NewReader(full+" "))
		if err != nil {
			t.Fatal(err)
		}
		over.Header.Set("Content-Type", "application/json")
		if chunked {
			over.ContentLength = -1
		}
		r := w.do(over)
		if told := r.told(t); r.status != http.StatusRequestEntityTooLarge || told.reason() != settlement.ReasonBodyTooLarge || told.sentences["zh-CN"] == "" {
			t.Errorf("chunked %v: %d %s", chunked, r.status, r.body)
		}
	}
	if w.calls != 1 {
		t.Errorf("%d calls", w.calls)
	}
	_, err := w.client.CreateSettlement(context.Background(), request(func(in *onestopv1.CreateSettlementRequest) {
		in.Disease = strings.Repeat("x", bodyMax)
	}))
	if status.Code(err) != codes.ResourceExhausted {
		t.Errorf("gRPC: %v", err)
	}
}

// A body that does not arrive whole is the caller's mistake, told as one, and
// never an error of the gateway's own.
func TestBodyThatDoesNotArrive(t *testing.T) {
	w := serve(t)
	const head = "POST /v1/settlements HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	for name, text := range map[string]string{
		"a chunk of no size":   head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
		"shorter than it says": head + "Content-Length: 100\r\n\r\n{",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		answer, err := io.ReadAll(response.Body)
		_, ended := io.Copy(io.Discard, conn)
		if err := errors.Join(err, ended); err != nil {
			t.Fatal(err)
		}
		r := reply{response.StatusCode, response.Header, string(answer)}
		if told := r.told(t); r.status != http.StatusBadRequest || told.reason() != settlement.ReasonBadDocument || told.field() != "body" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if w.calls != 0 {
		t.Errorf("%d calls", w.calls)
	}
}

// Headers beyond the limit never reach a handler.
func TestHeaderLimit(t *testing.T) {
	w := serve(t)
	if r := w.get("/v1/settlements/st-1", "X-Long: "+strings.Repeat("x", 4*headerMax)); r.status != http.StatusRequestHeaderFieldsTooLarge || w.calls != 0 {
		t.Errorf("%d, %d calls", r.status, w.calls)
	}
	ctx := metadata.AppendToOutgoingContext(context.Background(), "x-long", strings.Repeat("x", 4*headerMax))
	if _, err := w.client.GetSettlement(ctx, &onestopv1.GetSettlementRequest{Id: "st-1"}); err == nil || w.calls != 0 {
		t.Errorf("%v, %d calls", err, w.calls)
	}
}
