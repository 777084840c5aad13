package store

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// cursor walks the fields of one document in order, writing them or reading
// them. Writing never touches a value, which others may be reading. After the
// first error it reads zero values only.
type cursor struct {
	reading bool
	bytes   []byte // writing: what was written; reading: what is left
	err     error
}

// document names a kind of document and the version this program writes,
// which is also the newest it reads.
type document struct {
	letter  byte
	version byte
}

// roomy is the first size of a document: most need no second one.
const roomy = 512

var (
	errShort    = errors.New("document cut short")
	errLeftOver = errors.New("document has bytes left over")
	errTooWide  = errors.New("number too wide for its field")
	errFlag     = errors.New("flag is neither 0 nor 1")
)

// encode writes a document whose fields are named by walk.
func encode[T any](d document, value *T, walk func(*cursor, *T)) []byte {
	c := cursor{bytes: make([]byte, 0, roomy)}
	c.bytes = append(c.bytes, d.letter, d.version)
	walk(&c, value)
	return c.bytes
}

// decode reads a document into value, all of it or nothing but an error of
// kind Internal.
func decode[T any](d document, text []byte, value *T, walk func(*cursor, *T)) error {
	if !d.heads(text) {
		return d.unreadable(fmt.Errorf("unknown head % x", text[:min(2, len(text))]))
	}
	c := cursor{reading: true, bytes: text[2:]}
	walk(&c, value)
	if c.err != nil {
		return d.unreadable(c.err)
	}
	if len(c.bytes) != 0 {
		return d.unreadable(errLeftOver)
	}
	return nil
}

// heads reports whether text is a document of this kind and version.
func (d document) heads(text []byte) bool {
	return len(text) >= 2 && text[0] == d.letter && text[1] == d.version
}

func (d document) unreadable(cause error) error {
	return &settlement.Error{
		Kind: settlement.KindInternal, Reason: settlement.ReasonInternal,
		Cause: fmt.Errorf("reading document %c%d: %w", d.letter, d.version, cause),
	}
}

func (c *cursor) fail(err error) {
	c.err = err
	c.bytes = nil
}

// varint is a signed number, small ones in one byte.
func (c *cursor) varint(value int64) int64 {
	if !c.reading {
		c.bytes = binary.AppendVarint(c.bytes, value)
		return value
	}
	read, width := binary.Varint(c.bytes)
	if width <= 0 {
		c.fail(errShort)
		return 0
	}
	c.bytes = c.bytes[width:]
	return read
}

// number is a field of any integer type; amounts are numbers of fen.
func number[T ~int | ~int32 | ~int64](c *cursor, value *T) {
	read := c.varint(int64(*value))
	if !c.reading {
		return
	}
	if int64(T(read)) != read {
		c.fail(errTooWide)
		return
	}
	*value = T(read)
}

func boolean(c *cursor, value *bool) {
	var bit int64
	if *value {
		bit = 1
	}
	bit = c.varint(bit)
	if !c.reading {
		return
	}
	if bit != 0 && bit != 1 {
		c.fail(errFlag)
		return
	}
	*value = bit == 1
}

// text is a field of any string type, kept byte for byte.
func text[T ~string](c *cursor, value *T) {
	size := c.varint(int64(len(*value)))
	if !c.reading {
		c.bytes = append(c.bytes, *value...)
		return
	}
	if size < 0 || size > int64(len(c.bytes)) {
		c.fail(errShort)
		return
	}
	*value = T(c.bytes[:size])
	c.bytes = c.bytes[size:]
}

// private is personal data on its way into or out of a document.
func private(c *cursor, value *settlement.Private) {
	content := value.Reveal()
	text(c, &content)
	if c.reading {
		*value = settlement.Private(content)
	}
}

// instant is a time as Micros keeps it.
func instant(c *cursor, value *time.Time) {
	micros := c.varint(Micros(*value))
	if c.reading {
		*value = Time(micros)
	}
}

// list is a field of any slice type. Its size is written one up, so that nil
// and empty stay apart.
func list[T any](c *cursor, values *[]T, each func(*cursor, *T)) {
	size := int64(len(*values)) + 1
	if *values == nil {
		size = 0
	}
	size = c.varint(size)
	if !c.reading {
		for i := range *values {
			each(c, &(*values)[i])
		}
		return
	}
	// Every element takes at least a byte, which bounds what a damaged size
	// can make this allocate.
	*values = nil
	if size < 0 || size > int64(len(c.bytes))+1 {
		c.fail(errShort)
		return
	}
	if size > 0 {
		*values = make([]T, size-1)
	}
	for i := range *values {
		each(c, &(*values)[i])
	}
}

// optional is a field that may be absent.
func optional[T any](c *cursor, value **T, each func(*cursor, *T)) {
	present := *value != nil
	boolean(c, &present)
	if c.reading {
		*value = nil
	}
	if !present || c.err != nil {
		return
	}
	if c.reading {
		*value = new(T)
	}
	each(c, *value)
}

// bucket is one entry of the map of an accumulator.
type bucket struct {
	id     settlement.BucketID
	amount settlement.Money
}

// buckets is the map of an accumulator, in the order of its keys so that equal
// maps are equal bytes.
func buckets(c *cursor, value *map[settlement.BucketID]settlement.Money) {
	var entries []bucket
	if *value != nil {
		entries = make([]bucket, 0, len(*value))
	}
	for id, amount := range *value {
		entries = append(entries, bucket{id, amount})
	}
	slices.SortFunc(entries, func(a, b bucket) int { return cmp.Compare(a.id, b.id) })
	list(c, &entries, func(c *cursor, b *bucket) {
		text(c, &b.id)
		number(c, &b.amount)
	})
	if !c.reading {
		return
	}
	*value = nil
	if entries != nil {
		*value = make(map[settlement.BucketID]settlement.Money, len(entries))
	}
	for _, entry := range entries {
		(*value)[entry.id] = entry.amount
	}
}
