package chain

import (
	"context"
)

// Archive is a chain with the rows it seals, to be read.
type Archive interface {
	// Blocks are those from a height on, in order, at most limit.
	Blocks(ctx context.Context, height int64, limit int) ([]Block, error)

	// Rows are all rows whose turn is above after and not above upTo, by turn;
	// upTo is until, or lower where they would be more than about limit.
	Rows(ctx context.Context, after, until int64, limit int) (rows []Row, upTo int64, err error)

	// Earlier gives the rows without a turn, in one order that stays.
	Earlier(ctx context.Context, each func(*Row) error) error

	// Orphans gives rows that can only be attached to another, and are not.
	Orphans(ctx context.Context, each func(Row) error) error
}

// Store is an archive that grows.
type Store interface {
	Archive

	// Tip is the last block; nil where there is none.
	Tip(ctx context.Context) (*Block, error)

	// Horizon is a turn up to which every row that will ever be is there: no
	// write under way, nor any later one, has that turn or a lower one.
	Horizon(ctx context.Context) (int64, error)

	// Append writes a block in one durable transaction. Exists: there is one of
	// that height already, perhaps another gateway's.
	Append(ctx context.Context, block Block) error

	// Note appends lines to the audit trail of the gateway itself.
	Note(ctx context.Context, notes []Note) error
}
