package chain

import (
	"bytes"
	"context"
	"fmt"
)

// earlier compares the rows from before the chain with block 0, which knows no
// single row.
func (v *Verifier) earlier(ctx context.Context, b *Block) error {
	made := newBuilder(v.hash, nil)
	if err := v.Archive.Earlier(ctx, made.add); err != nil {
		return fmt.Errorf("reading rows from before the chain: %w", err)
	}
	if made.sealed(b) {
		v.proof.Rows += b.Members
		v.proof.Earlier = b.Members
		return nil
	}
	kind := RowChanged
	switch {
	case made.block.Members < b.Members:
		kind = RowMissing
	case made.block.Members > b.Members:
		kind = RowInserted
	}
	v.breach(kind, Breach{Says: fmt.Sprintf("of the rows from before the chain %d were sealed and %d are there; which differ cannot be told", b.Members, made.block.Members)})
	return nil
}

// differ names the rows in which a block and the tables differ, by turn.
func (v *Verifier) differ(b *Block, sealed, found []leaf, tables map[int64]string) {
	told := v.proof.Breaches
	for len(sealed) > 0 || len(found) > 0 {
		switch {
		case len(found) == 0 || len(sealed) > 0 && sealed[0].turn < found[0].turn:
			v.breach(RowMissing, Breach{Block: b.Height, Turn: sealed[0].turn, Says: "a sealed row is not there"})
			sealed = sealed[1:]
		case len(sealed) == 0 || found[0].turn < sealed[0].turn:
			v.breach(RowInserted, Breach{Block: b.Height, Turn: found[0].turn, Table: tables[found[0].turn], Says: "a row is there that was not sealed"})
			found = found[1:]
		default:
			if bytes.Equal(sealed[0].head, found[0].head) {
				v.proof.Rows++
			} else {
				v.breach(RowChanged, Breach{Block: b.Height, Turn: found[0].turn, Table: tables[found[0].turn], Says: "a row is not as it was sealed"})
			}
			sealed, found = sealed[1:], found[1:]
		}
	}
	if told == v.proof.Breaches { // the leaves agree, the digest does not
		v.breach(BlockBroken, Breach{Block: b.Height, Says: "its digest is not that of its rows"})
	}
}

// rest counts the rows that no block seals yet, and tells those that are
// attached to nothing.
func (v *Verifier) rest(ctx context.Context) error {
	const end = int64(1)<<62 - 1
	for after := v.proof.Until; after < end; {
		rows, upTo, err := v.Archive.Rows(ctx, after, end, blockMax)
		if err != nil {
			return fmt.Errorf("reading rows that are not sealed: %w", err)
		}
		v.proof.Behind += int64(len(rows))
		after = upTo
	}
	err := v.Archive.Orphans(ctx, func(r Row) error {
		v.breach(RowInserted, Breach{Block: -1, Table: r.Table, Says: fmt.Sprintf("a row belongs to no line of the audit trail: %v", r.Values)})
		return nil
	})
	if err != nil {
		return fmt.Errorf("looking for rows that belong to nothing: %w", err)
	}
	return nil
}
