package chain

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// Keeper keeps a chain up to date beside a running gateway, on nobody's way to
// an answer: it seals what is new, signs heads, and notes what was refused.
type Keeper struct {
	Sealer   Sealer
	Refusals *Refusals
	Instance string // whose heads they are
	// Signer and Publish are nil where no heads are signed.
	Signer  Signer
	Publish func(Head) error
	// SealEvery and HeadEvery are how long rows wait for a block and blocks for
	// a signature.
	SealEvery, HeadEvery time.Duration
	Log                  *slog.Logger

	lock  sync.Mutex // over what follows
	stand Standing
	until int64 // the turn up to which all is sealed
}

// Standing is how far the chain has come.
type Standing struct {
	SealedAt time.Time // when everything there was had been sealed; zero: never
	HeadAt   time.Time // of the last head that was published; zero: none was
	Behind   int64     // rows that were not sealed when it was last looked
	Height   int64
	Signed   int64 // the height of that head
}

// Tell notes what was done to the gateway itself, once: whose doing it was, what,
// why it failed ("" where it did not) and what it was about. What cannot be
// written is told in the log.
func (k *Keeper) Tell(ctx context.Context, actor, action, reason, object string) {
	note := Note{At: k.Sealer.Now(), Times: 1, Actor: actor, Action: action, Reason: reason, Object: object, Instance: k.Instance}
	err := k.Sealer.Store.Note(ctx, []Note{note})
	if err != nil {
		k.Log.Error("noting what was done", "action", action, "error", err)
	}
}

// Standing is how the chain stands now.
func (k *Keeper) Standing() Standing {
	k.lock.Lock()
	defer k.lock.Unlock()
	return k.stand
}

// lastWithin bounds what is still sealed and signed when a gateway stops.
const lastWithin = 10 * time.Second

// sealWithin bounds one round: a writer that does not end holds up the chain,
// which is told, and not this loop.
const sealWithin = 30 * time.Second

// Run keeps the chain until ctx ends, and then once more, so that what was
// answered last is signed too. A value on demand signs a head at once.
func (k *Keeper) Run(ctx context.Context, demand <-chan struct{}) {
	seal, head := time.NewTicker(k.SealEvery), time.NewTicker(k.HeadEvery)
	defer seal.Stop()
	defer head.Stop()
	k.Sign(ctx) // how the chain stood when this gateway took over
	for {
		select {
		case <-seal.C:
			k.seal(ctx)
		case <-head.C:
			k.Sign(ctx)
		case <-demand:
			k.Sign(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWithin)
			defer cancel()
			k.Refusals.flush(last, k, true)
			k.Sign(last)
			return
		}
	}
}

// seal seals what is new, and gives the last block; nil where that failed.
func (k *Keeper) seal(ctx context.Context) *Block {
	ctx, cancel := context.WithTimeout(ctx, sealWithin)
	defer cancel()
	k.Refusals.flush(ctx, k, false)
	behind := int64(0)
	horizon, err := k.Sealer.Store.Horizon(ctx)
	if err == nil {
		behind = max(0, horizon-k.sealed())
	}
	var tip *Block
	if err == nil {
		tip, err = k.Sealer.Seal(ctx)
	}
	k.lock.Lock()
	defer k.lock.Unlock()
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			k.Log.Error("sealing the audit chain", "error", err)
		}
		k.stand.Behind = max(behind, k.stand.Behind)
		return nil
	}
	k.stand.SealedAt, k.stand.Behind = k.Sealer.Now(), 0
	k.stand.Height, k.until = tip.Height, max(tip.Until, horizon)
	return tip
}

func (k *Keeper) sealed() int64 {
	k.lock.Lock()
	defer k.lock.Unlock()
	return k.until
}

// Sign seals what is new and publishes the head of the chain, the same one
// again where nothing was new: its time says how far all is proven.
func (k *Keeper) Sign(ctx context.Context) {
	tip := k.seal(ctx)
	if tip == nil || k.Signer == nil {
		return
	}
	head, err := SignHead(tip, k.Sealer.Now(), k.Instance, k.Signer)
	if err == nil {
		err = k.Publish(head)
	}
	if err != nil {
		k.Log.Error("publishing the head of the audit chain", "error", err)
		return
	}
	k.lock.Lock()
	defer k.lock.Unlock()
	k.stand.HeadAt, k.stand.Signed = head.At, head.Height
}
