package chain

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
)

// Row is one row that is sealed, as it stands in its table.
type Row struct {
	Turn  int64 // its place in the order over all tables; 0: from before there was one
	Table string
	// Values are those of the sealed columns: int64, string, []byte or nil.
	Values []any
	// Attached are rows of other tables, written with this one and sealed with
	// it; they have no turn of their own.
	Attached []Row
}

// Form is how rows are turned into bytes. A change of the columns that are
// sealed is another form.
const Form = 1

var errForeign = errors.New("a value of a kind that no table has")

// digest is that of a row with all that is attached to it. It is made in room, which
// is given back larger if it was too small.
func (r *Row) digest(h hash.Hash, room []byte) (digest, larger []byte, err error) {
	text, err := r.append(binary.AppendVarint(room[:0], r.Turn))
	if err != nil {
		return nil, room, err
	}
	h.Reset()
	h.Write(text) // a hash never fails
	return h.Sum(nil), text, nil
}

// append adds the table, its values with their kinds and lengths, and what is
// attached, so that no two rows have the same bytes.
func (r *Row) append(text []byte) ([]byte, error) {
	text = appendText(text, r.Table)
	text = binary.AppendUvarint(text, uint64(len(r.Values)))
	for _, value := range r.Values {
		switch value := value.(type) {
		case nil:
			text = append(text, 'n')
		case int64:
			text = binary.AppendVarint(append(text, 'i'), value)
		case string:
			text = appendText(append(text, 't'), value)
		case []byte:
			text = appendText(append(text, 'b'), value)
		default:
			return nil, fmt.Errorf("table %s: %w: %T", r.Table, errForeign, value)
		}
	}
	text = binary.AppendUvarint(text, uint64(len(r.Attached)))
	var err error
	for i := range r.Attached {
		if text, err = r.Attached[i].append(text); err != nil {
			return nil, err
		}
	}
	return text, nil
}

func appendText[T ~string | ~[]byte](text []byte, value T) []byte {
	return append(binary.AppendUvarint(text, uint64(len(value))), value...)
}
