package reference

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// Party is the payer's side of a signed conversation: it checks requests and
// signs answers. Keys are hexadecimal: D, or X and Y in one, as in a test.
type Party struct {
	Field, KeyID, Echo    string
	Excluded              []string
	KeepEmpty             bool
	Dense                 bool // objects inside, without what is empty
	Pair, Join            string
	Secret, SecretPrefix  string
	UserID                string
	Raw, Hex, HiddenHex   bool              // the form of signatures, and what is written in hexadecimal
	Key, KeyName          string            // of the payer
	Callers               map[string]string // public keys by id
	Hidden, Asks, Answers string            // the encrypted field, and what it hides
	Mode, Cipher          string            // gcm, cbc or ecb; the key
}

// Text is the sign string of a message.
func (p *Party) Text(message map[string]any) string {
	var names []string
	for name, content := range message {
		if !slices.Contains(p.Excluded, name) && (p.KeepEmpty || content != nil && content != "") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var pairs []string
	for _, name := range names {
		switch content := message[name].(type) {
		case nil:
			pairs = append(pairs, name+p.Pair)
		case string:
			pairs = append(pairs, name+p.Pair+content)
		default:
			pairs = append(pairs, name+p.Pair+p.nested(content))
		}
	}
	text := strings.Join(pairs, p.Join)
	if p.Secret != "" {
		text += p.SecretPrefix + p.Secret
	}
	return text
}

// nested writes what stands inside, its names sorted.
func (p *Party) nested(content any) string {
	switch content := content.(type) {
	case nil:
		return "null"
	case string:
		return quoted(content)
	case json.Number:
		return content.String()
	case bool:
		if content {
			return "true"
		}
		return "false"
	case []any:
		var items []string
		for _, item := range content {
			items = append(items, p.nested(item))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	var items []string
	fields, _ := content.(map[string]any)
	for name, inner := range fields {
		if !p.Dense || inner != nil && inner != "" {
			items = append(items, quoted(name)+":"+p.nested(inner))
		}
	}
	sort.Slice(items, func(i, j int) bool { return name(items[i]) < name(items[j]) })
	return "{" + strings.Join(items, ",") + "}"
}

// name is the name of a written field.
func name(item string) string {
	var text string
	_ = json.NewDecoder(strings.NewReader(item)).Decode(&text) // it was quoted here
	return text
}

// quoted is a JSON string without more escapes than needed.
func quoted(text string) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string can be encoded
	plain := strings.TrimSuffix(out.String(), "\n")
	// The encoder also escapes two line separators; a backslash of the text
	// itself is written twice, so an odd one begins an escape.
	for _, separator := range []string{"\u2028", "\u2029"} {
		plain = unescape(plain, separator)
	}
	return plain
}

func unescape(text, separator string) string {
	r, _ := utf8.DecodeRuneInString(separator)
	escape := `\u` + hex.EncodeToString([]byte{byte(r >> 8), byte(r)})
	pieces := strings.Split(text, `\\`)
	for i := range pieces {
		pieces[i] = strings.ReplaceAll(pieces[i], escape, separator)
	}
	return strings.Join(pieces, `\\`)
}

// decode reads a message, its numbers as written.
func decode(body []byte) (message map[string]any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	err = decoder.Decode(&message)
	return message, err
}

// encode writes a message as Go does, without escapes for a web page.
func encode(content any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(content)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// Read is a request in plain, if it is signed by a caller.
func (p *Party) Read(body []byte) ([]byte, error) {
	message, err := decode(body)
	if err != nil {
		return nil, err
	}
	if p.Hidden != "" {
		sealed, _ := message[p.Hidden].(string)
		plain, err := p.reveal(sealed)
		if err != nil {
			return nil, err
		}
		var inner any
		if inner, err = decode(plain); err != nil {
			return nil, err
		}
		delete(message, p.Hidden)
		message[p.Asks] = inner
	}
	if !p.signed(message) {
		return nil, errors.New("not signed by a caller that is known")
	}
	return encode(message)
}

// signed reports whether any caller that may have signed a message has.
func (p *Party) signed(message map[string]any) bool {
	written, _ := message[p.Field].(string)
	raw, err := decodeText(written, p.Hex)
	r, s, sound := p.numbers(raw)
	if err != nil || !sound {
		return false
	}
	for id, key := range p.Callers {
		if p.KeyID != "" && message[p.KeyID] != id || len(key) != 128 {
			continue
		}
		if Verify(Point{mustHex(key[:64]), mustHex(key[64:])}, p.UserID, []byte(p.Text(message)), r, s) {
			return true
		}
	}
	return false
}

// Write signs an answer to a message and then hides its content.
func (p *Party) Write(answer []byte, to string) ([]byte, error) {
	message, err := decode(answer)
	if err != nil {
		return nil, err
	}
	if p.Echo != "" {
		message[p.Echo] = to
	}
	if p.KeyID != "" {
		message[p.KeyID] = p.KeyName
	}
	r, s, err := Sign(mustHex(p.Key), p.UserID, []byte(p.Text(message)))
	if err != nil {
		return nil, err
	}
	message[p.Field] = encodeText(p.form(r, s), p.Hex)
	content := message[p.Answers]
	if p.Hidden == "" || content == nil {
		return encode(message)
	}
	plain, err := encode(content)
	if err != nil {
		return nil, err
	}
	delete(message, p.Answers)
	if message[p.Hidden], err = p.hide(plain); err != nil {
		return nil, err
	}
	return encode(message)
}

// Forge is Write by somebody who has everything but the key of signatures.
func (p *Party) Forge(answer []byte, to string) ([]byte, error) {
	forger := *p
	forger.Key = new(big.Int).Xor(mustHex(p.Key), one).Text(16)
	return forger.Write(answer, to)
}

// PublicHex is the public key of a private one, as Callers has it.
func PublicHex(d string) string {
	public := PublicOf(mustHex(d))
	return hex.EncodeToString(append(public.X.FillBytes(make([]byte, coordSz)), public.Y.FillBytes(make([]byte, coordSz))...))
}

func encodeText(content []byte, inHex bool) string {
	if inHex {
		return hex.EncodeToString(content)
	}
	return base64.StdEncoding.EncodeToString(content)
}

func decodeText(text string, inHex bool) ([]byte, error) {
	if inHex {
		return hex.DecodeString(text)
	}
	return base64.StdEncoding.DecodeString(text)
}

// form is a signature as bytes: raw, or DER written by hand.
func (p *Party) form(r, s *big.Int) []byte {
	if p.Raw {
		return append(r.FillBytes(make([]byte, coordSz)), s.FillBytes(make([]byte, coordSz))...)
	}
	inner := append(integer(r), integer(s)...)
	return append([]byte{0x30, byte(len(inner))}, inner...)
}

// integer is a number in DER.
func integer(n *big.Int) []byte {
	content := n.Bytes()
	if len(content) == 0 || content[0] >= 0x80 {
		content = append([]byte{0}, content...)
	}
	return append([]byte{0x02, byte(len(content))}, content...)
}

// numbers takes a signature apart.
func (p *Party) numbers(raw []byte) (r, s *big.Int, sound bool) {
	if p.Raw {
		if len(raw) != 2*coordSz {
			return nil, nil, false
		}
		return new(big.Int).SetBytes(raw[:coordSz]), new(big.Int).SetBytes(raw[coordSz:]), true
	}
	if len(raw) < 8 || raw[0] != 0x30 || int(raw[1]) != len(raw)-2 || int(raw[3]) > len(raw)-6 {
		return nil, nil, false
	}
	first, rest := raw[4:4+raw[3]], raw[4+raw[3]:]
	if len(rest) < 2 || int(rest[1]) != len(rest)-2 {
		return nil, nil, false
	}
	return new(big.Int).SetBytes(first), new(big.Int).SetBytes(rest[2:]), true
}
