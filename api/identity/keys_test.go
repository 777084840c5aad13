package identity

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// keysOf are keys written out by a test.
func keysOf(t *testing.T, text string) *Keys {
	t.Helper()
	keys, err := newKeys(context.Background(), time.Now, func(context.Context) ([]byte, error) { return []byte(text), nil })
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestSetsOfKeysThatAreRefused(t *testing.T) {
	ed := func(extra string) string {
		return `{"kty":"OKP","kid":"k","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"` + extra + `}`
	}
	if _, err := parseKeys([]byte(`{"keys":[` + ed("") + `]}`)); err != nil {
		t.Fatalf("the set that is to be read: %v", err)
	}
	for name, text := range map[string]string{
		"nothing": ``, "no object": `[]`, "no keys": `{"keys":[]}`, "something behind": `{"keys":[` + ed("") + `]} x`,
		"two of one id":   `{"keys":[` + ed("") + `,` + ed("") + `]}`,
		"a private key":   `{"keys":[` + ed(`,"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"`) + `]}`,
		"for encryption":  `{"keys":[` + ed(`,"use":"enc"`) + `]}`,
		"another alg":     `{"keys":[` + ed(`,"alg":"RS256"`) + `]}`,
		"no id":           `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`,
		"a symmetric key": `{"keys":[{"kty":"oct","kid":"k","k":"c2VjcmV0"}]}`,
		"a curve of X":    `{"keys":[{"kty":"OKP","kid":"k","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`,
		"a short key":     `{"keys":[{"kty":"OKP","kid":"k","crv":"Ed25519","x":"AAAA"}]}`,
		"no point":        `{"keys":[{"kty":"EC","kid":"k","crv":"P-256","x":"` + strings.Repeat("A", 42) + `E","y":"` + strings.Repeat("A", 42) + `E"}]}`,
		"P-521":           `{"keys":[{"kty":"EC","kid":"k","crv":"P-521","x":"AA","y":"AA"}]}`,
		"a weak modulus":  `{"keys":[{"kty":"RSA","kid":"k","n":"` + strings.Repeat("_", 170) + `","e":"AQAB"}]}`,
		"a weak exponent": `{"keys":[{"kty":"RSA","kid":"k","n":"` + strings.Repeat("_", 344) + `","e":"Aw"}]}`,
		"a kid of a path": `{"keys":[{"kty":"OKP","kid":"../k","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`,
	} {
		if _, err := parseKeys([]byte(text)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// A rotation: a token of the new key is believed once the file has it, and one of
// the old key is not believed any more, though it was remembered.
func TestKeysRotate(t *testing.T) {
	old, next := seeded(1), seeded(2)
	c := &clock{noon}
	keys, file := pinned(t, c, public(old))
	verifier := NewVerifier(issuer, audience, keys, c.now)
	first, second := signed(t, old, claims()), signed(t, next, claims())
	believed := func(token string, want bool) {
		t.Helper()
		if _, err := verifier.Verify(token); (err == nil) != want {
			t.Errorf("believed %t: %v", !want, err)
		}
	}
	believed(first, true)
	publish(t, file, public(old), public(next))
	believed(second, false) // looked for a moment ago
	c.at = c.at.Add(refreshLeast)
	believed(second, true)
	believed(first, true)
	publish(t, file, public(next))
	if err := keys.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	believed(first, false)
	believed(second, true)
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := keys.Refresh(t.Context()); err == nil {
		t.Error("a broken set was taken over")
	}
	believed(second, true) // what was known stays in force
}

// However many unknown keys are named, the issuer is asked once in a while.
func TestUnknownKeysAskSeldom(t *testing.T) {
	var asked atomic.Int32
	text, err := Publish(public(seeded(1)))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write(text)
	}))
	defer server.Close()
	c := &clock{noon}
	keys, err := NewURLKeys(t.Context(), server.URL, c.now)
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		c.at = c.at.Add(100 * time.Millisecond) // over 100 seconds
		if _, err := keys.find("nobody"); !errors.Is(err, errUnknownKey) {
			t.Fatal(err)
		}
	}
	if got := asked.Load(); got != 4 {
		t.Errorf("asked %d times: once at the start, then once in %s", got, refreshLeast)
	}
}

func TestKeysComeFromTheirAddressOnly(t *testing.T) {
	for _, address := range []string{"", "http://idp.example/jwks", "ftp://idp.example/jwks", "file:///etc/jwks", "https://", "https://" + "user@idp.example/", "//idp.example"} {
		if err := CheckKeysURL(address); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	answers := map[string]http.HandlerFunc{
		"a redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) },
		"an error":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"too long":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, jwksMax+1)) },
		"a page":     func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
	}
	for name, answer := range answers {
		server := httptest.NewServer(answer)
		if _, err := NewURLKeys(t.Context(), server.URL, time.Now); err == nil {
			t.Errorf("%s gives keys", name)
		}
		server.Close()
	}
}
