package lifecycle_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// fallible is a payer that can fall silent: it takes calls and answers none,
// and what it took before it fell silent it has booked.
type fallible struct {
	dawdling
	mute  bool
	drags bool                         // it takes almost as long as a call may
	shy   []settlement.Operation       // to which it answers with what proves nothing
	calls map[settlement.Operation]int // that went without an answer
}

func (f *fallible) Send(ctx context.Context, wire lifecycle.Wire) lifecycle.PayerAnswer {
	f.h.w.lock.Lock()
	mute, drags, shy := f.mute, f.drags, slices.Contains(f.shy, wire.Call.Operation)
	if mute {
		f.calls[wire.Call.Operation]++
	}
	if mute && wire.Call.Operation == settlement.OpSettle {
		f.book.held[wire.Call.Message] += f.book.basic
	}
	f.h.w.lock.Unlock()
	if !mute && drags {
		time.Sleep(f.terms.CallTimeout - time.Second)
	}
	if !mute && shy {
		cause := &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonPayerAnswer}
		return lifecycle.PayerAnswer{Result: settlement.ResultInDoubt, Cause: cause}
	}
	if !mute {
		return f.dawdling.Send(ctx, wire)
	}
	<-ctx.Done()
	return lifecycle.PayerAnswer{Result: settlement.ResultInDoubt, Cause: ctx.Err()}
}

// fall makes the payer silent, or answer again.
func (f *fallible) fall(mute bool) {
	f.h.w.lock.Lock()
	defer f.h.w.lock.Unlock()
	f.mute = mute
}

// unheard is how many tries went without an answer.
func (f *fallible) unheard() int {
	f.h.w.lock.Lock()
	defer f.h.w.lock.Unlock()
	return f.calls[settlement.OpInquire] + f.calls[settlement.OpReverse]
}

// fallible puts one in the place of the house's payer.
func (h *house) fallible(no int) *fallible {
	b := h.w.payers[no]
	f := &fallible{dawdling: dawdling{b, h}, calls: map[settlement.Operation]int{}}
	h.g.Directory.Payers[b.code] = f
	return f
}

// doubts settles n discharges from the no-th on, of which none is answered.
func (h *house) doubts(no, n int) (ids []settlement.SettlementID) {
	h.Helper()
	for i := range n {
		answer := h.settled(discharge(no+i, 0))
		if answer.Body != nil || !answer.Settlement.State.Open() {
			h.Fatalf("%s %s", answer.Settlement.State, answer.Body)
		}
		ids = append(ids, answer.Settlement.ID)
	}
	return ids
}

// rest counts the settlements by state.
func (h *house) rest(ids []settlement.SettlementID) string {
	states := map[settlement.State]int{}
	for _, id := range ids {
		states[h.record(id).State]++
	}
	return fmt.Sprint(states)
}

// TestWhatIsInDoubtIsSettledOnceThePayerAnswers: however long it was silent, no
// doubt waits for people, and all are settled within seconds of its first
// answer. Took counts the silence, Healing does not.
func TestWhatIsInDoubtIsSettledOnceThePayerAnswers(t *testing.T) {
	for _, silence := range []time.Duration{20 * time.Second, 5 * time.Minute, 2 * time.Hour} {
		t.Run(silence.String(), func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				const n = 40
				told := &notes{}
				h.g.Observer, h.g.AnswerWithin, h.g.DecideWithin = told, 100*time.Millisecond, time.Minute
				payer := h.fallible(0)
				payer.fall(true)
				ids := h.doubts(1, n)
				time.Sleep(silence)
				asked, most := payer.unheard(), n+n/4 // one by whoever waited
				if asked > most {
					t.Errorf("%d of the tries are used up while nobody hears", asked)
				}
				payer.fall(false)
				time.Sleep(15 * time.Second)
				for _, id := range ids {
					if s := h.record(id); !s.State.Terminal() {
						t.Errorf("%s is %s", id, s.State)
					}
				}
				told.mu.Lock()
				defer told.mu.Unlock()
				if len(told.healed) != n {
					t.Fatalf("%d healed of %d: %s", len(told.healed), n, h.rest(ids))
				}
				for i, healing := range told.healing {
					if healing > 10*time.Second || told.took[i] < silence || healing > told.took[i] {
						t.Errorf("healing took %s, the doubt %s", healing, told.took[i])
					}
				}
			})
		})
	}
}

// TestWhatAnotherGatewayLeftIsDueWithTheFirstAnswer: a gateway that hears a
// payer answer again makes due what another one left, which had ended.
func TestWhatAnotherGatewayLeftIsDueWithTheFirstAnswer(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.g.AnswerWithin = 100 * time.Millisecond
		payer := h.fallible(0)
		payer.fall(true)
		ids := h.doubts(1, 3)
		time.Sleep(2 * time.Minute)
		for _, id := range ids { // as if whoever claimed them had set the longest pause
			s := h.record(id)
			for s.Owner != "" {
				time.Sleep(100 * time.Millisecond)
				s = h.record(id)
			}
			s.NextAt = time.Now().Add(time.Hour)
			if err := h.store.Advance(context.Background(), lifecycle.Change{Settlement: s}); err != nil {
				t.Fatal(err)
			}
		}
		last := h.doubts(4, 1) // which asks on behalf of all
		payer.fall(false)
		time.Sleep(15 * time.Second)
		for _, id := range append(ids, last...) {
			if s := h.record(id); !s.State.Terminal() {
				t.Errorf("%s is %s, due at %s", id, s.State, s.NextAt)
			}
		}
	})
}

// TestAPayerThatDragsDelaysNoOther: what waits for another payer is healed at
// once though more waits for one that drags than recovery takes up at a time.
func TestAPayerThatDragsDelaysNoOther(t *testing.T) {
	both := func(w *world) { best("A")(w); best("B")(w) }
	live(t, both, func(h *house) {
		h.g.AnswerWithin = 100 * time.Millisecond
		schemes := h.g.Directory.Regions[county].Payers
		schemes[settlement.SchemeResident], schemes[settlement.SchemeEmployee] = []settlement.PayerCode{"A"}, []settlement.PayerCode{"B"}
		a, b := h.fallible(0), h.fallible(1)
		a.drags = true
		a.fall(true)
		for batch := range 5 {
			h.doubts(1+50*batch, 50)
			time.Sleep(25 * time.Second)
		}
		b.fall(true)
		ask := discharge(900, 0)
		ask.Scheme = settlement.SchemeEmployee
		id := h.settled(ask).Settlement.ID
		time.Sleep(25 * time.Second)
		a.fall(false)
		time.Sleep(15 * time.Second) // all that waits for A is due
		b.fall(false)
		began := time.Now()
		for !h.record(id).State.Terminal() {
			time.Sleep(100 * time.Millisecond)
		}
		// A call that was under way when B fell silent still runs to its own limit of
		// 10 s; behind A's it would take 15 s and more.
		if took := time.Since(began); took > 12*time.Second {
			t.Errorf("healed after %s", took)
		}
	})
}

// turn makes the payer answer to some operations with what proves nothing.
func (f *fallible) turn(shy ...settlement.Operation) {
	f.h.w.lock.Lock()
	defer f.h.w.lock.Unlock()
	f.shy = shy
}

// TestAProbeThatProvesNothingIsAnAnswer: a payer that does not say what it would
// pay for a stay that it has settled is there all the same. What is in doubt is
// asked though nobody brings new work, and new work is not kept from the payer.
func TestAProbeThatProvesNothingIsAnAnswer(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.g.AnswerWithin = 100 * time.Millisecond
		payer, gate := h.fallible(0), &keeper{}
		h.g.Gate = gate
		payer.fall(true)
		ids := h.doubts(1, 5)
		time.Sleep(2 * time.Minute)
		payer.turn(settlement.OpQuote, settlement.OpInquire, settlement.OpReverse)
		payer.fall(false)
		time.Sleep(20 * time.Second) // what was on its way is heard
		gate.mu.Lock()
		gate.heard = nil
		gate.mu.Unlock()
		time.Sleep(10 * time.Second)
		gate.mu.Lock()
		if len(gate.heard) != 0 {
			t.Errorf("the gate was told %v", gate.heard)
		}
		gate.mu.Unlock()
		payer.turn(settlement.OpQuote)
		time.Sleep(time.Minute)
		for _, id := range ids {
			if s := h.record(id); !s.State.Terminal() {
				t.Errorf("%s is %s", id, s.State)
			}
		}
	})
}
