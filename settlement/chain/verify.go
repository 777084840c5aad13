package chain

import (
	"bytes"
	"context"
	"fmt"
	"time"
)

// Breach is something that is not as it was sealed or signed.
type Breach struct {
	Kind  BreachKind
	Block int64
	Table string // of a row; "" where it is not about a row that is there
	Turn  int64  // of a row; 0 where it is not about a row
	Says  string
}

// BreachKind is what was done, as far as can be seen.
type BreachKind string

// The kinds of breach.
const (
	RowChanged  BreachKind = "changed"   // a row is there and not as it was sealed
	RowMissing  BreachKind = "missing"   // a sealed row is not there
	RowInserted BreachKind = "inserted"  // a row is there that was not sealed
	BlockBroken BreachKind = "block"     // a block is not as it was made
	ChainCut    BreachKind = "cut"       // blocks that a head knows are not there
	HeadForged  BreachKind = "head"      // a head that no known key has signed
	HeadStrays  BreachKind = "head-seal" // a head knows another block at its height
)

// String is the breach on one line.
func (b Breach) String() string {
	text := fmt.Sprintf("%s: block %d", b.Kind, b.Block)
	if b.Turn > 0 {
		text += fmt.Sprintf(", turn %d", b.Turn)
	}
	if b.Table != "" {
		text += " of " + b.Table
	}
	return text + ": " + b.Says
}

// Proof is how far a chain was walked and proven.
type Proof struct {
	Blocks   int64
	Rows     int64 // sealed, and as they were
	Earlier  int64 // of these, from before the chain
	Until    int64 // the turn up to which rows are sealed
	Behind   int64 // rows there that no block seals yet
	Heads    int   // that are signed and fit
	Breaches int
	// Signed is the head that reaches furthest; Height -1 where there is none.
	Signed Head
	// Unsigned are the rows in blocks above that head: sealed without a key.
	Unsigned int64
}

// Verifier walks a chain.
type Verifier struct {
	Archive Archive
	Hashes  Hashes
	Heads   []Head
	Keys    []Signer
	Report  func(Breach)

	proof  Proof
	heads  map[int64][]*Head // those signed and not met yet, by height
	hash   Hash
	before *Block
}

// blocksAtOnce bounds the blocks held in memory.
const blocksAtOnce = 64

// Verify walks the chain from its beginning, reports every breach and says how
// far it is proven. The error is only that something could not be read.
func (v *Verifier) Verify(ctx context.Context) (Proof, error) {
	v.proof.Signed.Height = -1
	v.sort()
	for height := int64(0); ; {
		blocks, err := v.Archive.Blocks(ctx, height, blocksAtOnce)
		if err != nil {
			return v.proof, fmt.Errorf("reading blocks: %w", err)
		}
		for i := range blocks {
			if err := v.block(ctx, &blocks[i]); err != nil {
				return v.proof, err
			}
		}
		if len(blocks) < blocksAtOnce {
			break
		}
		height = blocks[len(blocks)-1].Height + 1
	}
	v.cut()
	err := v.rest(ctx)
	return v.proof, err
}

func (v *Verifier) breach(kind BreachKind, b Breach) {
	b.Kind = kind
	v.proof.Breaches++
	v.Report(b)
}

// sort puts heads beside the blocks they speak of; forged ones are told.
func (v *Verifier) sort() {
	v.heads = make(map[int64][]*Head, len(v.Heads))
	for i := range v.Heads {
		head := &v.Heads[i]
		if err := head.verify(v.Keys); err != nil {
			v.breach(HeadForged, Breach{Block: head.Height, Says: fmt.Sprintf("the head of %s by key %q: %v", head.At.Format(time.RFC3339), head.Key, err)})
			continue
		}
		v.heads[head.Height] = append(v.heads[head.Height], head)
	}
}

// block judges one block: its place, its rows, its seal and the heads that know
// it.
func (v *Verifier) block(ctx context.Context, b *Block) error {
	seal, height, from := []byte(nil), int64(0), int64(0)
	if v.before != nil {
		seal, height, from = v.before.Seal, v.before.Height+1, v.before.Until
	}
	if b.Height != height {
		v.breach(BlockBroken, Breach{Block: height, Says: fmt.Sprintf("not there; the next is %d", b.Height)})
	}
	h, err := v.Hashes.named(b.Hash)
	if err != nil || b.Form != Form {
		v.breach(BlockBroken, Breach{Block: b.Height, Says: fmt.Sprintf("made with hash %q in form %d, which nobody here knows", b.Hash, b.Form)})
		v.before = b
		return nil
	}
	v.hash = h
	if !bytes.Equal(b.Seal, b.seal(h, seal)) {
		v.breach(BlockBroken, Breach{Block: b.Height, Says: "its seal is not that of its content after the block before"})
	}
	if err := v.rows(ctx, b, from); err != nil {
		return err
	}
	v.known(b)
	v.before, v.proof.Until = b, b.Until
	v.proof.Blocks++
	return nil
}

// known compares a block with the heads of its height.
func (v *Verifier) known(b *Block) {
	heads := v.heads[b.Height]
	delete(v.heads, b.Height)
	fit := false
	for _, head := range heads {
		if !bytes.Equal(head.Seal, b.Seal) || head.Until != b.Until {
			v.breach(HeadStrays, Breach{Block: b.Height, Says: fmt.Sprintf("the head signed at %s knows another block there", head.At.Format(time.RFC3339))})
			continue
		}
		v.proof.Heads++
		v.proof.Signed, fit = *head, true
	}
	if fit {
		v.proof.Unsigned = 0
	} else {
		v.proof.Unsigned += b.Members
	}
}

// cut tells heads of blocks that are not there.
func (v *Verifier) cut() {
	tip := int64(-1)
	if v.before != nil {
		tip = v.before.Height
	}
	furthest := (*Head)(nil)
	for height, heads := range v.heads {
		if height > tip && (furthest == nil || height > furthest.Height) {
			furthest = heads[0]
		}
	}
	if furthest != nil {
		v.breach(ChainCut, Breach{Block: furthest.Height, Says: fmt.Sprintf(
			"signed at %s up to turn %d, and the chain ends with block %d", furthest.At.Format(time.RFC3339), furthest.Until, tip)})
	}
}

// rows compares the rows of a block, those after turn from, with what it seals.
func (v *Verifier) rows(ctx context.Context, b *Block, from int64) error {
	if b.Height == 0 {
		return v.earlier(ctx, b)
	}
	made := newBuilder(v.hash, &Block{Height: b.Height - 1, Until: from})
	tables := map[int64]string{}
	for after := from; after < b.Until; {
		rows, upTo, err := v.Archive.Rows(ctx, after, b.Until, blockMax)
		if err != nil {
			return fmt.Errorf("reading rows of block %d: %w", b.Height, err)
		}
		for i := range rows {
			if err := made.add(&rows[i]); err != nil {
				return err
			}
			tables[rows[i].Turn] = rows[i].Table
		}
		after = upTo
	}
	if made.sealed(b) {
		v.proof.Rows += b.Members
		return nil
	}
	v.differ(b, b.leaves(from), made.block.leaves(from), tables)
	return nil
}
