package nhsa

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/onestop-gateway/onestop/adapters/payer/once"
)

// Bounds of an answer. A real one is a few kilobytes, six levels deep.
const (
	answerMax = once.AnswerMax
	depthMax  = 16
	nodesMax  = 20_000
)

// node is one value of a JSON text, read strictly: valid UTF-8, one value and
// nothing after it, no field named twice, case kept, numbers as written.
type node struct {
	kind   kind
	text   string // of a string, or of a number as written
	items  []node
	fields map[string]node
}

type kind uint8

const (
	kindNull kind = iota // also what is absent
	kindString
	kindNumber
	kindBool
	kindList
	kindObject
)

// breach is why an answer cannot be believed: what is wrong, and where. It
// never quotes a value, which could be personal.
type breach struct{ where, what string }

// Error gives both parts.
func (b *breach) Error() string { return b.where + ": " + b.what }

// parse reads one JSON text. The standard decoder alone would let duplicate
// keys, other spellings of a key and a second value pass.
func parse(body []byte) (node, error) {
	switch {
	case len(body) > answerMax:
		return node{}, &breach{"answer", "longer than 1 MiB"}
	case !utf8.Valid(body):
		return node{}, &breach{"answer", "not UTF-8"}
	case !json.Valid(body):
		return node{}, &breach{"answer", "not one JSON value"}
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	return (&builder{decoder: decoder, left: nodesMax}).value(0)
}

// builder turns tokens into nodes within the bounds.
type builder struct {
	decoder *json.Decoder
	left    int // nodes still allowed
}

func (b *builder) value(depth int) (node, error) {
	b.left--
	if depth > depthMax || b.left < 0 {
		return node{}, &breach{"answer", "too deep or too many values"}
	}
	token, err := b.decoder.Token()
	if err != nil {
		return node{}, err
	}
	switch token := token.(type) {
	case string:
		return node{kind: kindString, text: token}, nil
	case json.Number:
		return node{kind: kindNumber, text: token.String()}, nil
	case bool:
		return node{kind: kindBool}, nil
	case json.Delim:
		if token == '[' {
			return b.list(depth)
		}
		return b.object(depth)
	}
	return node{}, nil
}

func (b *builder) list(depth int) (node, error) {
	list := node{kind: kindList}
	for b.decoder.More() {
		item, err := b.value(depth + 1)
		if err != nil {
			return node{}, err
		}
		list.items = append(list.items, item)
	}
	_, err := b.decoder.Token()
	return list, err
}

func (b *builder) object(depth int) (node, error) {
	object := node{kind: kindObject, fields: map[string]node{}}
	for b.decoder.More() {
		token, err := b.decoder.Token()
		if err != nil {
			return node{}, err
		}
		key, _ := token.(string)
		if _, twice := object.fields[key]; twice {
			return node{}, &breach{"answer", "a field named twice"}
		}
		object.fields[key], err = b.value(depth + 1)
		if err != nil {
			return node{}, err
		}
	}
	_, err := b.decoder.Token()
	return object, err
}

// empty reports whether n carries nothing: absent, null, {} or [].
func (n node) empty() bool {
	return n.kind == kindNull || (n.kind == kindList || n.kind == kindObject) && len(n.items)+len(n.fields) == 0
}
