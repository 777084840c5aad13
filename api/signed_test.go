package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// notary accepts the header "good" and remembers what it was over.
type notary struct {
	facility settlement.FacilityID
	about    []string
}

func (n *notary) Verify(header, about string) (settlement.FacilityID, error) {
	n.about = append(n.about, about)
	if header != "good" {
		return "", &settlement.Error{Kind: settlement.KindUnauthorized, Reason: settlement.ReasonUnauthenticated, Field: signatureHeader}
	}
	return n.facility, nil
}

func hexSum(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// What is signed over REST: the method, the target as it was sent, the key of
// the header and the very bytes of the body.
func TestSignedOverREST(t *testing.T) {
	n := &notary{}
	w := serve(t, func(c *Config) { c.Verifier = n })
	sent := body(request())
	if r := w.post("/v1/settlements", sent, "Onestop-Signature: good", "Idempotency-Key: "+key); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := w.get("/v1/settlements?page_size=1", "Onestop-Signature: good"); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	for i, want := range []string{
		"POST\n/v1/settlements\n" + key + "\n" + hexSum([]byte(sent)),
		"GET\n/v1/settlements?page_size=1\n\n" + hexSum(nil),
	} {
		if n.about[i] != want {
			t.Errorf("over %q, want %q", n.about[i], want)
		}
	}
}

// What is signed over gRPC: the method's name and the message in its
// deterministic encoding.
func TestSignedOverGRPC(t *testing.T) {
	n := &notary{}
	w := serve(t, func(c *Config) { c.Verifier = n })
	in := request()
	content, err := proto.MarshalOptions{Deterministic: true}.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	ctx := metadata.AppendToOutgoingContext(context.Background(), "onestop-signature", "good")
	if _, err := w.client.CreateSettlement(ctx, in); err != nil {
		t.Fatal(err)
	}
	if want := "GRPC\n" + onestopv1.SettlementService_CreateSettlement_FullMethodName + "\n\n" + hexSum(content); n.about[0] != want {
		t.Errorf("over %q, want %q", n.about[0], want)
	}
}

// A wrong signature, two of them, none where one is demanded, or one of another
// facility: refused on both transports, and nothing is asked of anybody.
func TestSignedWrongly(t *testing.T) {
	for _, c := range []struct {
		name     string
		headers  []string
		required bool
		facility settlement.FacilityID
		status   int
		reason   settlement.Reason
	}{
		{"wrong", []string{"bad"}, false, "", 401, settlement.ReasonUnauthenticated},
		{"empty", []string{""}, false, "", 401, settlement.ReasonUnauthenticated},
		{"two", []string{"good", "good"}, false, "", 401, settlement.ReasonUnauthenticated},
		{"none, and demanded", nil, true, "", 401, settlement.ReasonUnauthenticated},
		{"of another facility", []string{"good"}, false, "H99999999999", 403, settlement.ReasonPermissionDenied},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := serve(t, func(config *Config) {
				config.Verifier, config.SignaturesRequired = &notary{facility: c.facility}, c.required
			})
			post, err := http.NewRequest(http.MethodPost, w.url+"/v1/settlements", strings.NewReader(body(request())))
			if err != nil {
				t.Fatal(err)
			}
			post.Header.Set("Content-Type", "application/json")
			for _, header := range c.headers {
				post.Header.Add("Onestop-Signature", header)
			}
			if r := w.do(post); r.status != c.status || r.told(t).reason() != c.reason {
				t.Errorf("REST: %d %s", r.status, r.body)
			}
			ctx := context.Background()
			for _, header := range c.headers {
				ctx = metadata.AppendToOutgoingContext(ctx, "onestop-signature", header)
			}
			if _, err := w.client.CreateSettlement(ctx, request()); toldBy(t, err).reason() != c.reason {
				t.Errorf("gRPC: %v", err)
			}
			if w.calls != 0 {
				t.Errorf("%d calls came through", w.calls)
			}
		})
	}
}
