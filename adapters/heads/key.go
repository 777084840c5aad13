package heads

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"github.com/onestop-gateway/onestop/settlement/chain"
)

// key is one ed25519 key; private is nil where only signatures are looked at.
type key struct {
	id      string
	public  ed25519.PublicKey
	private ed25519.PrivateKey
}

var (
	errNotPEM    = errors.New("not a key in PEM")
	errNotOurs   = errors.New("not an ed25519 key")
	errPublic    = errors.New("a public key signs nothing")
	errSignature = errors.New("the signature is not that key's")
)

const (
	privateType = "PRIVATE KEY"
	publicType  = "PUBLIC KEY"
)

// NewKey makes a key: the private one in file, for its owner only, and the
// public one beside it with the suffix .pub. Neither may be there yet.
func NewKey(file string) (chain.Signer, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making key: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("making key: %w", err)
	}
	open, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("making key: %w", err)
	}
	if err := write(file, privateType, secret, 0o600); err != nil {
		return nil, fmt.Errorf("writing key: %w", err)
	}
	if err := write(file+".pub", publicType, open, 0o644); err != nil {
		return nil, fmt.Errorf("writing key: %w", err)
	}
	return newKey(public, private)
}

func write(file, kind string, content []byte, mode os.FileMode) error {
	to, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = to.Write(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}))
	return errors.Join(err, to.Sync(), to.Close())
}

// LoadKey reads a key that signs. Whether others may read the file is for the
// caller to judge.
func LoadKey(file string) (chain.Signer, error) {
	found, err := read(file)
	if err == nil && found.private == nil {
		err = errPublic
	}
	if err != nil {
		return nil, fmt.Errorf("reading key %s: %w", file, err)
	}
	return found, nil
}

// LoadPublic reads a key by which signatures are judged: a public one, or a
// private one, of which nothing but its public part is used.
func LoadPublic(file string) (chain.Signer, error) {
	found, err := read(file)
	if err != nil {
		return nil, fmt.Errorf("reading key %s: %w", file, err)
	}
	found.private = nil
	return found, nil
}

func read(file string) (*key, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errNotPEM
	}
	if block.Type == publicType {
		parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, err
		}
		if public, ours := parsed.(ed25519.PublicKey); ours {
			return newKey(public, nil)
		}
		return nil, errNotOurs
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	private, ours := parsed.(ed25519.PrivateKey)
	if !ours {
		return nil, errNotOurs
	}
	return newKey(private.Public().(ed25519.PublicKey), private)
}

// newKey names a key by the digest of its public part.
func newKey(public ed25519.PublicKey, private ed25519.PrivateKey) (*key, error) {
	text, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	return &key{id: "ed25519:" + hex.EncodeToString(sum[:8]), public: public, private: private}, nil
}

// KeyID implements chain.Signer.
func (k *key) KeyID() string { return k.id }

// Sign implements chain.Signer.
func (k *key) Sign(text []byte) ([]byte, error) {
	if k.private == nil {
		return nil, errPublic
	}
	return ed25519.Sign(k.private, text), nil
}

// Verify implements chain.Signer.
func (k *key) Verify(text, signature []byte) error {
	if len(signature) != ed25519.SignatureSize || !ed25519.Verify(k.public, text, signature) {
		return errSignature
	}
	return nil
}
