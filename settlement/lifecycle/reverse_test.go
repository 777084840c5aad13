package lifecycle_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

func (h *house) reversed(id settlement.SettlementID, n int) lifecycle.Answer {
	h.Helper()
	answer, err := h.g.Reverse(context.Background(), undoing(id, n))
	if err != nil {
		h.Fatalf("reversing: %v", err)
	}
	return answer
}

func undoing(id settlement.SettlementID, n int) lifecycle.ReverseAsk {
	return lifecycle.ReverseAsk{
		Tenant: settlement.TenantID(hospital), Actor: "supervisor", Settlement: id, Cause: "wrong bill",
		Request: settlement.RequestID(fmt.Sprintf("reversal-%d", n)),
	}
}

// TestReversalGivesTheCapBack settles in December, reverses in January, and
// finds December's cap whole and the ledger at zero.
func TestReversalGivesTheCapBack(t *testing.T) {
	live(t, best("A"), func(h *house) {
		ask := discharge(1, 0)
		ask.Claim.Admission, ask.Claim.Discharge = 20251220, 20251231
		first := h.settled(ask)
		if h.used(2025) != 280_000 || h.used(2026) != 0 {
			t.Fatalf("used %s in 2025, %s in 2026", h.used(2025), h.used(2026))
		}
		time.Sleep(20 * 24 * time.Hour)
		answer := h.reversed(first.Settlement.ID, 1)
		if want := fmt.Sprintf("reverse %s REVERSED OK 2800.00", first.Settlement.ID); string(answer.Body) != want {
			t.Errorf("got %q, want %q", answer.Body, want)
		}
		if h.used(2025) != 0 || h.used(2026) != 0 {
			t.Errorf("used %s in 2025, %s in 2026", h.used(2025), h.used(2026))
		}
		entries, _ := h.store.Entries(context.Background(), first.Settlement.ID)
		balance := map[string]settlement.Money{}
		for _, entry := range entries {
			balance[entry.Account] += entry.Debit - entry.Credit
		}
		for account, rest := range balance {
			if rest != 0 {
				t.Errorf("account %s is left with %s", account, rest)
			}
		}
		if applied, _ := h.w.holds(); applied != 0 {
			t.Error("the payer still pays")
		}
	})
}

func TestAReversalIsDoneOnce(t *testing.T) {
	live(t, best("A"), func(h *house) {
		first := h.settled(discharge(1, 0))
		answer := h.reversed(first.Settlement.ID, 1)
		again := h.reversed(first.Settlement.ID, 1)
		if string(answer.Body) != string(again.Body) || !again.Replayed || h.sends() != 2 {
			t.Errorf("%q then %q after %d sends", answer.Body, again.Body, h.sends())
		}
		_, err := h.g.Reverse(context.Background(), undoing(first.Settlement.ID, 2))
		h.refused(err, settlement.KindBlocked, settlement.ReasonAlreadyReversed)
		other := undoing(first.Settlement.ID, 1)
		other.Cause = "another cause"
		_, err = h.g.Reverse(context.Background(), other)
		h.refused(err, settlement.KindKeyReused, settlement.ReasonKeyReused)
		settled := h.settled(discharge(1, 0))
		if string(settled.Body) != string(first.Body) {
			t.Errorf("the settle's own answer became %q", settled.Body)
		}
		fresh := discharge(1, 0)
		fresh.Request = "request-after"
		if got := h.settled(fresh); got.Settlement.State != settlement.StateCommitted {
			t.Errorf("the discharge cannot be settled anew: %s", got.Body)
		}
	})
}

// TestReversalInTheNameOfItsTenant: who may act for every tenant shares the
// keys of the settlement's own.
func TestReversalInTheNameOfItsTenant(t *testing.T) {
	live(t, best("A"), func(h *house) {
		first := h.settled(discharge(1, 0))
		ask := undoing(first.Settlement.ID, 1)
		ask.Tenant = ""
		answer, err := h.g.Reverse(context.Background(), ask)
		if err != nil || answer.Settlement.State != settlement.StateReversed {
			t.Fatalf("%s %v", answer.Body, err)
		}
		if again := h.reversed(first.Settlement.ID, 1); !again.Replayed || string(again.Body) != string(answer.Body) {
			t.Errorf("%q then %q", answer.Body, again.Body)
		}
	})
}

func TestWhatCannotBeReversed(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		_, err := h.g.Reverse(context.Background(), undoing("nobody", 1))
		h.refused(err, settlement.KindNotFound, settlement.ReasonSettlementNotFound)
		first := h.settled(discharge(1, 0))
		foreign := undoing(first.Settlement.ID, 2)
		foreign.Tenant = "another"
		_, err = h.g.Reverse(context.Background(), foreign)
		h.refused(err, settlement.KindNotFound, settlement.ReasonSettlementNotFound)
		h.script["settle A"] = answers("refused")
		aborted := h.settled(discharge(2, 0))
		_, err = h.g.Reverse(context.Background(), undoing(aborted.Settlement.ID, 3))
		h.refused(err, settlement.KindBlocked, settlement.ReasonNotReversible)
	})
}

func TestARefusedReversalIsAnAnswer(t *testing.T) {
	live(t, best("A"), func(h *house) {
		first := h.settled(discharge(1, 0))
		h.script["reverse A"] = []int{1}
		answer := h.reversed(first.Settlement.ID, 1)
		s := h.record(first.Settlement.ID)
		if s.State != settlement.StateCommitted || s.Reversal.Refused != settlement.ReasonReversalRefused || answer.Body == nil {
			t.Errorf("%s: %s %+v", answer.Body, s.State, s.Reversal)
		}
		if h.used(2026) != 280_000 {
			t.Errorf("used %s after a refused reversal", h.used(2026))
		}
		if again := h.reversed(first.Settlement.ID, 2); again.Settlement.State != settlement.StateReversed {
			t.Errorf("a second try gives %s", again.Body)
		}
	})
}

func TestALostReversalAnswerHeals(t *testing.T) {
	live(t, best("A"), func(h *house) {
		first := h.settled(discharge(1, 0))
		h.script["reverse A"] = []int{2} // done, answer lost
		answer := h.reversed(first.Settlement.ID, 1)
		if answer.Settlement.State != settlement.StateReversed || h.used(2026) != 0 {
			t.Errorf("%s, used %s", answer.Body, h.used(2026))
		}
	})
}

// TestAReversalThatProvesNothingIsWaitedFor: the payer says "accepted" and can
// be asked, so the cap is given back only when it says it was done.
func TestAReversalThatProvesNothingIsWaitedFor(t *testing.T) {
	doubtful := func(w *world) {
		best("A")(w)
		w.payers[0].confirms = false
	}
	live(t, doubtful, func(h *house) {
		first := h.settled(discharge(1, 0))
		h.script["reverse A"] = []int{5} // accepted, not done
		answer := h.reversed(first.Settlement.ID, 1)
		if answer.Settlement.State != settlement.StateReversed || answer.Settlement.Legs[0].Undos != 2 {
			t.Errorf("%s after %d reversals", answer.Body, answer.Settlement.Legs[0].Undos)
		}
	})
}

// TestReversalFlagsWhatBuiltOnIt: the third settlement was cut by the cap the
// first had used.
func TestReversalFlagsWhatBuiltOnIt(t *testing.T) {
	live(t, best("A"), func(h *house) {
		big := func(n int) lifecycle.Ask {
			ask := discharge(n, 0)
			ask.Claim.Bill = settlement.Bill{Submitted: 5_000_000, Eligible: 5_000_000}
			return ask
		}
		first := h.settled(big(1))  // 45,000 × 70 % = 31,500
		second := h.settled(big(2)) // cut to 28,500
		third := h.settled(discharge(3, 1))
		h.reversed(first.Settlement.ID, 1)
		flags := map[settlement.SettlementID]bool{}
		page, err := h.g.List(context.Background(), lifecycle.Query{Review: true, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Settlements {
			flags[s.ID] = true
		}
		if !flags[second.Settlement.ID] || flags[third.Settlement.ID] || len(flags) != 1 {
			t.Errorf("flagged %v, want only %s", flags, second.Settlement.ID)
		}
		if h.used(2026) != 2_850_000 {
			t.Errorf("used %s: a later settlement was re-priced", h.used(2026))
		}
	})
}

func TestQuotePromisesNothingAndSaysTheSame(t *testing.T) {
	live(t, best("A"), func(h *house) {
		quote, err := h.g.Quote(context.Background(), discharge(1, 0))
		if err != nil {
			t.Fatal(err)
		}
		page, err := h.g.List(context.Background(), lifecycle.Query{Limit: 10})
		if err != nil || len(page.Settlements) != 0 || h.used(2026) != 0 {
			t.Fatalf("a quote left %d settlements and %s used, %v", len(page.Settlements), h.used(2026), err)
		}
		settled := h.record(h.settled(discharge(1, 0)).Settlement.ID)
		if diff := cmp.Diff(quote.Adjudication, *settled.Adjudication, cmp.AllowUnexported(settlement.Ratio{})); diff != "" {
			t.Errorf("quoted and settled differ:\n%s", diff)
		}
	})
}

func TestListGoesPageByPage(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		for n := range 5 {
			h.settled(discharge(n, n%2))
			time.Sleep(time.Second)
		}
		var seen []settlement.DischargeID
		query := lifecycle.Query{Limit: 2}
		for {
			page, err := h.g.List(context.Background(), query)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range page.Settlements {
				seen = append(seen, s.Discharge)
			}
			if page.Next == nil {
				break
			}
			query.Before = page.Next
		}
		if diff := cmp.Diff([]settlement.DischargeID{"D4", "D3", "D2", "D1", "D0"}, seen); diff != "" {
			t.Error(diff)
		}
	})
}

func TestStatementKnowsThePerson(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		id := h.settled(discharge(1, 0)).Settlement.ID
		statement, err := h.g.Statement(context.Background(), "", id)
		if err != nil || statement.Person.Name != "张测试" || statement.Facility.Name != "县医院" || statement.Policy != "County" {
			t.Errorf("%+v %v", statement, err)
		}
		_, err = h.g.Statement(context.Background(), "another", id)
		h.refused(err, settlement.KindNotFound, settlement.ReasonSettlementNotFound)
	})
}

// TestRefusedBeforeAnythingIsStored goes through what a cashier can get wrong:
// no record, no call.
func TestRefusedBeforeAnythingIsStored(t *testing.T) {
	tests := []struct {
		name   string
		change func(*lifecycle.Ask)
		kind   settlement.Kind
		reason settlement.Reason
		field  string
	}{
		{"facility nobody knows", func(a *lifecycle.Ask) { a.Facility = "H00000000000" }, settlement.KindBlocked, settlement.ReasonUnknownFacility, "facility_id"},
		{"person not registered", func(a *lifecycle.Ask) { a.Person = "unknown" }, settlement.KindBlocked, settlement.ReasonUnknownPerson, "beneficiary.id_number"},
		{"another person's name", func(a *lifecycle.Ask) { a.Name = "李测试" }, settlement.KindBlocked, settlement.ReasonPersonMismatch, "beneficiary.name"},
		{"scheme without a payer", func(a *lifecycle.Ask) { a.Scheme = settlement.SchemeEmployee }, settlement.KindBlocked, settlement.ReasonNoPayer, "scheme"},
		{"no policy that day", func(a *lifecycle.Ask) { a.Claim.Admission, a.Claim.Discharge = 20191230, 20191231 }, settlement.KindBlocked, settlement.ReasonNoPolicyVersion, "discharge"},
		{"bill does not add up", func(a *lifecycle.Ask) { a.Claim.Bill.Eligible++ }, settlement.KindInvalid, settlement.ReasonBillUnbalanced, ""},
		{"others pay more than the bill", func(a *lifecycle.Ask) {
			a.Others = []settlement.Share{{Source: settlement.Commercial, Amount: 1_000_001}}
		}, settlement.KindInvalid, settlement.ReasonPayersExceed, ""},
		{"discharged before admitted", func(a *lifecycle.Ask) { a.Claim.Admission = 20260310 }, settlement.KindInvalid, settlement.ReasonDateOrder, ""},
		{"only a total, nobody to say its parts", func(a *lifecycle.Ask) { a.BillStated, a.Scheme = false, settlement.SchemeNone }, settlement.KindInvalid, settlement.ReasonBillUnbalanced, "bill"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			live(t, worst("A"), func(h *house) {
				ask := discharge(1, 0)
				tt.change(&ask)
				_, err := h.g.Settle(context.Background(), ask)
				e := h.refused(err, tt.kind, tt.reason)
				if tt.field != "" && e.Field != tt.field {
					t.Errorf("names field %q, want %q", e.Field, tt.field)
				}
				page, _ := h.g.List(context.Background(), lifecycle.Query{Limit: 1})
				if len(page.Settlements) != 0 || h.sends() != 0 {
					t.Errorf("%d records and %d sends were left", len(page.Settlements), h.sends())
				}
			})
		})
	}
}

func TestAStoppedProcessDoesNotSendAnOldRequest(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		h.store.Fault = func(m memory.Moment) error {
			if m.Verb == "open" && m.Applied {
				time.Sleep(time.Minute) // asleep between storing the intent and sending
			}
			return nil
		}
		h.g.AnswerWithin = 5 * time.Minute
		answer := h.settled(discharge(1, 0))
		if answer.Settlement.State == settlement.StateCommitted {
			t.Errorf("%s: a request was sent after its lease", answer.Body)
		}
		if applied, _ := h.w.holds(); applied != 0 {
			t.Error("the payer was made to pay")
		}
	})
}

// The record is written by somebody else between being read and the reversal's
// first write, as when an earlier settlement of the person is reversed and
// flags it for review.
func TestAReversalOfARecordThatMovedOnIsAskedAgain(t *testing.T) {
	for name, moves := range map[string]int{"once": 1, "every time": 9} {
		t.Run(name, func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				id := h.settled(discharge(1, 0)).Settlement.ID
				writing := false
				h.store.Fault = func(m memory.Moment) error {
					if m.Verb != "advance" || m.Applied || writing || moves == 0 {
						return nil
					}
					moves--
					writing = true
					defer func() { writing = false }()
					return h.store.Advance(context.Background(), lifecycle.Change{Settlement: h.record(id)})
				}
				answer, err := h.g.Reverse(context.Background(), undoing(id, 1))
				if name == "once" && (err != nil || answer.Settlement.State != settlement.StateReversed || moves != 0) {
					t.Errorf("%s, %v", answer.Settlement.State, err)
				}
				if name != "once" {
					h.refused(err, settlement.KindUnavailable, settlement.ReasonStoreUnavailable)
				}
			})
		})
	}
}
