package lifecycle_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/clearance"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// asks makes the county's policy ask for an approval.
func (h *house) asks() {
	h.g.Directory.Policies["county"].Versions[0].Categories[0].Rules[0].Approved = true
}

// notes writes the acts of a form of person 0 at the hospital.
func (h *house) notes(number settlement.ApprovalNumber, acts ...approval.Act) {
	h.Helper()
	form := approval.Form{Number: number, Person: "b0", Facility: hospital, Valid: settlement.Period{From: 20260301, To: 20260331}, Issuer: "县民政局"}
	for i, act := range acts {
		note := clearance.Note{
			Key: clearance.Key{Request: settlement.RequestID(string(number) + string(act))}, Number: number,
			Event: approval.Event{Line: i + 1, Act: act, By: string(act), At: time.Now(), Cause: "x"},
		}
		if i == 0 {
			note.Form = &form
		}
		if err := h.store.Note(context.Background(), note); err != nil {
			h.Fatal(err)
		}
	}
}

// approved is discharge n of person p by an approval.
func approved(n, p int, number settlement.ApprovalNumber) lifecycle.Ask {
	ask := discharge(n, p)
	ask.Claim.Approval = number
	return ask
}

// Neither a quote nor a settlement without a good approval reaches the payer or
// the store; each says why.
func TestApprovalIsAskedForBeforeAnythingHappens(t *testing.T) {
	liveFrom(t, settlement.Date(20260401).Midnight(), best("A"), func(h *house) {
		h.asks()
		h.notes("pending", approval.Submitted)
		h.notes("refused", approval.Submitted, approval.Refused)
		h.notes("revoked", approval.Submitted, approval.Approved, approval.Revoked)
		h.notes("good", approval.Submitted, approval.Approved)
		late := approved(1, 0, "good")
		late.Claim.Discharge = 20260401
		for _, c := range []struct {
			ask    lifecycle.Ask
			reason settlement.Reason
		}{
			{discharge(1, 0), settlement.ReasonApprovalRequired},
			{approved(1, 0, "unheard of"), settlement.ReasonApprovalUnknown},
			{approved(1, 0, "pending"), settlement.ReasonApprovalPending},
			{approved(1, 0, "refused"), settlement.ReasonApprovalRefused},
			{approved(1, 0, "revoked"), settlement.ReasonApprovalRevoked},
			{approved(1, 1, "good"), settlement.ReasonApprovalMismatch},
			{late, settlement.ReasonApprovalExpired},
		} {
			_, err := h.g.Settle(context.Background(), c.ask)
			h.refused(err, settlement.KindBlocked, c.reason)
			_, err = h.g.Quote(context.Background(), c.ask)
			h.refused(err, settlement.KindBlocked, c.reason)
		}
		if listed, err := h.store.List(context.Background(), lifecycle.Query{Limit: 9}); err != nil || len(listed) != 0 || h.sends() != 0 {
			t.Errorf("%v: stored %d, sent %d", err, len(listed), h.sends())
		}
		if done := h.settled(approved(1, 0, "good")); h.record(done.Settlement.ID).State != settlement.StateCommitted {
			t.Errorf("%s", done.Body)
		}
	})
}

// One approval is for one discharge: a second is refused until the first is
// undone, a repeat of the first gets its answer, and a quote uses nothing up.
func TestApprovalIsUsedOnceAndFreedByReversal(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.notes("good", approval.Submitted, approval.Approved)
		if _, err := h.g.Quote(context.Background(), approved(2, 0, "good")); err != nil {
			t.Fatal(err)
		}
		first := h.settled(approved(1, 0, "good"))
		_, err := h.g.Settle(context.Background(), approved(2, 0, "good"))
		h.refused(err, settlement.KindBlocked, settlement.ReasonApprovalUsed)
		if again := h.settled(approved(1, 0, "good")); !again.Replayed || string(again.Body) != string(first.Body) {
			t.Errorf("%s, want %s", again.Body, first.Body)
		}
		second := approved(1, 0, "good")
		second.Request = "another"
		_, err = h.g.Settle(context.Background(), second)
		h.refused(err, settlement.KindExists, settlement.ReasonDischargeSettled)

		h.reversed(first.Settlement.ID, 1)
		done := h.settled(approved(2, 0, "good"))
		if found, err := h.store.Approval(context.Background(), "good"); err != nil || found.Use == nil || found.Use.Settlement != done.Settlement.ID {
			t.Errorf("%v %+v", err, found.Use)
		}
	})
}

// An approval named by a claim is checked, and used, though nobody asks for it.
func TestApprovalNamedUnasked(t *testing.T) {
	live(t, best("A"), func(h *house) {
		_, err := h.g.Settle(context.Background(), approved(1, 0, "unheard of"))
		h.refused(err, settlement.KindBlocked, settlement.ReasonApprovalUnknown)
	})
}

// Two discharges with one approval at once: one is settled, the other hears
// that the approval is used, and its payer has nothing of it.
func TestTwoSettleByOneApproval(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.asks()
		h.notes("good", approval.Submitted, approval.Approved)
		h.slow.Store(int64(2 * time.Second))
		errs := make([]error, 2)
		var group sync.WaitGroup
		for n := range errs {
			group.Go(func() { _, errs[n] = h.g.Settle(context.Background(), approved(n+1, 0, "good")) })
		}
		group.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("%v and %v", errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil {
				h.refused(err, settlement.KindBlocked, settlement.ReasonApprovalUsed)
			}
		}
		listed, err := h.store.List(context.Background(), lifecycle.Query{Limit: 9})
		if err != nil || len(listed) != 1 || len(h.w.payers[0].held) != 1 {
			t.Errorf("%v: stored %d, paid %d", err, len(listed), len(h.w.payers[0].held))
		}
	})
}

// A store that does not say what was approved refuses nothing: ask again.
func TestApprovalUnread(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.g.Approvals = silentDesk{}
		_, err := h.g.Settle(context.Background(), approved(1, 0, "good"))
		h.refused(err, settlement.KindUnavailable, settlement.ReasonStoreUnavailable)
	})
}

type silentDesk struct{}

func (silentDesk) Approval(context.Context, settlement.ApprovalNumber) (approval.Approval, error) {
	return approval.Approval{}, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable}
}
