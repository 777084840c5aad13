package signature

import (
	"os"
	"strings"
	"testing"
)

// Every shipped profile is read, and with one thing wrong it is not.
func TestProfilesAreReadStrictly(t *testing.T) {
	text, err := os.ReadFile("../../deploy/signing/sealed.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if profile := shipped(t, name); profile.ID != name {
			t.Errorf("%s calls itself %s", name, profile.ID)
		}
	}
	for _, bad := range []struct{ name, old, new string }{
		{"an unknown key", "  pair:", "  pear: x\n  pair:"},
		{"a second document", "encryption:", "---\nencryption:"},
		{"a key twice", "  join:", "  pair: \"=\"\n  join:"},
		{"no id", "id: sealed\n", ""},
		{"no source", "source: >-", "sauce: >-"},
		{"no field", "  field: signData\n", ""},
		{"the signature covers itself", "excluded: [signData, encData, extra]", "excluded: [encData, extra]"},
		{"what is encrypted is signed encrypted", "excluded: [signData, encData, extra]", "excluded: [signData, extra]"},
		{"the key's id is not covered", "excluded: [signData,", "excluded: [keyId, signData,"},
		{"the repeated message is not covered", "excluded: [signData,", "excluded: [msgid, signData,"},
		{"the content is not covered", "excluded: [signData,", "excluded: [output, signData,"},
		{"only some fields covered, without the content", "  excluded:", "  covered: [msgid, keyId]\n  excluded:"},
		{"no separator of pairs", "  pair: \"=\"\n", ""},
		{"no separator of fields", "  join: \"&\"\n", ""},
		{"a prefix of no secret", "  secret: true\n", ""},
		{"another algorithm", "SM3withSM2", "SHA1withRSA"},
		{"another form", "form: raw", "form: pem"},
		{"another encoding", "encoding: hex", "encoding: base32"},
		{"another mode", "SM4-GCM", "SM4-CTR"},
		{"nowhere to put what is encrypted", "  field: encData\n", ""},
		{"encrypted in place", "field: encData", "field: output"},
		{"a constant where the signature stands", "  signtype: SM2", "  signData: x"},
		{"a number that is none", "secret: true", "secret: perhaps"},
	} {
		if strings.Count(string(text), bad.old) != 1 && bad.name != "another encoding" {
			t.Fatalf("%s: %q stands %d times", bad.name, bad.old, strings.Count(string(text), bad.old))
		}
		if _, err := ReadProfile([]byte(strings.Replace(string(text), bad.old, bad.new, 1))); err == nil {
			t.Errorf("%s: is read", bad.name)
		}
	}
}

// An envelope is not made of half its keys.
func TestKeysThatAreMissing(t *testing.T) {
	whole := func() Keys {
		return Keys{Ours: []*Key{keyOf(t, "g1", ourKey)}, Theirs: []*PublicKey{publicOf(t, "p1", payerKey)}, Secret: appSecret, Ciphers: [][]byte{unhex(t, cipherKey)}}
	}
	for name, spoil := range map[string]func(*Keys){
		"none of ours":      func(k *Keys) { k.Ours = nil },
		"none of theirs":    func(k *Keys) { k.Theirs = nil },
		"two of one id":     func(k *Keys) { k.Theirs = append(k.Theirs, publicOf(t, "p1", laterKey)) },
		"no secret":         func(k *Keys) { k.Secret = "" },
		"no cipher key":     func(k *Keys) { k.Ciphers = nil },
		"half a cipher key": func(k *Keys) { k.Ciphers[0] = k.Ciphers[0][:8] },
	} {
		keys := whole()
		spoil(&keys)
		if _, err := NewEnvelope(shipped(t, "sealed"), keys); err == nil {
			t.Error(name)
		}
	}
	if _, err := NewEnvelope(shipped(t, "inline"), whole()); err == nil {
		t.Error("a cipher key for a profile that encrypts nothing")
	}
}
