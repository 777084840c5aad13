package signature

import (
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// The modes of SM4 that are spoken. GCM alone proves that nothing was changed;
// the others are for payers that ask for them and lean on the signature.
const (
	gcm = "SM4-GCM" // nonce of 12 bytes ‖ encrypted ‖ tag of 16
	cbc = "SM4-CBC" // vector of 16 bytes ‖ encrypted, padded (PKCS #7)
	ecb = "SM4-ECB" // encrypted, padded (PKCS #7)
)

// Box encrypts with one SM4 key. It is safe for concurrent use.
type Box struct {
	mode  string
	key   []byte
	block cipher.Block
	aead  cipher.AEAD // of GCM
}

// errUndecipherable says no more on purpose: what exactly was wrong would help
// somebody who tries.
var errUndecipherable = errors.New("cannot be decrypted")

// NewBox encrypts with a key of 16 bytes in a mode of EncryptionRules.
func NewBox(mode string, key []byte) (*Box, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("cipher key: must have %d bytes", sm4.BlockSize)
	}
	box := &Box{mode: mode, key: bytes.Clone(key), block: block}
	switch mode {
	case gcm:
		box.aead, err = cipher.NewGCM(block)
		return box, err
	case cbc, ecb:
		return box, nil
	}
	return nil, fmt.Errorf("cipher mode %q is not known", mode)
}

// Seal encrypts plain. The nonce is derived from key and content: the same
// content gives the same bytes, so that a request can be made anew, and two
// contents share a nonce no sooner than two digests of 96 bits are equal.
func (b *Box) Seal(plain []byte) []byte {
	switch b.mode {
	case gcm:
		nonce := b.derive(plain, b.aead.NonceSize())
		return b.aead.Seal(nonce, nonce, plain, nil)
	case cbc:
		vector := b.derive(plain, sm4.BlockSize)
		padded := pad(plain)
		cipher.NewCBCEncrypter(b.block, vector).CryptBlocks(padded, padded)
		return append(vector, padded...)
	}
	padded := pad(plain)
	for at := 0; at < len(padded); at += sm4.BlockSize {
		b.block.Encrypt(padded[at:], padded[at:])
	}
	return padded
}

// derive is the first so many bytes of HMAC-SM3 over content.
func (b *Box) derive(content []byte, size int) []byte {
	mac := hmac.New(sm3.New, b.key)
	mac.Write(content)
	return mac.Sum(nil)[:size:size]
}

// Open decrypts what Seal made, here or at the payer.
func (b *Box) Open(sealed []byte) ([]byte, error) {
	if b.mode == gcm {
		if len(sealed) < b.aead.NonceSize() {
			return nil, errUndecipherable
		}
		plain, err := b.aead.Open(nil, sealed[:b.aead.NonceSize()], sealed[b.aead.NonceSize():], nil)
		if err != nil {
			return nil, errUndecipherable
		}
		return plain, nil
	}
	var vector []byte
	if b.mode == cbc {
		if len(sealed) < sm4.BlockSize {
			return nil, errUndecipherable
		}
		vector, sealed = sealed[:sm4.BlockSize], sealed[sm4.BlockSize:]
	}
	if len(sealed) == 0 || len(sealed)%sm4.BlockSize != 0 {
		return nil, errUndecipherable
	}
	padded := make([]byte, len(sealed))
	if b.mode == cbc {
		cipher.NewCBCDecrypter(b.block, vector).CryptBlocks(padded, sealed)
	} else {
		for at := 0; at < len(sealed); at += sm4.BlockSize {
			b.block.Decrypt(padded[at:], sealed[at:])
		}
	}
	return unpad(padded)
}

// pad fills up to whole blocks (PKCS #7): one byte at least, each its number.
func pad(plain []byte) []byte {
	n := sm4.BlockSize - len(plain)%sm4.BlockSize
	return append(bytes.Clone(plain), bytes.Repeat([]byte{byte(n)}, n)...)
}

func unpad(padded []byte) ([]byte, error) {
	n := int(padded[len(padded)-1])
	if n == 0 || n > sm4.BlockSize || !bytes.HasSuffix(padded, bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, errUndecipherable
	}
	return padded[:len(padded)-n], nil
}
