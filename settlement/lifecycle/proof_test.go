package lifecycle_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// books asserts what the payer holds and that the auditor finds nothing.
func (h *house) books(holds int) {
	h.Helper()
	if held, _ := h.w.holds(); held != holds {
		h.Errorf("the payer holds %d, want %d", held, holds)
	}
	if found, _ := verified(h.T, h.store, auditor(h)); len(found) != 0 {
		h.Errorf("findings %v", found)
	}
}

// A settlement at rest can be asked about, and stays as it is.
func TestAskWhatStands(t *testing.T) {
	live(t, best("A"), func(h *house) {
		s := h.settled(discharge(1, 0)).Settlement
		q := lifecycle.Question{Settlement: s.ID, Payer: "A", Operation: settlement.OpInquire, Actor: "operator/li"}
		result, err := h.g.Ask(context.Background(), q)
		if err != nil || result != settlement.ResultApplied {
			t.Errorf("%s, %v", result, err)
		}
		if got := h.record(s.ID); got.State != settlement.StateCommitted || got.Legs[0].Undo != "" {
			t.Errorf("%+v", got)
		}
		q.Operation = settlement.OpReverse
		_, err = h.g.Ask(context.Background(), q)
		h.refused(err, settlement.KindBlocked, settlement.ReasonFixNotPossible)
		q.Payer = "Z"
		_, err = h.g.Ask(context.Background(), q)
		h.refused(err, settlement.KindBlocked, settlement.ReasonNoPayer)
		h.books(1)
	})
}

// What is reversed here and still booked there is reversed by its message,
// once or several times, and nothing of ours moves.
func TestAskToReverseWhatIsReversedHere(t *testing.T) {
	live(t, best("A"), func(h *house) {
		s := h.settled(discharge(1, 0)).Settlement
		_, err := h.g.Reverse(context.Background(), lifecycle.ReverseAsk{Request: "reverse-1", Settlement: s.ID, Cause: "c", Actor: "operator/li"})
		if err != nil {
			t.Fatal(err)
		}
		used := h.used(s.Year)
		h.w.lock.Lock()
		h.w.payers[0].held[s.Legs[0].Message] = 500_000 // the payer lost its reversal
		delete(h.w.payers[0].undone, s.Legs[0].Message)
		h.w.lock.Unlock()
		undo := h.record(s.ID).Legs[0].Undo
		for range 2 {
			result, err := h.g.Ask(context.Background(), lifecycle.Question{Settlement: s.ID, Payer: "A", Operation: settlement.OpReverse, Actor: "operator/li"})
			if err != nil || result == settlement.ResultInDoubt {
				t.Errorf("%s, %v", result, err)
			}
		}
		if got := h.record(s.ID); got.State != settlement.StateReversed || got.Legs[0].Undo != undo || h.used(s.Year) != used {
			t.Errorf("%+v", got)
		}
		h.books(0)
	})
}

// A message that nobody here has is taken back, once.
func TestTakeBackAStray(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.w.payers[0].held[strangerMessage] = 500_000
		stray := lifecycle.Stray{Payer: "A", Message: strangerMessage, Insured: "P1", Encounter: "E1", Actor: "operator/wang"}
		first, err := h.g.TakeBack(context.Background(), stray)
		if err != nil {
			t.Fatal(err)
		}
		again, err := h.g.TakeBack(context.Background(), stray)
		if err != nil || again != first {
			t.Errorf("%s, then %s: %v", first, again, err)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if s := h.record(first); s.State != settlement.StateAborted {
			t.Errorf("%s", s.State)
		}
		h.books(0)
		for what, wrong := range map[settlement.Reason]lifecycle.Stray{
			settlement.ReasonUnknownFacility: {Payer: "A", Message: "X", Insured: "P1", Encounter: "E1"},
			settlement.ReasonNoPayer:         {Payer: "Z", Message: strangerMessage, Insured: "P1", Encounter: "E1"},
			settlement.ReasonFixNotPossible:  {Payer: "A", Message: strangerMessage, Encounter: "E1"},
		} {
			_, err := h.g.TakeBack(context.Background(), wrong)
			h.refused(err, settlement.KindBlocked, what)
		}
	})
}

// What waits out a pause is asked at once when it is woken.
func TestWakeAsksAtOnce(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.script["settle A"] = answers("applied, answer lost")
		h.script["inquire A"] = []int{1, 1}
		go h.g.Settle(context.Background(), discharge(1, 0))
		var doubted settlement.Settlement
		for range 200 {
			time.Sleep(50 * time.Millisecond)
			synctest.Wait()
			if found, _ := h.store.List(context.Background(), lifecycle.Query{Limit: 1}); len(found) == 1 {
				doubted = found[0]
			}
		}
		if doubted.ID == "" {
			t.Fatal("nothing was opened")
		}
		if err := h.g.WakeAll(context.Background(), []settlement.SettlementID{doubted.ID}, time.Minute); err != nil {
			t.Fatal(err)
		}
		if s := h.record(doubted.ID); s.State.Open() {
			t.Errorf("still %s", s.State)
		}
		if _, err := h.g.Wake(context.Background(), "none"); settlement.KindOf(err) != settlement.KindNotFound {
			t.Errorf("%v", err)
		}
	})
}
