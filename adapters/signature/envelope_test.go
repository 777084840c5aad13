package signature

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What is signed, written out by hand.
func TestSignTexts(t *testing.T) {
	for name, want := range map[string]string{
		"inline": `infno=2304&input={"data":{"list":[1,"二",{"a":2,"b":""}],"medfee_sumamt":3000.00,"none":null,"psn_no":"36082700000000000000000001"}}` +
			`&msgid=H36082700001201207011504050001&opter_name=网关 "甲"&key=` + appSecret,
		"sealed": `infno=2304&input={"data":{"list":[1,"二",{"a":2}],"medfee_sumamt":3000.00,"psn_no":"36082700000000000000000001"}}` +
			`&msgid=H36082700001201207011504050001&opter_name=网关 "甲"&key=` + appSecret,
		"bare": "cainfo:\ndev_no:\ninfno:2304\n" +
			`input:{"data":{"list":[1,"二",{"a":2,"b":""}],"medfee_sumamt":3000.00,"none":null,"psn_no":"36082700000000000000000001"}}` +
			"\nmsgid:H36082700001201207011504050001\nopter_name:网关 \"甲\"\nsigntype:" + appSecret,
	} {
		message, err := parse([]byte(asked))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, shipped(t, name).Signature.signText(&message, appSecret)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The payer understands what we send, and we what it answers.
func TestBothWays(t *testing.T) {
	for _, name := range names {
		c := talk(t, name)
		sent, err := c.ours.Seal([]byte(asked))
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := c.ours.Seal([]byte(asked)); !bytes.Equal(sent, again) {
			t.Errorf("%s: the same request is two", name)
		}
		if hides := c.profile.Encryption != nil; hides == bytes.Contains(sent, []byte("36082700000000000000000001")) {
			t.Errorf("%s: hides its content: %v: %s", name, hides, sent)
		}
		read, err := c.payer.Read(sent)
		if err != nil {
			t.Fatalf("%s: the payer refuses: %v", name, err)
		}
		sameContent(t, name, "input", []byte(asked), read)
		back, err := c.payer.Write([]byte(answered), theMsgid)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := c.ours.Open(back, theMsgid)
		if err != nil {
			t.Fatalf("%s: %v: %s", name, err, back)
		}
		sameContent(t, name, "output", []byte(answered), opened)
		if err := c.ours.Verify(back); err != nil {
			t.Errorf("%s: stored: %v", name, err)
		}
	}
}

// sameContent compares one field of two messages.
func sameContent(t *testing.T, name, field string, one, other []byte) {
	t.Helper()
	var a, b map[string]any
	if err := json.Unmarshal(one, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(other, &b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a[field], b[field]); diff != "" {
		t.Errorf("%s: %s (-sent +read):\n%s", name, field, diff)
	}
}

// An answer that is not the payer's, or not to our message, is never opened.
func TestWhatIsNotOpened(t *testing.T) {
	for _, name := range names {
		c := talk(t, name)
		good, err := c.payer.Write([]byte(answered), theMsgid)
		if err != nil {
			t.Fatal(err)
		}
		other := talk(t, name).payer
		other.Key = laterKey
		forged, err := other.Write([]byte(answered), theMsgid)
		if err != nil {
			t.Fatal(err)
		}
		field := c.profile.Signature.Field
		for what, answer := range map[string][]byte{
			"nothing":            nil,
			"no JSON":            []byte("<html>"),
			"two answers":        append(bytes.Clone(good), good...),
			"a field twice":      bytes.Replace(good, []byte("{"), []byte(`{"`+field+`":"","`), 1),
			"no signature":       changed(t, good, func(m map[string]any) { delete(m, field) }),
			"an empty signature": changed(t, good, func(m map[string]any) { m[field] = "" }),
			"a number":           changed(t, good, func(m map[string]any) { m[field] = 1 }),
			"another encoding":   changed(t, good, func(m map[string]any) { m[field] = "*" + fmt.Sprint(m[field]) }),
			"cut":                changed(t, good, func(m map[string]any) { m[field] = fmt.Sprint(m[field])[:8] }),
			"another's key":      forged,
			"another status":     changed(t, good, func(m map[string]any) { m["infcode"] = -2 }),
			"a field more":       changed(t, good, func(m map[string]any) { m["warn_msg"] = "x" }),
			"merged fields": changed(t, good, func(m map[string]any) {
				m["err_msg"] = "x" + c.profile.Signature.Join + "infcode" + c.profile.Signature.Pair + "0"
			}),
			"deep": []byte(strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100)),
		} {
			if opened, err := c.ours.Open(answer, theMsgid); err == nil {
				t.Errorf("%s: %s: opened as %s", name, what, opened)
			}
		}
	}
}

// changed is a message with something done to it.
func changed(t testing.TB, message []byte, change func(map[string]any)) []byte {
	t.Helper()
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(message))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		t.Fatal(err)
	}
	change(fields)
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Where answers repeat our message, an answer to another one is none.
func TestEcho(t *testing.T) {
	c := talk(t, "sealed")
	back, err := c.payer.Write([]byte(answered), "H36082700001201207011504059999")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.ours.Open(back, theMsgid); err == nil {
		t.Error("an answer to another message is opened")
	}
	if err := c.ours.Verify(back); err != nil {
		t.Errorf("as a stored answer it is good: %v", err)
	}
}

// After a rotation on both sides, what was stored before still verifies, and
// what is signed with keys nobody knows does not.
func TestRotation(t *testing.T) {
	before := talk(t, "sealed")
	stored, err := before.payer.Write([]byte(answered), theMsgid)
	if err != nil {
		t.Fatal(err)
	}
	later, err := NewEnvelope(before.profile, Keys{
		Ours: []*Key{keyOf(t, "g2", laterKey), keyOf(t, "g1", ourKey)}, Secret: appSecret,
		Theirs:  []*PublicKey{publicOf(t, "p2", laterKey), publicOf(t, "p1", payerKey)},
		Ciphers: [][]byte{unhex(t, laterGuard), unhex(t, cipherKey)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := later.Verify(stored); err != nil {
		t.Errorf("stored before the rotation: %v", err)
	}
	payer := talk(t, "sealed").payer
	payer.Key, payer.KeyName, payer.Cipher, payer.Callers = laterKey, "p2", laterGuard, map[string]string{"g2": payer.Callers["g1"]}
	fresh, err := payer.Write([]byte(answered), theMsgid)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := later.Open(fresh, theMsgid); err != nil {
		t.Errorf("signed after it: %v", err)
	}
	if _, err := before.ours.Open(fresh, theMsgid); err == nil {
		t.Error("whoever does not know the new key opens it all the same")
	}
	sent, err := later.Seal([]byte(asked))
	if err != nil || !bytes.Contains(sent, []byte(`"keyId":"g2"`)) {
		t.Errorf("signed with an old key: %v %s", err, sent)
	}
}

// Any message: the sign string is the second implementation's, letter for
// letter.
func TestSignTextIsTheReferences(t *testing.T) {
	for _, name := range names {
		profile, party := shipped(t, name), parties()[name]
		party.Secret = appSecret
		rapid.Check(t, func(r *rapid.T) {
			body, err := json.Marshal(object3(r, 3))
			if err != nil {
				r.Fatal(err)
			}
			agree(r, profile, party, body)
		})
	}
}

// object3 draws an object some levels deep.
func object3(r *rapid.T, depth int) map[string]any {
	keys := rapid.OneOf(rapid.SampledFrom([]string{"infcode", "output", "signData", "extra", "a&b", "é"}), rapid.StringN(0, 6, 20))
	fields := map[string]any{}
	for range rapid.IntRange(0, 5).Draw(r, "fields") {
		fields[keys.Draw(r, "name")] = anyValue(r, depth)
	}
	return fields
}

func anyValue(r *rapid.T, depth int) any {
	switch rapid.IntRange(0, 6).Draw(r, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(r, "bool")
	case 2:
		return json.Number(fmt.Sprintf("%d.%02d", rapid.IntRange(-9, 9999).Draw(r, "yuan"), rapid.IntRange(0, 99).Draw(r, "fen")))
	case 3:
		if depth > 0 {
			return object3(r, depth-1)
		}
	case 4:
		if depth > 0 {
			return []any{anyValue(r, depth-1), anyValue(r, depth-1)}
		}
	}
	return rapid.String().Draw(r, "text")
}
