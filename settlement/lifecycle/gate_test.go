package lifecycle_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// keeper is a gate a test opens and shuts.
type keeper struct {
	mu      sync.Mutex
	shut    error
	onTrial bool          // ends with the first answer heard
	slow    time.Duration // giving a place back takes this long
	inside  int
	heard   []settlement.Result
}

func (k *keeper) Enter(settlement.PayerCode) (lifecycle.Pass, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.shut != nil {
		return lifecycle.Pass{}, k.shut
	}
	k.inside++
	return lifecycle.Pass{OnTrial: k.onTrial, Leave: func() {
		time.Sleep(k.slow)
		k.mu.Lock()
		defer k.mu.Unlock()
		k.inside--
	}}, nil
}

func (k *keeper) Heard(_ settlement.PayerCode, result settlement.Result) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.heard = append(k.heard, result)
	k.onTrial = k.onTrial && result != settlement.ResultApplied
}

// left demands that every place was given back.
func (k *keeper) left(t *testing.T) {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.inside != 0 {
		t.Errorf("%d places were not given back", k.inside)
	}
}

var shut = &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerSuspended}

// Behind a shut gate nothing new is stored or sent, but a repeat still gets its
// first answer and what stands can be reversed.
func TestAShutGateStopsOnlyWhatIsNew(t *testing.T) {
	live(t, best("A"), func(h *house) {
		ctx, gate := context.Background(), &keeper{}
		h.g.Gate = gate
		first := h.settled(discharge(1, 0))
		gate.left(t)
		gate.shut = shut
		sent := h.sends()

		_, err := h.g.Settle(ctx, discharge(2, 0))
		h.refused(err, settlement.KindUnavailable, settlement.ReasonPayerSuspended)
		_, err = h.g.Quote(ctx, discharge(2, 0))
		h.refused(err, settlement.KindUnavailable, settlement.ReasonPayerSuspended)
		if found, err := h.store.List(ctx, lifecycle.Query{Limit: 10}); err != nil || len(found) != 1 || h.sends() != sent {
			t.Errorf("%d settlements stored, %d calls sent, %v", len(found), h.sends()-sent, err)
		}

		again := h.settled(discharge(1, 0))
		if string(again.Body) != string(first.Body) || !again.Replayed {
			t.Errorf("a repeat is answered %q, replayed %v", again.Body, again.Replayed)
		}
		undone, err := h.g.Reverse(ctx, lifecycle.ReverseAsk{Tenant: first.Settlement.Tenant, Settlement: first.Settlement.ID, Request: "undo", Actor: "cashier"})
		if err != nil || undone.Settlement.State != settlement.StateReversed {
			t.Errorf("reversing: %s %v", undone.Settlement.State, err)
		}
	})
}

// Whoever is answered finds their place free: a caller for each place never
// meets itself.
func TestThePlaceIsFreeBeforeTheAnswer(t *testing.T) {
	live(t, best("A"), func(h *house) {
		gate := &keeper{slow: time.Second}
		h.g.Gate = gate
		h.settled(discharge(1, 0))
		gate.left(t)
	})
}

// What the store takes after a payer has answered is not the payer's time: its
// place is free for others while the settlement is closed. One whose answer was
// lost keeps its place, for it is asked again.
func TestAPayerThatAnsweredIsLeftAtOnce(t *testing.T) {
	for answer, inside := range map[string][]int{"": {1, 0}, "applied, answer lost": {1, 1}} {
		t.Run(answer, func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				gate := &keeper{}
				h.g.Gate = gate
				if answer != "" {
					h.script["settle A"] = answers(answer)
				}
				seen := &counting{gate: gate}
				h.g.Observer = seen
				h.settled(discharge(1, 0))
				gate.left(t)
				if got := seen.inside[:2]; !slices.Equal(got, inside) {
					t.Errorf("%v places held by the first two writes, want %v", got, inside)
				}
			})
		})
	}
}

// counting is an observer that counts who is inside a gate when the store is
// written to.
type counting struct {
	notes
	gate   *keeper
	inside []int
}

func (c *counting) Begin(ctx context.Context, step lifecycle.Step) (context.Context, func(lifecycle.Ended)) {
	if step.Kind == lifecycle.StepWrite {
		c.gate.mu.Lock()
		c.inside = append(c.inside, c.gate.inside)
		c.gate.mu.Unlock()
	}
	return c.notes.Begin(ctx, step)
}

// A payer on trial is asked who the person is before it is asked for money.
func TestAPayerOnTrialIsAskedSomethingHarmlessFirst(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		gate := &keeper{onTrial: true}
		h.g.Gate = gate
		seen := &noting{Payer: h.g.Directory.Payers["A"]}
		h.g.Directory.Payers["A"] = seen
		if s := h.settled(discharge(1, 0)).Settlement; s.State != settlement.StateCommitted {
			t.Errorf("settled %s", s.State)
		}
		want := []settlement.Operation{settlement.OpIdentify, settlement.OpSettle}
		if !slices.Equal(seen.operations, want) {
			t.Errorf("asked %v, want %v", seen.operations, want)
		}
		gate.left(t)
	})
}

// A trial that brings no answer refuses the request and gives its place back.
func TestAPayerThatFailsItsTrialIsNotAskedForMoney(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		gate := &keeper{onTrial: true}
		h.g.Gate = gate
		h.g.Directory.Payers["A"] = silentPayer{h.g.Directory.Payers["A"]}
		_, err := h.g.Settle(context.Background(), discharge(1, 0))
		h.refused(err, settlement.KindUnavailable, settlement.ReasonPayerUnavailable)
		if len(gate.heard) != 1 || gate.heard[0] != settlement.ResultInDoubt {
			t.Errorf("heard %v, want one silence", gate.heard)
		}
		gate.left(t)
	})
}

// noting is a payer that notes what it is asked.
type noting struct {
	lifecycle.Payer
	operations []settlement.Operation
}

func (a *noting) Send(ctx context.Context, wire lifecycle.Wire) lifecycle.PayerAnswer {
	a.operations = append(a.operations, wire.Call.Operation)
	return a.Payer.Send(ctx, wire)
}

// silentPayer is a payer that never answers.
type silentPayer struct{ lifecycle.Payer }

func (silentPayer) Send(context.Context, lifecycle.Wire) lifecycle.PayerAnswer {
	return lifecycle.PayerAnswer{Result: settlement.ResultInDoubt, Cause: context.DeadlineExceeded}
}

// A caller who hangs up before the payer's time is over has learnt nothing of
// the payer: a hurried client must not close it to all others.
func TestACallerWhoHangsUpSaysNothingOfThePayer(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		gate := &keeper{}
		h.g.Gate = gate
		h.g.Directory.Payers["A"] = ponderingPayer{h.g.Directory.Payers["A"]}
		hurried, hangUp := context.WithTimeout(context.Background(), time.Second)
		defer hangUp()
		_, err := h.g.Quote(hurried, discharge(1, 0))
		h.refused(err, settlement.KindUnavailable, settlement.ReasonPayerUnavailable)
		if len(gate.heard) != 0 {
			t.Errorf("heard %v of a caller who hung up", gate.heard)
		}
		_, err = h.g.Quote(context.Background(), discharge(1, 0))
		h.refused(err, settlement.KindUnavailable, settlement.ReasonPayerUnavailable)
		if !slices.Equal(gate.heard, []settlement.Result{settlement.ResultInDoubt}) {
			t.Errorf("heard %v of a caller who waited, want one silence", gate.heard)
		}
		gate.left(t)
	})
}

// ponderingPayer answers nothing as long as it is waited for.
type ponderingPayer struct{ lifecycle.Payer }

func (ponderingPayer) Send(ctx context.Context, _ lifecycle.Wire) lifecycle.PayerAnswer {
	<-ctx.Done()
	return lifecycle.PayerAnswer{Result: settlement.ResultInDoubt, Cause: ctx.Err()}
}

// A panic is caught at the door and the gateway goes on: places it lost would
// be lost until it starts anew, and a trial that never ends closes a payer.
func TestAPanicLosesNoPlace(t *testing.T) {
	for name, onTrial := range map[string]bool{"in its turn": false, "on trial": true} {
		t.Run(name, func(t *testing.T) {
			live(t, worst("A"), func(h *house) {
				gate := &keeper{onTrial: onTrial}
				h.g.Gate = gate
				h.g.Directory.Payers["A"] = brokenPayer{h.g.Directory.Payers["A"]}
				quoting := func() error { _, err := h.g.Quote(context.Background(), discharge(1, 0)); return err }
				settling := func() error { _, err := h.g.Settle(context.Background(), discharge(1, 0)); return err }
				verbs := []func() error{quoting}
				if onTrial { // else it is opened first, and a panic ends the process: recovery goes on
					verbs = append(verbs, settling)
				}
				for _, verb := range verbs {
					if err := caught(verb); err != errPanicked {
						t.Errorf("got %v, want a panic", err)
					}
				}
				gate.left(t)
				if working, _ := h.g.Load(); working != 0 {
					t.Errorf("%d are worked on for nobody", working)
				}
			})
		})
	}
}

// brokenPayer is a payer whose adapter has a mistake.
type brokenPayer struct{ lifecycle.Payer }

func (brokenPayer) Send(context.Context, lifecycle.Wire) lifecycle.PayerAnswer { panic("a mistake") }

var errPanicked = errors.New("panicked")

// caught is the error of verb, or errPanicked.
func caught(verb func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanicked
		}
	}()
	return verb()
}

// A payer that answers every question about old work with what proves nothing
// is there: the gate hears how it answers new work, and of old work silence.
func TestOldWorkThatCannotBeProvedClosesNoGate(t *testing.T) {
	proofless := &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonPayerAnswer}
	silence := &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonPayerInDoubt}
	for _, c := range []struct {
		name  string
		cause error
		heard int // of one settle and the questions after it
	}{
		{"answered", proofless, 1},
		{"silent", silence, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				gate := &keeper{}
				h.g.Gate = gate
				payer := &doubtingPayer{Payer: h.g.Directory.Payers["A"], cause: c.cause}
				h.g.Directory.Payers["A"] = payer
				hurried, hangUp := context.WithTimeout(context.Background(), time.Second)
				defer hangUp()
				if _, err := h.g.Settle(hurried, discharge(1, 0)); err != nil {
					t.Fatal(err)
				}
				for payer.asked.Load() < 4 {
					time.Sleep(time.Second)
				}
				gate.mu.Lock()
				defer gate.mu.Unlock()
				if len(gate.heard) != c.heard {
					t.Errorf("heard %v of %d calls, want %d", gate.heard, payer.asked.Load(), c.heard)
				}
				payer.proves.Store(true)
			})
		})
	}
}

// doubtingPayer leaves everything in doubt until it proves again.
type doubtingPayer struct {
	lifecycle.Payer
	cause  error
	asked  atomic.Int32
	proves atomic.Bool
}

func (p *doubtingPayer) Send(ctx context.Context, wire lifecycle.Wire) lifecycle.PayerAnswer {
	p.asked.Add(1)
	if p.proves.Load() {
		return p.Payer.Send(ctx, wire)
	}
	return lifecycle.PayerAnswer{Result: settlement.ResultInDoubt, Body: []byte("?"), Cause: p.cause}
}
