package nhsa

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

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

// meant is a value of the standard decoder as a node; it fails where a text
// names a field twice, which that decoder does not tell.
func meant(decoder *json.Decoder, token json.Token) (n node, twice bool) {
	switch token := token.(type) {
	case string:
		return node{kind: kindString, text: token}, false
	case json.Number:
		return node{kind: kindNumber, text: token.String()}, false
	case bool:
		return node{kind: kindBool}, false
	case json.Delim:
		if token == '[' {
			n.kind = kindList
		} else {
			n = node{kind: kindObject, fields: map[string]node{}}
		}
		for decoder.More() {
			next, _ := decoder.Token()
			key, _ := next.(string)
			if n.kind == kindObject {
				next, _ = decoder.Token()
			}
			item, inner := meant(decoder, next)
			_, known := n.fields[key]
			if n.kind == kindObject {
				n.fields[key] = item
			} else {
				n.items = append(n.items, item)
			}
			twice = twice || inner || n.kind == kindObject && known
		}
		_, _ = decoder.Token()
	}
	return n, twice
}

// Every text is read as the standard decoder reads it, or refused for a reason.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		`{"a":1.50,"b":"\u00e9\\\"\ud83d\ude00\ud800","c":[null,true,false,{}, [ ] ],"d" : {"e":-0.1e+5}}`, `"a\\"`, ` 0 `, `[[],[1 , 2]]`, `{"a":1,"\u0061":2}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := parse(text)
		if err == nil != (json.Valid(text) && utf8.Valid(text)) {
			var known *breach
			if !errors.As(err, &known) {
				t.Fatalf("%q: %v", text, err)
			}
		}
		if err != nil {
			return
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		token, _ := decoder.Token()
		want, twice := meant(decoder, token)
		if twice || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q was read as %+v, want %+v (a field twice: %v)", text, got, want, twice)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := []byte(`{"infcode":0,"inf_refmsgid":"360000202605090000000000000001","output":{"setlinfo":{"medfee_sumamt":5600.00,"fulamt_ownpay_amt":300.00,` +
		`"overlmt_selfpay":100.00,"preselfpay_amt":200.00,"inscp_scp_amt":5000.00,"act_pay_dedc":400.00,"hifp_pay":2990.00,"psn_name":"李测二"},` +
		`"setldetail":[{"fund_pay_type":"390100","inscp_scp_amt":5000.00,"fund_payamt":2990.00}]}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
