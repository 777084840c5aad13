package store

import "github.com/onestop-gateway/onestop/settlement"

// Seal is the seal kept as a column of bytes; none gives the zero seal. One of
// another length, which nobody wrote, gives a seal that fits no line.
func Seal(column []byte) (seal settlement.Seal) {
	copy(seal[:], column)
	return seal
}
