package api

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// mould is the rules of one message of the contract, read from the contract
// itself once and put into a form that is quick to hold a message against. It
// only ever says yes: a message that does not fit is held against the rules
// once more by protovalidate, which has the words for what is wrong. A test
// proves that both agree.
type mould struct {
	read   bool // every rule of the message is one that is understood here
	fields []cast
}

// cast is the rules of one field.
type cast struct {
	field    protoreflect.FieldDescriptor
	required bool
	inner    *mould // of a message, or of each message of a list
	itemsMax uint64 // of a list; 0: any number
	texts    []func(string) bool
	numbers  []func(protoreflect.EnumNumber) bool
}

// moulds are those read so far, by full name of the message.
var moulds struct {
	sync.Map
	reading sync.Mutex
}

// fits reports whether a message surely keeps the rules of the contract.
func fits(message protoreflect.Message) bool { return mouldOf(message.Descriptor()).fits(message) }

func mouldOf(message protoreflect.MessageDescriptor) *mould {
	if found, known := moulds.Load(message.FullName()); known {
		return found.(*mould)
	}
	moulds.reading.Lock()
	defer moulds.reading.Unlock()
	m := newMould(message, nil)
	moulds.Store(message.FullName(), m)
	return m
}

func (m *mould) fits(message protoreflect.Message) bool {
	if !m.read {
		return false
	}
	for i := range m.fields {
		if !m.fields[i].fits(message) {
			return false
		}
	}
	return true
}

func (c *cast) fits(message protoreflect.Message) bool {
	if c.required && !message.Has(c.field) {
		return false
	}
	if c.field.HasPresence() && !message.Has(c.field) {
		return true
	}
	value := message.Get(c.field)
	switch {
	case c.field.IsList():
		return c.fitsAll(value.List())
	case c.inner != nil:
		return c.inner.fits(value.Message())
	}
	for _, rule := range c.texts {
		if !rule(value.String()) {
			return false
		}
	}
	for _, rule := range c.numbers {
		if !rule(value.Enum()) {
			return false
		}
	}
	return true
}

func (c *cast) fitsAll(list protoreflect.List) bool {
	if c.itemsMax > 0 && uint64(list.Len()) > c.itemsMax {
		return false
	}
	for i := 0; c.inner != nil && i < list.Len(); i++ {
		if !c.inner.fits(list.Get(i).Message()) {
			return false
		}
	}
	return true
}

// newMould reads the rules of a message, which stands inside others. One that
// leads back to itself is not read.
func newMould(message protoreflect.MessageDescriptor, around []protoreflect.FullName) *mould {
	if slices.Contains(around, message.FullName()) {
		return &mould{}
	}
	around = append(slices.Clip(around), message.FullName())
	m := &mould{read: !proto.HasExtension(message.Options(), validate.E_Message)}
	for i := range message.Oneofs().Len() {
		m.read = m.read && !proto.HasExtension(message.Oneofs().Get(i).Options(), validate.E_Oneof)
	}
	for i := range message.Fields().Len() {
		c, read := newCast(message.Fields().Get(i), around)
		m.read = m.read && read
		if c.required || c.inner != nil || c.itemsMax > 0 || len(c.texts)+len(c.numbers) > 0 {
			m.fields = append(m.fields, c)
		}
	}
	return m
}

// newCast reads the rules of a field and reports whether it understood them all:
// what it has understood it takes away, and nothing may be left.
func newCast(field protoreflect.FieldDescriptor, around []protoreflect.FullName) (c cast, read bool) {
	c, read = cast{field: field}, !field.IsMap()
	if field.Message() != nil && read {
		c.inner = newMould(field.Message(), around)
		read = c.inner.read
	}
	if !proto.HasExtension(field.Options(), validate.E_Field) {
		return c, read
	}
	rules := proto.CloneOf(proto.GetExtension(field.Options(), validate.E_Field).(*validate.FieldRules))
	c.required = rules.GetRequired()
	rules.Required = nil
	read = c.readText(rules) && read
	c.readEnum(rules)
	if list := rules.GetRepeated(); list != nil {
		c.itemsMax = list.GetMaxItems()
		list.MaxItems = nil
		if proto.Size(list) == 0 && c.itemsMax > 0 {
			rules.Type = nil
		}
	}
	return c, read && proto.Size(rules) == 0
}

// readText takes the rules of a string away.
func (c *cast) readText(rules *validate.FieldRules) (read bool) {
	if text := rules.GetString(); text != nil {
		if text.MinLen != nil {
			least := int(text.GetMinLen())
			c.texts = append(c.texts, func(s string) bool { return utf8.RuneCountInString(s) >= least })
		}
		if text.MaxLen != nil {
			most := int(text.GetMaxLen())
			c.texts = append(c.texts, func(s string) bool { return len(s) <= most || utf8.RuneCountInString(s) <= most })
		}
		if text.MaxBytes != nil {
			most := int(text.GetMaxBytes())
			c.texts = append(c.texts, func(s string) bool { return len(s) <= most })
		}
		text.MinLen, text.MaxLen, text.MaxBytes = nil, nil, nil
		if proto.Size(text) == 0 {
			rules.Type = nil
		}
	}
	for _, rule := range rules.GetCel() {
		match, understood := pattern(rule.GetExpression())
		if !understood || c.field.Kind() != protoreflect.StringKind || c.field.IsList() {
			return false
		}
		c.texts = append(c.texts, match)
	}
	rules.Cel = nil
	return true
}

// readEnum takes the rules of an enum away.
func (c *cast) readEnum(rules *validate.FieldRules) {
	enum := rules.GetEnum()
	if enum == nil || c.field.IsList() {
		return
	}
	if enum.GetDefinedOnly() {
		values := c.field.Enum().Values()
		c.numbers = append(c.numbers, func(n protoreflect.EnumNumber) bool { return values.ByNumber(n) != nil })
	}
	for _, bad := range enum.GetNotIn() {
		c.numbers = append(c.numbers, func(n protoreflect.EnumNumber) bool { return n != protoreflect.EnumNumber(bad) })
	}
	enum.DefinedOnly, enum.NotIn = nil, nil
	if proto.Size(enum) == 0 {
		rules.Type = nil
	}
}

// pattern understands the one form of rule in CEL that the contract has for
// text: this.matches('…').
func pattern(expression string) (match func(string) bool, understood bool) {
	inner, opened := strings.CutPrefix(expression, "this.matches('")
	inner, closed := strings.CutSuffix(inner, "')")
	plain := strings.ReplaceAll(inner, `\\`, "")
	if !opened || !closed || strings.ContainsAny(plain, `'\`) {
		return nil, false
	}
	text := strings.ReplaceAll(inner, `\\`, `\`)
	if match := run(text); match != nil {
		return match, true
	}
	compiled, err := regexp.Compile(text)
	if err != nil {
		return nil, false
	}
	return compiled.MatchString, true
}

// run understands a pattern that is nothing but so many characters of one set,
// from start to end, as nearly all are; nil for any other.
func run(text string) func(string) bool {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil || tree.Op != syntax.OpConcat || len(tree.Sub) != 3 ||
		tree.Sub[0].Op != syntax.OpBeginText || tree.Sub[2].Op != syntax.OpEndText {
		return nil
	}
	repeat := tree.Sub[1]
	least, most := repeat.Min, repeat.Max
	switch repeat.Op {
	case syntax.OpRepeat:
	case syntax.OpStar:
		least, most = 0, -1
	default:
		return nil
	}
	if repeat.Sub[0].Op != syntax.OpCharClass {
		return nil
	}
	set := repeat.Sub[0].Rune
	return func(s string) bool {
		length := 0
		for _, r := range s {
			if !within(set, r) {
				return false
			}
			length++
		}
		return length >= least && (most < 0 || length <= most)
	}
}

// within reports whether r is in a set of ranges, sorted: first and last of
// each.
func within(set []rune, r rune) bool {
	low, high := 0, len(set)/2
	for low < high {
		middle := (low + high) / 2
		switch {
		case r < set[2*middle]:
			high = middle
		case r > set[2*middle+1]:
			low = middle + 1
		default:
			return true
		}
	}
	return false
}
