package reference

import (
	"encoding/hex"
	"strings"
	"testing"
)

// The examples of GB/T 32905, annex A.
func TestSM3(t *testing.T) {
	for message, want := range map[string]string{
		"abc":                      "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
		strings.Repeat("abcd", 16): "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
	} {
		if got := hex.EncodeToString(SM3([]byte(message))); got != want {
			t.Errorf("%q: %s", message, got)
		}
	}
}

// The examples of GB/T 32907, annex A; the second encrypts a million times.
func TestSM4(t *testing.T) {
	key, _ := hex.DecodeString("0123456789abcdeffedcba9876543210")
	cipher, err := NewSM4(key)
	if err != nil {
		t.Fatal(err)
	}
	text := append([]byte{}, key...)
	cipher.Encrypt(text, text)
	if got := hex.EncodeToString(text); got != "681edf34d206965e86b3e94f536e4246" {
		t.Errorf("once: %s", got)
	}
	cipher.Decrypt(text, text)
	if got := hex.EncodeToString(text); got != hex.EncodeToString(key) {
		t.Errorf("and back: %s", got)
	}
	for range 1_000_000 {
		cipher.Encrypt(text, text)
	}
	if got := hex.EncodeToString(text); got != "595298c7c6fd271f0402f804c33d3f66" {
		t.Errorf("a million times: %s", got)
	}
	if _, err := NewSM4(key[:15]); err == nil {
		t.Error("a key of 15 bytes")
	}
}

// The example of GB/T 32918.5, annex A.2.
func TestSM2(t *testing.T) {
	d := mustHex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
	k := mustHex("59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21")
	wantR := mustHex("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3")
	wantS := mustHex("B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA")
	public := PublicOf(d)
	if public.X.Cmp(mustHex("09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020")) != 0 ||
		public.Y.Cmp(mustHex("CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13")) != 0 {
		t.Errorf("public key %X, %X", public.X, public.Y)
	}
	message := []byte("message digest")
	r, s := SignWith(d, k, "1234567812345678", message)
	if r.Cmp(wantR) != 0 || s.Cmp(wantS) != 0 {
		t.Errorf("r %X, s %X", r, s)
	}
	if !Verify(public, "1234567812345678", message, r, s) {
		t.Error("its own signature is wrong")
	}
	for name, wrong := range map[string]bool{
		"another message": Verify(public, "1234567812345678", []byte("message digesT"), r, s),
		"another user id": Verify(public, "1234567812345679", message, r, s),
		"another key":     Verify(PublicOf(two), "1234567812345678", message, r, s),
		"r and s swapped": Verify(public, "1234567812345678", message, s, r),
		"no point":        Verify(Point{one, one}, "1234567812345678", message, r, s),
		"r too large":     Verify(public, "1234567812345678", message, orderN, s),
	} {
		if wrong {
			t.Error(name)
		}
	}
}

func TestInfinity(t *testing.T) {
	if sum := baseG.times(orderN); sum.X != nil {
		t.Errorf("n·G is %v", sum)
	}
}
