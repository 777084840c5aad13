package postgres

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/onestop-gateway/onestop/adapters/store"
)

// cellRow is a row as it came: pgx.Rows or pgx.CollectableRow.
type cellRow interface {
	FieldDescriptions() []pgconn.FieldDescription
	RawValues() [][]byte
}

// cells reads the values of a row, whatever its columns, as those that every engine
// has: int64, string, []byte, or nil for NULL. The driver would look up how to read
// each value of each row anew, which took most of the time that sealing spends on
// reading. Internal: a column of a kind that no table has.
func cells(row cellRow) ([]any, error) {
	columns, raw := row.FieldDescriptions(), row.RawValues()
	values := make([]any, len(raw))
	for i, value := range raw {
		if value == nil {
			continue
		}
		var known bool
		if values[i], known = cell(&columns[i], value); !known {
			return nil, store.Broken(fmt.Errorf("column %s has type %d in format %d", columns[i].Name, columns[i].DataTypeOID, columns[i].Format))
		}
	}
	return values, nil
}

// cell reads one value, and reports whether its kind is known.
func cell(column *pgconn.FieldDescription, value []byte) (read any, known bool) {
	if column.DataTypeOID == pgtype.TextOID { // the same in both formats
		return string(value), true
	}
	if column.Format != pgx.BinaryFormatCode {
		return nil, false
	}
	switch kind, size := column.DataTypeOID, len(value); {
	case kind == pgtype.Int8OID && size == 8:
		return int64(binary.BigEndian.Uint64(value)), true
	case kind == pgtype.Int4OID && size == 4:
		return int64(int32(binary.BigEndian.Uint32(value))), true
	case kind == pgtype.BoolOID && size == 1:
		return int64(value[0]), true
	case kind == pgtype.ByteaOID:
		return slices.Clone(value), true // the driver's own room is used again
	}
	return nil, false
}
