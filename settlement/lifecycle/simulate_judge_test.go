package lifecycle_test

import (
	"context"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// How long a settlement may take once faults have stopped (I16). The longest
// timers of the saga are five minutes between two tries, and a day for a
// reversal that a payer neither confirms nor can be asked about, or for a
// payer that is dead; what is due is taken up and finished in dueWithin.
const (
	dueWithin  = 500 * time.Second
	restWithin = 5*time.Minute + dueWithin
	dayWithin  = 24*time.Hour + dueWithin
)

// finish lets faults stop, time pass and every client ask once more, and then
// judges what came of it all.
func (s *simulation) finish() {
	s.calm, s.world.outage = true, 0
	s.log("** faults stop")
	for _, m := range s.machines {
		m.skew, m.frozen = 0, min(m.frozen, s.now())
	}
	s.rest()
	if s.breach != nil {
		return
	}
	s.clients.last = true
	for _, w := range s.clients.wishes {
		s.clients.enqueue(&call{at: s.now() + time.Second, wish: w, settle: w.settle, reverse: w.reverse})
	}
	s.run(func() bool { return len(s.clients.queue) == 0 && s.clients.waiting == 0 })
	s.rest()
	if s.breach == nil {
		s.judge()
	}
}

// rest waits until nothing moves by itself any more (I16), and then until
// nothing is on its way to a payer.
func (s *simulation) rest() {
	since := s.now()
	s.run(func() bool {
		s.overdue(since)
		return len(s.stopped()) == 0 && s.witness.due() == forever
	})
	time.Sleep(time.Hour)
	s.world.pass(s.instant())
	s.witness.books()
}

// overdue finds a settlement that moves too slowly. Leases and tries that a
// far clock set may lie an hour ahead.
func (s *simulation) overdue(since time.Duration) {
	ahead := s.plan.clocks.reach()
	for _, id := range s.witness.opened {
		r := s.witness.records[id]
		if !r.State.Open() {
			continue
		}
		within := restWithin
		for _, leg := range r.Legs {
			if b := s.witness.book(leg.Payer); b.code == s.plan.dead || !b.terms.Traits.InquireByEncounter {
				within = dayWithin
			}
		}
		switch {
		case s.now()-max(since, dueAt(&r).Sub(s.plan.start)) > dueWithin:
			s.witness.broken(&r, "I16: %s, due since %s", r.State, dueAt(&r))
		case s.now()-since > within+ahead:
			s.witness.broken(&r, "I16: %s %s after faults stopped", r.State, s.now()-since)
		}
	}
}

// judge checks what must hold once nothing moves any more: the invariants by the
// auditor that is shipped, and what only the world knows besides.
func (s *simulation) judge() {
	ctx := context.Background()
	auditor := &lifecycle.Auditor{
		Policies: map[settlement.PolicyID]*settlement.Policy{"county": s.witness.policy},
		Encode:   encode, Now: s.instant(), StuckAfter: dayWithin, Lines: &lines{},
	}
	_, err := lifecycle.Verify(ctx, s.store, auditor, func(f lifecycle.Finding) {
		record := s.witness.records[settlement.SettlementID(f.Object)]
		s.witness.broken(&record, "the auditor says: %s", f)
	}, nil)
	if err != nil {
		s.fail(breach{text: fmt.Sprintf("auditing: %v", err)})
	}
	for _, id := range s.witness.opened {
		r, err := s.store.Settlement(ctx, id)
		if known := s.witness.records[id]; err != nil || !cmp.Equal(known, r, cmp.AllowUnexported(settlement.Ratio{})) {
			s.witness.broken(&known, "in the end there is %+v, %v", r, err)
		}
		s.count["ended "+string(r.State)]++
		s.judgePayers(&r)
		s.judgeSends(&r)
	}
	s.judgeTold()
	s.count["late arrival"] += s.world.late
	for key, want := range s.witness.used {
		if used, err := s.store.Accumulator(ctx, key); err != nil || !used.Minus(want).Zero() {
			s.fail(breach{fmt.Sprintf("I3: %v used %v, want %v", key, used, want), []string{string(key.Beneficiary)}})
		}
	}
}

// judgePayers: I5, each payer holds what the gateway says it does.
func (s *simulation) judgePayers(r *settlement.Settlement) {
	for i, leg := range r.Legs {
		held := s.witness.book(leg.Payer).held[leg.Message] != 0
		switch r.State {
		case settlement.StateCommitted:
			if !held {
				s.witness.broken(r, "I5: settled, and payer %s of leg %d does not hold it", leg.Payer, i)
			}
		case settlement.StateAborted, settlement.StateReversed:
			if held && (s.plan.clocks != clocksFar || r.State == settlement.StateReversed) {
				s.witness.broken(r, "I5: %s, and payer %s of leg %d holds it", r.State, leg.Payer, i)
			}
		case settlement.StateAttention:
		default:
			s.witness.broken(r, "I16: ended in %s", r.State)
		}
	}
}

// judgeSends: I12, every message left as often as the journal says, but for
// what was cut off, and every settle at most once.
func (s *simulation) judgeSends(r *settlement.Settlement) {
	attempts, _ := s.store.Attempts(context.Background(), r.ID)
	rows, answered := map[settlement.MessageID]int{}, map[settlement.MessageID]int{}
	for _, a := range attempts {
		switch {
		case a.Phase == lifecycle.PhaseSent:
			rows[a.Message]++
		case a.Result != settlement.ResultUnsent:
			answered[a.Message]++
		}
	}
	for message, n := range rows {
		if sends := s.world.sends[message]; sends > n || sends < answered[message] {
			s.witness.broken(r, "I12: %s left %d times, with %d rows and %d answers", message, sends, n, answered[message])
		}
	}
	for _, leg := range r.Legs {
		if s.world.sends[leg.Message] > 1 {
			s.witness.broken(r, "I7: settle %s left %d times", leg.Message, s.world.sends[leg.Message])
		}
	}
}

// judgeTold: I10, what clients were told is what is kept, and whoever asked about
// a settlement at rest can be told.
func (s *simulation) judgeTold() {
	for _, wish := range s.clients.wishes {
		kept, err := s.store.Request(context.Background(), wish.key)
		if settlement.KindOf(err) == settlement.KindNotFound && s.clients.told[wish.key] == "" {
			continue // nothing was ever done for it
		}
		r := s.witness.records[kept.Settlement]
		if told, heard := s.clients.told[wish.key]; err != nil || heard && string(kept.Answer) != told {
			s.witness.broken(&r, "I10: kept %q, told %q, %v", kept.Answer, told, err)
		}
		if kept.Answer == nil && r.State.Terminal() {
			s.witness.broken(&r, "I10: kept %q for %s %s of a settlement in %s", kept.Answer, wish.key.Method, wish.key.Request, r.State)
		}
	}
}
