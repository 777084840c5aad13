package signature

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of a message.
const (
	messageMax = 1 << 20
	depthMax   = 16
	valuesMax  = 20_000
)

// value is one value of a JSON text: an object and a list have members, the
// rest has its text, numbers as written. Objects keep the order of their fields.
type value struct {
	kind    kind
	text    string
	names   []string // of an object's members
	members []value
}

type kind uint8

const (
	null kind = iota
	text
	literal // a number, true or false: written as it is
	list
	object
)

// parse reads one JSON object strictly: UTF-8, no name twice, nothing after it.
func parse(message []byte) (value, error) {
	v, err := parseValue(message)
	if err == nil && v.kind != object {
		return value{}, errors.New("message: not an object")
	}
	return v, err
}

// parseValue is parse for any one value.
func parseValue(message []byte) (value, error) {
	switch {
	case len(message) > messageMax || !utf8.Valid(message):
		return value{}, errors.New("message: too long, or not UTF-8")
	case !json.Valid(message):
		return value{}, errors.New("message: not one JSON value")
	}
	return (&reader{rest: message, left: valuesMax}).value(0)
}

// reader reads a text that is known to be one JSON value, within the bounds.
type reader struct {
	rest []byte
	left int // values still allowed
}

// next is the first byte behind any white space.
func (r *reader) next() byte {
	r.rest = bytes.TrimLeft(r.rest, " \t\r\n")
	return r.rest[0]
}

// take reads n bytes.
func (r *reader) take(n int) []byte {
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) value(depth int) (value, error) {
	r.left--
	if depth > depthMax || r.left < 0 {
		return value{}, errors.New("message: too deep or too many values")
	}
	switch r.next() {
	case '"':
		content, err := r.quoted()
		return value{kind: text, text: content}, err
	case '{', '[':
		return r.members(depth)
	}
	end := bytes.IndexAny(r.rest, ",]} \t\r\n")
	if end < 0 {
		end = len(r.rest)
	}
	written := string(r.take(end))
	if written == "null" {
		return value{}, nil
	}
	return value{kind: literal, text: written}, nil
}

// quoted reads a string. One with escapes is the standard decoder's to read.
func (r *reader) quoted() (content string, err error) {
	end := 1
	for r.rest[end] != '"' {
		if r.rest[end] == '\\' {
			end++
		}
		end++
	}
	written := r.take(end + 1)
	if bytes.IndexByte(written, '\\') < 0 {
		return string(written[1:end]), nil
	}
	err = json.Unmarshal(written, &content)
	return content, err
}

// members reads a list or an object.
func (r *reader) members(depth int) (value, error) {
	v, end, seen := value{kind: list}, byte(']'), map[string]bool(nil)
	if r.take(1)[0] == '{' {
		v.kind, end, seen = object, '}', map[string]bool{}
	}
	for r.next() != end {
		if len(v.members) > 0 {
			r.take(1) // the comma
		}
		if v.kind == object {
			r.next()
			name, err := r.quoted()
			if err != nil || seen[name] {
				return value{}, errors.New("message: a field named twice")
			}
			seen[name] = true
			v.names = append(v.names, name)
			r.next()
			r.take(1) // the colon
		}
		member, err := r.value(depth + 1)
		if err != nil {
			return value{}, err
		}
		v.members = append(v.members, member)
	}
	r.take(1)
	return v, nil
}

// get is the member of an object, null where there is none.
func (v *value) get(name string) value {
	if i := slices.Index(v.names, name); i >= 0 {
		return v.members[i]
	}
	return value{}
}

// set puts a member in its place, or behind the others.
func (v *value) set(name string, member value) {
	if i := slices.Index(v.names, name); i >= 0 {
		v.members[i] = member
		return
	}
	v.names, v.members = append(v.names, name), append(v.members, member)
}

// drop takes a member away.
func (v *value) drop(name string) {
	if i := slices.Index(v.names, name); i >= 0 {
		v.names, v.members = slices.Delete(v.names, i, i+1), slices.Delete(v.members, i, i+1)
	}
}

// empty reports whether v says nothing: null or the empty string.
func (v *value) empty() bool { return v.kind == null || v.kind == text && v.text == "" }

// form is how values are written: names in order or as they came, members that
// say nothing left out or not.
type form struct{ sorted, dense bool }

// asItCame writes a message as it was read, but for its white space.
var asItCame = form{}

// write appends v as compact JSON.
func (f form) write(to *strings.Builder, v *value) {
	switch v.kind {
	case null:
		to.WriteString("null")
	case text:
		quote(to, v.text)
	case literal:
		to.WriteString(v.text)
	case list:
		to.WriteByte('[')
		for i := range v.members {
			if i > 0 {
				to.WriteByte(',')
			}
			f.write(to, &v.members[i])
		}
		to.WriteByte(']')
	case object:
		f.writeObject(to, v)
	}
}

func (f form) writeObject(to *strings.Builder, v *value) {
	to.WriteByte('{')
	first := true
	for _, i := range f.order(v) {
		if f.dense && v.members[i].empty() {
			continue
		}
		if !first {
			to.WriteByte(',')
		}
		first = false
		quote(to, v.names[i])
		to.WriteByte(':')
		f.write(to, &v.members[i])
	}
	to.WriteByte('}')
}

// order are the places of an object's members in the order of writing.
func (f form) order(v *value) []int {
	places := make([]int, len(v.names))
	for i := range places {
		places[i] = i
	}
	if f.sorted {
		slices.SortFunc(places, func(a, b int) int { return strings.Compare(v.names[a], v.names[b]) })
	}
	return places
}

// quote writes a JSON string that escapes nothing but what it must: the quote,
// the backslash and control characters.
func quote(to *strings.Builder, s string) {
	to.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			to.WriteByte('\\')
			to.WriteByte(c)
		case c >= ' ':
			to.WriteByte(c)
		case strings.IndexByte("\b\f\n\r\t", c) >= 0:
			to.WriteByte('\\')
			to.WriteByte("bfnrt"[strings.IndexByte("\b\f\n\r\t", c)])
		default:
			fmt.Fprintf(to, `\u%04x`, c)
		}
	}
	to.WriteByte('"')
}
