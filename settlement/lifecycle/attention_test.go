package lifecycle_test

import (
	"context"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// stuck settles a discharge whose payer takes the money and then refuses to
// give it back.
func (h *house) stuck() settlement.Settlement {
	h.Helper()
	h.script["settle A"] = answers("applied, answer lost")
	h.script["reverse A"] = []int{1}
	answer := h.settled(discharge(1, 0))
	s := h.record(answer.Settlement.ID)
	if s.State != settlement.StateAttention || answer.Body != nil {
		h.Fatalf("%s %q", s.State, answer.Body)
	}
	return s
}

func retry(by string) settlement.Proposal {
	return settlement.Proposal{By: by, Resolution: settlement.ResolveRetry, Document: "医保局电话记录"}
}

func TestAttentionKeepsTheDischargeClosed(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		h.stuck()
		other := discharge(1, 0)
		other.Request = "request-other"
		_, err := h.g.Settle(context.Background(), other)
		h.refused(err, settlement.KindBlocked, settlement.ReasonDischargeInDoubt)
	})
}

func TestTwoPeopleHaveItTriedAgain(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.script["inquire A"] = []int{1, 1, 1} // the payer cannot say; then refuses the reversal
		s := h.stuck()
		ctx := context.Background()
		if _, err := h.g.Propose(ctx, s.ID, retry("li")); err != nil {
			t.Fatal(err)
		}
		seen := h.record(s.ID).Revision
		_, err := h.g.Approve(ctx, s.ID, "li", seen)
		h.refused(err, settlement.KindForbidden, settlement.ReasonSamePerson)
		if _, err := h.g.Approve(ctx, s.ID, "wang", seen); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if s := h.record(s.ID); s.State != settlement.StateAborted {
			t.Errorf("left in %s", s.State)
		}
		if applied, _ := h.w.holds(); applied != 0 {
			t.Error("the payer still pays")
		}
		events, _ := h.store.Events(ctx, s.ID)
		said := map[string]string{}
		for _, event := range events {
			said[event.Action] = event.Actor
		}
		if said["attention.propose"] != "li" || said["attention.approve"] != "wang" {
			t.Errorf("the audit trail says %v", said)
		}
		fresh := discharge(1, 0)
		fresh.Request = "request-after"
		if answer := h.settled(fresh); answer.Settlement.State != settlement.StateCommitted {
			t.Errorf("the discharge is not free: %s", answer.Body)
		}
	})
}

func TestADeclinedProposalChangesNothing(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		s := h.stuck()
		ctx := context.Background()
		if _, err := h.g.Propose(ctx, s.ID, retry("li")); err != nil {
			t.Fatal(err)
		}
		if _, err := h.g.Decline(ctx, s.ID, "wang"); err != nil {
			t.Fatal(err)
		}
		_, err := h.g.Approve(ctx, s.ID, "wang", h.record(s.ID).Revision)
		h.refused(err, settlement.KindBlocked, settlement.ReasonNotInAttention)
		_, err = h.g.Propose(ctx, "nobody", retry("li"))
		h.refused(err, settlement.KindNotFound, settlement.ReasonSettlementNotFound)
	})
}

func TestAttentionIsListed(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		s := h.stuck()
		page, err := h.g.List(context.Background(), lifecycle.Query{States: []settlement.State{settlement.StateAttention}, Limit: 10})
		if err != nil || len(page.Settlements) != 1 || page.Settlements[0].ID != s.ID {
			t.Errorf("%+v %v", page, err)
		}
	})
}
