package lifecycle_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// booked is the payer's own book, with what it knows of a message.
func (h *house) booked() map[settlement.PayerCode]map[settlement.MessageID]*lifecycle.Booked {
	h.w.lock.Lock()
	defer h.w.lock.Unlock()
	books := map[settlement.PayerCode]map[settlement.MessageID]*lifecycle.Booked{}
	for _, b := range h.w.payers {
		lines := map[settlement.MessageID]*lifecycle.Booked{}
		for message := range b.undone {
			lines[message] = &lifecycle.Booked{Insured: "P1", Encounter: "E1"}
		}
		for message := range b.held {
			lines[message] = &lifecycle.Booked{Net: 1, Insured: "P1", Encounter: "E1"}
		}
		books[b.code] = lines
	}
	return books
}

// restored compares the store with books and carries it to a rest.
func (h *house) restored(r lifecycle.Restore) lifecycle.Restored {
	h.Helper()
	r.Archive = h.store
	taken, err := h.g.Restore(context.Background(), r)
	if err != nil {
		h.Fatal(err)
	}
	time.Sleep(10 * time.Minute)
	synctest.Wait()
	if left, err := h.g.Unrested(context.Background()); left != 0 || err != nil {
		h.Errorf("%d not at a rest: %v", left, err)
	}
	return taken
}

// strangerMessage is one that a payer remembers and the store does not.
const strangerMessage = settlement.MessageID(hospital + "202603011200000001")

func TestRestoreTakesUpWhatThePayerRemembers(t *testing.T) {
	live(t, best("A"), func(h *house) {
		stands := h.settled(discharge(1, 0)).Settlement
		undone := h.settled(discharge(2, 1)).Settlement
		h.w.payers[0].undo(undone.Legs[0].Message)
		h.w.payers[0].held[strangerMessage] = 500_000
		begun := time.Now()
		taken := h.restored(lifecycle.Restore{Books: h.booked(), BegunAt: begun})
		if taken.Seen != 2 || taken.Forgotten != 1 || taken.Found != 1 || taken.Again != 0 || len(taken.Contradictions) != 0 {
			t.Errorf("%+v", taken)
		}
		if s := h.record(stands.ID); s.State != settlement.StateCommitted {
			t.Errorf("what stands at both is %s", s.State)
		}
		if s := h.record(undone.ID); s.State != settlement.StateReversed {
			t.Errorf("what the payer undid is %s", s.State)
		}
		if held, _ := h.w.holds(); held != 1 {
			t.Errorf("the payer holds %d", held)
		}
		if found, seen := verified(t, h.store, auditor(h)); len(found) != 0 || seen != 3 {
			t.Errorf("%d settlements, findings %v", seen, found)
		}
		again := h.restored(lifecycle.Restore{Books: h.booked(), BegunAt: begun})
		if again.Forgotten+again.Found+again.Again != 0 || len(again.Contradictions) != 0 {
			t.Errorf("a second time: %+v", again)
		}
	})
}

// TestRestoreDecidesAgainstWhatWasOpen: a settlement whose payer was silent when
// the store went back is undone.
func TestRestoreDecidesAgainstWhatWasOpen(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.slow.Store(int64(9 * time.Second))
		go h.g.Settle(context.Background(), discharge(1, 0))
		time.Sleep(time.Second)
		synctest.Wait()
		begun := time.Now()
		taken := h.restored(lifecycle.Restore{Books: h.booked(), BegunAt: begun})
		if taken.Again != 1 || taken.Seen != 1 {
			t.Errorf("%+v", taken)
		}
		if held, _ := h.w.holds(); held != 0 {
			t.Errorf("the payer holds %d", held)
		}
		if found, _ := verified(t, h.store, auditor(h)); len(found) != 0 {
			t.Errorf("findings %v", found)
		}
	})
}

// TestRestoreTouchesNothingItCannotProve: what contradicts the book, or cannot
// be reversed, is told and left alone.
func TestRestoreTouchesNothingItCannotProve(t *testing.T) {
	type line = lifecycle.Booked
	for name, c := range map[string]struct {
		change func(lines map[settlement.MessageID]*line, kept settlement.MessageID)
		since  time.Duration // the books begin so long after the settlement
		says   string        // "": no contradiction
	}{
		"the book is short":     {func(l map[settlement.MessageID]*line, kept settlement.MessageID) { delete(l, kept) }, -time.Hour, "does not have it"},
		"the book begins later": {func(l map[settlement.MessageID]*line, kept settlement.MessageID) { delete(l, kept) }, time.Hour, ""},
		"paid twice":            {func(l map[settlement.MessageID]*line, kept settlement.MessageID) { l[kept].Net = 2 }, 0, "standing 2 times"},
		"a stranger of nobody": {func(l map[settlement.MessageID]*line, _ settlement.MessageID) {
			l["X36082700001202603011200000001"] = &line{Net: 1, Insured: "P", Encounter: "E"}
		},
			0, "of no facility"},
		"a stranger without a day": {func(l map[settlement.MessageID]*line, _ settlement.MessageID) {
			l["H3608270000199999999"] = &line{Net: 1, Insured: "P", Encounter: "E"}
		},
			0, "of no facility"},
		"a stranger of no person": {func(l map[settlement.MessageID]*line, _ settlement.MessageID) {
			l[strangerMessage] = &line{Net: 1, Encounter: "E"}
		},
			0, "cannot be reversed"},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				kept := h.settled(discharge(1, 0)).Settlement
				books := h.booked()
				c.change(books["A"], kept.Legs[0].Message)
				taken := h.restored(lifecycle.Restore{Books: books, BegunAt: time.Now(), Since: kept.ClosedAt.Add(c.since)})
				if taken.Forgotten+taken.Found+taken.Again != 0 || h.record(kept.ID).State != settlement.StateCommitted {
					t.Errorf("%+v", taken)
				}
				if c.says == "" != (len(taken.Contradictions) == 0) || c.says != "" && !strings.Contains(taken.Contradictions[0].String(), c.says) {
					t.Errorf("contradictions %v, want %q", taken.Contradictions, c.says)
				}
			})
		})
	}
}

// TestRestoreFindsAPayerThatIsNotConfigured and what is aborted here and stands
// there.
func TestRestoreToldOfOtherBooks(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.script["settle A"] = answers("refused")
		refused := h.settled(discharge(1, 0)).Settlement
		books := h.booked()
		books["A"][refused.Legs[0].Message] = &lifecycle.Booked{Net: 1, Insured: "P1", Encounter: "E1"}
		books["B"] = map[settlement.MessageID]*lifecycle.Booked{strangerMessage: {Net: 1, Insured: "P1", Encounter: "E1"}}
		taken := h.restored(lifecycle.Restore{Books: books, BegunAt: time.Now()})
		if taken.Found != 0 || len(taken.Contradictions) != 2 {
			t.Errorf("%+v", taken)
		}
	})
}
