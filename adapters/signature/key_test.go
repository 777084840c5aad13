package signature

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/adapters/signature/reference"
)

func TestKeysThatAreNone(t *testing.T) {
	private, public := reference.PrivatePEM(ourKey), reference.PublicPEM(ourKey)
	rsa := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{0x30, 0x00}})
	for name, text := range map[string][]byte{
		"nothing": nil, "no PEM": []byte(ourKey), "a public key": public, "two keys": append(bytes.Clone(private), private...),
		"text behind it": append(bytes.Clone(private), 'x'), "no key inside": rsa,
	} {
		if key, err := ParseKey("k", text); err == nil || strings.Contains(err.Error(), "MI") {
			t.Errorf("%s: %v, %v", name, key, err)
		}
	}
	for name, text := range map[string][]byte{"nothing": nil, "a private key": private, "another curve": p256(t)} {
		if key, err := ParsePublicKey("k", text); err == nil {
			t.Errorf("%s: %v", name, key)
		}
	}
	if _, err := ParseKey("", private); err == nil {
		t.Error("a key without an id")
	}
}

// p256 is a public key of a curve that is not SM2's: the base point of P-256, as
// OpenSSL writes it.
func p256(t *testing.T) []byte {
	t.Helper()
	return []byte("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n-----END PUBLIC KEY-----\n")
}

// A key that is printed, in whatever way, shows its id and no more.
func TestKeysAreNotPrinted(t *testing.T) {
	key := keyOf(t, "g1", ourKey)
	for _, printed := range []string{fmt.Sprint(key), fmt.Sprintf("%v %+v %#v %s", key, key, key, key)} {
		if strings.Contains(strings.ToLower(printed), "3945208f") || !strings.Contains(printed, "key g1") {
			t.Errorf("printed as %s", printed)
		}
	}
}

func TestEd25519(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParsePublicKey("e", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	signed := ed25519.Sign(private, []byte("m"))
	if !key.Check("", []byte("m"), signed) || key.Check("", []byte("n"), signed) || key.Check("", []byte("m"), signed[:63]) {
		t.Error("Ed25519")
	}
}

// What is sealed opens to the same, under any mode; what is changed does not
// open under GCM, and one key does not open what another sealed.
func TestBox(t *testing.T) {
	for _, mode := range []string{gcm, cbc, ecb} {
		box, err := NewBox(mode, unhex(t, cipherKey))
		if err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(r *rapid.T) {
			plain := rapid.SliceOf(rapid.Byte()).Draw(r, "plain")
			sealed := box.Seal(plain)
			opened, err := box.Open(sealed)
			if err != nil || !bytes.Equal(opened, plain) || !bytes.Equal(sealed, box.Seal(plain)) {
				r.Fatalf("%s: %x, %v", mode, opened, err)
			}
			if mode != gcm {
				return
			}
			sealed[rapid.IntRange(0, len(sealed)-1).Draw(r, "at")] ^= 1
			if _, err := box.Open(sealed); err == nil {
				r.Fatal("changed, and opened")
			}
		})
		for n := range 40 { // whatever it is, it does no harm
			_, _ = box.Open(bytes.Repeat([]byte{7}, n))
		}
	}
	if _, err := NewBox("SM4-OFB", unhex(t, cipherKey)); err == nil {
		t.Error("a mode that nobody speaks")
	}
	if _, err := NewBox(gcm, unhex(t, cipherKey)[:15]); err == nil {
		t.Error("a key of 15 bytes")
	}
}
