package sim

import (
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Every text comes back as it was written.
func TestTextIsWrittenAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.String().Draw(t, "text")
		var got string
		if err := json.Unmarshal(appendText(nil, want), &got); err != nil || got != want {
			t.Errorf("%q came back as %q, %v", want, got, err)
		}
	})
	for _, special := range []string{"", `"`, `\`, "\n", "\x00", "\u2028", "张测试", "</a>&"} {
		var got string
		if err := json.Unmarshal(appendText([]byte(" "), special), &got); err != nil || got != special {
			t.Errorf("%q came back as %q, %v", special, got, err)
		}
	}
}

// Whatever an answer says, with amounts as numbers or as text, it is one JSON
// value with every field once and the output an object, or a text that holds
// one.
func TestAnswersAreJSON(t *testing.T) {
	odd := entry{Message: `m"1`, Person: "p\\", Encounter: "e\n", Scheme: "390", At: "2012-07-01 15:04:05"}
	odd.Amounts.Total, odd.Amounts.Pooled, odd.Amounts.Fund = 1, 1, 1
	for _, asText := range []bool{false, true} {
		script := listing()
		script.AsText = asText
		simulator := startNew(t, script).Simulator
		for name, a := range map[string]answer{
			"refusal": refusal(`"no"`), "identity": {content: identified, insured: &insured{"1", listed}},
			"settled": {content: settled, records: []record{{entry: odd}}}, "cancelled": {content: cancelled, records: []record{{entry: odd}}},
			"nothing found": {content: found}, "one found": {content: found, records: []record{{entry: odd, reversed: true}}},
			"two found": {content: found, records: []record{{entry: odd}, {entry: odd}}},
		} {
			text, err := nhsa{simulator}.write(question{Area: "360827"}, a)
			if err != nil {
				t.Fatal(err)
			}
			var read struct {
				Output any `json:"output"`
			}
			if err := json.Unmarshal(text, &read); err != nil {
				t.Errorf("%s: %v: %s", name, err, text)
			}
			inner, isText := read.Output.(string)
			if isText != (asText && a.content != nothing) || isText && !json.Valid([]byte(inner)) {
				t.Errorf("%s, as text %v: output %v", name, asText, read.Output)
			}
			checkNamedOnce(t, name, text)
			if isText {
				checkNamedOnce(t, name, []byte(inner))
			}
		}
	}
}

// checkNamedOnce checks that no object of a text names a field twice.
func checkNamedOnce(t *testing.T, name string, text []byte) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	var seen []map[string]bool // by depth; nil for a list
	isName := false
	for {
		token, err := decoder.Token()
		if err != nil {
			return // the end: the text is valid
		}
		switch deep := len(seen) - 1; {
		case token == json.Delim('{'):
			seen, isName = append(seen, map[string]bool{}), true
			continue
		case token == json.Delim('['):
			seen, isName = append(seen, nil), false
			continue
		case token == json.Delim('}') || token == json.Delim(']'):
			seen = seen[:deep]
		case isName:
			if seen[deep][token.(string)] {
				t.Errorf("%s: %v twice", name, token)
			}
			seen[deep][token.(string)] = true
			isName = false
			continue
		}
		isName = len(seen) > 0 && seen[len(seen)-1] != nil
	}
}

// What a simulated payer costs a settlement, but for the network.
func BenchmarkSettle(b *testing.B) {
	simulator, err := New(Config{Book: b.TempDir() + "/book", Script: listing()})
	if err != nil {
		b.Fatal(err)
	}
	defer simulator.Close()
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		key := strconv.Itoa(n)
		body := strings.NewReader(request("2304", "m"+key, bill("e"+key)))
		recorder := httptest.NewRecorder()
		simulator.ServeHTTP(recorder, httptest.NewRequest("POST", "/fsi/api/hospSettService/settV2", body))
		if recorder.Code != 200 || !strings.Contains(recorder.Body.String(), `"infcode":0`) {
			b.Fatal(recorder.Code, recorder.Body)
		}
	}
}
