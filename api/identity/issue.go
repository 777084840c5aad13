package identity

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"

	"github.com/golang-jwt/jwt/v5"
)

// KeyID names a key of Ed25519 by its own digest.
func KeyID(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:8])
}

// Issue signs claims, as an issuer of development tokens does.
func Issue(key ed25519.PrivateKey, claims *Claims) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	token.Header["kid"] = KeyID(key.Public().(ed25519.PublicKey))
	return token.SignedString(key)
}

// Publish writes keys of Ed25519 as the set that a gateway reads.
func Publish(keys ...ed25519.PublicKey) ([]byte, error) {
	var set struct {
		Keys []jwk `json:"keys"`
	}
	for _, key := range keys {
		set.Keys = append(set.Keys, jwk{
			Type: "OKP", ID: KeyID(key), Use: "sig", Algorithm: "EdDSA", Curve: "Ed25519", X: base64.RawURLEncoding.EncodeToString(key),
		})
	}
	return json.MarshalIndent(set, "", "  ")
}
