package settlement

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Place is a node with the way to it, for reading a document strictly: what is
// unknown, missing or of the wrong shape is noted with path and line, and
// reading goes on, so that a person sees every problem at once. A nil place is
// a key that is absent or already complained of; it reads as the zero value
// without another word.
type Place struct {
	node  Node
	up    *Place
	key   string // of a map's field
	index int    // of a list's item, where key is ""
	found *Problems
}

// Top is the place of a whole document, or of the part of one that stands at
// path.
func Top(path string, node Node) *Place {
	return &Place{node: node, key: path, found: new(Problems)}
}

// Err is nil, or the Problems found anywhere in the document so far.
func (p *Place) Err() error {
	if len(*p.found) == 0 {
		return nil
	}
	return *p.found
}

// Path is the way to the place, as in "versions[1].rules[0].ratio".
func (p *Place) Path() string {
	var b strings.Builder
	p.writePath(&b)
	return b.String()
}

func (p *Place) writePath(b *strings.Builder) {
	if p.up != nil {
		p.up.writePath(b)
	}
	if p.key == "" && p.up != nil {
		b.WriteString("[" + strconv.Itoa(p.index) + "]")
		return
	}
	if p.key != "" && b.Len() > 0 {
		b.WriteByte('.')
	}
	b.WriteString(p.key)
}

// Refuse notes what is wrong here.
func (p *Place) Refuse(says string, args ...any) {
	if p == nil || len(*p.found) >= problemsMost {
		return
	}
	*p.found = append(*p.found, &Problem{
		Path: p.Path(), Line: p.node.Line, Value: clip(p.node.Text), Says: fmt.Sprintf(says, args...),
	})
}

// RefuseAt notes what is wrong with the field under key, without showing what
// stands there.
func (p *Place) RefuseAt(key, says string) {
	if p == nil {
		return
	}
	p.child(&Field{Key: key, Value: Node{Line: p.node.Line}}).Refuse("%s", says)
}

// Null reports whether nothing stands here: an explicit null, or no key.
func (p *Place) Null() bool { return p == nil || p.node.Kind == NodeNull }

// Map demands a map and refuses every key that is not among known. It reports
// whether there is a map to read.
func (p *Place) Map(known ...string) bool {
	if p == nil {
		return false
	}
	if p.node.Kind != NodeMap {
		p.Refuse("must be a map")
		return false
	}
	for i := range p.node.Fields {
		if field := &p.node.Fields[i]; !slices.Contains(known, field.Key) {
			p.child(field).Refuse("unknown key; known here are %s", strings.Join(known, ", "))
		}
	}
	return true
}

// Get is the place under key, or nil.
func (p *Place) Get(key string) *Place {
	if p == nil {
		return nil
	}
	for i := range p.node.Fields {
		if p.node.Fields[i].Key == key {
			return p.child(&p.node.Fields[i])
		}
	}
	return nil
}

// Need is the place under key, which must be there.
func (p *Place) Need(key string) *Place {
	got := p.Get(key)
	if got == nil && p != nil {
		p.child(&Field{Key: key, Value: Node{Line: p.node.Line}}).Refuse("is missing")
	}
	return got
}

// Fields are the places of a map with keys of the document's own, in order.
func (p *Place) Fields() []*Place {
	if p == nil {
		return nil
	}
	if p.node.Kind != NodeMap {
		p.Refuse("must be a map")
		return nil
	}
	fields := make([]*Place, len(p.node.Fields))
	for i := range p.node.Fields {
		fields[i] = p.child(&p.node.Fields[i])
	}
	return fields
}

// Items are the places of a list.
func (p *Place) Items() []*Place {
	if p == nil {
		return nil
	}
	if p.node.Kind != NodeList {
		p.Refuse("must be a list")
		return nil
	}
	items := make([]*Place, len(p.node.Items))
	for i := range p.node.Items {
		items[i] = &Place{node: p.node.Items[i], up: p, index: i, found: p.found}
	}
	return items
}

// Key is the key the place stands under.
func (p *Place) Key() string { return p.key }

func (p *Place) child(field *Field) *Place {
	return &Place{node: field.Value, up: p, key: field.Key, found: p.found}
}
