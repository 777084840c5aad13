package chain

import (
	"context"
	"fmt"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// blockMax bounds the rows of one block, and so the memory that sealing takes.
const blockMax = 2048

// Sealer seals what is new in a store. Several may be at work on one store: of
// two that make the same block one is refused, and goes on from the other's.
type Sealer struct {
	Store Store
	Hash  Hash
	Now   func() time.Time
}

// Seal seals every row up to the horizon of now, and gives the last block; nil
// where there was never anything to seal. It may be called again at any time.
func (s *Sealer) Seal(ctx context.Context) (*Block, error) {
	tip, err := s.Store.Tip(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the last block: %w", err)
	}
	if tip == nil {
		if tip, err = s.begin(ctx); err != nil {
			return nil, err
		}
	}
	horizon, err := s.Store.Horizon(ctx)
	if err != nil {
		return tip, fmt.Errorf("finding the horizon: %w", err)
	}
	for after := tip.Until; after < horizon; {
		block, upTo, err := s.next(ctx, tip, after, horizon)
		if err != nil {
			return tip, err
		}
		after = upTo
		if block == nil {
			continue
		}
		if tip, err = s.append(ctx, block); err != nil {
			return tip, err
		}
		after = tip.Until
	}
	return tip, nil
}

// begin seals the rows from before there were turns.
func (s *Sealer) begin(ctx context.Context) (*Block, error) {
	b := newBuilder(s.Hash, nil)
	if err := s.Store.Earlier(ctx, b.add); err != nil {
		return nil, fmt.Errorf("reading rows from before the chain: %w", err)
	}
	block := b.finish(s.Hash, nil, 0, s.Now())
	return s.append(ctx, &block)
}

// next makes the block after tip of the rows after a turn, up to another; nil
// where there are none.
func (s *Sealer) next(ctx context.Context, tip *Block, after, horizon int64) (*Block, int64, error) {
	rows, upTo, err := s.Store.Rows(ctx, after, horizon, blockMax)
	if err != nil {
		return nil, after, fmt.Errorf("reading rows: %w", err)
	}
	if len(rows) == 0 {
		return nil, upTo, nil
	}
	b := newBuilder(s.Hash, tip)
	for i := range rows {
		if err := b.add(&rows[i]); err != nil {
			return nil, after, err
		}
	}
	block := b.finish(s.Hash, tip.Seal, upTo, s.Now())
	return &block, upTo, nil
}

// append writes a block, or takes the one that another wrote first.
func (s *Sealer) append(ctx context.Context, block *Block) (*Block, error) {
	err := s.Store.Append(ctx, *block)
	if err == nil {
		return block, nil
	}
	if settlement.KindOf(err) != settlement.KindExists {
		return nil, fmt.Errorf("appending block %d: %w", block.Height, err)
	}
	tip, err := s.Store.Tip(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the last block: %w", err)
	}
	return tip, nil
}
