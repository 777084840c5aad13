package signature

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// DefaultUserID is the user id that SM2 signatures carry where nobody agreed on
// another (GM/T 0009).
const DefaultUserID = "1234567812345678"

// Key is a private SM2 key under the id of its version. It never shows itself:
// its printed form is the id.
type Key struct {
	id      string
	private *sm2.PrivateKey
}

// PublicKey is a key that checks: SM2 or Ed25519.
type PublicKey struct {
	id      string
	sm2     *ecdsa.PublicKey
	ed25519 ed25519.PublicKey
}

// ParseKey reads a private SM2 key: one PEM block of PKCS #8, as "openssl
// genpkey -algorithm SM2" writes it. The error never quotes the text.
func ParseKey(id string, text []byte) (*Key, error) {
	der, err := onlyBlock(id, text, "PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	parsed, err := smx509.ParsePKCS8PrivateKey(der)
	private, isSM2 := parsed.(*sm2.PrivateKey)
	if err != nil || !isSM2 {
		return nil, fmt.Errorf("key %s: no SM2 key in PKCS #8", id)
	}
	return &Key{id, private}, nil
}

// ParsePublicKey reads an SM2 or Ed25519 key: one PEM block of PKIX, as
// "openssl pkey -pubout" writes it.
func ParsePublicKey(id string, text []byte) (*PublicKey, error) {
	der, err := onlyBlock(id, text, "PUBLIC KEY")
	if err != nil {
		return nil, err
	}
	parsed, err := smx509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("key %s: no public key: %w", id, err)
	}
	switch key := parsed.(type) {
	case *ecdsa.PublicKey:
		if sm2.IsSM2PublicKey(key) {
			return &PublicKey{id: id, sm2: key}, nil
		}
	case ed25519.PublicKey:
		return &PublicKey{id: id, ed25519: key}, nil
	}
	return nil, fmt.Errorf("key %s: neither SM2 nor Ed25519", id)
}

// onlyBlock is the content of the one PEM block of text.
func onlyBlock(id string, text []byte, kind string) ([]byte, error) {
	block, rest := pem.Decode(text)
	if id == "" {
		return nil, errors.New("a key without an id")
	}
	if block == nil || block.Type != kind || len(rest) > 0 {
		return nil, fmt.Errorf("key %s: must be one PEM block %q", id, kind)
	}
	return block.Bytes, nil
}

// ID is the name of the key's version.
func (k *Key) ID() string { return k.id }

// String is the id: a key that is printed says no more.
func (k *Key) String() string { return "key " + k.id }

// GoString is String.
func (k *Key) GoString() string { return k.String() }

// Public is the key that checks what k signs.
func (k *Key) Public() *PublicKey { return &PublicKey{id: k.id, sm2: &k.private.PublicKey} }

// Sign signs message for a user id (SM3withSM2), in the DER form of GM/T 0009.
// The same message gives the same signature (RFC 6979 over SM3): a request can
// be made anew byte for byte, and no signature hangs on a source of chance.
func (k *Key) Sign(userID string, message []byte) ([]byte, error) {
	return sm2.SignDeterministic(k.private, message, sm2.NewSM2SignerOption(true, []byte(userID)))
}

// ID is the name of the key's version.
func (p *PublicKey) ID() string { return p.id }

// Check reports whether signature, in DER for SM2, is the key's over message.
// userID is of SM2 only.
func (p *PublicKey) Check(userID string, message, signature []byte) bool {
	if p.sm2 == nil {
		return ed25519.Verify(p.ed25519, message, signature)
	}
	// An empty message has no SM2 signature: the implementation refuses it.
	return len(message) > 0 && sm2.VerifyASN1WithSM2(p.sm2, []byte(userID), message, signature)
}
