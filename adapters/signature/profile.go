package signature

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Profile is how one payer has its messages signed and encrypted, both ways.
// It is data: a file of deploy/signing, read strictly.
type Profile struct {
	ID     string `yaml:"id"`
	Title  string `yaml:"title"`
	Source string `yaml:"source"` // who says so, and where
	// Constants are set in every request before it is signed.
	Constants  map[string]string `yaml:"constants"`
	Signature  SignatureRules    `yaml:"signature"`
	Encryption *EncryptionRules  `yaml:"encryption"` // nil: nothing is encrypted
}

// SignatureRules say what is signed and where the signature stands.
type SignatureRules struct {
	Field string `yaml:"field"`  // where the signature stands
	KeyID string `yaml:"key_id"` // where the id of the key stands; "" names none
	// Echo is where an answer repeats the id of our message; "" where it does
	// not.
	Echo     string   `yaml:"echo"`
	Covered  []string `yaml:"covered"`  // these fields only; none: all
	Excluded []string `yaml:"excluded"` // but not these
	// KeepEmpty covers fields that are null or "", which are left out otherwise.
	KeepEmpty bool `yaml:"keep_empty"`
	// NestedDense leaves out of objects inside what is null or "". They are
	// written as compact JSON, their names sorted.
	NestedDense bool   `yaml:"nested_dense"`
	Pair        string `yaml:"pair"` // between a name and its value, as in "="
	Join        string `yaml:"join"` // between two fields, as in "&"
	// SecretPrefix stands before the secret behind the last field, as in
	// "&key="; Secret without it appends the bare secret.
	Secret       bool   `yaml:"secret"`
	SecretPrefix string `yaml:"secret_prefix"`
	Algorithm    string `yaml:"algorithm"` // SM3withSM2
	UserID       string `yaml:"user_id"`   // "" is DefaultUserID
	Form         string `yaml:"form"`      // der, or raw: r and s of 32 bytes each
	Encoding     string `yaml:"encoding"`  // base64 or hex
	// Optional lets an answer without a signature pass; a wrong one never does.
	Optional bool `yaml:"optional"`
}

// EncryptionRules say which part of a message is encrypted, and how.
type EncryptionRules struct {
	Field    string `yaml:"field"`    // where the encrypted part stands
	Request  string `yaml:"request"`  // the part of a request it takes the place of
	Answer   string `yaml:"answer"`   // the part of an answer it takes the place of
	Mode     string `yaml:"mode"`     // SM4-GCM, SM4-CBC or SM4-ECB
	Encoding string `yaml:"encoding"` // base64 or hex
	// Optional lets an answer pass that is not encrypted.
	Optional bool `yaml:"optional"`
}

// ReadProfile reads one profile. An unknown key, a second document or a rule
// that cannot be followed refuses.
func ReadProfile(text []byte) (*Profile, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	p := &Profile{}
	if err := decoder.Decode(p); err != nil {
		return nil, fmt.Errorf("signing profile: %w", err)
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, errors.New("signing profile: more than one document")
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("signing profile %s: %w", p.ID, err)
	}
	return p, nil
}

// check names the first key that is missing or impossible.
func (p *Profile) check() error {
	s := &p.Signature
	for _, rule := range []struct {
		key   string
		holds bool
	}{
		{"id", p.ID != ""},
		{"source", p.Source != ""},
		{"signature.field", s.Field != ""},
		{"signature.excluded: must name signature.field", slices.Contains(s.Excluded, s.Field)},
		{"signature.key_id: must be covered", s.KeyID == "" || s.covers(s.KeyID)},
		{"signature.echo: must be covered", s.Echo == "" || s.covers(s.Echo)},
		{"signature.pair", s.Pair != ""},
		{"signature.join", s.Join != ""},
		{"signature.secret_prefix: without secret", s.Secret || s.SecretPrefix == ""},
		{"signature.algorithm: SM3withSM2", s.Algorithm == "SM3withSM2"},
		{"signature.form: der or raw", s.Form == "der" || s.Form == "raw"},
		{"signature.encoding: base64 or hex", encodings[s.Encoding] != nil},
	} {
		if !rule.holds {
			return errors.New(rule.key)
		}
	}
	for name := range p.Constants {
		if name == s.Field || name == s.KeyID {
			return fmt.Errorf("constants.%s: is filled in by signing", name)
		}
	}
	return p.Encryption.check(s)
}

func (e *EncryptionRules) check(s *SignatureRules) error {
	switch {
	case e == nil:
		return nil
	case e.Field == "" || e.Request == "" || e.Answer == "" || e.Field == e.Request || e.Field == e.Answer:
		return errors.New("encryption: field, request and answer must be named, and field be neither of them")
	case !slices.Contains(s.Excluded, e.Field):
		return errors.New("signature.excluded: must name encryption.field: what is signed is the plain message")
	case !s.covers(e.Request) || !s.covers(e.Answer):
		return errors.New("encryption: request and answer must be covered by the signature")
	case !slices.Contains([]string{gcm, cbc, ecb}, e.Mode):
		return fmt.Errorf("encryption.mode: %s, %s or %s", gcm, cbc, ecb)
	case encodings[e.Encoding] == nil:
		return errors.New("encryption.encoding: base64 or hex")
	}
	return nil
}

// covers reports whether a field is signed, if it says anything.
func (s *SignatureRules) covers(name string) bool {
	return (len(s.Covered) == 0 || slices.Contains(s.Covered, name)) && !slices.Contains(s.Excluded, name)
}
