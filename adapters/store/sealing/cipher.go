package sealing

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// Algorithm says how the values of a data key are encrypted.
type Algorithm string

// Both authenticate with 128 bits. SM4 is what GB/T 39786 asks for; it costs
// more wherever the processor helps with AES only.
const (
	AES Algorithm = "AES-256-GCM" // its digests are SHA-256
	SM4 Algorithm = "SM4-GCM"     // its digests are SM3
)

const (
	saltSize  = 16
	nonceSize = 12
	tagSize   = 16
	// KeySize is the length of a data key and of a master key.
	KeySize = 32
)

// known refuses an algorithm of another name.
func (a Algorithm) known() error {
	if a != AES && a != SM4 {
		return fmt.Errorf("algorithm %q is not known: %s or %s", a, AES, SM4)
	}
	return nil
}

// digest is the keyed digest of the algorithm's family: 32 bytes.
func (a Algorithm) digest(key []byte, parts ...[]byte) []byte {
	family := func() hash.Hash { return sha256.New() }
	if a == SM4 {
		family = sm3.New
	}
	mac := hmac.New(family, key)
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}

// Uses of a key, kept apart.
var (
	forValues = []byte("onestop value key")
	forSalts  = []byte("onestop salt of content")
	forIndex  = []byte("onestop blind index")
)

// cipher is the cipher that key has for a salt.
func (a Algorithm) cipher(key, salt []byte) (cipher.AEAD, error) {
	derived := a.digest(key, forValues, salt)
	if a == SM4 {
		block, err := sm4.NewCipher(derived[:sm4.BlockSize])
		if err != nil {
			return nil, err
		}
		return cipher.NewGCM(block)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// nonce is the nonce of a count.
func nonce(count uint64) (n [nonceSize]byte) {
	binary.BigEndian.PutUint64(n[nonceSize-8:], count)
	return n
}
