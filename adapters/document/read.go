package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/onestop-gateway/onestop/settlement"
)

// Read reads one whole document, YAML or JSON. The error is a
// settlement.Problem, so of kind Invalid, and names the line.
func Read(text []byte) (settlement.Node, error) {
	return readAt(text, 1)
}

// readAt is Read of a part that begins on a given line of its file.
func readAt(text []byte, line int) (settlement.Node, error) {
	if len(text) > SectionMost {
		return settlement.Node{}, refuse(line, fmt.Sprintf("is longer than %d bytes", SectionMost))
	}
	text = bytes.TrimPrefix(text, byteOrderMark)
	if looksLikeJSON(text) {
		return readJSON(text, line)
	}
	return readYAML(text, line)
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// readYAML reads a single YAML document. Text that holds none, or comments
// only, is null.
func readYAML(text []byte, line int) (settlement.Node, error) {
	if err := checkText(text, line); err != nil {
		return settlement.Node{}, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return settlement.Node{}, yamlProblem(err, line)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return settlement.Node{}, refuse(line, "must be a single document")
	}
	if len(document.Content) == 0 {
		return settlement.Node{Line: line}, nil
	}
	return convert(document.Content[0], line-1, 1)
}

// yamlProblem keeps the parser's sentence; its line counts from the part's own
// beginning and is said relative to line.
func yamlProblem(err error, line int) error {
	says := strings.TrimPrefix(err.Error(), "yaml: ")
	if line > 1 {
		says = fmt.Sprintf("in the part that begins here: %s", says)
	}
	return refuse(line, says)
}

const tabSays = "a tab is no indentation; use spaces"

// checkText refuses what the parser would take or garble without a word.
func checkText(text []byte, line int) error {
	if !utf8.Valid(text) {
		return refuse(line, "is not UTF-8 text")
	}
	for row := range bytes.Lines(text) {
		if indent := row[:len(row)-len(bytes.TrimLeft(row, " \t"))]; bytes.IndexByte(indent, '\t') >= 0 {
			return refuse(line, tabSays)
		}
		line++
	}
	return nil
}

// convert makes a node of the parser's. above is the count of lines before the
// part that was parsed.
func convert(from *yaml.Node, above, depth int) (settlement.Node, error) {
	line := from.Line + above
	switch {
	case depth > depthMost:
		return settlement.Node{}, refuse(line, fmt.Sprintf("is nested deeper than %d levels", depthMost))
	case from.Kind == yaml.AliasNode || from.Anchor != "":
		return settlement.Node{}, refuse(line, "anchors and aliases are not read; write the value out")
	case from.Style&yaml.TaggedStyle != 0:
		return settlement.Node{}, refuse(line, "explicit tags are not read")
	}
	switch from.Kind {
	case yaml.MappingNode:
		return convertMap(from, above, depth)
	case yaml.SequenceNode:
		node := settlement.Node{Kind: settlement.NodeList, Line: line, Items: make([]settlement.Node, len(from.Content))}
		for i, item := range from.Content {
			var err error
			if node.Items[i], err = convert(item, above, depth+1); err != nil {
				return settlement.Node{}, err
			}
		}
		return node, nil
	default:
		if from.ShortTag() == "!!null" {
			return settlement.Node{Line: line}, nil
		}
		return settlement.Node{Kind: settlement.NodeScalar, Text: from.Value, Line: line}, nil
	}
}

// convertMap makes a map, whose keys must be plain and different: the parser
// itself would hand on both of two equal ones.
func convertMap(from *yaml.Node, above, depth int) (settlement.Node, error) {
	node := settlement.Node{Kind: settlement.NodeMap, Line: from.Line + above}
	if len(from.Content)/2 > keysMost {
		return settlement.Node{}, refuse(node.Line, fmt.Sprintf("has more than %d keys", keysMost))
	}
	node.Fields = make([]settlement.Field, 0, len(from.Content)/2)
	for i := 0; i+1 < len(from.Content); i += 2 {
		key := from.Content[i]
		line := key.Line + above
		if key.Kind != yaml.ScalarNode || key.Anchor != "" || key.Style&yaml.TaggedStyle != 0 {
			return settlement.Node{}, refuse(line, "a key must be plain text")
		}
		if key.ShortTag() == "!!merge" {
			return settlement.Node{}, refuse(line, "merge keys are not read; write the values out")
		}
		if _, twice := node.Get(key.Value); twice {
			return settlement.Node{}, refuse(line, fmt.Sprintf("the key %s stands twice in this map", key.Value))
		}
		value, err := convert(from.Content[i+1], above, depth+1)
		if err != nil {
			return settlement.Node{}, err
		}
		node.Fields = append(node.Fields, settlement.Field{Key: key.Value, Value: value})
	}
	return node, nil
}

func refuse(line int, says string) error {
	return &settlement.Problem{Line: line, Says: says}
}
