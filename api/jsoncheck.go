package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/onestop-gateway/onestop/settlement"
)

// checkJSON refuses what protojson would repair, or complain of without a
// place: keys that stand twice, are unknown or spelt otherwise than in the
// contract, values of another type, anything after the end, text that is not
// UTF-8. Invalid: BAD_DOCUMENT, with the path, line and column.
func checkJSON(data []byte, message protoreflect.MessageDescriptor) error {
	c := jsonCheck{data: data, tokens: json.NewDecoder(bytes.NewReader(data))}
	c.tokens.UseNumber()
	if !utf8.Valid(data) {
		return c.fail(invalidAt(data), nil, "not UTF-8")
	}
	if err := c.message(nil, message, false); err != nil {
		return err
	}
	start := c.tokens.InputOffset()
	if _, err := c.tokens.Token(); err != io.EOF {
		return c.fail(start+blanksAt(data[start:]), nil, "something follows the end")
	}
	return nil
}

// jsonCheck walks the tokens beside the descriptor; an unknown key ends it, so
// it goes no deeper than the contract.
type jsonCheck struct {
	data   []byte
	tokens *json.Decoder
}

// place is the way to a value; it becomes text only where something is wrong.
// A nil place is the whole body.
type place struct {
	up    *place
	field protoreflect.FieldDescriptor
	index int // in a list; -1 outside
}

func (p *place) String() string {
	if p == nil {
		return "body"
	}
	path := string(p.field.Name())
	if p.index >= 0 {
		path += fmt.Sprintf("[%d]", p.index)
	}
	if p.up == nil {
		return path
	}
	return p.up.String() + "." + path
}

// message reads an object; null, where it may be, is absence.
func (c *jsonCheck) message(at *place, message protoreflect.MessageDescriptor, orNull bool) error {
	token, start, err := c.next(at)
	if err != nil || token == nil && orNull {
		return err
	}
	if token != json.Delim('{') {
		return c.fail(start, at, "expected an object")
	}
	var seen uint64 // the fields read, by their index; no message of the contract has more
	for c.tokens.More() {
		key, start, err := c.next(at)
		if err != nil {
			return err
		}
		name, _ := key.(string)
		field := message.Fields().ByName(protoreflect.Name(name))
		if field == nil {
			return c.refuse(start, at, unknown(message, name))
		}
		here, bit := &place{at, field, -1}, uint64(1)<<field.Index()
		if seen&bit != 0 {
			return c.fail(start, here, "stands twice")
		}
		seen |= bit
		if err := c.field(here); err != nil {
			return err
		}
	}
	_, _, err = c.next(at) // the closing brace
	return err
}

// field reads the value of a field: a list, or one.
func (c *jsonCheck) field(at *place) error {
	if !at.field.IsList() {
		return c.value(at)
	}
	token, start, err := c.next(at)
	if err != nil || token == nil {
		return err
	}
	if token != json.Delim('[') {
		return c.fail(start, at, "expected a list")
	}
	for i := 0; c.tokens.More(); i++ {
		if err := c.value(&place{at.up, at.field, i}); err != nil {
			return err
		}
	}
	_, _, err = c.next(at) // the closing bracket
	return err
}

// value reads one value of a field's type, or null outside a list.
func (c *jsonCheck) value(at *place) error {
	orNull := at.index < 0
	if at.field.Message() != nil {
		return c.message(at, at.field.Message(), orNull)
	}
	token, start, err := c.next(at)
	if err != nil || token == nil && orNull {
		return err
	}
	text, isText := token.(string)
	_, isBool := token.(bool)
	switch at.field.Kind() {
	case protoreflect.StringKind:
		if !isText {
			return c.fail(start, at, "expected text in quotation marks")
		}
	case protoreflect.BoolKind:
		if !isBool {
			return c.fail(start, at, "expected true or false")
		}
	case protoreflect.Int32Kind:
		number, _ := token.(json.Number)
		if _, err := strconv.ParseInt(number.String(), 10, 32); err != nil {
			return c.fail(start, at, "expected a whole number")
		}
	case protoreflect.EnumKind:
		if !isText || at.field.Enum().Values().ByName(protoreflect.Name(text)) == nil {
			return c.fail(start, at, "expected one of %s", strings.Join(allowedValues(at.field.Enum(), nil), ", "))
		}
	}
	return nil
}

// next is the next token and where it begins.
func (c *jsonCheck) next(at *place) (json.Token, int64, error) {
	start := c.tokens.InputOffset()
	start += blanksAt(c.data[start:])
	token, err := c.tokens.Token()
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		problem := settlement.Wrong("not JSON")
		problem.Says = syntax.Error()
		return nil, start, c.refuse(max(start, syntax.Offset-1), at, problem)
	case err != nil:
		return nil, start, c.fail(int64(len(c.data)), at, "ends too early")
	}
	return token, start, nil
}

// fail refuses what begins at offset.
func (c *jsonCheck) fail(offset int64, at *place, says string, figures ...any) error {
	return c.refuse(offset, at, settlement.Wrong(says, figures...))
}

// refuse names the place of a problem by path and by line and column, both
// from one.
func (c *jsonCheck) refuse(offset int64, at *place, problem *settlement.Problem) error {
	before := c.data[:max(0, min(offset, int64(len(c.data))))]
	problem.Path = at.String()
	problem.Line = bytes.Count(before, []byte("\n")) + 1
	problem.Column = utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return problem
}

// unknown says that a key is not known, and which one may have been meant.
func unknown(message protoreflect.MessageDescriptor, name string) *settlement.Problem {
	shown := fmt.Sprintf("%.40q", name)
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		if strings.EqualFold(field.JSONName(), name) || strings.EqualFold(string(field.Name()), name) {
			return settlement.Wrong("unknown field %s; it is written %q", shown, string(field.Name()))
		}
	}
	return settlement.Wrong("unknown field %s", shown)
}

// blanksAt counts what separates tokens at the front of rest.
func blanksAt(rest []byte) int64 {
	return int64(len(rest) - len(bytes.TrimLeft(rest, " \t\r\n,:")))
}

// invalidAt is where data stops being UTF-8.
func invalidAt(data []byte) int64 {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return int64(i)
		}
		i += size
	}
	return int64(len(data))
}
