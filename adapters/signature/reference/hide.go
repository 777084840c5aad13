package reference

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
)

var errHidden = errors.New("cannot be decrypted")

// cipherOf is the cipher of the party's key.
func (p *Party) cipherOf() (cipher.Block, error) {
	key, err := hex.DecodeString(p.Cipher)
	if err != nil {
		return nil, err
	}
	return NewSM4(key)
}

// hide encrypts, with a vector by chance where the mode has one.
func (p *Party) hide(plain []byte) (string, error) {
	block, err := p.cipherOf()
	if err != nil {
		return "", err
	}
	vector := make([]byte, 16)
	if _, err := rand.Read(vector); err != nil {
		return "", err
	}
	missing := 16 - len(plain)%16
	padded := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(missing)}, missing)...)
	switch p.Mode {
	case "gcm":
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return "", err
		}
		return encodeText(aead.Seal(vector[:12], vector[:12], plain, nil), p.HiddenHex), nil
	case "cbc":
		cipher.NewCBCEncrypter(block, vector).CryptBlocks(padded, padded)
		return encodeText(append(vector, padded...), p.HiddenHex), nil
	}
	for at := 0; at < len(padded); at += 16 {
		block.Encrypt(padded[at:], padded[at:])
	}
	return encodeText(padded, p.HiddenHex), nil
}

// reveal decrypts.
func (p *Party) reveal(text string) ([]byte, error) {
	block, err := p.cipherOf()
	if err != nil {
		return nil, err
	}
	sealed, err := decodeText(text, p.HiddenHex)
	if err != nil || len(sealed) < 16 {
		return nil, errHidden
	}
	switch p.Mode {
	case "gcm":
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, err
		}
		return aead.Open(nil, sealed[:12], sealed[12:], nil)
	case "cbc":
		vector := sealed[:16]
		sealed = bytes.Clone(sealed[16:])
		if len(sealed) == 0 || len(sealed)%16 != 0 {
			return nil, errHidden
		}
		cipher.NewCBCDecrypter(block, vector).CryptBlocks(sealed, sealed)
	default:
		if len(sealed)%16 != 0 {
			return nil, errHidden
		}
		for at := 0; at < len(sealed); at += 16 {
			block.Decrypt(sealed[at:], sealed[at:])
		}
	}
	missing := int(sealed[len(sealed)-1])
	if missing == 0 || missing > 16 {
		return nil, errHidden
	}
	return sealed[:len(sealed)-missing], nil
}
