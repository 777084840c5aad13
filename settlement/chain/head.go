package chain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Signer signs heads of the chain and knows its own signatures. Keys live
// outside the database.
type Signer interface {
	// KeyID names the key, so that one key can follow another.
	KeyID() string

	// Sign signs a text.
	Sign(text []byte) ([]byte, error)

	// Verify refuses a signature that is not the key's of that text.
	Verify(text, signature []byte) error
}

// Head says how far a chain had come, signed.
type Head struct {
	Height    int64     `json:"height"`
	Until     int64     `json:"until"` // the turn up to which rows were sealed
	Seal      []byte    `json:"seal"`  // of the block of that height
	At        time.Time `json:"at"`
	Instance  string    `json:"instance"` // who signed
	Key       string    `json:"key"`
	Signature []byte    `json:"signature,omitempty"`
}

// SignHead is the head of a chain whose last block is tip.
func SignHead(tip *Block, at time.Time, instance string, by Signer) (Head, error) {
	head := Head{
		Height: tip.Height, Until: tip.Until, Seal: tip.Seal, At: at.UTC().Truncate(time.Microsecond), Instance: instance, Key: by.KeyID(),
	}
	text, err := head.signed()
	if err == nil {
		head.Signature, err = by.Sign(text)
	}
	if err != nil {
		return Head{}, fmt.Errorf("signing head: %w", err)
	}
	return head, nil
}

// signed is the text that a signature is of: the head without it.
func (h Head) signed() ([]byte, error) {
	h.Signature = nil
	text, err := json.Marshal(h)
	return append([]byte("onestop audit head\n"), text...), err
}

// Line is the head as one line of a file.
func (h *Head) Line() ([]byte, error) {
	text, err := json.Marshal(h)
	return append(text, '\n'), err
}

// ReadHead reads a line. It does not look at the signature.
func ReadHead(line []byte) (h Head, err error) {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(&h)
	if err == nil && len(h.Seal) == 0 {
		err = errNoHead
	}
	return h, err
}

var (
	errNoHead = errors.New("not a head of an audit chain")
	errNoKey  = errors.New("its key is not known here")
)

// verify refuses a head that none of the keys has signed.
func (h *Head) verify(keys []Signer) error {
	text, err := h.signed()
	if err != nil {
		return err
	}
	for _, key := range keys {
		if key.KeyID() == h.Key {
			return key.Verify(text, h.Signature)
		}
	}
	return errNoKey
}
