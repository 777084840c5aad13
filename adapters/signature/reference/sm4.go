package reference

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"math/bits"
)

// sm4 is the cipher (GB/T 32907) under one key.
type sm4 struct{ rounds [32]uint32 }

// NewSM4 is the cipher of a key of 16 bytes.
func NewSM4(key []byte) (cipher.Block, error) {
	if len(key) != 16 {
		return nil, fmt.Errorf("a key of %d bytes", len(key))
	}
	system := [4]uint32{0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc}
	var k [36]uint32
	for i := range 4 {
		k[i] = binary.BigEndian.Uint32(key[4*i:]) ^ system[i]
	}
	b := &sm4{}
	for i := range 32 {
		var constant uint32
		for j := range 4 {
			constant = constant<<8 | uint32((4*i+j)*7%256)
		}
		t := substitute(k[i+1] ^ k[i+2] ^ k[i+3] ^ constant)
		k[i+4] = k[i] ^ t ^ bits.RotateLeft32(t, 13) ^ bits.RotateLeft32(t, 23)
		b.rounds[i] = k[i+4]
	}
	return b, nil
}

// BlockSize is 16.
func (b *sm4) BlockSize() int { return 16 }

// Encrypt encrypts one block.
func (b *sm4) Encrypt(to, from []byte) {
	b.crypt(to, from, func(i int) uint32 { return b.rounds[i] })
}

// Decrypt is Encrypt with the rounds backwards.
func (b *sm4) Decrypt(to, from []byte) {
	b.crypt(to, from, func(i int) uint32 { return b.rounds[31-i] })
}

func (b *sm4) crypt(to, from []byte, round func(int) uint32) {
	var x [36]uint32
	for i := range 4 {
		x[i] = binary.BigEndian.Uint32(from[4*i:])
	}
	for i := range 32 {
		t := substitute(x[i+1] ^ x[i+2] ^ x[i+3] ^ round(i))
		x[i+4] = x[i] ^ t ^ bits.RotateLeft32(t, 2) ^ bits.RotateLeft32(t, 10) ^ bits.RotateLeft32(t, 18) ^ bits.RotateLeft32(t, 24)
	}
	for i := range 4 {
		binary.BigEndian.PutUint32(to[4*i:], x[35-i])
	}
}

// substitute is the S-box on each byte.
func substitute(word uint32) (out uint32) {
	for shift := 0; shift < 32; shift += 8 {
		out |= uint32(box[byte(word>>shift)]) << shift
	}
	return out
}

// box is the S-box by its algebra, not by its table: an affine map, the inverse
// in GF(2⁸) modulo x⁸+x⁷+x⁶+x⁵+x⁴+x²+1, the affine map again.
var box = func() (table [256]byte) {
	for x := range table {
		table[x] = affine(inverse(affine(byte(x))))
	}
	return table
}()

func affine(x byte) (y byte) {
	for i := range 8 {
		y |= byte(bits.OnesCount8(x&bits.RotateLeft8(0xa7, i))&1) << i
	}
	return y ^ 0xd3
}

// inverse finds it by trying; 0 has none and stays.
func inverse(x byte) byte {
	for y := range 256 {
		if multiply(x, byte(y)) == 1 {
			return byte(y)
		}
	}
	return 0
}

func multiply(x, y byte) byte {
	product := 0
	for i := range 8 {
		if y>>i&1 == 1 {
			product ^= int(x) << i
		}
	}
	for i := 14; i >= 8; i-- {
		if product>>i&1 == 1 {
			product ^= 0x1f5 << (i - 8)
		}
	}
	return byte(product)
}
