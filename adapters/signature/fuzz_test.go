package signature

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/signature/reference"
)

// failing is what agree needs of a test.
type failing interface {
	Fatalf(format string, args ...any)
}

// agree: whatever message we can read has the sign string of the second
// implementation.
func agree(t failing, profile *Profile, party *reference.Party, body []byte) {
	message, err := parse(body)
	if err != nil {
		return
	}
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		t.Fatalf("we read what the standard decoder refuses: %v", err)
	}
	if diff := cmp.Diff(party.Text(fields), profile.Signature.signText(&message, party.Secret)); diff != "" {
		t.Fatalf("%s (-reference +ours):\n%s", body, diff)
	}
}

// FuzzSignText is target F6: no message makes the two sign strings differ, and
// none that is not signed is opened.
func FuzzSignText(f *testing.F) {
	for _, seed := range []string{asked, answered, `{}`, `{"a":{"b":[null,true,-0.10,"\u0000\ud800"]}}`, `{"é":"é","e\u0301":1}`, `{"encData":"QUJD","signData":"MEUC"}`} {
		f.Add([]byte(seed))
	}
	var all []conversation
	for _, name := range names {
		all = append(all, talk(f, name))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, c := range all {
			agree(t, c.profile, c.payer, body)
			if opened, err := c.ours.Open(body, theMsgid); err == nil {
				t.Fatalf("opened without a signature: %s", opened)
			}
		}
	})
}
