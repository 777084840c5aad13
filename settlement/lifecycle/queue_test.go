package lifecycle_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// jam leaves n discharges waiting for people, a minute apart.
func (h *house) jam(n int) (ids []settlement.SettlementID) {
	h.Helper()
	for i := range n {
		h.script["settle A"] = answers("applied, answer lost")
		h.script["reverse A"] = []int{1}
		ids = append(ids, h.settled(discharge(i+1, 0)).Settlement.ID)
		time.Sleep(time.Minute)
	}
	return ids
}

// The queue is read page by page, newest first, each since when it waits, and
// what people say meanwhile does not make it younger.
func TestTheQueueIsReadByPages(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		ctx := context.Background()
		ids := h.jam(3)
		if _, err := h.g.Propose(ctx, ids[2], retry("li")); err != nil {
			t.Fatal(err)
		}
		var seen []settlement.SettlementID
		var before *lifecycle.Mark
		for range 3 {
			queue, err := h.g.Attention(ctx, before, 1)
			if err != nil || len(queue.Matters) != 1 {
				t.Fatalf("%+v %v", queue, err)
			}
			m := queue.Matters[0]
			seen, before = append(seen, m.Settlement.ID), queue.Next
			if waited := m.Since.Sub(m.Settlement.OpenedAt); waited < 0 || waited > 25*time.Second || m.Attempts != nil {
				t.Errorf("%s after %s, %d attempts", m.Settlement.ID, waited, len(m.Attempts))
			}
		}
		if want := fmt.Sprint(ids[2], ids[1], ids[0]); fmt.Sprint(seen[0], seen[1], seen[2]) != want || before != nil {
			t.Errorf("%v, then %v", seen, before)
		}
	})
}

// One matter is read with every call that was made for it; also once it waits
// no more.
func TestAMatterShowsItsCalls(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		ctx := context.Background()
		s := h.stuck()
		m, err := h.g.Matter(ctx, s.ID)
		if err != nil || m.Since.IsZero() || m.Settlement.State != settlement.StateAttention {
			t.Fatalf("%+v %v", m, err)
		}
		var calls []string
		for _, a := range m.Attempts {
			calls = append(calls, fmt.Sprint(a.Operation, " ", a.Phase, " ", a.Result))
		}
		want := []string{"settle SENT ", "settle RESULT in_doubt", "reverse SENT ", "reverse RESULT refused"}
		if fmt.Sprint(calls) != fmt.Sprint(want) {
			t.Errorf("calls %q", calls)
		}
		settled := h.settled(discharge(2, 1)).Settlement.ID
		m, err = h.g.Matter(ctx, settled)
		if err != nil || !m.Since.IsZero() || len(m.Attempts) != 2 {
			t.Errorf("a settled one: %+v %v", m, err)
		}
		_, err = h.g.Matter(ctx, "nobody")
		h.refused(err, settlement.KindNotFound, settlement.ReasonSettlementNotFound)
	})
}

// Whoever approves approves what they read: a proposal that took its place
// meanwhile is not carried out, not even one of the same resolution.
func TestNobodyApprovesWhatTheyHaveNotSeen(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		ctx := context.Background()
		s := h.stuck()
		read, err := h.g.Propose(ctx, s.ID, retry("li"))
		if err != nil || read.Since.IsZero() {
			t.Fatal(read.Since, err)
		}
		other := settlement.Proposal{By: "li", Resolution: settlement.ResolveOffline, Document: "函〔2026〕9号"}
		now, err := h.g.Propose(ctx, s.ID, other)
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.g.Approve(ctx, s.ID, "wang", read.Settlement.Revision)
		h.refused(err, settlement.KindBlocked, settlement.ReasonProposalChanged)
		if h.record(s.ID).State != settlement.StateAttention {
			t.Error("it was carried out")
		}
		done, err := h.g.Approve(ctx, s.ID, "wang", now.Settlement.Revision)
		if err != nil || done.Settlement.State != settlement.StateAborting || !done.Since.IsZero() {
			t.Errorf("%+v %v", done, err)
		}
	})
}

// A cashier does not wait in vain: what waits for people is told soon after it
// does, and not only when the time for an answer is over.
func TestWhatWaitsForPeopleIsToldAtOnce(t *testing.T) {
	live(t, worst("A"), func(h *house) {
		begun := time.Now()
		h.stuck()
		if waited := time.Since(begun); waited > 5*time.Second {
			t.Errorf("told after %s", waited)
		}
		begun = time.Now()
		again := h.settled(discharge(1, 0))
		if waited := time.Since(begun); again.Settlement.State != settlement.StateAttention || waited > 5*time.Second {
			t.Errorf("a repeat is told %s after %s", again.Settlement.State, waited)
		}
	})
}
