package lifecycle_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// TestFirstRequestEndsInTime is row 5 of the idempotency table.
func TestFirstRequestEndsInTime(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		answer := h.settled(discharge(1, 0))
		want := fmt.Sprintf("settle %s COMMITTED OK 2800.00", answer.Settlement.ID)
		if string(answer.Body) != want || answer.Replayed {
			t.Errorf("got %q, want %q", answer.Body, want)
		}
		s := h.record(answer.Settlement.ID)
		if s.Revision != 2 {
			t.Errorf("one payer took %d durable writes, want 2", s.Revision)
		}
		if s.Adjudication.PatientPays != 220_000 || h.used(2026) != 280_000 {
			t.Errorf("patient pays %s", s.Adjudication.PatientPays)
		}
		entries, _ := h.store.Entries(context.Background(), s.ID)
		sum := settlement.Money(0)
		for _, entry := range entries {
			sum += entry.Debit - entry.Credit
		}
		if sum != 0 || len(entries) != 4 {
			t.Errorf("%d entries sum to %s: %v", len(entries), sum, entries)
		}
	})
}

// TestPayerRefusesCleanly is row 6; the discharge is free again afterwards.
func TestPayerRefusesCleanly(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		h.script["settle A"] = answers("refused")
		answer := h.settled(discharge(1, 0))
		if s := answer.Settlement; s.State != settlement.StateAborted || s.Reason != settlement.ReasonPayerRefused || s.Message != "no" {
			t.Errorf("got %s %s %q", s.State, s.Reason, s.Message)
		}
		again := discharge(1, 0)
		again.Request = "request-other"
		if answer := h.settled(again); answer.Settlement.State != settlement.StateCommitted {
			t.Errorf("the discharge is not free: %s", answer.Body)
		}
	})
}

// TestStillInDoubtAtTheAnswerDeadline is rows 7, 8, 9 and 13: in progress at
// first, the same final answer for ever after, and no second settlement of the
// discharge meanwhile.
func TestStillInDoubtAtTheAnswerDeadline(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		h.script["settle A"] = answers("late")
		start := time.Now()
		answer := h.settled(discharge(1, 0))
		if answer.Body != nil || answer.Settlement.State != settlement.StateAborting || time.Since(start) != 25*time.Second {
			t.Fatalf("after %s: %q %s", time.Since(start), answer.Body, answer.Settlement.State)
		}
		_, err := h.g.Settle(context.Background(), discharge(1, 0))
		e := h.refused(err, settlement.KindInFlight, settlement.ReasonRequestInFlight)
		if e.Object != string(answer.Settlement.ID) {
			t.Errorf("in flight names %s", e.Object)
		}
		other := discharge(1, 0)
		other.Request = "request-other"
		_, err = h.g.Settle(context.Background(), other)
		h.refused(err, settlement.KindBlocked, settlement.ReasonDischargeInDoubt)
		h.w.pass(time.Now()) // still on its way
		time.Sleep(3 * time.Minute)
		h.w.pass(time.Now())
		time.Sleep(time.Hour * 25)
		s := h.record(answer.Settlement.ID)
		if !s.State.Terminal() && s.State != settlement.StateAttention {
			t.Errorf("stuck in %s", s.State)
		}
	})
}

// TestRepeatOfAFinalAnswer is row 8: the same bytes, and nothing is sent.
func TestRepeatOfAFinalAnswer(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		first := h.settled(discharge(1, 0))
		gone := person(0)
		gone.Certificate = "another"
		if err := h.store.PutPerson(context.Background(), gone); err != nil {
			t.Fatal(err)
		}
		second := h.settled(discharge(1, 0)) // although the registry would refuse it now
		if string(first.Body) != string(second.Body) || !second.Replayed || h.sends() != 1 {
			t.Errorf("%q then %q, replayed %t, %d sends", first.Body, second.Body, second.Replayed, h.sends())
		}
	})
}

// TestRepeatWhileInFlight is row 9: two at once, one settlement, one answer.
func TestRepeatWhileInFlight(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		h.slow.Store(int64(5 * time.Second))
		bodies := make(chan string, 2)
		for range 2 {
			go func() {
				answer, err := h.g.Settle(context.Background(), discharge(1, 0))
				bodies <- fmt.Sprint(string(answer.Body), err)
			}()
		}
		if a, b := <-bodies, <-bodies; a != b || h.sends() != 1 {
			t.Errorf("%q and %q after %d sends", a, b, h.sends())
		}
	})
}

// TestRepeatWithOtherBody is row 10.
func TestRepeatWithOtherBody(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		first := h.settled(discharge(1, 0))
		other := discharge(1, 0)
		other.Claim.Bill.SelfFunded, other.Claim.Bill.Eligible = 200_000, 800_000
		_, err := h.g.Settle(context.Background(), other)
		e := h.refused(err, settlement.KindKeyReused, settlement.ReasonKeyReused)
		if e.Field != "bill.self_funded" || e.Object != string(first.Settlement.ID) {
			t.Errorf("names field %q of %s", e.Field, e.Object)
		}
	})
}

// TestSameKeyOfAnotherTenant is row 11.
func TestSameKeyOfAnotherTenant(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		first := h.settled(discharge(1, 0))
		other := discharge(1, 1)
		other.Tenant = "another"
		second := h.settled(other)
		if second.Replayed || second.Settlement.ID == first.Settlement.ID {
			t.Errorf("another tenant saw %q", second.Body)
		}
	})
}

// TestNewKeyForASettledDischarge is row 12.
func TestNewKeyForASettledDischarge(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		first := h.settled(discharge(1, 0))
		other := discharge(1, 0)
		other.Request = "request-other"
		_, err := h.g.Settle(context.Background(), other)
		if e := h.refused(err, settlement.KindExists, settlement.ReasonDischargeSettled); e.Object != string(first.Settlement.ID) {
			t.Errorf("names %s", e.Object)
		}
	})
}

// TestNewKeyForAnOpenDischarge is row 13.
func TestNewKeyForAnOpenDischarge(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		h.slow.Store(int64(8 * time.Second))
		done := make(chan struct{})
		go func() { h.settled(discharge(1, 0)); close(done) }()
		synctest.Wait()
		other := discharge(1, 0)
		other.Request = "request-other"
		_, err := h.g.Settle(context.Background(), other)
		h.refused(err, settlement.KindBlocked, settlement.ReasonDischargeOpen)
		<-done
	})
}

// TestStoreOutOfReach is row 14: nothing was done, or it is found out.
func TestStoreOutOfReach(t *testing.T) {
	down := func(moment memory.Moment, kind settlement.Kind) func(memory.Moment) error {
		struck := false
		return func(m memory.Moment) error {
			if struck || m != moment {
				return nil
			}
			struck = true
			return &settlement.Error{Kind: kind, Reason: settlement.ReasonStoreUnavailable}
		}
	}
	t.Run("before opening", func(t *testing.T) {
		live(t, worst("A"), func(h *house) {
			h.store.Fault = down(memory.Moment{Verb: "open"}, settlement.KindUnavailable)
			_, err := h.g.Settle(context.Background(), discharge(1, 0))
			h.refused(err, settlement.KindUnavailable, settlement.ReasonStoreUnavailable)
			if h.sends() != 0 {
				t.Errorf("%d sends without an intent", h.sends())
			}
			if again := h.settled(discharge(1, 0)); again.Settlement.State != settlement.StateCommitted {
				t.Errorf("the same key gives %s", again.Body)
			}
		})
	})
	t.Run("open not answered and not done", func(t *testing.T) {
		live(t, worst("A"), func(h *house) {
			h.store.Fault = down(memory.Moment{Verb: "open"}, settlement.KindInDoubt)
			_, err := h.g.Settle(context.Background(), discharge(1, 0))
			h.refused(err, settlement.KindUnavailable, settlement.ReasonStoreUnavailable)
		})
	})
	t.Run("pivot not answered but done", func(t *testing.T) {
		live(t, worst("A"), func(h *house) {
			h.store.Fault = down(memory.Moment{Verb: "close", Applied: true}, settlement.KindInDoubt)
			answer := h.settled(discharge(1, 0))
			if answer.Settlement.State != settlement.StateCommitted || h.sends() != 1 {
				t.Errorf("%s after %d sends", answer.Body, h.sends())
			}
		})
	})
	t.Run("pivot not answered and not done", func(t *testing.T) {
		live(t, best("A"), func(h *house) {
			h.store.Fault = down(memory.Moment{Verb: "close"}, settlement.KindInDoubt)
			h.g.AnswerWithin = 2 * time.Minute
			answer := h.settled(discharge(1, 0)) // recovery asks the payer and closes
			if answer.Settlement.State != settlement.StateCommitted {
				t.Errorf("%s", answer.Body)
			}
		})
	})
}

func TestALostAnswerHeals(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.script["settle A"] = answers("applied, answer lost")
		answer := h.settled(discharge(1, 0))
		if s := answer.Settlement; s.State != settlement.StateCommitted || !s.Legs[0].Doubted {
			t.Errorf("%s doubted %t", answer.Body, s.Legs[0].Doubted)
		}
	})
}

func TestAnAnswerWithOtherAmountsIsUndone(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.script["settle A"] = answers("applied, other amounts")
		answer := h.settled(discharge(1, 0))
		if s := answer.Settlement; s.State != settlement.StateAborted || s.Reason != settlement.ReasonBillDiffers {
			t.Errorf("%s", answer.Body)
		}
		if applied, _ := h.w.holds(); applied != 0 {
			t.Error("the payer still pays")
		}
	})
}

func TestPayersThatPayMoreThanTheBillAreUndone(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.w.payers[0].basic = 1_000_001
		answer := h.settled(discharge(1, 0))
		if s := answer.Settlement; s.State != settlement.StateAborted || s.Reason != settlement.ReasonPayersExceed {
			t.Errorf("%s", answer.Body)
		}
	})
}

func TestAPayerOutOfReachIsGivenUp(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		h.w.outage, h.script["reach A"] = 3, []int{1, 1, 1}
		answer := h.settled(discharge(1, 0))
		if s := answer.Settlement; s.State != settlement.StateAborted || s.Reason != settlement.ReasonPayerUnavailable || h.sends() != 0 {
			t.Errorf("%s after %d sends", answer.Body, h.sends())
		}
	})
}

func TestACallerWhoHangsUpStopsNothing(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		h.slow.Store(int64(5 * time.Second))
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		answer, err := h.g.Settle(ctx, discharge(1, 0))
		if err != nil || answer.Body != nil {
			t.Fatalf("%q %v", answer.Body, err)
		}
		time.Sleep(10 * time.Second)
		if s := h.record(answer.Settlement.ID); s.State != settlement.StateCommitted {
			t.Errorf("left in %s", s.State)
		}
	})
}

// However many settlements wait for a silent payer, what stands is reversed.
func TestAFullHouseStillReverses(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		stands := h.settled(discharge(1000, 0)).Settlement
		busy := h.g.InFlight()
		for range cap(busy) {
			busy <- struct{}{}
		}
		_, err := h.g.Settle(context.Background(), discharge(1001, 1))
		h.refused(err, settlement.KindOverloaded, settlement.ReasonOverloaded)
		undone, err := h.g.Reverse(context.Background(), lifecycle.ReverseAsk{Tenant: stands.Tenant, Settlement: stands.ID, Request: "undo", Actor: "cashier"})
		if err != nil || undone.Settlement.Reversal == nil {
			t.Errorf("reversing: %s %v", undone.Settlement.State, err)
		}
		for range cap(busy) {
			<-busy
		}
	})
}

func TestMoreThanTheHouseHoldsIsShed(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		small := h.gateway(2)
		h.slow.Store(int64(5 * time.Second))
		for n := range cap(small.InFlight()) {
			go small.Settle(context.Background(), discharge(n, n%3))
		}
		synctest.Wait()
		_, err := small.Settle(context.Background(), discharge(1000, 0))
		h.refused(err, settlement.KindOverloaded, settlement.ReasonOverloaded)
		time.Sleep(time.Minute)
		synctest.Wait()
		_, err = h.store.Request(context.Background(), lifecycle.RequestKey{Tenant: settlement.TenantID(hospital), Method: lifecycle.MethodSettle, Request: "request-1000"})
		h.refused(err, settlement.KindNotFound, settlement.ReasonSettlementNotFound)
	})
}
