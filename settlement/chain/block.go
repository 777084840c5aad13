package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"time"
)

// Block seals a run of rows and the block before it. Block 0 seals the rows
// from before there were turns, and has no leaves.
type Block struct {
	Height  int64
	Until   int64 // the turn up to which rows are sealed, itself included
	Members int64 // rows in it
	At      time.Time
	Form    int
	Hash    string // the name of the hash of everything in it
	Leaves  []byte // of each row the step to its turn and the head of its digest
	Digest  []byte // of the digests of all rows
	Seal    []byte // of all of the above and of the seal before
}

// Hash is a hash function by name.
type Hash struct {
	Name string
	New  func() hash.Hash
}

// SHA256 is the usual hash.
func SHA256() Hash { return Hash{Name: "sha256", New: sha256.New} }

// Hashes are hash functions that a chain may have been made with. A chain may
// change from one to another: each block names its own.
type Hashes []Hash

var errHash = errors.New("no such hash is known here")

func (hs Hashes) named(name string) (Hash, error) {
	for _, h := range hs {
		if h.Name == name {
			return h, nil
		}
	}
	return Hash{}, fmt.Errorf("%w: %q", errHash, name)
}

// leafSize is how much of a row's digest its leaf has. The whole digest is in
// that of the block; a leaf only tells which row it was.
const leafSize = 8

// builder collects the rows of a block.
type builder struct {
	block Block
	row   hash.Hash
	room  []byte // for the bytes of one row
	rows  hash.Hash
	last  int64
	leafy bool
}

// newBuilder begins the block that follows before.
func newBuilder(h Hash, before *Block) *builder {
	b := &builder{row: h.New(), rows: h.New()}
	b.block.Form, b.block.Hash = Form, h.Name
	if before != nil {
		b.block.Height, b.last, b.leafy = before.Height+1, before.Until, true
	}
	return b
}

func (b *builder) add(r *Row) error {
	digest, room, err := r.digest(b.row, b.room)
	b.room = room
	if err != nil {
		return err
	}
	b.rows.Write(digest)
	b.block.Members++
	if b.leafy {
		b.block.Leaves = binary.AppendUvarint(b.block.Leaves, uint64(r.Turn-b.last))
		b.block.Leaves = append(b.block.Leaves, digest[:leafSize]...)
		b.last = r.Turn
	}
	return nil
}

// finish gives the block of what was added.
func (b *builder) finish(h Hash, before []byte, until int64, at time.Time) Block {
	block := b.block
	block.Until, block.At, block.Digest = until, at.Truncate(time.Microsecond), b.rows.Sum(nil)
	block.Seal = block.seal(h, before)
	return block
}

// seal is the seal that a block has after one with the seal before.
func (b *Block) seal(h Hash, before []byte) []byte {
	var text []byte
	text = appendText(text, before)
	for _, n := range []int64{b.Height, b.Until, b.Members, b.At.UnixMicro(), int64(b.Form)} {
		text = binary.AppendVarint(text, n)
	}
	text = appendText(text, b.Hash)
	text = appendText(text, b.Leaves)
	text = appendText(text, b.Digest)
	sum := h.New()
	sum.Write(text)
	return sum.Sum(nil)
}

// leaf is what a block remembers of one row.
type leaf struct {
	turn int64
	head []byte
}

// leaves are those of a block after one that ended with turn last. What is cut
// short or damaged ends them.
func (b *Block) leaves(last int64) (list []leaf) {
	for text := b.Leaves; len(text) > 0; {
		step, n := binary.Uvarint(text)
		if n <= 0 || len(text) < n+leafSize {
			return list
		}
		last += int64(step)
		list = append(list, leaf{last, text[n : n+leafSize]})
		text = text[n+leafSize:]
	}
	return list
}

// sealed reports whether b seals exactly the rows that were added.
func (b *builder) sealed(block *Block) bool {
	return b.block.Members == block.Members && bytes.Equal(b.rows.Sum(nil), block.Digest)
}
