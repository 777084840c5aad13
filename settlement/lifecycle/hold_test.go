package lifecycle_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// holding is discharge n of person 0, to be quoted and held for half an hour.
// 70 % of what the payer leaves of submitted is assistance.
func holding(n int, submitted settlement.Money) lifecycle.Ask {
	ask := discharge(n, 0)
	ask.Claim.Bill = settlement.Bill{Submitted: submitted, Eligible: submitted}
	ask.Hold = 30 * time.Minute
	return ask
}

// by is ask as a settlement by quote.
func by(ask lifecycle.Ask, quote settlement.QuoteID) lifecycle.Ask {
	ask.Hold, ask.Quote, ask.Request = 0, quote, "settle-"+ask.Request
	return ask
}

func (h *house) holds(ask lifecycle.Ask) lifecycle.Quote {
	h.Helper()
	quote, err := h.g.Quote(context.Background(), ask)
	if err != nil {
		h.Fatalf("quoting: %v", err)
	}
	return quote
}

func (h *house) benefit(answer lifecycle.Answer) settlement.Money {
	h.Helper()
	s := h.record(answer.Settlement.ID)
	if s.Adjudication == nil {
		h.Fatalf("%s is %s", s.ID, s.State)
	}
	return s.Adjudication.Benefit
}

// The payer pays 5,000 yuan of each bill: of 65,000 are left 60,000, of which
// 42,000 are assistance; the year has 60,000.
func TestTwoHospitalsQuoteOnePerson(t *testing.T) {
	live(t, best("A"), func(h *house) {
		first := h.holds(holding(1, 6_500_000))
		if first.State != settlement.QuoteHeld || first.Adjudication.Benefit != 4_200_000 || len(first.Others) != 0 {
			t.Fatalf("first %s %s beside %v", first.State, first.Adjudication.Benefit, first.Others)
		}
		if want := time.Now().Add(30 * time.Minute).UTC(); !first.HeldUntil.Equal(want.Truncate(time.Microsecond)) {
			t.Errorf("held until %s, want %s", first.HeldUntil, want)
		}
		second := h.holds(holding(2, 6_500_000))
		if second.Adjudication.Benefit != 1_800_000 || len(second.Others) != 1 || second.Others[0].Amount != 4_200_000 || !second.Others[0].Until.Equal(first.HeldUntil) {
			t.Fatalf("second %s beside %+v", second.Adjudication.Benefit, second.Others)
		}
		plain := holding(3, 6_500_000)
		plain.Hold = 0
		if got := h.holds(plain); got.ID != "" || got.Adjudication.Benefit != 0 || !slices.Contains(got.Adjudication.Warnings, settlement.WarnRoomHeld) {
			t.Errorf("a quote that holds nothing: %q %s %v", got.ID, got.Adjudication.Benefit, got.Adjudication.Warnings)
		}
		if got := h.benefit(h.settled(by(holding(1, 6_500_000), first.ID))); got != 4_200_000 {
			t.Errorf("settled for %s", got)
		}
		if got := h.benefit(h.settled(by(holding(2, 6_500_000), second.ID))); got != 1_800_000 {
			t.Errorf("settled for %s", got)
		}
		found, err := h.g.FindQuote(context.Background(), "", first.ID)
		if err != nil || found.State != settlement.QuoteSettled || found.Settlement != "s3" {
			t.Errorf("the first is %s by %s, %v", found.State, found.Settlement, err)
		}
	})
}

func TestASettlementWithoutAQuoteLeavesWhatIsHeld(t *testing.T) {
	live(t, best("A"), func(h *house) {
		quote := h.holds(holding(1, 6_500_000))
		plain := holding(2, 6_500_000)
		plain.Hold = 0
		if got := h.benefit(h.settled(plain)); got != 1_800_000 {
			t.Errorf("beside the hold %s, want 18000.00", got)
		}
		// Its own hold is its own, also where the cashier does not name it.
		own := holding(1, 6_500_000)
		own.Hold = 0
		own.Request = "unnamed-quote-1"
		if got := h.benefit(h.settled(own)); got != 4_200_000 {
			t.Errorf("without naming its quote %s", got)
		}
		if found, err := h.g.FindQuote(context.Background(), "", quote.ID); err != nil || found.State != settlement.QuoteSettled {
			t.Errorf("%s, %v", found.State, err)
		}
	})
}

func TestAHoldEndsByTimeAlone(t *testing.T) {
	live(t, best("A"), func(h *house) {
		quote := h.holds(holding(1, 6_500_000))
		time.Sleep(30 * time.Minute)
		if found, err := h.g.FindQuote(context.Background(), "", quote.ID); err != nil || found.State != settlement.QuoteExpired {
			t.Errorf("%s, %v", found.State, err)
		}
		plain := holding(2, 6_500_000)
		plain.Hold = 0
		if got := h.benefit(h.settled(plain)); got != 4_200_000 {
			t.Errorf("after it lapsed %s", got)
		}
		_, err := h.g.Settle(context.Background(), by(holding(1, 6_500_000), quote.ID))
		if e := h.refused(err, settlement.KindBlocked, settlement.ReasonQuoteExpired); e.Field != "quote_id" {
			t.Errorf("field %s", e.Field)
		}
	})
}

// A settlement begun in the last second of its quote gets what was promised,
// however long the payer takes.
func TestASettlementBegunInTimeKeepsItsHold(t *testing.T) {
	live(t, best("A"), func(h *house) {
		quote := h.holds(holding(1, 6_500_000))
		time.Sleep(30*time.Minute - time.Second)
		h.slow.Store(int64(9 * time.Second))
		done := make(chan settlement.Money)
		go func() { done <- h.benefit(h.settled(by(holding(1, 6_500_000), quote.ID))) }()
		time.Sleep(5 * time.Second)
		h.slow.Store(0) // for the neighbour, who is done before
		plain := holding(2, 6_500_000)
		plain.Hold = 0
		if got := h.benefit(h.settled(plain)); got != 1_800_000 {
			t.Errorf("the neighbour got %s", got)
		}
		if got := <-done; got != 4_200_000 {
			t.Errorf("settled for %s", got)
		}
	})
}

// A payer that refuses leaves the quote to its time: the next try has it still.
func TestAQuoteOutlivesARefusal(t *testing.T) {
	live(t, best("A"), func(h *house) {
		quote := h.holds(holding(1, 6_500_000))
		h.script["settle A"] = answers("refused")
		if answer := h.settled(by(holding(1, 6_500_000), quote.ID)); answer.Settlement.State != settlement.StateAborted {
			t.Fatalf("%s", answer.Settlement.State)
		}
		again := by(holding(1, 6_500_000), quote.ID)
		again.Request = "another-try-0001"
		if got := h.benefit(h.settled(again)); got != 4_200_000 {
			t.Errorf("settled for %s", got)
		}
	})
}

func TestAQuoteIsIdempotent(t *testing.T) {
	live(t, best("A"), func(h *house) {
		first, again := h.holds(holding(1, 6_500_000)), h.holds(holding(1, 6_500_000))
		if again.ID != first.ID || !again.Replayed || first.Replayed {
			t.Errorf("%s replayed %t, then %s replayed %t", first.ID, first.Replayed, again.ID, again.Replayed)
		}
		_, err := h.g.Quote(context.Background(), holding(1, 6_400_000))
		if e := h.refused(err, settlement.KindKeyReused, settlement.ReasonKeyReused); e.Field != "bill.submitted" {
			t.Errorf("field %s", e.Field)
		}
		settled := by(holding(1, 6_500_000), first.ID)
		answer := h.settled(settled)
		if repeat := h.settled(settled); !repeat.Replayed || string(repeat.Body) != string(answer.Body) {
			t.Errorf("%q, then %q", answer.Body, repeat.Body)
		}
		newer := settled
		newer.Request, newer.Discharge = "settled-quote-1", "D9"
		_, err = h.g.Settle(context.Background(), newer)
		h.refused(err, settlement.KindBlocked, settlement.ReasonQuoteMismatch)
	})
}

func TestANewerQuoteOfADischargeReplacesTheOlder(t *testing.T) {
	live(t, best("A"), func(h *house) {
		old := h.holds(holding(1, 6_500_000))
		corrected := holding(1, 3_500_000)
		corrected.Request = "corrected-quote"
		fresh := h.holds(corrected)
		if fresh.Adjudication.Benefit != 2_100_000 || len(fresh.Others) != 0 {
			t.Errorf("%s beside %v", fresh.Adjudication.Benefit, fresh.Others)
		}
		_, err := h.g.Settle(context.Background(), by(holding(1, 6_500_000), old.ID))
		h.refused(err, settlement.KindBlocked, settlement.ReasonQuoteReleased)
		if got := h.holds(holding(2, 6_500_000)); got.Adjudication.Benefit != 3_900_000 {
			t.Errorf("the other hospital is quoted %s", got.Adjudication.Benefit)
		}
	})
}

func TestReleaseQuote(t *testing.T) {
	live(t, best("A"), func(h *house) {
		ctx, tenant := context.Background(), settlement.TenantID(hospital)
		quote := h.holds(holding(1, 6_500_000))
		_, err := h.g.ReleaseQuote(ctx, lifecycle.ReleaseAsk{Tenant: "another", Quote: quote.ID})
		h.refused(err, settlement.KindNotFound, settlement.ReasonQuoteNotFound)
		for range 2 { // the request may be repeated
			got, err := h.g.ReleaseQuote(ctx, lifecycle.ReleaseAsk{Tenant: tenant, Actor: "cashier", Quote: quote.ID})
			if err != nil || got.State != settlement.QuoteReleased {
				t.Errorf("%s, %v", got.State, err)
			}
		}
		other := h.holds(holding(2, 6_500_000))
		if other.Adjudication.Benefit != 4_200_000 {
			t.Errorf("after the release %s", other.Adjudication.Benefit)
		}
		h.settled(by(holding(2, 6_500_000), other.ID))
		_, err = h.g.ReleaseQuote(ctx, lifecycle.ReleaseAsk{Tenant: tenant, Quote: other.ID})
		h.refused(err, settlement.KindBlocked, settlement.ReasonQuoteSettled)
	})
}

func TestAQuoteIsForOnePersonAndYear(t *testing.T) {
	live(t, best("A"), func(h *house) {
		quote := h.holds(holding(1, 6_500_000))
		for field, change := range map[string]func(*lifecycle.Ask){
			"discharge_id":          func(a *lifecycle.Ask) { a.Discharge = "D9" },
			"beneficiary.id_number": func(a *lifecycle.Ask) { a.Person = certificate(1) },
			"discharge_date":        func(a *lifecycle.Ask) { a.Claim.Admission, a.Claim.Discharge = 20251220, 20251231 },
		} {
			ask := by(holding(1, 6_500_000), quote.ID)
			change(&ask)
			_, err := h.g.Settle(context.Background(), ask)
			if e := h.refused(err, settlement.KindBlocked, settlement.ReasonQuoteMismatch); e.Field != field {
				t.Errorf("field %s, want %s", e.Field, field)
			}
		}
		ask := by(holding(1, 6_500_000), "another")
		_, err := h.g.Settle(context.Background(), ask)
		h.refused(err, settlement.KindBlocked, settlement.ReasonQuoteNotFound)
		ask = by(holding(1, 6_500_000), quote.ID)
		ask.Tenant = "another"
		_, err = h.g.Settle(context.Background(), ask)
		h.refused(err, settlement.KindBlocked, settlement.ReasonQuoteNotFound)
		if h.sends() != 1 { // of the quote
			t.Errorf("%d calls to the payer", h.sends())
		}
	})
}

// A hold is of the year of its discharge: that of another year is another.
func TestAHoldIsOfItsYear(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.holds(holding(1, 6_500_000))
		next := holding(2, 6_500_000)
		next.Claim.Admission, next.Claim.Discharge = 20251220, 20251231
		if got := h.holds(next); got.Adjudication.Benefit != 4_200_000 || len(got.Others) != 0 {
			t.Errorf("%s beside %v", got.Adjudication.Benefit, got.Others)
		}
	})
}

func TestAHoldIsBounded(t *testing.T) {
	live(t, best("A"), func(h *house) {
		ask := holding(1, 6_500_000)
		ask.Hold = time.Hour + time.Minute
		_, err := h.g.Quote(context.Background(), ask)
		if e := h.refused(err, settlement.KindInvalid, settlement.ReasonHoldTooLong); e.Field != "hold.minutes" || e.Value != "1h0m0s" {
			t.Errorf("field %s value %s", e.Field, e.Value)
		}
		if h.sends() != 0 {
			t.Error("a payer was asked")
		}
	})
}
