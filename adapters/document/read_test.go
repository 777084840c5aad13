package document_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/document"
	"github.com/onestop-gateway/onestop/settlement"
)

// show writes a node so that its shape can be read: scalars quoted, each
// followed by its line.
func show(n settlement.Node) string {
	switch n.Kind {
	case settlement.NodeMap:
		var parts []string
		for _, field := range n.Fields {
			parts = append(parts, field.Key+": "+show(field.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case settlement.NodeList:
		var parts []string
		for _, item := range n.Items {
			parts = append(parts, show(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case settlement.NodeScalar:
		return fmt.Sprintf("%q@%d", n.Text, n.Line)
	default:
		return fmt.Sprintf("null@%d", n.Line)
	}
}

func TestReadKeepsTextAndLines(t *testing.T) {
	for _, test := range []struct{ says, text, want string }{
		{"scalars as they are written, quoted or bare", "a: 0.70\nb: \"0.70\"\nc: '0.70'\nd: 2012-07-01\ne: true\nf: 1e3\n",
			`{a: "0.70"@1, b: "0.70"@2, c: "0.70"@3, d: "2012-07-01"@4, e: "true"@5, f: "1e3"@6}`},
		{"null in its three spellings, but not in quotes", "a: null\nb: ~\nc:\nd: \"null\"\n",
			`{a: null@1, b: null@2, c: null@3, d: "null"@4}`},
		{"keys of any plain kind", "2012: x\n\"2013\": y\n", `{2012: "x"@1, 2013: "y"@2}`},
		{"flow inside block", "a: {b: [1, 2], c: {}}\nd: []\n", `{a: {b: ["1"@1, "2"@1], c: {}}, d: []}`},
		{"several lines of text", "a: |\n  one\n  two\nb: x\n", `{a: "one\ntwo\n"@1, b: "x"@4}`},
		{"comments and a byte-order mark", "\xef\xbb\xbf# head\na: x # tail\n", `{a: "x"@2}`},
		{"windows line ends", "a: x\r\nb: y\r\n", `{a: "x"@1, b: "y"@2}`},
		{"a document marker before", "---\na: x\n", `{a: "x"@2}`},
		{"nothing at all", "", `null@1`},
		{"JSON", "{\n \"a\": 0.70,\n \"b\": [null, true,\n \"x\\u00e9\"],\n\t\"c\": {}}", `{a: "0.70"@2, b: [null@3, "true"@3, "xé"@4], c: {}}`},
		{"a JSON list", `["1", 2]`, `["1"@1, "2"@1]`},
	} {
		t.Run(test.says, func(t *testing.T) {
			node, err := document.Read([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, show(node)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	deep := func(open, shut string, levels int) string {
		return strings.Repeat(open, levels) + strings.Repeat(shut, levels)
	}
	var keys strings.Builder
	for i := range 10_001 {
		fmt.Fprintf(&keys, "k%d: 1\n", i)
	}
	for _, test := range []struct{ says, text, want string }{
		{"a key twice", "a: 1\nb: 2\na: 3\n", "line 3: the key a stands twice in this map"},
		{"a key twice, written otherwise", "a: 1\n\"a\": 3\n", "line 2: the key a stands twice in this map"},
		{"a key twice in JSON", "{\"a\": 1,\n\"a\": 2}", "line 2: the key a stands twice in this map"},
		{"two documents", "a: 1\n---\nb: 2\n", "line 1: must be a single document"},
		{"two JSON documents", "{} {}", "line 1: must be a single document"},
		{"an anchor", "a: &x 1\n", "line 1: anchors and aliases are not read; write the value out"},
		{"an alias", "a: 1\nb: *x\n", "unknown anchor"},
		{"an anchored map", "a: &x {b: 1}\nc: *x\n", "line 1: anchors and aliases are not read; write the value out"},
		{"a merge key", "a:\n  <<: {b: 1}\n", "line 2: merge keys are not read; write the values out"},
		{"a tag", "a: !!str 1\n", "line 1: explicit tags are not read"},
		{"a tag of one's own", "a: !money 1\n", "line 1: explicit tags are not read"},
		{"a key that is a list", "[1]: 2\n", "invalid character"},
		{"a key that is a map", "? {a: 1}\n: 2\n", "line 1: a key must be plain text"},
		{"tabs as indentation", "a:\n\tb: 1\n", "line 2: a tab is no indentation; use spaces"},
		{"a tab after spaces", "a:\n  \tb: 1\n", "line 2: a tab is no indentation; use spaces"},
		{"text that is not UTF-8", "a: \xff\n", "line 1: is not UTF-8 text"},
		{"JSON that is not UTF-8", "{\"a\": \"\xff\"}", "line 1: is not UTF-8 text"},
		{"deep lists", "a: " + deep("[", "]", 32), "is nested deeper than 32 levels"},
		{"deep JSON", deep("[", "]", 33), "is nested deeper than 32 levels"},
		{"very deep JSON", strings.Repeat("[", 100_000), "is nested deeper than 32 levels"},
		{"too many keys", keys.String(), "has more than 10000 keys"},
		{"an open quote", "a: \"x\nb: y\n", "line 1: "},
		{"JSON that ends too early", "{\"a\": [1,\n", "line 2: ends too early"},
		{"a flow map that is no JSON", "{a: 1}", "line 1: is read as JSON"},
		{"too long", "a: " + strings.Repeat("x", document.SectionMost), "is longer than"},
	} {
		t.Run(test.says, func(t *testing.T) {
			node, err := document.Read([]byte(test.text))
			if err == nil {
				t.Fatalf("read as %s", show(node))
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, want %q in it", err, test.want)
			}
			var house *settlement.Error
			if !errors.As(err, &house) || house.Kind != settlement.KindInvalid || house.Reason != settlement.ReasonBadDocument {
				t.Errorf("as an error of the house: %v", house)
			}
		})
	}
}

func TestReadAtTheDeepestLevel(t *testing.T) {
	text := strings.Repeat("[", 32) + strings.Repeat("]", 32)
	if _, err := document.Read([]byte(text)); err != nil {
		t.Error(err)
	}
}
