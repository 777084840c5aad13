package storetest

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var requestScenarios = []scenario{
	{"not found before it is kept", requestNotFound},
	{"has no answer until it is final", requestUnanswered},
	{"keeps the final answer to the byte", requestAnswered},
	{"keeps the final answer through what comes after", requestStays},
	{"takes the same final answer again", requestSameAgain},
	{"refuses another final answer", requestOtherAnswer},
	{"refuses the final answer of a key not kept", requestUnknownKey},
	{"answers each key of a settlement on its own", requestTwoKeys},
	{"is not read when given up", requestGivenUp},
}

func requestNotFound(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	for _, key := range []lifecycle.RequestKey{
		{Tenant: s.Tenant, Method: lifecycle.MethodSettle, Request: "r-2"},
		{Tenant: s.Tenant, Method: lifecycle.MethodReverse, Request: s.Request},
		{Tenant: "township-clinic", Method: lifecycle.MethodSettle, Request: s.Request},
	} {
		_, err := o.Store.Request(t.Context(), key)
		refused(t, "reading", err, settlement.KindNotFound)
	}
}

func requestUnanswered(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	same(t, "request", o.asks(t, keyOf(s)), lifecycle.Request{Key: keyOf(s), Settlement: s.ID, Fingerprint: s.Fingerprint})
}

// answers advances s with a final answer for key.
func (o Opened) answers(t *testing.T, s settlement.Settlement, key lifecycle.RequestKey, body []byte) error {
	t.Helper()
	return o.Store.Advance(t.Context(), lifecycle.Change{Settlement: s, Final: &lifecycle.Final{Key: key, Body: body}})
}

func requestAnswered(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	body := make([]byte, 0, 4096)
	for i := range cap(body) {
		body = append(body, byte(i))
	}
	same(t, "error", o.answers(t, s, keyOf(s), body), nil)
	same(t, "request", o.asks(t, keyOf(s)),
		lifecycle.Request{Key: keyOf(s), Settlement: s.ID, Fingerprint: s.Fingerprint, Answer: body})
}

func requestStays(t *testing.T, o Opened) {
	s := o.commits(t, record("1"), 500)
	s = o.advances(t, lifecycle.Change{Settlement: s})
	o.reverses(t, s)
	same(t, "answer", string(o.asks(t, keyOf(s)).Answer), "settled s-1")
}

func requestSameAgain(t *testing.T, o Opened) {
	s := o.commits(t, record("1"), 500)
	same(t, "error", o.answers(t, s, keyOf(s), []byte("settled s-1")), nil)
	same(t, "answer", string(o.asks(t, keyOf(s)).Answer), "settled s-1")
}

func requestOtherAnswer(t *testing.T, o Opened) {
	s := o.commits(t, record("1"), 500)
	refused(t, "answering", o.answers(t, s, keyOf(s), []byte("settled S-1")), settlement.KindConflict)
	same(t, "answer", string(o.asks(t, keyOf(s)).Answer), "settled s-1")
	same(t, "settlement", o.reads(t, s.ID), s)
}

func requestUnknownKey(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	key := lifecycle.RequestKey{Tenant: s.Tenant, Method: lifecycle.MethodReverse, Request: s.Request}
	if o.answers(t, s, key, []byte("reversed")) == nil {
		t.Error("a key nobody asked under was answered")
	}
	same(t, "settlement", o.reads(t, s.ID), s)
}

func requestTwoKeys(t *testing.T, o Opened) {
	s := o.commits(t, record("1"), 500)
	key := lifecycle.RequestKey{Tenant: s.Tenant, Method: lifecycle.MethodReverse, Request: s.Request}
	s = o.advances(t, lifecycle.Change{Settlement: s, Request: &lifecycle.Request{Key: key, Settlement: s.ID, Fingerprint: "undo"}})
	same(t, "answer", o.asks(t, key).Answer, []byte(nil))
	same(t, "error", o.answers(t, s, key, []byte("reversed")), nil)
	same(t, "answer of reverse", string(o.asks(t, key).Answer), "reversed")
	same(t, "answer of settle", string(o.asks(t, keyOf(s)).Answer), "settled s-1")
}

func requestGivenUp(t *testing.T, o Opened) {
	s := o.opens(t, record("1"))
	_, err := o.Store.Request(cancelled(t), keyOf(s))
	unread(t, "a request", err)
	_, err = o.Store.Settlement(cancelled(t), s.ID)
	unread(t, "a settlement", err)
}
