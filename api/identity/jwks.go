package identity

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
)

// keySet is the keys that are trusted, by their ids.
type keySet struct{ byID map[string]publicKey }

// publicKey is a key with the algorithms it may verify.
type publicKey struct {
	public     crypto.PublicKey
	algorithms []string
}

// jwk is a key as RFC 7517 writes it, with what is read of it.
type jwk struct {
	Type      string          `json:"kty"`
	ID        string          `json:"kid"`
	Use       string          `json:"use,omitempty"`
	Algorithm string          `json:"alg,omitempty"`
	Curve     string          `json:"crv,omitempty"`
	X         string          `json:"x,omitempty"`
	Y         string          `json:"y,omitempty"`
	N         string          `json:"n,omitempty"`
	E         string          `json:"e,omitempty"`
	Private   json.RawMessage `json:"d,omitempty"`
}

// Bounds of a set of keys.
const (
	jwksMax = 64 << 10 // bytes
	keysMax = 32
)

// parseKeys reads a set of keys. A set with a private or a symmetric key, a key
// without an id, two of one id, or none at all, is refused whole.
func parseKeys(text []byte) (*keySet, error) {
	var written struct {
		Keys []jwk `json:"keys"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&written); err != nil {
		return nil, fmt.Errorf("set of keys: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("set of keys: something follows it")
	}
	if len(written.Keys) == 0 || len(written.Keys) > keysMax {
		return nil, fmt.Errorf("set of keys: %d keys, expected 1 to %d", len(written.Keys), keysMax)
	}
	set := &keySet{make(map[string]publicKey, len(written.Keys))}
	for i := range written.Keys {
		k := &written.Keys[i]
		if _, twice := set.byID[k.ID]; twice {
			return nil, fmt.Errorf("set of keys: two of kid %.64q", k.ID)
		}
		key, err := k.key()
		if err != nil {
			return nil, fmt.Errorf("set of keys: kid %.64q: %w", k.ID, err)
		}
		set.byID[k.ID] = key
	}
	return set, nil
}

// key reads one key and what it may verify.
func (k *jwk) key() (key publicKey, err error) {
	switch {
	case !codeForm.MatchString(k.ID):
		return key, errors.New("kid is not 1 to 64 letters, digits, - or _")
	case k.Private != nil:
		return key, errors.New("it is a private key, which belongs to the issuer alone")
	case k.Use != "" && k.Use != "sig":
		return key, errors.New("it is not for signatures")
	}
	switch k.Type {
	case "EC":
		key, err = k.elliptic()
	case "OKP":
		key, err = k.edwards()
	case "RSA":
		key, err = k.rsa()
	default:
		err = fmt.Errorf("kty %.20q is not EC, OKP or RSA", k.Type)
	}
	if err == nil && k.Algorithm != "" {
		if !slices.Contains(key.algorithms, k.Algorithm) {
			return key, fmt.Errorf("alg %.20q does not go with it", k.Algorithm)
		}
		key.algorithms = []string{k.Algorithm}
	}
	return key, err
}

func (k *jwk) elliptic() (key publicKey, err error) {
	curves := map[string]struct {
		curve     elliptic.Curve
		algorithm string
	}{"P-256": {elliptic.P256(), "ES256"}, "P-384": {elliptic.P384(), "ES384"}}
	on, known := curves[k.Curve]
	if !known {
		return key, fmt.Errorf("crv %.20q is neither P-256 nor P-384", k.Curve)
	}
	x, errX := base64.RawURLEncoding.Strict().DecodeString(k.X)
	y, errY := base64.RawURLEncoding.Strict().DecodeString(k.Y)
	size := (on.curve.Params().BitSize + 7) / 8
	if errX != nil || errY != nil || len(x) != size || len(y) != size {
		return key, errors.New("x or y is not a coordinate of the curve")
	}
	public, err := ecdsa.ParseUncompressedPublicKey(on.curve, slices.Concat([]byte{4}, x, y))
	return publicKey{public, []string{on.algorithm}}, err
}

func (k *jwk) edwards() (key publicKey, err error) {
	x, err := base64.RawURLEncoding.Strict().DecodeString(k.X)
	if k.Curve != "Ed25519" || err != nil || len(x) != ed25519.PublicKeySize {
		return key, errors.New("it is not a key of Ed25519")
	}
	return publicKey{ed25519.PublicKey(x), []string{"EdDSA"}}, nil
}

// rsaBits are the lengths an RSA key may have.
const rsaBitsMin, rsaBitsMax = 2048, 8192

func (k *jwk) rsa() (key publicKey, err error) {
	n, errN := base64.RawURLEncoding.Strict().DecodeString(k.N)
	e, errE := base64.RawURLEncoding.Strict().DecodeString(k.E)
	modulus, exponent := new(big.Int).SetBytes(n), new(big.Int).SetBytes(e)
	if errN != nil || errE != nil || modulus.BitLen() < rsaBitsMin || modulus.BitLen() > rsaBitsMax {
		return key, fmt.Errorf("n is not a number of %d to %d bits", rsaBitsMin, rsaBitsMax)
	}
	if exponent.BitLen() > 31 || exponent.Int64() < 65537 || exponent.Bit(0) == 0 {
		return key, errors.New("e is not an odd number from 65537 on")
	}
	return publicKey{&rsa.PublicKey{N: modulus, E: int(exponent.Int64())}, []string{"PS256", "RS256"}}, nil
}

// equal reports whether two sets trust the same keys for the same algorithms.
func (s *keySet) equal(other *keySet) bool {
	return maps.EqualFunc(s.byID, other.byID, func(a, b publicKey) bool {
		same, comparable := a.public.(interface{ Equal(crypto.PublicKey) bool })
		return comparable && same.Equal(b.public) && slices.Equal(a.algorithms, b.algorithms)
	})
}
