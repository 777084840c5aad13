package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var claimScenarios = []scenario{
	{"gives nothing where nothing is due", claimNothing},
	{"takes what is due and not before", claimDue},
	{"takes only states that are open", claimStates},
	{"leaves what is leased until the lease ends", claimLeased},
	{"leaves its owner's own lease too", claimOwn},
	{"takes what was given back", claimGivenBack},
	{"gives what it wrote", claimWrites},
	{"takes the oldest first, up to its limit", claimOldest},
	{"takes nothing at limit zero", claimZero},
	{"never gives one settlement to two owners", claimOnce},
	{"shuts out the owner before", claimFences},
	{"does nothing when given up before it began", claimGivenUp},
}

func due(now time.Time) lifecycle.Claim {
	return lifecycle.Claim{Owner: "gateway-2", Now: now, Lease: 20 * time.Second, Limit: 100}
}

func claimNothing(t *testing.T, o Opened) {
	same(t, "claimed from nothing", len(o.claims(t, due(moment))), 0)
	o.opens(t, record("1"))
	same(t, "claimed too early", len(o.claims(t, due(moment))), 0)
}

func claimDue(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	o.opens(t, record("2"))
	later := record("3")
	later.NextAt = s.NextAt.Add(time.Microsecond)
	o.opens(t, later)
	same(t, "claimed just before", len(o.claims(t, due(s.NextAt.Add(-time.Microsecond)))), 0)
	same(t, "claimed in time", len(o.claims(t, due(s.NextAt))), 2)
}

func claimStates(t *testing.T, o Opened) {
	for _, c := range []struct {
		state settlement.State
		want  int
	}{
		{settlement.StateReceived, 1}, {settlement.StateSettling, 1}, {settlement.StateAborting, 1}, {settlement.StateReversing, 1},
		{settlement.StateCommitted, 0}, {settlement.StateAborted, 0}, {settlement.StateReversed, 0}, {settlement.StateAttention, 0},
	} {
		t.Run(string(c.state), func(t *testing.T) {
			s := record(string(c.state))
			s.State = c.state
			o.opens(t, s)
			same(t, "claimed", len(o.claims(t, due(s.NextAt))), c.want)
		})
	}
}

func claimLeased(t *testing.T, o Opened) {
	s := record("1")
	s.Owner, s.LeaseUntil = "gateway-1", s.NextAt.Add(time.Second)
	o.opens(t, s)
	same(t, "claimed at the end of the lease", len(o.claims(t, due(s.LeaseUntil))), 0)
	same(t, "claimed after its end", len(o.claims(t, due(s.LeaseUntil.Add(time.Microsecond)))), 1)
}

func claimOwn(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	same(t, "claimed", len(o.claims(t, due(s.NextAt))), 1)
	same(t, "claimed again", len(o.claims(t, due(s.NextAt))), 0)
	same(t, "claimed after the lease", len(o.claims(t, due(s.NextAt.Add(21*time.Second)))), 1)
}

func claimGivenBack(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	s = o.claims(t, due(s.NextAt))[0]
	s.Owner, s.LeaseUntil = "", time.Time{}
	o.advances(t, lifecycle.Change{Settlement: s})
	same(t, "claimed", len(o.claims(t, due(s.NextAt))), 1)
}

func claimWrites(t *testing.T, o Opened) {
	s := fullRecord("1")
	s.Owner, s.LeaseUntil = "", time.Time{}
	s = o.opens(t, s)
	before := o.trails(t, s.ID)
	now := s.NextAt.Add(time.Second)
	claimed := o.claims(t, due(now))
	s.Owner, s.LeaseUntil = "gateway-2", now.Add(20*time.Second)
	s.Epoch++
	s.Revision++
	same(t, "claimed", claimed, []settlement.Settlement{s})
	same(t, "settlement", o.reads(t, s.ID), s)
	same(t, "journals", o.trails(t, s.ID), before)
}

func claimOldest(t *testing.T, o Opened) {
	for i, name := range []string{"c", "e", "a", "d", "b"} {
		s := record(name)
		s.OpenedAt = moment.Add(time.Duration(i) * time.Second)
		s.NextAt = s.OpenedAt
		o.opens(t, s)
	}
	claim := due(moment.Add(time.Hour))
	claim.Limit = 2
	for _, want := range [][]settlement.SettlementID{{"s-c", "s-e"}, {"s-a", "s-d"}, {"s-b"}, {}} {
		same(t, "claimed", idsOf(o.claims(t, claim)), want)
	}
}

func claimZero(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	claim := due(s.NextAt)
	claim.Limit = 0
	same(t, "claimed", len(o.claims(t, claim)), 0)
	same(t, "settlement", o.reads(t, s.ID), s)
}

func claimOnce(t *testing.T, o Opened) {
	const rows, owners = 48, 8
	for i := range rows {
		o.opens(t, record(fmt.Sprint(i)))
	}
	var lock sync.Mutex
	var all []settlement.SettlementID
	var group sync.WaitGroup
	for i := range owners {
		claim := due(moment.Add(time.Hour))
		claim.Owner, claim.Limit = fmt.Sprint("gateway-", i), 5
		group.Go(func() {
			for range rows {
				claimed, err := o.Store.Claim(t.Context(), claim)
				if err != nil || len(claimed) == 0 {
					same(t, "error", err, nil)
					return
				}
				lock.Lock()
				all = append(all, idsOf(claimed)...)
				lock.Unlock()
			}
		})
	}
	group.Wait()
	same(t, "claimed in all", len(all), rows)
	slices.Sort(all)
	same(t, "claimed once", len(slices.Compact(all)), rows)
}

func claimFences(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	claimed := o.claims(t, due(s.NextAt))[0]
	o.stale(t, s)
	zombie := s // that even knows the new revision
	zombie.Revision = claimed.Revision
	o.stale(t, zombie)
	_, err := o.Store.Close(t.Context(), zombie, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		return committing(zombie, ground.Sequence, 500), nil
	})
	refused(t, "closing", err, settlement.KindConflict)
	o.advances(t, lifecycle.Change{Settlement: claimed})
}

func claimGivenUp(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	_, err := o.Store.Claim(cancelled(t), due(s.NextAt))
	refused(t, "claiming", err, settlement.KindUnavailable)
	same(t, "settlement", o.reads(t, s.ID), s)
}
