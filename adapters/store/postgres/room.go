package postgres

import (
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// room is where the driver puts together what a trip sends, kept from one trip to
// the next. Left to itself the driver begins each trip with a kilobyte and doubles
// it until all is in, which for what a batch writes was a quarter of all the bytes
// that settling allocated. For the driver it is a message of no bytes: to write it
// is to go on writing here.
type room struct{ bytes []byte }

const (
	roomLeast = 16 << 10
	roomMost  = 1 << 20 // is kept; what a larger trip needed is let go
	// roomBeside is what a trip sends beside its rows: names of statements, keys,
	// the frames of messages.
	roomBeside = 8 << 10
)

// enter lets the next trip of a connection be written here, which sends rows of so
// many bytes.
func (r *room) enter(driver *pgproto3.Frontend, size int) {
	size += roomBeside
	if cap(r.bytes) < size || cap(r.bytes) > roomMost {
		r.bytes = make([]byte, 0, max(size, roomLeast))
	}
	driver.Send(r)
}

// Encode implements pgproto3.Message.
func (r *room) Encode(written []byte) ([]byte, error) { return append(r.bytes[:0], written...), nil }

// Decode implements pgproto3.Message; the server sends no such thing.
func (*room) Decode([]byte) error { return nil }

// Frontend implements pgproto3.FrontendMessage.
func (*room) Frontend() {}

// rowsCodec hands the array of a wire to the driver as it is.
type rowsCodec struct{ pgtype.ByteaCodec }

// PlanEncode implements pgtype.Codec.
func (rowsCodec) PlanEncode(_ *pgtype.Map, _ uint32, format int16, value any) pgtype.EncodePlan {
	_, whole := value.([]byte)
	if !whole || format != pgtype.BinaryFormatCode {
		return nil
	}
	return uncopied{}
}

// uncopied gives the driver the bytes themselves, as the room of a statement's
// arguments, rather than a copy of them in such a room.
type uncopied struct{}

// driverKeeps is the largest room of arguments that the driver keeps for its next
// statement. It must not keep one that is a wire's.
const driverKeeps = 256

// Encode implements pgtype.EncodePlan.
func (uncopied) Encode(value any, written []byte) ([]byte, error) {
	rows, _ := value.([]byte)
	if len(written) > 0 || cap(rows) <= driverKeeps {
		return append(written, rows...), nil
	}
	return rows, nil
}
