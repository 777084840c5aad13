package lifecycle_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// adjusts posts that payer A bears some fen less of s than was booked.
func (h *house) adjusts(s settlement.Settlement, id settlement.AdjustmentID, less settlement.Money) error {
	h.Helper()
	from := s.Borne("A")
	return h.g.Adjust(context.Background(), s.ID, settlement.Adjustment{
		ID: id, Payer: "A", From: from, To: from - less, Document: "赣医保函〔2026〕7号", Cause: "类别更正", By: "operator/li", Approver: "operator/wang",
	})
}

// An adjustment is posted once, whatever else the settlement has stays as it
// was, and the auditor knows of it.
func TestAdjustPostsOnce(t *testing.T) {
	live(t, best("A"), func(h *house) {
		before := h.record(h.settled(discharge(1, 0)).Settlement.ID)
		used := h.used(before.Year)
		for range 2 {
			if err := h.adjusts(before, "r1/1", 70); err != nil {
				t.Fatal(err)
			}
		}
		s := h.record(before.ID)
		if s.Revision != before.Revision+1 || s.Borne("A") != before.Borne("A")-70 || len(s.Adjustments) != 1 {
			t.Errorf("revision %d, %s, %+v", s.Revision, s.Borne("A"), s.Adjustments)
		}
		if diff := cmp.Diff(before.Adjudication, s.Adjudication); diff != "" || s.State != settlement.StateCommitted || h.used(s.Year) != used {
			t.Errorf("%s, the year has used %s: %s", s.State, h.used(s.Year), diff)
		}
		entries, err := h.store.Entries(context.Background(), s.ID)
		want := append(before.Entries(), settlement.Entry{Account: "adjustment/payer/A", Debit: 70}, settlement.Entry{Account: "payer/A/adjustment", Credit: 70})
		if diff := cmp.Diff(want, entries); diff != "" || err != nil {
			t.Error(diff, err)
		}
		found, err := h.store.Dossiers(context.Background(), lifecycle.Place{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		last := found[0].Events[len(found[0].Events)-1]
		if last.Action != "reconcile.adjust" || last.Actor != "operator/wang" || last.Seal == (settlement.Seal{}) {
			t.Errorf("%+v", last)
		}
		other := s
		other.Adjustments = nil
		h.refused(h.adjusts(other, "r1/1", 71), settlement.KindKeyReused, settlement.ReasonKeyReused)
		h.refused(h.adjusts(other, "r2/1", 70), settlement.KindBlocked, settlement.ReasonFixNotPossible) // the same, found by another run
		h.books(1)
	})
}

// A reversal takes back what was adjusted with the rest, and nothing is adjusted
// after it.
func TestReversalTakesAdjustmentsBack(t *testing.T) {
	live(t, best("A"), func(h *house) {
		s := h.settled(discharge(1, 0)).Settlement
		for i, less := range []settlement.Money{70, -40} {
			if err := h.adjusts(h.record(s.ID), settlement.AdjustmentID(rune('a'+i)), less); err != nil {
				t.Fatal(err)
			}
		}
		booked := h.record(s.ID)
		h.reversed(s.ID, 1)
		entries, err := h.store.Entries(context.Background(), s.ID)
		want := booked.Booked()
		if diff := cmp.Diff(append(slices.Clip(want), settlement.Counter(want)...), entries); diff != "" || err != nil {
			t.Error(diff, err)
		}
		h.refused(h.adjusts(h.record(s.ID), "late", 1), settlement.KindBlocked, settlement.ReasonFixNotPossible)
		h.books(0)
	})
}

// Of two who write at once one is told to come again, and nothing is posted
// twice; what is not there is not adjusted.
func TestAdjustMeetsAnotherWriter(t *testing.T) {
	live(t, best("A"), func(h *house) {
		s := h.record(h.settled(discharge(1, 0)).Settlement.ID)
		errs := make(chan error, 2)
		for i := range 2 {
			go func() { errs <- h.adjusts(s, settlement.AdjustmentID(rune('a'+i)), 70) }()
		}
		failed := 0
		for range 2 {
			if err := <-errs; err != nil {
				failed++
				if kind := settlement.KindOf(err); kind != settlement.KindConflict && kind != settlement.KindBlocked {
					t.Errorf("%v", err)
				}
			}
		}
		if got := h.record(s.ID); failed != 1 || len(got.Adjustments) != 1 {
			t.Errorf("%d failed, %+v", failed, got.Adjustments)
		}
		s.ID = "none"
		if err := h.adjusts(s, "x", 1); settlement.KindOf(err) != settlement.KindNotFound {
			t.Errorf("%v", err)
		}
		h.books(1)
	})
}
