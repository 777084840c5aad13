package nhsa

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseKeepsNumbersAsWritten(t *testing.T) {
	root, err := parse([]byte(`{"a":1.50,"b":"1.50","c":[null,true,{}],"d":{"e":12345678901234567890.123}}`))
	if err != nil {
		t.Fatal(err)
	}
	a, b, c, e := root.fields["a"], root.fields["b"], root.fields["c"], root.fields["d"].fields["e"]
	if a.kind != kindNumber || a.text != "1.50" || b.kind != kindString || b.text != "1.50" || e.text != "12345678901234567890.123" {
		t.Errorf("a %+v, b %+v, e %+v", a, b, e)
	}
	if c.kind != kindList || len(c.items) != 3 || !c.items[0].empty() || c.items[1].empty() || !c.items[2].empty() {
		t.Errorf("c %+v", c)
	}
	if !root.fields["nobody"].empty() || root.empty() {
		t.Error("an absent field is empty, a filled object is not")
	}
}

// What the standard decoder alone would let pass, or what would bring it down.
func TestParseIsStrict(t *testing.T) {
	for _, bad := range []string{
		``, ` `, `{`, `}`, `[1,]`, `{"a":1,}`, `{a:1}`, `{'a':1}`, `{"a":01}`, `{"a":+1}`, `{"a":.5}`, `{"a":1.}`, `{"a":0x1}`,
		`{"a":NaN}`, `{"a":Infinity}`, `{"a":1}{"a":1}`, `{"a":1}]`, "{\"a\":1}\x00", `{"a":1}//`, "\ufeff{}", "{\"a\":\"\x01\"}",
		"{\"a\":\"\xff\"}", "{\"a\":\"\xc0\xaf\"}", "{\"a\":\"\xed\xa0\x80\"}", `{"a":"\x41"}`, `{"a":"\u12"}`, `{"a":tru}`,
		`{"a":1,"a":1}`, `{"a":1,"\u0061":2}`, `{"b":{"a":1,"a":2}}`, `[{"a":1,"a":null}]`,
		nested(depthMax + 2), strings.Repeat(`[`, 100_000), strings.Repeat(`{"a":`, 100_000),
		`[` + strings.Repeat(`0,`, nodesMax) + `0]`,
		`"` + strings.Repeat("a", answerMax) + `"`,
	} {
		if _, err := parse([]byte(bad)); err == nil {
			t.Errorf("%.60q was taken", bad)
		}
	}
	for _, good := range []string{nested(depthMax + 1), `[` + strings.Repeat(`0,`, nodesMax-2) + `0]`, " {} \n", `{"a":1,"A":2}`} {
		if _, err := parse([]byte(good)); err != nil {
			t.Errorf("%.60q: %v", good, err)
		}
	}
}

// nested is so many lists inside each other.
func nested(lists int) string { return strings.Repeat("[", lists) + strings.Repeat("]", lists) }

// Whatever the standard encoder writes is read as it was meant.
func TestParseReadsWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "object")
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		root, err := parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if len(root.fields) != len(want) {
			t.Fatalf("%d fields of %d", len(root.fields), len(want))
		}
		for key, value := range want {
			if got := root.fields[key]; got.kind != kindString || got.text != value {
				t.Fatalf("%q: %q became %+v", key, value, got)
			}
		}
	})
}
