package signature

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// encoding is how bytes become text.
type encoding interface {
	EncodeToString(content []byte) string
	DecodeString(text string) ([]byte, error)
}

// hexadecimal writes lower case, and reads both.
type hexadecimal struct{}

// EncodeToString writes two digits for each byte.
func (hexadecimal) EncodeToString(content []byte) string { return hex.EncodeToString(content) }

// DecodeString reads them.
func (hexadecimal) DecodeString(text string) ([]byte, error) { return hex.DecodeString(text) }

var encodings = map[string]encoding{"base64": base64.StdEncoding.Strict(), "hex": hexadecimal{}}

// signText is what is signed of a message: the covered fields by name, joined,
// and the secret behind them.
func (s *SignatureRules) signText(message *value, secret string) string {
	var out strings.Builder
	nested := form{sorted: true, dense: s.NestedDense}
	for n, i := range s.coveredOf(message) {
		if n > 0 {
			out.WriteString(s.Join)
		}
		out.WriteString(message.names[i])
		out.WriteString(s.Pair)
		switch member := &message.members[i]; member.kind {
		case null:
		case text:
			out.WriteString(member.text)
		default:
			nested.write(&out, member)
		}
	}
	if s.Secret {
		out.WriteString(s.SecretPrefix)
		out.WriteString(secret)
	}
	return out.String()
}

// coveredOf are the places of the fields that are signed, by name.
func (s *SignatureRules) coveredOf(message *value) []int {
	places := form{sorted: true}.order(message)
	return slices.DeleteFunc(places, func(i int) bool {
		return !s.covers(message.names[i]) || !s.KeepEmpty && message.members[i].empty()
	})
}

// errAmbiguous is a message whose text could be another's.
var errAmbiguous = errors.New("a value holds the beginning of another field")

// distinct refuses a message with a text among its fields that holds what looks
// like the beginning of a further field: the same signature would fit a message
// in which that field stands by itself.
func (s *SignatureRules) distinct(message *value) error {
	for _, member := range message.members {
		if member.kind != text {
			continue
		}
		pieces := strings.Split(member.text, s.Join)
		for _, piece := range pieces[1:] {
			if name, _, found := strings.Cut(piece, s.Pair); found && fieldName(name) {
				return errAmbiguous
			}
		}
	}
	return nil
}

// fieldName reports whether text could be the name of a field.
func fieldName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}
