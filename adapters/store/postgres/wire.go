package postgres

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/onestop-gateway/onestop/adapters/store"
)

// wire is rows of one composite type, as the array of them that goes over the
// wire: one parameter, whatever the number of columns. Of an array for each
// column the server would make a table of its own for each, and put rows
// together from all of these, which costs it more than to write them. The values
// of a row are given in the order of the type's fields; the server refuses a row
// of another shape.
type wire struct {
	kind   string // the name of the type
	number uint32 // the type, as the server numbers it
	bytes  []byte
	rows   int
	begun  int // where the last row begins
	fields uint32
}

// An array begins with its number of dimensions, whether it has NULLs, the type,
// the size and the lowest index; a row with its length and the number of fields.
const (
	arrayHead = 5 * 4
	rowHead   = 2 * 4
	// wireUsual is the room kept from one transaction to the next. What a
	// larger one needed is let go.
	wireUsual = 256 << 10
)

// row begins another row.
func (w *wire) row() {
	w.end()
	if w.rows == 0 {
		w.bytes = append(w.bytes[:0], make([]byte, arrayHead)...)
	}
	w.begun = len(w.bytes)
	w.bytes = append(w.bytes, make([]byte, rowHead)...)
	w.rows++
	w.fields = 0
}

// end fills in the head of the last row.
func (w *wire) end() {
	if w.rows > 0 {
		binary.BigEndian.PutUint32(w.bytes[w.begun:], uint32(len(w.bytes)-w.begun-4))
		binary.BigEndian.PutUint32(w.bytes[w.begun+4:], w.fields)
	}
}

// field begins a value of so many bytes.
func (w *wire) field(kind, size uint32) {
	w.fields++
	w.bytes = binary.BigEndian.AppendUint32(w.bytes, kind)
	w.bytes = binary.BigEndian.AppendUint32(w.bytes, size)
}

func (w *wire) bigint(value int64) {
	w.field(pgtype.Int8OID, 8)
	w.bytes = binary.BigEndian.AppendUint64(w.bytes, uint64(value))
}

func (w *wire) integer(value int) {
	w.field(pgtype.Int4OID, 4)
	w.bytes = binary.BigEndian.AppendUint32(w.bytes, uint32(int32(value)))
}

func (w *wire) boolean(value bool) {
	w.field(pgtype.BoolOID, 1)
	bit := byte(0)
	if value {
		bit = 1
	}
	w.bytes = append(w.bytes, bit)
}

func (w *wire) text(value string) {
	w.field(pgtype.TextOID, uint32(len(value)))
	w.bytes = append(w.bytes, value...)
}

// null is the length of a value that is NULL.
const null = ^uint32(0)

// bytea writes nil as NULL.
func (w *wire) bytea(value []byte) {
	if value == nil {
		w.field(pgtype.ByteaOID, null)
		return
	}
	w.field(pgtype.ByteaOID, uint32(len(value)))
	w.bytes = append(w.bytes, value...)
}

// queue queues a statement with the rows as its first argument, if there are
// any.
func (w *wire) queue(queued *pgx.Batch, text string, more ...any) {
	if w.rows > 0 {
		queued.Queue(text, append([]any{w.array()}, more...)...)
	}
}

// query is queue of a statement that answers with rows.
func (w *wire) query(queued *pgx.Batch, text string, read func(pgx.Rows) error) {
	if w.rows > 0 {
		queued.Queue(text, w.array()).Query(read)
	}
}

// array is the whole array, good until the next row or reset.
func (w *wire) array() []byte {
	w.end()
	for i, word := range []uint32{1, 0, w.number, uint32(w.rows), 1} {
		binary.BigEndian.PutUint32(w.bytes[4*i:], word)
	}
	return w.bytes
}

// reset forgets the rows.
func (w *wire) reset() {
	w.rows = 0
	if cap(w.bytes) > wireUsual {
		w.bytes = nil
	}
}

// learn asks for the server's numbers of the types of rows, and lets the driver
// pass arrays of them as the bytes they are. A connection may be older than the
// tables, so it is asked when it is first used.
func (l *link) learn(ctx context.Context, conn *pgx.Conn) error {
	const text = `SELECT typname, oid, typarray FROM pg_type WHERE typname = ANY ($1::name[]) AND pg_type_is_visible(oid)`
	made := newRows()
	wires := made.wires()
	names, numbers := make([]string, len(wires)), make(map[string]uint32, len(wires))
	for i, w := range wires {
		names[i] = w.kind
	}
	rows, err := conn.Query(ctx, text, names)
	if err != nil {
		return err
	}
	var name string
	var number, array uint32
	_, err = pgx.ForEachRow(rows, []any{&name, &number, &array}, func() error {
		numbers[name] = number
		conn.TypeMap().RegisterType(&pgtype.Type{Name: "_" + name, OID: array, Codec: rowsCodec{}})
		return nil
	})
	if err != nil {
		return err
	}
	for _, w := range wires {
		w.number = numbers[w.kind]
		if w.number == 0 {
			return store.Broken(fmt.Errorf("no type %s", w.kind))
		}
	}
	l.rows = made
	return nil
}
