package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/onestop-gateway/onestop/settlement"
)

// looksLikeJSON reports whether text begins as a JSON object or list does. A
// flow map of YAML that is not JSON begins so too; readJSON then refuses it.
func looksLikeJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// readJSON reads one value and refuses anything after it. The tokens are
// walked by hand because the decoder itself would let the last of two equal
// keys win and turn numbers into floats.
func readJSON(text []byte, line int) (settlement.Node, error) {
	if !utf8.Valid(text) {
		return settlement.Node{}, refuse(line, "is not UTF-8 text")
	}
	r := jsonReader{text: text, line: line, decoder: json.NewDecoder(bytes.NewReader(text))}
	r.decoder.UseNumber()
	node, err := r.value(1)
	if err != nil {
		return settlement.Node{}, err
	}
	switch _, err := r.decoder.Token(); err {
	case io.EOF:
		return node, nil
	case nil:
		return settlement.Node{}, refuse(r.here(), "must be a single document")
	default:
		return settlement.Node{}, notJSON(r.here(), err)
	}
}

// jsonReader turns tokens into nodes, keeping numbers as they are written.
type jsonReader struct {
	text    []byte
	decoder *json.Decoder
	line    int // of the byte at passed
	passed  int
}

// here is the line the decoder has come to.
func (r *jsonReader) here() int {
	now := int(r.decoder.InputOffset())
	r.line += bytes.Count(r.text[r.passed:now], []byte{'\n'})
	r.passed = now
	return r.line
}

// value reads the next value, scalars as they are written.
func (r *jsonReader) value(depth int) (settlement.Node, error) {
	token, err := r.token()
	if err != nil {
		return settlement.Node{}, err
	}
	node := settlement.Node{Kind: settlement.NodeScalar, Line: r.here()}
	if depth > depthMost {
		return settlement.Node{}, refuse(node.Line, fmt.Sprintf("is nested deeper than %d levels", depthMost))
	}
	switch token := token.(type) {
	case nil:
		node.Kind = settlement.NodeNull
	case string:
		node.Text = token
	case json.Number:
		node.Text = token.String()
	case bool:
		node.Text = fmt.Sprint(token)
	case json.Delim:
		if token == '{' {
			return r.object(node, depth)
		}
		return r.list(node, depth)
	}
	return node, nil
}

// object reads a map whose opening brace has been read.
func (r *jsonReader) object(node settlement.Node, depth int) (settlement.Node, error) {
	node.Kind = settlement.NodeMap
	for r.decoder.More() {
		token, err := r.token()
		if err != nil {
			return settlement.Node{}, err
		}
		key, _ := token.(string)
		if _, twice := node.Get(key); twice {
			return settlement.Node{}, refuse(r.here(), fmt.Sprintf("the key %s stands twice in this map", key))
		}
		if len(node.Fields) == keysMost {
			return settlement.Node{}, refuse(node.Line, fmt.Sprintf("has more than %d keys", keysMost))
		}
		value, err := r.value(depth + 1)
		if err != nil {
			return settlement.Node{}, err
		}
		node.Fields = append(node.Fields, settlement.Field{Key: key, Value: value})
	}
	_, err := r.token()
	return node, err
}

// list reads a list whose opening bracket has been read.
func (r *jsonReader) list(node settlement.Node, depth int) (settlement.Node, error) {
	node.Kind = settlement.NodeList
	for r.decoder.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return settlement.Node{}, err
		}
		node.Items = append(node.Items, item)
	}
	_, err := r.token()
	return node, err
}

// token reads the next token or says in a problem why there is none.
func (r *jsonReader) token() (json.Token, error) {
	token, err := r.decoder.Token()
	if err == io.EOF {
		return nil, refuse(r.here()+bytes.Count(r.text[r.passed:], []byte{'\n'}), "ends too early")
	}
	if err != nil {
		return nil, notJSON(r.here(), err)
	}
	return token, nil
}

// notJSON passes on what the decoder does not like.
func notJSON(line int, err error) error {
	return refuse(line, "is read as JSON, because it begins as JSON does: "+err.Error())
}
