package lifecycle_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// hand is a clock moved by hand.
type hand struct{ at time.Time }

func (h *hand) now() time.Time          { return h.at }
func (h *hand) pass(took time.Duration) { h.at = h.at.Add(took) }

// TestAMomentBelongsToOneShare: what waits inside the store is the queue's, two
// payers side by side are counted once, and what nobody claims is ours.
func TestAMomentBelongsToOneShare(t *testing.T) {
	clock := &hand{time.Unix(0, 0)}
	w := lifecycle.NewWatch("r-1", clock.now)
	clock.pass(1 * time.Second) // gateway
	leaveStore := w.Enter(lifecycle.ShareStore)
	leaveQueue := w.Enter(lifecycle.ShareQueue)
	clock.pass(2 * time.Second) // queue
	leaveQueue()
	clock.pass(4 * time.Second) // store
	leaveStore()
	first := w.Enter(lifecycle.SharePayer)
	second := w.Enter(lifecycle.SharePayer)
	clock.pass(8 * time.Second)
	first()
	clock.pass(8 * time.Second)
	second()
	clock.pass(16 * time.Second) // gateway
	leave := w.Enter(lifecycle.ShareRecovery)
	clock.pass(32 * time.Second)
	got := w.Spent() // while somebody is still at work
	leave()
	want := lifecycle.Spent{
		lifecycle.ShareGateway: 17 * time.Second, lifecycle.ShareRecovery: 32 * time.Second,
		lifecycle.ShareStore: 4 * time.Second, lifecycle.ShareQueue: 2 * time.Second, lifecycle.SharePayer: 16 * time.Second,
	}
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestSharesSumToTheWhole holds however shares overlap.
func TestSharesSumToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := &hand{time.Unix(0, 0)}
		w := lifecycle.NewWatch("", clock.now)
		var leaves []func()
		for range rapid.IntRange(0, 40).Draw(t, "moves") {
			clock.pass(time.Duration(rapid.IntRange(0, 1000).Draw(t, "pause")))
			if len(leaves) > 0 && rapid.Bool().Draw(t, "leave") {
				i := rapid.IntRange(0, len(leaves)-1).Draw(t, "who")
				leaves[i]()
				leaves = slices.Delete(leaves, i, i+1)
				continue
			}
			leaves = append(leaves, w.Enter(rapid.SampledFrom(lifecycle.Shares).Draw(t, "share")))
		}
		if whole := w.Spent().Whole(); whole != clock.at.Sub(time.Unix(0, 0)) {
			t.Fatalf("shares sum to %s of %s", whole, clock.at.Sub(time.Unix(0, 0)))
		}
	})
}

// TestWhoAsksPayersIsTold once for as long as any of them is asked.
func TestWhoAsksPayersIsTold(t *testing.T) {
	w := lifecycle.NewWatch("r-1", (&hand{time.Unix(0, 0)}).now)
	var told []bool
	w.Enter(lifecycle.SharePayer)() // before anybody wants to know
	w.OnPayer(func(asked bool) { told = append(told, asked) })
	w.Enter(lifecycle.ShareStore)()
	first, second := w.Enter(lifecycle.SharePayer), w.Enter(lifecycle.SharePayer)
	first()
	if !slices.Equal(told, []bool{true}) {
		t.Errorf("told %v while one is still asked", told)
	}
	second()
	w.Enter(lifecycle.SharePayer)()
	if !slices.Equal(told, []bool{true, false, true, false}) {
		t.Errorf("told %v", told)
	}
}

// TestNoWatchMeasuresNothing: work that nobody waits for has none.
func TestNoWatchMeasuresNothing(t *testing.T) {
	w := lifecycle.WatchOf(context.Background())
	w.OnPayer(func(bool) { t.Error("told of what nobody watches") })
	w.Enter(lifecycle.SharePayer)()
	if w != nil || w.Spent().Whole() != 0 || w.Request() != "" || w.Region() != "" {
		t.Errorf("%v", w)
	}
}

// TestWhoIsSlow: what the payer takes is the payer's, what healing takes is
// recovery's, and the region is known.
func TestWhoIsSlow(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		watched := func(n int) lifecycle.Spent {
			watch := lifecycle.NewWatch("r", time.Now)
			if _, err := h.g.Settle(lifecycle.Watched(context.Background(), watch), discharge(n, 0)); err != nil {
				h.Fatal(err)
			}
			if watch.Region() != string(person(0).Region) {
				h.Errorf("region %q", watch.Region())
			}
			return watch.Spent()
		}
		h.slow.Store(int64(3 * time.Second))
		if spent := watched(1); spent[lifecycle.SharePayer] != 3*time.Second || spent.Whole() != 3*time.Second {
			h.Errorf("a slow payer: %v", spent)
		}
		h.script["settle A"] = answers("late")
		h.slow.Store(int64(4 * time.Second))
		spent := watched(2)
		if spent[lifecycle.SharePayer] != 4*time.Second || spent[lifecycle.ShareRecovery] != 21*time.Second || spent[lifecycle.ShareGateway] != 0 {
			h.Errorf("a lost answer: %v", spent)
		}
	})
}

// notes is an observer that writes down what it is told.
type notes struct {
	mu      sync.Mutex
	steps   []string
	healed  []settlement.Operation
	took    []time.Duration
	healing []time.Duration
	open    int
}

func (n *notes) Begin(ctx context.Context, step lifecycle.Step) (context.Context, func(lifecycle.Ended)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open++
	return ctx, func(ended lifecycle.Ended) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.open--
		text := string(step.Kind) + " " + step.Verb
		if ended.Result != "" {
			text += " " + string(ended.Result)
		}
		n.steps = append(n.steps, text)
	}
}

func (n *notes) Closed(closed settlement.Settlement, _ time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.steps = append(n.steps, "closed "+string(closed.State))
}

func (n *notes) Healed(proof lifecycle.Proof) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.healed, n.took, n.healing = append(n.healed, proof.Operation), append(n.took, proof.Took), append(n.healing, proof.Healing)
}

// TestTheObserverIsToldEachStep in the order in which they end, each once.
func TestTheObserverIsToldEachStep(t *testing.T) {
	live(t, best("A"), func(h *house) {
		told := &notes{}
		h.g.Observer = told
		h.settled(discharge(1, 0))
		time.Sleep(time.Second)
		want := []string{"write open", "call settle applied", "write close", "closed COMMITTED", "work settle"}
		if !slices.Equal(told.steps, want) || told.open != 0 || len(told.healed) != 0 {
			h.Errorf("told %q, %d open, healed %v", told.steps, told.open, told.healed)
		}
	})
}

// TestADoubtIsTimedUntilItIsProved: from the call in doubt to the payer's word,
// once, whether it paid after all or was undone; a reversal without any doubt
// heals nothing.
func TestADoubtIsTimedUntilItIsProved(t *testing.T) {
	for answer, state := range map[string]settlement.State{
		"applied, answer lost": settlement.StateCommitted,
		"late":                 settlement.StateAborted,
	} {
		live(t, best("A"), func(h *house) {
			told := &notes{}
			h.g.Observer = told
			h.script["settle A"] = answers(answer)
			h.slow.Store(int64(time.Second))
			start := time.Now()
			id := h.settled(discharge(1, 0)).Settlement.ID
			for !h.record(id).State.Terminal() {
				time.Sleep(time.Second)
				h.w.pass(time.Now())
			}
			if h.record(id).State != state {
				h.Fatalf("%s: %s", answer, h.record(id).State)
			}
			if !slices.Equal(told.healed, []settlement.Operation{settlement.OpSettle}) || told.took[0] > time.Since(start) || told.took[0] == 0 {
				h.Errorf("%s: healed %v after %v of %s", answer, told.healed, told.took, time.Since(start))
			}
			if state != settlement.StateCommitted {
				return
			}
			ask := lifecycle.ReverseAsk{Tenant: discharge(1, 0).Tenant, Request: "reverse-1", Settlement: id, Cause: "wrong bill"}
			if _, err := h.g.Reverse(context.Background(), ask); err != nil || len(told.healed) != 1 {
				h.Errorf("reversing healed %v, %v", told.healed, err)
			}
		})
	}
}
