package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var advanceScenarios = []scenario{
	{"writes all that moves", advanceWrites},
	{"refuses an older revision", advanceRefusesOlder},
	{"refuses a revision not reached yet", advanceRefusesNewer},
	{"refuses another epoch", advanceRefusesEpoch},
	{"refuses a settlement that is not there", advanceRefusesUnknown},
	{"leaves nothing of what it refuses", advanceLeavesNothing},
	{"keeps a further request key", advanceKeepsRequest},
	{"refuses a kept request key", advanceRefusesRequest},
	{"refuses a message id of another settlement", advanceRefusesMessage},
	{"sends the same message again", advanceSendsAgain},
	{"lets one of many writers through", advanceOnce},
	{"does nothing when given up before it began", advanceGivenUp},
}

func advanceWrites(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	full := fullRecord("1")
	s.State, s.Decision, s.Reason, s.Message = settlement.StateAborting, settlement.Abort, settlement.ReasonDeadline, "超时"
	s.Legs = full.Legs
	s.ClosedAt = moment.Add(time.Hour)
	s.Reversal = &settlement.Reversal{Request: "undo", Cause: "重复录入", AskedAt: moment, DoneAt: moment.Add(time.Second), Refused: settlement.ReasonReversalRefused}
	s.Proposal = &settlement.Proposal{By: "supervisor-1", At: moment.Add(time.Minute), Resolution: settlement.ResolveOffline, Leg: 1, Document: "情况说明 3 号"}
	s.RetriedAt = moment.Add(2 * time.Minute)
	s.Review = true
	s.Owner, s.LeaseUntil, s.NextAt = "gateway-2", moment.Add(20*time.Second), moment.Add(5*time.Second)
	s = o.advances(t, lifecycle.Change{Settlement: s})
	same(t, "settlement", o.reads(t, s.ID), s)
}

func (o Opened) stale(t *testing.T, wrong settlement.Settlement) {
	t.Helper()
	err := o.Store.Advance(t.Context(), lifecycle.Change{Settlement: wrong})
	refused(t, "advancing", err, settlement.KindConflict)
	same(t, "reason", settlement.ReasonOf(err), settlement.ReasonStaleRecord)
}

func advanceRefusesOlder(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	now := o.advances(t, lifecycle.Change{Settlement: s})
	s.State = settlement.StateAborting
	o.stale(t, s)
	same(t, "settlement", o.reads(t, s.ID), now)
}

func advanceRefusesNewer(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	wrong := s
	wrong.Revision++
	o.stale(t, wrong)
	same(t, "settlement", o.reads(t, s.ID), s)
}

func advanceRefusesEpoch(t *testing.T, o Opened) {
	s := o.opens(t, fullRecord("1"))
	for _, epoch := range []int64{s.Epoch - 1, s.Epoch + 1} {
		wrong := s
		wrong.Epoch = epoch
		o.stale(t, wrong)
	}
	same(t, "settlement", o.reads(t, s.ID), s)
}

func advanceRefusesUnknown(t *testing.T, o Opened) {
	o.opens(t, record("1"))
	o.stale(t, record("2"))
}

func advanceLeavesNothing(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	before := o.trails(t, s.ID)
	change := committing(s, 0, 500)
	change.Settlement.Revision = 7
	change.Request = &lifecycle.Request{Key: lifecycle.RequestKey{Tenant: tenant, Method: lifecycle.MethodReverse, Request: "undo"}, Settlement: s.ID}
	refused(t, "advancing", o.Store.Advance(t.Context(), change), settlement.KindConflict)
	same(t, "journals", o.trails(t, s.ID), before)
	same(t, "answer", o.asks(t, keyOf(s)).Answer, []byte(nil))
	same(t, "nothing used", o.uses(t, s).Zero(), true)
	_, err := o.Store.Request(t.Context(), change.Request.Key)
	refused(t, "reading the further request", err, settlement.KindNotFound)
}

func advanceKeepsRequest(t *testing.T, o Opened) {
	s := o.commits(t, record("1"), 500)
	key := lifecycle.RequestKey{Tenant: tenant, Method: lifecycle.MethodReverse, Request: s.Request}
	s.State = settlement.StateReversing
	o.advances(t, lifecycle.Change{Settlement: s, Request: &lifecycle.Request{Key: key, Settlement: s.ID, Fingerprint: "undo"}})
	same(t, "request", o.asks(t, key), lifecycle.Request{Key: key, Settlement: s.ID, Fingerprint: "undo"})
	same(t, "the first key's answer", string(o.asks(t, keyOf(s)).Answer), "settled s-1")
}

func advanceRefusesRequest(t *testing.T, o Opened) {
	first, second := o.opens(t, record("1")), o.opens(t, record("2"))
	change := lifecycle.Change{Settlement: second, Request: &lifecycle.Request{Key: keyOf(first), Settlement: second.ID}}
	refused(t, "a taken request", o.Store.Advance(t.Context(), change), settlement.KindExists)
	same(t, "settlement", o.reads(t, second.ID), second)
}

func advanceRefusesMessage(t *testing.T, o Opened) {
	first, second := o.opens(t, record("1")), o.opens(t, record("2"))
	refused(t, "a taken message", o.Store.Advance(t.Context(), sending(second, first.Legs[0].Message)), settlement.KindExists)
	same(t, "settlement", o.reads(t, second.ID), second)
}

func advanceSendsAgain(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	s = o.advances(t, lifecycle.Change{Settlement: s, Attempts: []lifecycle.Attempt{sent(s.Legs[0].Message)}})
	o.advances(t, lifecycle.Change{Settlement: s, Attempts: []lifecycle.Attempt{sent("u-1"), sent("u-1")}})
	same(t, "attempts", len(o.trails(t, s.ID).Attempts), 4)
}

func advanceOnce(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	const writers = 16
	outcomes := make(chan error, writers)
	var group sync.WaitGroup
	for range writers {
		group.Go(func() { outcomes <- o.Store.Advance(t.Context(), lifecycle.Change{Settlement: s}) })
	}
	group.Wait()
	close(outcomes)
	through := 0
	for err := range outcomes {
		if err == nil {
			through++
			continue
		}
		refused(t, "a writer too late", err, settlement.KindConflict)
	}
	same(t, "writers let through", through, 1)
	same(t, "revision", o.reads(t, s.ID).Revision, int64(2))
}

func advanceGivenUp(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	err := o.Store.Advance(cancelled(t), lifecycle.Change{Settlement: s})
	refused(t, "advancing", err, settlement.KindUnavailable)
	same(t, "settlement", o.reads(t, s.ID), s)
	var e *settlement.Error
	same(t, "an error of the house", errors.As(err, &e), true)
}
