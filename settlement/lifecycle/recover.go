package lifecycle

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// recoverEvery is how often due settlements are looked for.
const recoverEvery = time.Second

// recoverAgain is how soon they are looked for again where more were due than
// there was room for: ten thousand are then taken up in a quarter of a minute.
const recoverAgain = 100 * time.Millisecond

// recoveringMax bounds how many are taken up at once; more wait for the next
// look, and live requests keep their share of the machine.
const recoveringMax = 64

// Run takes up what crashed or waited, at once and then every second, or sooner
// while there is more than room for, until ctx ends. It runs the code of live
// requests.
func (l *Lifecycle) Run(ctx context.Context) {
	for ctx.Err() == nil {
		look := time.NewTimer(l.recoverOnce(ctx))
		select {
		case <-look.C:
		case <-ctx.Done():
			look.Stop()
		}
	}
}

// recoverOnce is Recover, and says when to look again. Room only grows while it
// looks, so that whoever took as many as there was room for before took all.
func (l *Lifecycle) recoverOnce(ctx context.Context) time.Duration {
	room := cap(l.recovering) - len(l.recovering)
	if l.Recover(ctx) < room && !l.ears.waking() {
		return recoverEvery
	}
	return recoverAgain
}

// Recover makes due what waited for payers that answer again, takes up as many
// due settlements as there is room for and says how many. Each is carried to a
// resting place apart, so that a slow payer holds up only its own; Drain waits
// for them.
func (l *Lifecycle) Recover(ctx context.Context) int {
	l.wakeAnswered(ctx)
	room := cap(l.recovering) - len(l.recovering)
	if room == 0 {
		return 0
	}
	due, err := l.Store.Claim(ctx, Claim{Owner: l.Owner, Now: l.Now(), Lease: l.Lease, Limit: room})
	if err != nil {
		if ctx.Err() == nil {
			l.Log.Error("claiming due settlements", "error", err)
		}
		return 0
	}
	for _, s := range due {
		l.recovering <- struct{}{}
		l.running.Go(func() {
			defer func() { <-l.recovering }()
			l.takeUp(s)
		})
	}
	return len(due)
}

// takeUp carries a claimed settlement on. It is not bound to a caller: what is
// claimed is finished or rests.
func (l *Lifecycle) takeUp(s settlement.Settlement) {
	w := &work{Lifecycle: l, s: s, actor: "recovery"}
	if _, err := w.observed(context.Background(), "recover"); err != nil {
		l.Log.Warn("recovering a settlement", "settlement", s.ID, "state", w.s.State, "error", err)
	}
}
