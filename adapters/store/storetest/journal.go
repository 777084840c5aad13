package storetest

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var journalScenarios = []scenario{
	{"has nothing of what is not there", journalEmpty},
	{"keeps every field of an attempt", journalAttempt},
	{"keeps every field of an event", journalEvent},
	{"keeps the order of many writes", journalOrder},
	{"keeps many rows of one write", journalMany},
	{"keeps large and binary bodies exact", journalBodies},
	{"keeps the entries of a reversal behind the first", journalReversal},
	{"keeps two settlements apart", journalApart},
	{"is not read when given up", journalGivenUp},
}

func journalEmpty(t *testing.T, o Opened) {
	o.opens(t, record("1"))
	same(t, "journals", o.trails(t, "s-nowhere"), trail{})
}

func journalAttempt(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	want := lifecycle.Attempt{
		Leg: 1, Operation: settlement.OpReverse, Phase: lifecycle.PhaseResult, Message: "u-1",
		At: moment.Add(time.Millisecond), Result: settlement.ResultInDoubt, Body: []byte("断线"),
	}
	o.advances(t, lifecycle.Change{Settlement: s, Attempts: []lifecycle.Attempt{want}})
	same(t, "attempt", o.trails(t, s.ID).Attempts[1], want)
}

func journalEvent(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	want := lifecycle.Event{
		At: moment.Add(time.Millisecond), Actor: "监管-1", Action: "settle.abort", Reason: settlement.ReasonDeadline,
		State: settlement.StateAborting, Epoch: 1 << 40, Seal: settlement.Seal{1, 0, 0xff, 31: 9},
	}
	s.Seal = settlement.Seal{0xfe, 31: 1}
	s = o.advances(t, lifecycle.Change{Settlement: s, Events: []lifecycle.Event{want}})
	same(t, "event", o.trails(t, s.ID).Events[1], want)
	same(t, "seal of the record", o.reads(t, s.ID).Seal, settlement.Seal{0xfe, 31: 1})
}

func journalOrder(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	want := o.trails(t, s.ID)
	for i := range 12 { // times fall: the order is that of writing
		at := moment.Add(-time.Duration(i) * time.Second)
		change := lifecycle.Change{
			Settlement: s,
			Attempts:   []lifecycle.Attempt{sent(settlement.MessageID(fmt.Sprint(i))), {Operation: settlement.OpSettle, Phase: lifecycle.PhaseResult, At: at, Result: settlement.ResultUnsent}},
			Entries:    []settlement.Entry{{Account: fmt.Sprint("b", i), Debit: 1}, {Account: fmt.Sprint("a", i), Credit: 1}},
			Events:     []lifecycle.Event{{At: at, Actor: "recovery", Action: fmt.Sprint("z", i)}, {At: at, Actor: "recovery", Action: fmt.Sprint("y", i), Reason: settlement.ReasonDeadline}},
		}
		s = o.advances(t, change)
		want.Attempts = append(want.Attempts, change.Attempts...)
		want.Entries = append(want.Entries, change.Entries...)
		want.Events = append(want.Events, change.Events...)
	}
	same(t, "journals", o.trails(t, s.ID), want)
}

func journalMany(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	change := lifecycle.Change{Settlement: s}
	for i := range 77 {
		change.Attempts = append(change.Attempts, lifecycle.Attempt{Leg: i, Phase: lifecycle.PhaseResult, At: moment})
		change.Entries = append(change.Entries, settlement.Entry{Account: fmt.Sprint(i), Debit: settlement.Money(i)})
		change.Events = append(change.Events, lifecycle.Event{At: moment, Action: fmt.Sprint(i)})
	}
	o.advances(t, change)
	got := o.trails(t, s.ID)
	same(t, "attempts", got.Attempts[1:], change.Attempts)
	same(t, "entries", got.Entries, change.Entries)
	same(t, "events", got.Events[1:], change.Events)
}

func journalBodies(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	large := bytes.Repeat(every, 4096)
	change := lifecycle.Change{Settlement: s, Attempts: []lifecycle.Attempt{sent("a"), sent("b"), sent("c")}}
	change.Attempts[0].Body, change.Attempts[1].Body, change.Attempts[2].Body = every, large, nil
	o.advances(t, change)
	got := o.trails(t, s.ID).Attempts
	same(t, "every byte", got[1].Body, every)
	same(t, "a mebibyte", bytes.Equal(got[2].Body, large), true)
	same(t, "no body", len(got[3].Body), 0)
}

func journalReversal(t *testing.T, o Opened) {
	s := o.commits(t, record("1"), 500)
	before := o.trails(t, s.ID)
	change := reversing(s)
	o.reverses(t, s)
	got := o.trails(t, s.ID)
	same(t, "entries", got.Entries, append(before.Entries, change.Entries...))
	same(t, "events", got.Events, append(before.Events, change.Events...))
	var sum settlement.Money
	for _, entry := range got.Entries {
		sum += entry.Debit - entry.Credit
	}
	same(t, "sum of entries", sum, settlement.Money(0))
}

func journalApart(t *testing.T, o Opened) {
	first, second := o.commits(t, record("1"), 500), o.opens(t, record("2"))
	same(t, "entries of the second", len(o.trails(t, second.ID).Entries), 0)
	same(t, "attempts of the second", o.trails(t, second.ID).Attempts, opening(second).Attempts)
	same(t, "entries of the first", len(o.trails(t, first.ID).Entries), 2)
}

func journalGivenUp(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	_, err := o.Journal.Attempts(cancelled(t), s.ID)
	unread(t, "attempts", err)
	_, err = o.Journal.Entries(cancelled(t), s.ID)
	unread(t, "entries", err)
	_, err = o.Journal.Events(cancelled(t), s.ID)
	unread(t, "events", err)
}
