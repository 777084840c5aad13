package lifecycle

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// recoverEvery is how often due settlements are looked for.
const recoverEvery = time.Second

// recoveringMax bounds how many are taken up at once; more wait for the next
// look, and live requests keep their share of the machine.
const recoveringMax = 64

// Run takes up what crashed or waited, at once and then every second, until
// ctx ends. It runs the code of live requests.
func (l *Lifecycle) Run(ctx context.Context) {
	tick := time.NewTicker(recoverEvery)
	defer tick.Stop()
	for {
		l.Recover(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Recover takes up as many due settlements as there is room for and says how
// many. Each is carried to a resting place apart, so that a slow payer holds
// up only its own; Drain waits for them.
func (l *Lifecycle) Recover(ctx context.Context) int {
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
