package store

import (
	"bytes"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

func FuzzDocuments(f *testing.F) {
	w := filled[whole]()
	for _, document := range w.documents() {
		f.Add(document)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var s settlement.Settlement
		if DecodeAsked(text, &s) == nil {
			stays(t, text, func(again []byte) ([]byte, error) {
				var s settlement.Settlement
				err := DecodeAsked(again, &s)
				return EncodeAsked(&s), err
			})
		}
		if DecodeMoved(text, &s) == nil {
			stays(t, text, func(again []byte) ([]byte, error) {
				var s settlement.Settlement
				err := DecodeMoved(again, &s)
				return EncodeMoved(&s), err
			})
		}
		if _, err := DecodeQuote(text); err == nil {
			stays(t, text, func(again []byte) ([]byte, error) {
				q, err := DecodeQuote(again)
				return EncodeQuote(&q), err
			})
		}
		if holds, err := DecodeHolds(text); err == nil && len(holds) > 0 {
			stays(t, text, func(again []byte) ([]byte, error) {
				holds, err := DecodeHolds(again)
				return EncodeHolds(holds), err
			})
		}
		if a, err := DecodeAdjudication(text); err == nil && a != nil {
			stays(t, text, func(again []byte) ([]byte, error) {
				a, err := DecodeAdjudication(again)
				return EncodeAdjudication(a), err
			})
		}
	})
}

// stays asserts that what was readable once is written and read as the same.
func stays(t *testing.T, text []byte, again func([]byte) ([]byte, error)) {
	once, err := again(text)
	if err != nil {
		t.Fatalf("readable only once: %v", err)
	}
	twice, err := again(once)
	if err != nil || !bytes.Equal(once, twice) {
		t.Fatalf("%x became %x: %v", once, twice, err)
	}
}
