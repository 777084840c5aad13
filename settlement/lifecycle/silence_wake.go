package lifecycle

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// wakeMost is how many open settlements one look of recovery reads to make due
// what waited for a payer.
const wakeMost = 200

// inMotion are the states in which a settlement may wait for a payer; every
// store finds them by an index over these alone.
var inMotion = []settlement.State{settlement.StateSettling, settlement.StateAborting, settlement.StateReversing}

// wakeAnswered makes due what waits for payers that answer again, also what
// other gateways left, page by page.
func (l *Lifecycle) wakeAnswered(ctx context.Context) {
	for _, payer := range l.ears.answered() {
		after, err := l.wakePage(ctx, payer)
		if err != nil {
			l.Log.Warn("waking what waits for a payer", "payer", payer, "error", err)
			continue
		}
		l.ears.woke(payer, after)
	}
}

// answered are the payers for which what waits is to be made due.
func (e *ears) answered() (payers []settlement.PayerCode) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, payer := range slices.Sorted(maps.Keys(e.payers)) {
		if e.payers[payer].waking {
			payers = append(payers, payer)
		}
	}
	return payers
}

// waking reports whether anything is to be made due.
func (e *ears) waking() bool { return len(e.answered()) > 0 }

// woke takes note of how far a payer's doubts were made due; nil is wholly.
func (e *ears) woke(payer settlement.PayerCode, after *Mark) {
	e.mu.Lock()
	defer e.mu.Unlock()
	one := e.of(payer)
	one.after, one.waking = after, after != nil
}

// wakePage makes due what waits for a payer among the next open settlements,
// and gives the last of them where there are more.
func (l *Lifecycle) wakePage(ctx context.Context, payer settlement.PayerCode) (*Mark, error) {
	l.ears.mu.Lock()
	query := Query{States: inMotion, Before: l.ears.of(payer).after, Limit: wakeMost}
	l.ears.mu.Unlock()
	found, err := l.Store.List(ctx, query)
	if err != nil {
		return nil, err
	}
	for i := range found {
		if now := l.Now(); !found[i].NextAt.After(now) || !waitsFor(&found[i], payer, now) {
			continue
		}
		w := &work{Lifecycle: l, s: found[i], actor: "recovery"}
		if err := w.apply("payer.answers", "")(w.s.Woken(), nil); err != nil {
			return nil, err
		}
		if err := w.leave(ctx); err != nil && settlement.KindOf(err) != settlement.KindConflict {
			return nil, err
		}
	}
	if len(found) < wakeMost {
		return nil, nil
	}
	last := &found[len(found)-1]
	return &Mark{last.OpenedAt, last.ID}, nil
}

// waitsFor reports whether an open settlement that nobody works on has
// something in doubt, or to be undone, at a payer. What waits for the end of its
// quiet period waits for no payer.
func waitsFor(s *settlement.Settlement, payer settlement.PayerCode, now time.Time) bool {
	return s.Owner == "" && slices.ContainsFunc(s.Legs, func(leg settlement.Leg) bool {
		quiet := leg.QuietUntil.After(now) && leg.NextAt.Equal(leg.QuietUntil)
		return leg.Payer == payer && !leg.State.Clear() && !quiet
	})
}
