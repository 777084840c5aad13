package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
		return c.fail(invalidAt(data), "body", "not UTF-8")
	}
	if err := c.message("", message, false); err != nil {
		return err
	}
	start := c.tokens.InputOffset()
	if _, err := c.tokens.Token(); err != io.EOF {
		return c.fail(start+blanksAt(data[start:]), "body", "something follows the end")
	}
	return nil
}

// jsonCheck walks the tokens beside the descriptor; an unknown key ends it, so
// it goes no deeper than the contract.
type jsonCheck struct {
	data   []byte
	tokens *json.Decoder
}

// message reads an object; null, where it may be, is absence.
func (c *jsonCheck) message(path string, message protoreflect.MessageDescriptor, orNull bool) error {
	token, at, err := c.next(path)
	if err != nil || token == nil && orNull {
		return err
	}
	if token != json.Delim('{') {
		return c.fail(at, path, "expected an object")
	}
	seen := make(map[string]bool)
	for c.tokens.More() {
		key, at, err := c.next(path)
		if err != nil {
			return err
		}
		name, _ := key.(string)
		field := message.Fields().ByName(protoreflect.Name(name))
		if field == nil {
			return c.fail(at, path, unknown(message, name))
		}
		if seen[name] {
			return c.fail(at, join(path, name), "stands twice")
		}
		seen[name] = true
		if err := c.field(join(path, name), field); err != nil {
			return err
		}
	}
	_, _, err = c.next(path) // the closing brace
	return err
}

// field reads the value of a field: a list, or one.
func (c *jsonCheck) field(path string, field protoreflect.FieldDescriptor) error {
	if !field.IsList() {
		return c.value(path, field, true)
	}
	token, at, err := c.next(path)
	if err != nil || token == nil {
		return err
	}
	if token != json.Delim('[') {
		return c.fail(at, path, "expected a list")
	}
	for i := 0; c.tokens.More(); i++ {
		if err := c.value(fmt.Sprintf("%s[%d]", path, i), field, false); err != nil {
			return err
		}
	}
	_, _, err = c.next(path) // the closing bracket
	return err
}

// value reads one value of a field's type, or null as message does.
func (c *jsonCheck) value(path string, field protoreflect.FieldDescriptor, orNull bool) error {
	if field.Message() != nil {
		return c.message(path, field.Message(), orNull)
	}
	token, at, err := c.next(path)
	if err != nil || token == nil && orNull {
		return err
	}
	text, isText := token.(string)
	_, isBool := token.(bool)
	switch field.Kind() {
	case protoreflect.StringKind:
		if !isText {
			return c.fail(at, path, "expected text in quotation marks")
		}
	case protoreflect.BoolKind:
		if !isBool {
			return c.fail(at, path, "expected true or false")
		}
	case protoreflect.EnumKind:
		if !isText || field.Enum().Values().ByName(protoreflect.Name(text)) == nil {
			return c.fail(at, path, "expected one of "+names(field.Enum()))
		}
	}
	return nil
}

// next is the next token and where it begins.
func (c *jsonCheck) next(path string) (json.Token, int64, error) {
	at := c.tokens.InputOffset()
	at += blanksAt(c.data[at:])
	token, err := c.tokens.Token()
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, at, c.fail(max(at, syntax.Offset-1), path, syntax.Error())
	case err != nil:
		return nil, at, c.fail(int64(len(c.data)), path, "ends too early")
	}
	return token, at, nil
}

// fail names the place by path and by line and column, both from one.
func (c *jsonCheck) fail(at int64, path, says string) error {
	at = max(0, min(at, int64(len(c.data))))
	before := c.data[:at]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	if path == "" {
		path = "body"
	}
	return &settlement.Error{
		Kind: settlement.KindInvalid, Reason: settlement.ReasonBadDocument, Field: path,
		Value: fmt.Sprintf("line %d column %d: %s", line, column, says),
	}
}

// unknown says that a key is not known, and which one may have been meant.
func unknown(message protoreflect.MessageDescriptor, name string) string {
	says := fmt.Sprintf("unknown field %.40q", name)
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		if strings.EqualFold(field.JSONName(), name) || strings.EqualFold(string(field.Name()), name) {
			return says + fmt.Sprintf("; it is written %q", string(field.Name()))
		}
	}
	return says
}

// names are the values an enum takes.
func names(enum protoreflect.EnumDescriptor) string {
	all := make([]string, 0, enum.Values().Len())
	for i := 1; i < enum.Values().Len(); i++ {
		all = append(all, string(enum.Values().Get(i).Name()))
	}
	return strings.Join(all, ", ")
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
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
