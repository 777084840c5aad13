package document_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/document"
)

// pieces writes each piece on a line: its path, line and content.
func pieces(from io.Reader) (lines []string, err error) {
	for piece, err := range document.Pieces(from, "cases") {
		if err != nil {
			return lines, err
		}
		node, err := piece.Node()
		if err != nil {
			return lines, err
		}
		lines = append(lines, fmt.Sprintf("%s@%d %s", piece.Path(), piece.Line, show(node)))
	}
	return lines, nil
}

func TestPiecesAreTheSameInEveryStyle(t *testing.T) {
	want := []string{`meta {a: "1"}`, `cases null`, `cases[0] {id: "x", n: ["1", "2"]}`, `cases[1] {id: "y"}`, `cases[2] null`, `tail ["z"]`}
	for says, text := range map[string]string{
		"items at the key's own indentation": "meta: {a: 1}\ncases:\n- id: x\n  n: [1, 2]\n- id: y\n-\ntail: [z]\n",
		"items indented":                     "meta:\n  a: 1\ncases:\n    - id: x\n      n:\n      - 1\n      - 2\n    - id: y\n    -\ntail:\n- z\n",
		"comments and blanks between":        "# head\n\nmeta: {a: 1} # m\ncases: # many\n# first\n\n- id: x\n  # inside\n  n: [1,\n    2]\n# ---- more\n- id: y\n\n-\n# end\ntail: [z]\n",
		"all indented, document markers":     "---\n  meta: {a: 1}\n  cases:\n  - id: x\n    n: [1, 2]\n  - {id: y}\n  -\n  tail: [z]\n...\n",
		"quoted keys, windows line ends":     "\"meta\": {a: 1}\r\n'cases':\r\n- id: x\r\n  n: [1, 2]\r\n- id: y\r\n- ~\r\n\"tail\": [z]\r\n",
		"the list in flow style":             "meta: {a: 1}\ncases: [\n  {id: x, n: [1, 2]},\n  {id: y},\n  null\n]\ntail: [z]\n",
		"JSON on one line":                   `{"meta": {"a": 1}, "cases": [{"id": "x", "n": [1, 2]}, {"id": "y"}, null], "tail": ["z"]}`,
		"JSON over many, with tabs":          "\xef\xbb\xbf{\n\t\"meta\": {\"a\": 1},\n\t\"cases\": [\n\t\t{\"id\": \"x\",\n\t\t \"n\": [1, 2]},\n\t\t{\"id\": \"y\"}, null ],\n\t\"tail\": [\"z\"]\n}\n",
	} {
		t.Run(says, func(t *testing.T) {
			got, err := pieces(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, withoutLines(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// withoutLines takes the line numbers out again, which differ by style.
func withoutLines(lines []string) (bare []string) {
	for _, line := range lines {
		var b strings.Builder
		for i := 0; i < len(line); i++ {
			if line[i] != '@' {
				b.WriteByte(line[i])
				continue
			}
			for i+1 < len(line) && line[i+1] >= '0' && line[i+1] <= '9' {
				i++
			}
		}
		bare = append(bare, b.String())
	}
	return bare
}

func TestPiecesKnowTheirLines(t *testing.T) {
	block := "meta: 1\n\ncases:\n# c\n- id: x\n  n:\n  - 1\n- id: y\ntail: z\n"
	json := "{\"meta\": 1,\n\n\"cases\": [\n\n {\"id\": \"x\",\n \"n\": [\n 1]},\n {\"id\": \"y\"}],\n \"tail\": \"z\"}"
	want := []string{`meta@1 "1"@1`, `cases@3 null@3`, `cases[0]@5 {id: "x"@5, n: ["1"@7]}`, `cases[1]@8 {id: "y"@8}`, `tail@9 "z"@9`}
	for _, text := range []string{block, json} {
		got, err := pieces(strings.NewReader(text))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

func TestPiecesAreTheWholeDocument(t *testing.T) {
	text := "a: {b: [1, 2]}\nc: |\n  # no comment\n  x: 1\n\n  - y\nd:\n  e: \"two\n    lines\"\n"
	whole, err := document.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for piece, err := range document.Pieces(strings.NewReader(text), "cases") {
		if err != nil {
			t.Fatal(err)
		}
		node, err := piece.Node()
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, piece.Key+": "+show(node))
	}
	if diff := cmp.Diff(show(whole), "{"+strings.Join(parts, ", ")+"}"); diff != "" {
		t.Errorf("(-whole +pieces):\n%s", diff)
	}
}

func TestPiecesRefuse(t *testing.T) {
	for _, test := range []struct{ says, text, want string }{
		{"a section twice", "meta: 1\nmeta: 2\n", "line 2: the section meta stands twice"},
		{"the list twice", "cases:\n- 1\ncases:\n- 2\n", "line 3: the section cases stands twice"},
		{"a section twice in JSON", "{\"meta\": 1,\n\"meta\": 2}", "line 2: the section meta stands twice"},
		{"a list that is none", "cases:\n  a: 1\n", "line 1: cases must be a list"},
		{"a list that is a word", "cases: none\n", "line 1: cases must be a list"},
		{"a JSON list that is none", `{"cases": {}}`, "line 1: cases must be a list"},
		{"no map at the top", "- a\n- b\n", "line 1: must begin with a key"},
		{"no map at the top of JSON", "[1]", "line 1: the top level must be a map"},
		{"a word alone", "hello\n", "line 1: is neither a key"},
		{"two documents", "a: 1\n---\nb: 2\n", "line 2: must be a single document"},
		{"more after the end", "a: 1\n...\nb: 2\n", "line 3: must be a single document"},
		{"more on the line of the end", "a: 1\n... b\n", "line 2: must end on a line of its own"},
		{"an end without a beginning", "...\n", "line 1: is neither a key"},
		{"more after JSON", "{} {}", "line 1: must be a single document"},
		{"a directive", "%YAML 1.2\n---\na: 1\n", "line 1: directives are not read"},
		{"a tab", "a: 1\n\tb: 2\n", "line 2: a tab is no indentation"},
		{"a fault inside an item, with its line", "meta: 1\ncases:\n- id: x\n- id: y\n  id: z\n", "line 5: cases[1]: the key id stands twice"},
		{"a fault inside a JSON item", "{\"cases\": [{},\n{\"a\": 1, \"a\": 2}]}", "line 2: cases[1]: the key a stands twice"},
		{"a fault inside a section", "a:\n  b: 1\n  b: 2\n", "line 3: a: the key b stands twice"},
		{"a scalar that runs over the next item", "cases:\n- id: \"x\n- id: y\n", "line 2: cases[0]: "},
		{"an item that is two", "cases:\n- id: x\n  - y\n", "cases[0]: "},
		{"JSON that ends too early", `{"cases": [{"a":`, "ends too early"},
		{"JSON that is none", `{"cases": [{"a" 1}]}`, "is read as JSON"},
		{"an item too long", "cases:\n- " + strings.Repeat("x", document.ItemMost) + "\n", "line 2: begins a part longer than"},
		{"a JSON item too long", `{"cases": ["` + strings.Repeat("x", document.ItemMost) + `"]}`, "longer than"},
	} {
		t.Run(test.says, func(t *testing.T) {
			got, err := pieces(strings.NewReader(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v and %q, want %q", err, got, test.want)
			}
		})
	}
}

// endless is a reader that never ends: what it feeds must be given up on.
type endless struct {
	head string
	then string
}

func (e *endless) Read(into []byte) (n int, err error) {
	for n < len(into) {
		if e.head == "" {
			e.head = e.then
		}
		some := copy(into[n:], e.head)
		e.head = e.head[some:]
		n += some
	}
	return n, nil
}

func TestPiecesGiveUpOnWhatNeverEnds(t *testing.T) {
	for says, from := range map[string]*endless{
		"a line":            {"a: ", "x"},
		"a section":         {"a: |\n", "  x\n"},
		"an item":           {"cases:\n- |\n", "  x\n"},
		"a JSON section":    {`{"a": [`, `1, `},
		"a JSON item":       {`{"cases": ["`, `x`},
		"a JSON key":        {`{"`, `x`},
		"blanks in JSON":    {`{"a": 1`, ` `},
		"sections of JSON":  {`{`, `"a": 1, `},
		"an inline list":    {"cases: [", "1,\n"},
		"one comment":       {"#", "x"},
		"documents forever": {"a: 1\n", "---\n"},
	} {
		t.Run(says, func(t *testing.T) {
			if _, err := pieces(from); err == nil {
				t.Error("read to the end of what has none")
			}
		})
	}
}

func TestPiecesStopWhenTheReaderHasEnough(t *testing.T) {
	for _, from := range []*endless{{"cases:\n", "- x\n"}, {`{"cases": [`, `1, `}} {
		seen := 0
		for piece, err := range document.Pieces(from, "cases") {
			if err != nil {
				t.Fatal(err)
			}
			if seen++; piece.Index == 1000 {
				break
			}
		}
		if seen != 1002 {
			t.Errorf("%d pieces", seen)
		}
	}
}

func TestPiecesPassOnAFailingReader(t *testing.T) {
	for _, head := range []string{"a: 1\n", `{"a": 1, `, ""} {
		_, err := pieces(io.MultiReader(strings.NewReader(head), failing{}))
		if err == nil || !strings.Contains(err.Error(), "disk on fire") {
			t.Errorf("after %q: %v", head, err)
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, fmt.Errorf("disk on fire") }
