package nhsa

import (
	"encoding/json"
	"strings"
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

// parse reads one JSON text. The standard decoder would let duplicate keys and
// other spellings of a key pass, and read each answer of a payer several times
// more slowly.
func parse(body []byte) (node, error) {
	switch {
	case len(body) > answerMax:
		return node{}, &breach{"answer", "longer than 1 MiB"}
	case !utf8.Valid(body):
		return node{}, &breach{"answer", "not UTF-8"}
	case !json.Valid(body):
		return node{}, &breach{"answer", "not one JSON value"}
	}
	return (&builder{rest: string(body), left: nodesMax}).value(0)
}

// builder turns a text that is known to be one JSON value into nodes within
// the bounds, so it need not look for mistakes. Texts of nodes are parts of it.
type builder struct {
	rest string // what is still to be read
	left int    // nodes still allowed
}

// next is the first byte behind any white space.
func (b *builder) next() byte {
	for {
		switch c := b.rest[0]; c {
		case ' ', '\t', '\r', '\n':
			b.rest = b.rest[1:]
		default:
			return c
		}
	}
}

// take reads n bytes.
func (b *builder) take(n int) string {
	taken := b.rest[:n]
	b.rest = b.rest[n:]
	return taken
}

func (b *builder) value(depth int) (node, error) {
	b.left--
	if depth > depthMax || b.left < 0 {
		return node{}, &breach{"answer", "too deep or too many values"}
	}
	switch b.next() {
	case '"':
		text, err := b.text()
		return node{kind: kindString, text: text}, err
	case '{':
		return b.object(depth)
	case '[':
		return b.list(depth)
	case 't':
		b.take(len("true"))
		return node{kind: kindBool}, nil
	case 'f':
		b.take(len("false"))
		return node{kind: kindBool}, nil
	case 'n':
		b.take(len("null"))
		return node{}, nil
	}
	end := strings.IndexAny(b.rest, ",]} \t\r\n")
	if end < 0 {
		end = len(b.rest)
	}
	return node{kind: kindNumber, text: b.take(end)}, nil
}

// text reads a string. One with escapes is the standard decoder's to read.
func (b *builder) text() (string, error) {
	end, escaped := 1, false
	for b.rest[end] != '"' {
		if b.rest[end] == '\\' {
			escaped = true
			end++
		}
		end++
	}
	quoted := b.take(end + 1)
	if !escaped {
		return quoted[1:end], nil
	}
	var text string
	err := json.Unmarshal([]byte(quoted), &text)
	return text, err
}

// more reports whether another item or field follows, and reads what parts it
// from the one before or ends the whole.
func (b *builder) more(end byte) bool {
	switch b.next() {
	case ',':
		b.take(1)
		return true
	case end:
		b.take(1)
		return false
	}
	return true
}

func (b *builder) list(depth int) (node, error) {
	list := node{kind: kindList}
	b.take(1)
	for b.more(']') {
		item, err := b.value(depth + 1)
		if err != nil {
			return node{}, err
		}
		list.items = append(list.items, item)
	}
	return list, nil
}

func (b *builder) object(depth int) (node, error) {
	object := node{kind: kindObject, fields: map[string]node{}}
	b.take(1)
	for b.more('}') {
		b.next()
		key, err := b.text()
		if err != nil {
			return node{}, err
		}
		if _, twice := object.fields[key]; twice {
			return node{}, &breach{"answer", "a field named twice"}
		}
		b.next()
		b.take(1) // the colon
		if object.fields[key], err = b.value(depth + 1); err != nil {
			return node{}, err
		}
	}
	return object, nil
}

// empty reports whether n carries nothing: absent, null, {} or [].
func (n node) empty() bool {
	return n.kind == kindNull || (n.kind == kindList || n.kind == kindObject) && len(n.items)+len(n.fields) == 0
}
