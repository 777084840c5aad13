package sealing

import "encoding/binary"

// Place is where a value is kept: a column of a table, and what names its row.
// Rows of one table are named by the same fields.
type Place struct {
	Column string // "table.column"
	A, B   string
	C      string
	M, N   int64
}

// bytes is the place as authenticated data: no two places give the same.
func (p Place) bytes(room []byte) []byte {
	for _, text := range [...]string{p.Column, p.A, p.B, p.C} {
		room = binary.AppendUvarint(room, uint64(len(text)))
		room = append(room, text...)
	}
	return binary.AppendVarint(binary.AppendVarint(room, p.M), p.N)
}
