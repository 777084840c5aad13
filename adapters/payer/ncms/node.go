package ncms

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/onestop-gateway/onestop/adapters/payer/once"
)

// Bounds of an answer. A real one is a few kilobytes, five levels deep.
const (
	depthMax = 12
	nodesMax = 20_000
)

// node is one element of an XML text, read strictly: valid UTF-8, one root and
// nothing after it, no document type, no entity but the five of XML itself, no
// comment and no processing instruction behind the declaration, and never text
// beside elements. Attributes are not read.
type node struct {
	space, name string
	text        string // of an element without children
	children    []node
}

// breach is why an answer cannot be believed: what is wrong, and where. It
// never quotes a value, which could be personal.
type breach struct{ where, what string }

// Error gives both parts.
func (b *breach) Error() string { return b.where + ": " + b.what }

// parse reads one XML text.
func parse(text []byte) (node, error) {
	switch {
	case len(text) > once.AnswerMax:
		return node{}, &breach{"answer", "longer than any real one"}
	case !utf8.Valid(text):
		return node{}, &breach{"answer", "not UTF-8"}
	}
	b := builder{}
	decoder := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return b.finish()
		}
		if err != nil {
			return node{}, &breach{"answer", "not XML"}
		}
		if err := b.take(token); err != nil {
			return node{}, err
		}
	}
}

// builder puts a tree together from tokens.
type builder struct {
	open   []element // from the root inwards
	root   *node
	nodes  int
	tokens int
}

// element is a node that is not closed yet, and the namespaces declared on it.
type element struct {
	node
	tag    xml.Name // as written, with its prefix
	spaces map[string]string
}

func (b *builder) take(token xml.Token) error {
	b.tokens++
	switch token := token.(type) {
	case xml.StartElement:
		return b.start(token)
	case xml.EndElement:
		return b.end(token)
	case xml.CharData:
		return b.write(string(token))
	case xml.ProcInst:
		if b.tokens == 1 && token.Target == "xml" {
			return nil
		}
	}
	return &breach{"answer", "a document type, comment or instruction"}
}

func (b *builder) start(tag xml.StartElement) error {
	b.nodes++
	if b.root != nil || len(b.open) == depthMax || b.nodes > nodesMax {
		return &breach{"answer", "a second root, or more elements than any real one"}
	}
	e := element{tag: tag.Name, spaces: map[string]string{}}
	for _, attribute := range tag.Attr {
		switch {
		case attribute.Name.Space == "xmlns":
			e.spaces[attribute.Name.Local] = attribute.Value
		case attribute.Name.Space == "" && attribute.Name.Local == "xmlns":
			e.spaces[""] = attribute.Value
		}
	}
	b.open = append(b.open, e)
	e.name, e.space = tag.Name.Local, b.space(tag.Name.Space)
	b.open[len(b.open)-1] = e
	return nil
}

// space is the namespace of a prefix, looked up from the innermost element.
func (b *builder) space(prefix string) string {
	for i := len(b.open) - 1; i >= 0; i-- {
		if space, declared := b.open[i].spaces[prefix]; declared {
			return space
		}
	}
	return ""
}

func (b *builder) end(tag xml.EndElement) error {
	if len(b.open) == 0 || b.open[len(b.open)-1].tag != tag.Name {
		return &breach{"answer", "elements that do not nest"}
	}
	done := b.open[len(b.open)-1].node
	b.open = b.open[:len(b.open)-1]
	if len(done.children) > 0 {
		if strings.TrimSpace(done.text) != "" {
			return &breach{"answer", "text beside elements"}
		}
		done.text = ""
	}
	if len(b.open) == 0 {
		b.root = &done
		return nil
	}
	parent := &b.open[len(b.open)-1]
	parent.children = append(parent.children, done)
	return nil
}

func (b *builder) write(text string) error {
	if len(b.open) > 0 {
		b.open[len(b.open)-1].text += text
		return nil
	}
	if strings.Trim(text, " \t\r\n") != "" {
		return &breach{"answer", "text outside its root"}
	}
	return nil
}

func (b *builder) finish() (node, error) {
	if b.root == nil {
		return node{}, &breach{"answer", "cut short"}
	}
	return *b.root, nil
}

// all are n's children of a name.
func (n node) all(name string) []node {
	var found []node
	for _, child := range n.children {
		if child.name == name {
			found = append(found, child)
		}
	}
	return found
}
