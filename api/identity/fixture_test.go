package identity

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// noon is now in every test of tokens.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const (
	issuer   = "https://idp.example"
	audience = "onestop"
)

// seeded is a key of Ed25519 that is the same in every run.
func seeded(seed byte) ed25519.PrivateKey {
	text := make([]byte, ed25519.SeedSize)
	text[0] = seed
	return ed25519.NewKeyFromSeed(text)
}

func public(key ed25519.PrivateKey) ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }

// claims are those of a cashier who is let in; change may spoil them.
func claims(change ...func(*Claims)) *Claims {
	c := &Claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Subject: "li", Audience: jwt.ClaimStrings{audience}, ID: "1",
			IssuedAt: jwt.NewNumericDate(noon), NotBefore: jwt.NewNumericDate(noon), ExpiresAt: jwt.NewNumericDate(noon.Add(5 * time.Minute)),
		},
		Tenant: "H36082700001", Roles: []string{"cashier"},
	}
	for _, each := range change {
		each(c)
	}
	return c
}

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// pinned are keys from a file, which is given, too.
func pinned(t testing.TB, c *clock, keys ...ed25519.PublicKey) (*Keys, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "jwks.json")
	publish(t, file, keys...)
	found, err := NewFileKeys(context.Background(), file, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return found, file
}

func publish(t testing.TB, file string, keys ...ed25519.PublicKey) {
	t.Helper()
	text, err := Publish(keys...)
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func signed(t testing.TB, key ed25519.PrivateKey, c *Claims) string {
	t.Helper()
	token, err := Issue(key, c)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// certificate names these URIs and is in force around noon.
func certificate(uris ...string) *x509.Certificate {
	c := &x509.Certificate{NotBefore: noon.Add(-time.Hour), NotAfter: noon.Add(time.Hour)}
	for _, text := range uris {
		uri, err := url.Parse(text)
		if err != nil {
			panic(err)
		}
		c.URIs = append(c.URIs, uri)
	}
	return c
}
