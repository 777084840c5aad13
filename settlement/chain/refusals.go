package chain

import (
	"context"
	"sync"
	"time"
)

const (
	// refusalsMax bounds the rows that one gateway writes for one minute, however
	// many callers it refuses however often.
	refusalsMax = 256
	// others stands for the callers beyond that bound.
	others = "others"
)

// Refusals counts requests that were refused and so changed nothing: alike in
// caller, verb and reason, they become one note for a minute. Counting takes a
// lock for an instant and writes nothing.
type Refusals struct {
	now func() time.Time

	lock  sync.Mutex // over what follows
	count map[refusal]int64
}

// refusal is what refusals of one note have in common.
type refusal struct {
	minute                int64
	actor, action, reason string
}

// NewRefusals counts by a clock.
func NewRefusals(now func() time.Time) *Refusals {
	return &Refusals{now: now, count: map[refusal]int64{}}
}

// Count counts one refusal. The texts are ids of ours or of callers that were
// checked, never a person's.
func (r *Refusals) Count(actor, action, reason string) {
	r.lock.Lock()
	defer r.lock.Unlock()
	of := refusal{r.now().Unix() / 60, actor, action, reason}
	if _, known := r.count[of]; !known && len(r.count) >= refusalsMax {
		of.actor = others
		if _, known := r.count[of]; !known && len(r.count) >= 2*refusalsMax {
			of.action, of.reason = others, others
		}
	}
	r.count[of]++
}

// flush writes the notes of minutes that are over, or of all. What cannot be
// written now is counted on.
func (r *Refusals) flush(ctx context.Context, k *Keeper, all bool) {
	r.lock.Lock()
	current := r.now().Unix() / 60
	taken := map[refusal]int64{}
	for of, times := range r.count {
		if all || of.minute < current {
			taken[of] = times
			delete(r.count, of)
		}
	}
	r.lock.Unlock()
	if len(taken) == 0 {
		return
	}
	notes := make([]Note, 0, len(taken))
	for of, times := range taken {
		notes = append(notes, Note{At: time.Unix(of.minute*60, 0), Times: times, Actor: of.actor, Action: of.action, Reason: of.reason, Instance: k.Instance})
	}
	err := k.Sealer.Store.Note(ctx, notes)
	if err == nil {
		return
	}
	k.Log.Warn("noting what was refused", "error", err)
	r.lock.Lock()
	defer r.lock.Unlock()
	for of, times := range taken {
		if _, known := r.count[of]; known || len(r.count) < 3*refusalsMax {
			r.count[of] += times
		}
	}
}
