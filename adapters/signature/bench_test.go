package signature

import (
	"testing"
)

// What signing costs, one by one.
func BenchmarkSign(b *testing.B) {
	key := keyOf(b, "k", ourKey)
	message := []byte(asked)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := key.Sign(DefaultUserID, message); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	key := keyOf(b, "k", ourKey)
	message := []byte(asked)
	signed, err := key.Sign(DefaultUserID, message)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if !key.Public().Check(DefaultUserID, message, signed) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkSM4GCM(b *testing.B) {
	box, err := NewBox(gcm, unhex(b, cipherKey))
	if err != nil {
		b.Fatal(err)
	}
	plain := make([]byte, 1024)
	b.SetBytes(int64(len(plain)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := box.Open(box.Seal(plain)); err != nil {
			b.Fatal(err)
		}
	}
}
