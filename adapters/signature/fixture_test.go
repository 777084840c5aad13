package signature

import (
	"encoding/hex"
	"os"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/signature/reference"
)

// The private keys of these tests: that of the example in GB/T 32918.5, and two
// invented ones.
const (
	ourKey     = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
	payerKey   = "1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF"
	laterKey   = "2234567890ABCDEF1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF"
	cipherKey  = "0123456789abcdeffedcba9876543210"
	laterGuard = "fedcba98765432100123456789abcdef"
	appSecret  = "应用密钥-test"
)

func keyOf(t testing.TB, id, d string) *Key {
	t.Helper()
	key, err := ParseKey(id, reference.PrivatePEM(d))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func publicOf(t testing.TB, id, d string) *PublicKey {
	t.Helper()
	key, err := ParsePublicKey(id, reference.PublicPEM(d))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	content, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// shipped is a profile of deploy/signing.
func shipped(t testing.TB, name string) *Profile {
	t.Helper()
	text, err := os.ReadFile("../../deploy/signing/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	profile, err := ReadProfile(text)
	if err != nil {
		t.Fatal(err)
	}
	return profile
}

// conversation is one profile from both sides: our envelope, and the payer by
// the second implementation.
type conversation struct {
	profile *Profile
	ours    *Envelope
	payer   *reference.Party
}

// names are the profiles that are shipped.
var names = []string{"inline", "sealed", "bare"}

// parties are the shipped profiles in the second implementation's words,
// written from the YAML by hand.
func parties() map[string]*reference.Party {
	excluded := []string{"signData", "encData", "extra"}
	return map[string]*reference.Party{
		"inline": {
			Field: "cainfo", Excluded: append([]string{"cainfo"}, excluded...), Pair: "=", Join: "&",
			SecretPrefix: "&key=", UserID: "1234567812345678",
		},
		"sealed": {
			Field: "signData", KeyID: "keyId", Echo: "msgid", Excluded: excluded, Dense: true, Pair: "=", Join: "&",
			SecretPrefix: "&key=", UserID: "1234567812345678", Raw: true, Hex: true, Hidden: "encData", Asks: "input", Answers: "output", Mode: "gcm",
		},
		"bare": {
			Field: "signData", Excluded: excluded, KeepEmpty: true, Pair: ":", Join: "\n", UserID: "onestop@payer", Raw: true,
			Hidden: "encData", Asks: "input", Answers: "output", Mode: "ecb", HiddenHex: true,
		},
	}
}

func talk(t testing.TB, name string) conversation {
	t.Helper()
	profile, payer := shipped(t, name), parties()[name]
	payer.Secret, payer.Key, payer.KeyName, payer.Cipher = appSecret, payerKey, "p1", cipherKey
	payer.Callers = map[string]string{"g1": reference.PublicHex(ourKey)}
	keys := Keys{Ours: []*Key{keyOf(t, "g1", ourKey)}, Theirs: []*PublicKey{publicOf(t, "p1", payerKey)}, Secret: appSecret}
	if profile.Encryption != nil {
		keys.Ciphers = [][]byte{unhex(t, cipherKey)}
	}
	ours, err := NewEnvelope(profile, keys)
	if err != nil {
		t.Fatal(err)
	}
	return conversation{profile, ours, payer}
}

// asked is a request, and answered the answer to it.
const (
	asked = `{"infno":"2304","msgid":"H36082700001201207011504050001","dev_no":"","cainfo":"","signtype":"",` +
		`"opter_name":"网关 \"甲\"","input":{"data":{"psn_no":"36082700000000000000000001","medfee_sumamt":3000.00,"none":null,"list":[1,"二",{"b":"","a":2}]}}}`
	answered = `{"infcode":0,"err_msg":null,"output":{"setlinfo":{"setl_id":"S000001","medfee_sumamt":3000.00,"hifp_pay":"1400.00","note":"a\\b\"c<&>\u2028"}}}`
	theMsgid = "H36082700001201207011504050001"
)
