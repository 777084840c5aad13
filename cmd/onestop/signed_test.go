package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/onestop-gateway/onestop/adapters/signature"
	"github.com/onestop-gateway/onestop/adapters/signature/reference"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// hospital signs requests.
type hospital struct {
	t     *testing.T
	key   *signature.Key
	count int
}

func newHospital(t *testing.T) (*hospital, signedRequestsConfig) {
	t.Helper()
	key, err := signature.ParseKey("h1", reference.PrivatePEM(payerSM2))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "h1.pub.pem")
	writeFile(t, file, string(reference.PublicPEM(payerSM2)), 0o644)
	return &hospital{t: t, key: key}, signedRequestsConfig{Required: true, Keys: []requestKeyConfig{{ID: "h1", File: file, Facility: "H36082700001"}}}
}

// sign is the header of a request.
func (h *hospital) sign(method, target string, body []byte) string {
	h.t.Helper()
	h.count++
	sum := sha256.Sum256(body)
	signed := fmt.Sprintf("key=h1;time=%d;nonce=of-these-tests-%06d", time.Now().Unix(), h.count)
	der, err := h.key.Sign(signature.DefaultUserID, []byte(strings.Join([]string{signed, method, target, "", hex.EncodeToString(sum[:])}, "\n")))
	if err != nil {
		h.t.Fatal(err)
	}
	return signed + ";signature=" + base64.StdEncoding.EncodeToString(der)
}

// recorded is a request as it went over the line.
type recorded struct{ header, body, answer string }

// send sends a request and gives status and answer.
func (r recorded) send(t *testing.T, base string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, base+"/v1/settlements", strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Onestop-Signature", r.header)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

// 10,000 copies of recorded requests pay nothing: the gateway that heard them
// refuses each, and one that has not (another, or the same after a restart)
// takes each for the request it is by its key, once.
func TestReplayedRequestsPayNothing(t *testing.T) {
	s, c := signedTown(t)
	h, signing := newHospital(t)
	c.SignedRequests = signing
	s.serve(t, c)
	var line []recorded
	for i := range 20 {
		body := discharge(fmt.Sprintf("replayed-%02d", i))
		r := recorded{header: h.sign(http.MethodPost, "/v1/settlements", []byte(body)), body: body}
		status := 0
		if status, r.answer = r.send(t, s.base); status != http.StatusOK {
			t.Fatalf("%d %s", status, r.answer)
		}
		line = append(line, r)
	}
	paid := s.book(t)
	for i := range 10_000 {
		if status, answer := line[i%len(line)].send(t, s.base); status != http.StatusUnauthorized || !strings.Contains(answer, "UNAUTHENTICATED") {
			t.Fatalf("copy %d: %d %s", i, status, answer)
		}
	}
	s.stop()
	s.serve(t, c)
	for _, r := range line {
		if status, answer := r.send(t, s.base); status != http.StatusOK || answer != r.answer {
			t.Fatalf("after a restart: %d %s", status, answer)
		}
		if status, _ := r.send(t, s.base); status != http.StatusUnauthorized {
			t.Errorf("twice after a restart: %d", status)
		}
	}
	s.stop()
	if now := s.book(t); now != paid || strings.Count(paid, "\n") != len(line) {
		t.Errorf("the payer's book was\n%s\nand is\n%s", paid, now)
	}
}

// book is the payer's book, as text.
func (s *stage) book(t *testing.T) string {
	t.Helper()
	response, err := http.Get(s.payers["nhsa-demo"].URL + "/book")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var book bytes.Buffer
	if _, err := book.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	return book.String()
}

// The same over gRPC, and what is changed on the way or of another hospital is
// refused.
func TestSignedOverGRPC(t *testing.T) {
	s, c := signedTown(t)
	h, signing := newHospital(t)
	c.SignedRequests = signing
	s.serve(t, c)
	defer s.stop()
	conn, err := grpc.NewClient(s.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	client := onestopv1.NewSettlementServiceClient(conn)
	in := &onestopv1.GetSettlementRequest{Id: "none"}
	ask := func(header string, in *onestopv1.GetSettlementRequest) codes.Code {
		ctx := context.Background()
		if header != "" {
			ctx = metadata.AppendToOutgoingContext(ctx, "onestop-signature", header)
		}
		_, err := client.GetSettlement(ctx, in)
		return status.Code(err)
	}
	content, err := proto.MarshalOptions{Deterministic: true}.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	header := h.sign("GRPC", onestopv1.SettlementService_GetSettlement_FullMethodName, content)
	if got := ask(header, &onestopv1.GetSettlementRequest{Id: "other"}); got != codes.Unauthenticated {
		t.Errorf("changed: %s", got)
	}
	if got := ask(header, in); got != codes.NotFound {
		t.Errorf("signed: %s", got)
	}
	for range 100 {
		if got := ask(header, in); got != codes.Unauthenticated {
			t.Fatalf("again: %s", got)
		}
	}
	if got := ask("", in); got != codes.Unauthenticated {
		t.Errorf("not signed: %s", got)
	}
}

// Keys that are missing or none refuse the start.
func TestSignedRequestsConfiguration(t *testing.T) {
	_, good := newHospital(t)
	for name, bad := range map[string]signedRequestsConfig{
		"required without keys": {Required: true},
		"no such file":          {Keys: []requestKeyConfig{{ID: "h1", File: "none.pem"}}},
		"no id":                 {Keys: []requestKeyConfig{{File: good.Keys[0].File}}},
		"two of one id":         {Keys: append(good.Keys, good.Keys...)},
	} {
		if _, err := bad.verifier(); err == nil {
			t.Error(name)
		}
	}
	if none, err := new(signedRequestsConfig).verifier(); none != nil || err != nil {
		t.Errorf("nothing configured: %v, %v", none, err)
	}
}
