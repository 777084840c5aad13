package lifecycle_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Bugs that were reported of other systems that move money. Each has a test
// here, so that it is never ours. are adapters/store/postgres's, R-12 is api's.

// TestR01AnAbortedSettlementHoldsNothing: elsewhere a time-out did not give
// back what was reserved. Nothing is reserved here before the pivot; so what
// was decided against leaves the year untouched, and the next one has all of
// it.
func TestR01AnAbortedSettlementHoldsNothing(t *testing.T) {
	for _, answer := range []string{"refused", "applied, answer lost", "lost", "late", "applied, other amounts"} {
		t.Run(answer, func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				h.script["settle A"] = answers(answer)
				h.script["inquire A"] = []int{1, 1, 1} // it cannot say
				h.g.AnswerWithin = time.Hour
				first := h.settled(discharge(1, 0))
				entries, err := h.store.Entries(context.Background(), first.Settlement.ID)
				if first.Settlement.State != settlement.StateAborted || h.used(2026) != 0 || len(entries) != 0 || err != nil {
					t.Errorf("%s: used %s, entries %v", first.Body, h.used(2026), entries)
				}
				whole := discharge(2, 0)
				whole.Claim.Bill = settlement.Bill{Submitted: 10_000_000, Eligible: 10_000_000}
				if got := h.settled(whole).Settlement; got.Adjudication == nil || got.Adjudication.Benefit != countyCap {
					t.Errorf("the next one does not get the whole cap: %+v", got.Adjudication)
				}
			})
		})
	}
}

// TestR02NothingHappensToWhatHasEnded: elsewhere a timer went on firing at a
// transfer that had failed.
func TestR02NothingHappensToWhatHasEnded(t *testing.T) {
	for name, script := range map[string]map[string][]int{
		"settled":   {},
		"refused":   {"settle A": answers("refused")},
		"attention": {"settle A": answers("lost"), "inquire A": {1, 1, 1}, "reverse nothing A": {2}},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				h.script = script
				before := h.settled(discharge(1, 0)).Settlement
				if before.State.Open() || before.Owner != "" || !before.NextAt.IsZero() || !before.LeaseUntil.IsZero() {
					t.Fatalf("%s rests with owner %q until %s, next %s", before.State, before.Owner, before.LeaseUntil, before.NextAt)
				}
				sends := h.sends()
				time.Sleep(25 * time.Hour) // the longest timer is a day
				if after := h.record(before.ID); after.Revision != before.Revision || h.sends() != sends {
					t.Errorf("in a day it went from revision %d to %d, with %d more sends", before.Revision, after.Revision, h.sends()-sends)
				}
			})
		})
	}
}

// states are all that a caller may ever see.
var states = []settlement.State{
	settlement.StateReceived, settlement.StateSettling, settlement.StateCommitted, settlement.StateAborting,
	settlement.StateAborted, settlement.StateAttention, settlement.StateReversing, settlement.StateReversed,
}

// TestR03ReadingSaysWhatWasAnswered: elsewhere an internal state leaked out, and
// what was read afterwards was not what had been answered.
func TestR03ReadingSaysWhatWasAnswered(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.script["settle A"] = answers("ok", "refused")
		reads := func(method lifecycle.Method, answer lifecycle.Answer) {
			read, err := h.g.Settlement(context.Background(), settlement.TenantID(hospital), answer.Settlement.ID)
			again, _ := encode(method, read)
			if err != nil || string(again) != string(answer.Body) || !slices.Contains(states, read.State) {
				t.Errorf("answered %q, reads %q in %s, %v", answer.Body, again, read.State, err)
			}
		}
		settled := h.settled(discharge(1, 0))
		reads(lifecycle.MethodSettle, settled)
		reads(lifecycle.MethodSettle, h.settled(discharge(2, 1)))
		reads(lifecycle.MethodReverse, h.reversed(settled.Settlement.ID, 1))
		h.slow.Store(int64(30 * time.Second))
		waiting, err := h.g.Settle(context.Background(), discharge(3, 2))
		if err != nil || waiting.Body != nil || !slices.Contains(states, waiting.Settlement.State) {
			t.Errorf("in progress: %q in %s, %v", waiting.Body, waiting.Settlement.State, err)
		}
	})
}

// dead runs body in a process that dies at a moment of its store.
func dead(w *world, store *memory.Store, at memory.Moment, body func(*lifecycle.Lifecycle)) (died bool) {
	store.Fault = func(m memory.Moment) error {
		if m == at {
			panic(crashed{})
		}
		return nil
	}
	defer func() {
		store.Fault = nil
		if r := recover(); r != nil {
			if _, died = r.(crashed); !died {
				panic(r)
			}
		}
	}()
	body(gateway(w, store, 1))
	return false
}

// after lets another process find what a dead one left, again and again.
func after(t *testing.T, w *world, store *memory.Store) settlement.Settlement {
	t.Helper()
	other := gateway(w, store, 2)
	for range 30 {
		w.pass(w.now.Add(time.Minute))
		if _, err := other.RecoverNow(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	found, err := store.List(context.Background(), lifecycle.Query{Limit: 10})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d settlements, %v", len(found), err)
	}
	return found[0]
}

// still is a world whose payers give their first answer, and its empty store.
func still(t *testing.T, payer func(*world)) (*world, *memory.Store) {
	t.Helper()
	w := &world{now: noon, pick: func(string, int) int { return 0 }, sends: map[settlement.MessageID]int{}}
	payer(w)
	store := memory.New()
	if err := store.PutPerson(context.Background(), person(0)); err != nil {
		t.Fatal(err)
	}
	return w, store
}

// TestR04DeathAfterThePayerPaid: elsewhere a step failed after the outside
// world had been changed, and nothing was stored of it.
func TestR04DeathAfterThePayerPaid(t *testing.T) {
	tests := []struct {
		name  string
		payer func(*world)
		state settlement.State
		held  int
	}{
		{"a payer that can be asked", best("A"), settlement.StateCommitted, 1},
		{"one that cannot", worst("A"), settlement.StateAborting, 0}, // waiting for its proof
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, store := still(t, tt.payer)
			died := dead(w, store, memory.Moment{Verb: "close"}, func(l *lifecycle.Lifecycle) {
				_, _, _ = l.SettleNow(context.Background(), discharge(1, 0))
			})
			if held, _ := w.holds(); !died || held != 1 {
				t.Fatalf("died %t with %d held", died, held)
			}
			s := after(t, w, store)
			if held, _ := w.holds(); s.State != tt.state || held != tt.held {
				t.Errorf("%s, and the payer holds %d", s.State, held)
			}
			if n := w.sends[s.Legs[0].Message]; n != 1 {
				t.Errorf("the settle was sent %d times", n)
			}
		})
	}
}

// unanswered lets the first write of a verb take effect without an answer, and
// counts every try at each verb.
func (h *house) unanswered(verb string) map[string]int {
	tries, struck := map[string]int{}, false
	h.store.Fault = func(m memory.Moment) error {
		if !m.Applied {
			tries[m.Verb]++
			return nil
		}
		if struck || m.Verb != verb {
			return nil
		}
		struck = true
		return &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonStoreUnavailable}
	}
	return tries
}

// TestR05ACommitIsNotSentTwice: elsewhere COMMIT was sent again over a new
// connection, which answered "success" to nothing. Here the pivot that got no
// answer is read again, and was tried once.
func TestR05ACommitIsNotSentTwice(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		tries := h.unanswered("close")
		answer := h.settled(discharge(1, 0))
		time.Sleep(time.Hour)
		entries, _ := h.store.Entries(context.Background(), answer.Settlement.ID)
		if answer.Settlement.State != settlement.StateCommitted || tries["close"] != 1 || len(entries) != 4 || h.used(2026) != 280_000 {
			t.Errorf("%s after %d tries, %d entries, %s used", answer.Body, tries["close"], len(entries), h.used(2026))
		}
	})
}

// TestR06TheBodyIsNotRunAgain: elsewhere a retry ran the whole transaction again
// after a commit in doubt. Here the opening that got no answer is neither tried
// again nor followed by a call; recovery finds it by itself.
func TestR06TheBodyIsNotRunAgain(t *testing.T) {
	live(t, best("A"), func(h *house) {
		tries := h.unanswered("open")
		h.g.AnswerWithin = 5 * time.Minute
		answer := h.settled(discharge(1, 0))
		page, err := h.g.List(context.Background(), lifecycle.Query{Limit: 10})
		if err != nil || len(page.Settlements) != 1 || tries["open"] != 1 {
			t.Errorf("%d settlements after %d tries, %v", len(page.Settlements), tries["open"], err)
		}
		if s := answer.Settlement; s.State != settlement.StateAborted || s.Epoch == 1 || h.w.sends[s.Legs[0].Message] != 0 {
			t.Errorf("%s in epoch %d: its settle was sent %d times", answer.Body, s.Epoch, h.w.sends[s.Legs[0].Message])
		}
	})
}

// TestR07RecoveryReadsTheRecords: elsewhere a queue held the truth, and its
// rescuer overwrote what had been completed. Here a process that knows nothing
// but the store takes up what another left, once, and what is complete never.
func TestR07RecoveryReadsTheRecords(t *testing.T) {
	w, store := still(t, best("A"))
	dead(w, store, memory.Moment{Verb: "close"}, func(l *lifecycle.Lifecycle) {
		_, _, _ = l.SettleNow(context.Background(), discharge(1, 0))
	})
	w.pass(w.now.Add(time.Minute))
	for look, want := range []int{1, 0, 0} {
		got, err := gateway(w, store, 3+look).RecoverNow(context.Background())
		if got != want || err != nil {
			t.Errorf("look %d took up %d, want %d, %v", look, got, want, err)
		}
		w.pass(w.now.Add(time.Minute))
	}
	if s := after(t, w, store); s.State != settlement.StateCommitted || s.Epoch != 2 {
		t.Errorf("%s in epoch %d", s.State, s.Epoch)
	}
}

// mute is a payer that takes every call and never answers.
type mute struct {
	*book
	calls map[settlement.Operation]int
	long  bool // a call was given no deadline, or too late a one
}

func (m *mute) Send(ctx context.Context, wire lifecycle.Wire) lifecycle.PayerAnswer {
	m.calls[wire.Call.Operation]++
	deadline, bounded := ctx.Deadline()
	m.long = m.long || !bounded || time.Until(deadline) > m.terms.CallTimeout
	<-ctx.Done()
	return lifecycle.PayerAnswer{Result: settlement.ResultInDoubt, Cause: ctx.Err()}
}

// TestR08EveryCallEnds: elsewhere a client tried for ever. Here every call has a
// deadline, every kind of try a bound, and the end of them is people's queue;
// a payer that is silent does not use them up, but only a day.
func TestR08EveryCallEnds(t *testing.T) {
	live(t, best("A"), func(h *house) {
		m := &mute{book: h.w.payers[0], calls: map[settlement.Operation]int{}}
		h.g.Directory.Payers["A"] = m
		_, err := h.g.Quote(context.Background(), discharge(1, 0))
		h.refused(err, settlement.KindUnavailable, settlement.ReasonPayerUnavailable)
		answer, err := h.g.Settle(context.Background(), discharge(1, 0))
		if err != nil || answer.Body != nil {
			t.Fatalf("%q %v", answer.Body, err)
		}
		time.Sleep(23 * time.Hour)
		if s := h.record(answer.Settlement.ID); s.State != settlement.StateAborting {
			t.Errorf("after a day without an hour %s", s.State)
		}
		time.Sleep(time.Hour + time.Minute)
		if s := h.record(answer.Settlement.ID); s.State != settlement.StateAttention || m.long {
			t.Errorf("left in %s, a call without its deadline: %t", s.State, m.long)
		}
		if m.calls[settlement.OpSettle] != 1 || m.calls[settlement.OpInquire] > settlement.InquiriesMax || m.calls[settlement.OpReverse] > settlement.UndosMax {
			t.Errorf("called %v", m.calls)
		}
	})
}

// TestR11WhatIsSentIsWhatIsWritten: elsewhere a transport sent a request again
// by itself. Here there are as many sends as rows, of the same bytes.
func TestR11WhatIsSentIsWhatIsWritten(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.script["settle A"] = answers("applied, answer lost")
		h.script["inquire A"] = []int{1, 0}
		h.script["reverse A"] = []int{3, 4} // lost, then done with a malformed answer
		h.g.AnswerWithin = time.Hour
		s := h.settled(discharge(1, 0)).Settlement
		h.reversed(s.ID, 1)
		attempts, err := h.store.Attempts(context.Background(), s.ID)
		if err != nil {
			t.Fatal(err)
		}
		rows, total := map[settlement.MessageID]int{}, 0
		for _, a := range attempts {
			if a.Phase == lifecycle.PhaseSent {
				rows[a.Message]++
				total++
			}
		}
		for message, n := range h.w.sends {
			if rows[message] != n {
				t.Errorf("message %s was sent %d times with %d rows", message, n, rows[message])
			}
		}
		if total != 6 || h.sends() != total {
			t.Errorf("%d sends, %d rows, want 6", h.sends(), total)
		}
	})
}
