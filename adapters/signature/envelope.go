package signature

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// Keys are what an Envelope works with. The first of Ours signs; all of Theirs
// check, so that answers from before a rotation still can be.
type Keys struct {
	Ours   []*Key
	Theirs []*PublicKey
	Secret string // of the sign string
	// Ciphers are SM4 keys of 16 bytes, the newest first: the first encrypts,
	// all decrypt.
	Ciphers [][]byte
}

// Envelope signs and encrypts requests to one payer, and opens its answers. It
// is safe for concurrent use.
type Envelope struct {
	profile *Profile
	key     *Key
	theirs  map[string]*PublicKey
	inOrder []*PublicKey
	secret  string
	boxes   []*Box
	userID  string
}

// NewEnvelope follows profile with keys. The error names what is missing.
func NewEnvelope(profile *Profile, keys Keys) (*Envelope, error) {
	switch {
	case len(keys.Ours) == 0:
		return nil, errors.New("signing: no key of ours")
	case len(keys.Theirs) == 0:
		return nil, errors.New("signing: no key of the payer")
	case profile.Signature.Secret != (keys.Secret != ""):
		return nil, errors.New("signing: a secret where the profile has none, or none where it has one")
	case (profile.Encryption != nil) != (len(keys.Ciphers) > 0):
		return nil, errors.New("signing: a cipher key where the profile encrypts nothing, or none where it does")
	}
	theirs, err := byID(keys.Theirs)
	if err != nil {
		return nil, err
	}
	e := &Envelope{profile: profile, key: keys.Ours[0], theirs: theirs, inOrder: keys.Theirs, secret: keys.Secret, userID: profile.Signature.UserID}
	if e.userID == "" {
		e.userID = DefaultUserID
	}
	for _, key := range keys.Ciphers {
		box, err := NewBox(profile.Encryption.Mode, key)
		if err != nil {
			return nil, err
		}
		e.boxes = append(e.boxes, box)
	}
	return e, nil
}

// Seal is a request, signed and then encrypted as the profile says. The same
// request gives the same bytes.
func (e *Envelope) Seal(request []byte) ([]byte, error) {
	message, err := parse(request)
	if err != nil {
		return nil, err
	}
	rules := &e.profile.Signature
	for name, constant := range e.profile.Constants {
		message.set(name, value{kind: text, text: constant})
	}
	if rules.KeyID != "" {
		message.set(rules.KeyID, value{kind: text, text: e.key.ID()})
	}
	der, err := e.key.Sign(e.userID, []byte(rules.signText(&message, e.secret)))
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	if rules.Form == "raw" {
		if der, err = rawOf(der); err != nil {
			return nil, err
		}
	}
	message.set(rules.Field, value{kind: text, text: encodings[rules.Encoding].EncodeToString(der)})
	if hide := e.profile.Encryption; hide != nil {
		var plain strings.Builder
		part := message.get(hide.Request)
		asItCame.write(&plain, &part)
		message.drop(hide.Request)
		message.set(hide.Field, value{kind: text, text: encodings[hide.Encoding].EncodeToString(e.boxes[0].Seal([]byte(plain.String())))})
	}
	var out strings.Builder
	asItCame.write(&out, &message)
	return []byte(out.String()), nil
}

// Open is an answer in plain, if its signature is the payer's and, where the
// profile has answers repeat it, it is to our message. An answer that is
// neither encrypted nor in need of a signature comes back as it is. The error
// says what is wrong and quotes nothing.
func (e *Envelope) Open(answer []byte, message string) ([]byte, error) {
	plain, found, err := e.open(answer)
	if err != nil {
		return nil, err
	}
	if echo := e.profile.Signature.Echo; echo != "" && message != "" {
		if repeated := found.get(echo); repeated.kind != text || repeated.text != message {
			return nil, errors.New("signature: the answer is to another message")
		}
	}
	return plain, nil
}

// Verify checks a stored answer: its signature, but not which message it is to.
func (e *Envelope) Verify(answer []byte) error {
	_, _, err := e.open(answer)
	return err
}

func (e *Envelope) open(answer []byte) (plain []byte, message value, err error) {
	if message, err = parse(answer); err != nil {
		return nil, value{}, err
	}
	plain = answer
	if hide := e.profile.Encryption; hide != nil {
		if plain, err = e.reveal(&message, hide, answer); err != nil {
			return nil, value{}, err
		}
	}
	return plain, message, e.checkSignature(&message)
}

// reveal puts the encrypted part of an answer in its place, in plain.
func (e *Envelope) reveal(message *value, hide *EncryptionRules, answer []byte) ([]byte, error) {
	hidden, open := message.get(hide.Field), message.get(hide.Answer)
	if hidden.empty() {
		// An answer without content, a refusal for one, has nothing to hide.
		if hide.Optional || open.empty() {
			return answer, nil
		}
		return nil, errors.New("encryption: the answer is not encrypted")
	}
	if !open.empty() {
		return nil, errors.New("encryption: the answer is both in plain and encrypted")
	}
	sealed, err := encodings[hide.Encoding].DecodeString(hidden.text)
	if err != nil {
		return nil, errors.New("encryption: not " + hide.Encoding)
	}
	for _, box := range e.boxes {
		part, err := box.Open(sealed)
		if err != nil {
			continue
		}
		inner, err := parseValue(part)
		if err != nil {
			continue
		}
		message.drop(hide.Field)
		message.set(hide.Answer, inner)
		var out strings.Builder
		asItCame.write(&out, message)
		return []byte(out.String()), nil
	}
	return nil, errUndecipherable
}

// checkSignature checks a message in plain.
func (e *Envelope) checkSignature(message *value) error {
	rules := &e.profile.Signature
	signed := message.get(rules.Field)
	if signed.empty() {
		if rules.Optional {
			return nil
		}
		return errors.New("signature: missing")
	}
	der, err := encodings[rules.Encoding].DecodeString(signed.text)
	if err == nil && rules.Form == "raw" {
		der, err = derOf(der)
	}
	if err != nil {
		return errors.New("signature: not " + rules.Form + " in " + rules.Encoding)
	}
	if err := rules.distinct(message); err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	keys := e.inOrder
	if rules.KeyID != "" {
		id := message.get(rules.KeyID)
		key, known := e.theirs[id.text]
		if !known {
			return errors.New("signature: of a key that is not known")
		}
		keys = []*PublicKey{key}
	}
	signText := []byte(rules.signText(message, e.secret))
	for _, key := range keys {
		if key.Check(e.userID, signText, der) {
			return nil
		}
	}
	return errors.New("signature: wrong")
}

// byID are keys by their ids, each of which must be one key's.
func byID(keys []*PublicKey) (map[string]*PublicKey, error) {
	known := make(map[string]*PublicKey, len(keys))
	for _, key := range keys {
		if known[key.id] != nil {
			return nil, fmt.Errorf("key %s: there are two of this id", key.id)
		}
		known[key.id] = key
	}
	return known, nil
}

// pair are the two numbers of a signature.
type pair struct{ R, S *big.Int }

// rawOf is a DER signature as r and s of 32 bytes each.
func rawOf(der []byte) ([]byte, error) {
	var numbers pair
	if rest, err := asn1.Unmarshal(der, &numbers); err != nil || len(rest) > 0 {
		return nil, errors.New("signature: not DER")
	}
	raw := make([]byte, 64)
	numbers.R.FillBytes(raw[:32])
	numbers.S.FillBytes(raw[32:])
	return raw, nil
}

func derOf(raw []byte) ([]byte, error) {
	if len(raw) != 64 {
		return nil, errors.New("signature: not 64 bytes")
	}
	return asn1.Marshal(pair{new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])})
}
