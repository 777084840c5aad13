package signature

import (
	"math/big"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/signature/reference"
)

func number(hex string) *big.Int {
	n, _ := new(big.Int).SetString(hex, 16)
	return n
}

// referenceVerify checks r and s of 32 bytes each by the second implementation.
func referenceVerify(d, userID string, message, raw []byte) bool {
	return reference.Verify(reference.PublicOf(number(d)), userID, message, new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:]))
}

// referenceSign signs by the second implementation.
func referenceSign(t testing.TB, d, userID string, message []byte) []byte {
	t.Helper()
	r, s, err := reference.Sign(number(d), userID, message)
	if err != nil {
		t.Fatal(err)
	}
	return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
}
