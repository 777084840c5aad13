package signature

import (
	"bytes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/adapters/signature/reference"
)

// GB/T 32905, annex A, and any message against the second implementation.
func TestSM3(t *testing.T) {
	for message, want := range map[string]string{
		"abc":                      "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
		strings.Repeat("abcd", 16): "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
	} {
		if sum := sm3.Sum([]byte(message)); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%q: %x", message, sum)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		message := rapid.SliceOf(rapid.Byte()).Draw(r, "message")
		if sum := sm3.Sum(message); !bytes.Equal(sum[:], reference.SM3(message)) {
			r.Fatalf("%x: the two implementations differ", message)
		}
	})
}

// GB/T 32907, annex A, and RFC 8998, A.1.
func TestSM4(t *testing.T) {
	key := unhex(t, "0123456789abcdeffedcba9876543210")
	block, err := sm4.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	text := bytes.Clone(key)
	block.Encrypt(text, text)
	if hex.EncodeToString(text) != "681edf34d206965e86b3e94f536e4246" {
		t.Errorf("one block: %x", text)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	plain := unhex(t, "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa")
	sealed := aead.Seal(nil, unhex(t, "00001234567800000000abcd"), plain, unhex(t, "feedfacedeadbeeffeedfacedeadbeefabaddad2"))
	if hex.EncodeToString(sealed) != "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec" {
		t.Errorf("GCM: %x", sealed)
	}
}

// GB/T 32918.5, annex A.2: the standard's own signature is good, and ours is by
// the second implementation.
func TestSM2(t *testing.T) {
	key, message := keyOf(t, "k", ourKey), []byte("message digest")
	standard, err := derOf(unhex(t, "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"))
	if err != nil {
		t.Fatal(err)
	}
	if !key.Public().Check(DefaultUserID, message, standard) {
		t.Error("the standard's signature is refused")
	}
	ours, err := key.Sign(DefaultUserID, message)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := key.Sign(DefaultUserID, message); !bytes.Equal(ours, again) {
		t.Error("the same message is signed in two ways")
	}
	if !goodByReference(t, ourKey, DefaultUserID, message, ours) {
		t.Error("the second implementation refuses our signature")
	}
	for name, wrong := range map[string]bool{
		"another message": key.Public().Check(DefaultUserID, []byte("message digesT"), ours),
		"another user id": key.Public().Check("1234567812345679", message, ours),
		"another key":     publicOf(t, "k", payerKey).Check(DefaultUserID, message, ours),
		"a byte more":     key.Public().Check(DefaultUserID, message, append(bytes.Clone(ours), 0)),
		"nothing":         key.Public().Check(DefaultUserID, message, nil),
		"of nothing":      key.Public().Check(DefaultUserID, nil, ours),
	} {
		if wrong {
			t.Error(name)
		}
	}
}

func goodByReference(t testing.TB, d, userID string, message, der []byte) bool {
	t.Helper()
	raw, err := rawOf(der)
	if err != nil {
		t.Fatal(err)
	}
	return referenceVerify(d, userID, message, raw)
}

// Any message, either way round.
func TestSM2EitherWay(t *testing.T) {
	key := keyOf(t, "k", ourKey)
	rapid.Check(t, func(r *rapid.T) {
		message := rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(r, "message")
		user := rapid.StringN(1, 20, 40).Draw(r, "user")
		der, err := key.Sign(user, message)
		if err != nil || !goodByReference(t, ourKey, user, message, der) {
			r.Fatalf("ours is refused: %v", err)
		}
		theirs, err := derOf(referenceSign(t, ourKey, user, message))
		if err != nil || !key.Public().Check(user, message, theirs) {
			r.Fatalf("theirs is refused: %v", err)
		}
	})
}

// A key and a signature made with OpenSSL 3: genpkey -algorithm SM2, and dgst
// -sm3 -sign with -sigopt distid:1234567812345678.
func TestOpenSSL(t *testing.T) {
	key, err := ParsePublicKey("o", []byte(`-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEFMqPaJ6LlPzbt2Kll4+G0nac6laJ
8QlAeHn2GIWGrCFfNkx+PvUvQlHdVX8UzYf9mIAatgT/YmF0yQBzOJ/oVQ==
-----END PUBLIC KEY-----
`))
	if err != nil {
		t.Fatal(err)
	}
	der, err := base64.StdEncoding.DecodeString("MEUCIEhT3GexfBiwAEZy1asz2BeZeub727KxaM9nu1GNIbm3AiEAnM+A4Ql+URYMRs1JXYyCil51OG5uS3iOqVx7R2ueWss=")
	if err != nil {
		t.Fatal(err)
	}
	if message := "infno=2304&msgid=H1&key=secret"; !key.Check(DefaultUserID, []byte(message), der) || key.Check(DefaultUserID, []byte(message+" "), der) {
		t.Error("OpenSSL's signature")
	}
}
