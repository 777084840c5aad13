package storetest

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var openScenarios = []scenario{
	{"keeps every field", openKeepsEveryField},
	{"keeps empty and absent lists apart", openKeepsEmptyLists},
	{"starts at revision 1 whatever is given", openStartsAtOne},
	{"refuses a kept request key", openRefusesRequest},
	{"takes the same request id for another method", openTakesOtherMethod},
	{"takes the same request id of another tenant", openTakesOtherTenant},
	{"refuses a request that meets its own discharge", openRefusesRepeat},
	{"refuses a live discharge in every state", openRefusesLiveDischarge},
	{"frees the discharge of an aborted settlement", openAfterAborted},
	{"frees the discharge of a reversed settlement", openAfterReversed},
	{"takes the same discharge number of another tenant", openTakesOtherDischarge},
	{"refuses a tenant's discharge whatever the facility", openRefusesOtherFacility},
	{"refuses a message id given out", openRefusesMessage},
	{"refuses a reversal's message id given out", openRefusesUndo},
	{"refuses a settlement id given out twice", openRefusesSettlement},
	{"refuses a change without request key", openRefusesNoRequest},
	{"leaves nothing of what it refuses", openLeavesNothing},
	{"leaves nothing when given up before it began", openGivenUp},
}

func openKeepsEveryField(t *testing.T, o Opened) {
	s := o.opens(t, fullRecord("1"))
	same(t, "settlement", o.reads(t, s.ID), s)
}

func openKeepsEmptyLists(t *testing.T, o Opened) {
	s := record("1")
	s.Coverage.Others = []settlement.Share{}
	s.Beneficiary.Entitlements = nil
	s = o.opens(t, s)
	same(t, "settlement", o.reads(t, s.ID), s)
}

func openStartsAtOne(t *testing.T, o Opened) {
	s := record("1")
	s.Revision = 41
	o.opens(t, s)
	same(t, "revision", o.reads(t, s.ID).Revision, int64(1))
}

func openRefusesRequest(t *testing.T, o Opened) {
	first := o.opens(t, record("1"))
	second := record("2")
	second.Request = first.Request
	refused(t, "a taken request", o.Store.Open(t.Context(), opening(second)), settlement.KindExists)
	same(t, "request", o.asks(t, keyOf(first)).Settlement, first.ID)
}

func openTakesOtherMethod(t *testing.T, o Opened) {
	first, second := o.opens(t, record("1")), record("2")
	change := opening(second)
	change.Request.Key = keyOf(first)
	change.Request.Key.Method = lifecycle.MethodReverse
	err := o.Store.Open(t.Context(), change)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "request", o.asks(t, change.Request.Key).Settlement, second.ID)
}

func openTakesOtherTenant(t *testing.T, o Opened) {
	first, second := o.opens(t, record("1")), record("2")
	second.Tenant, second.Request = "township-clinic", first.Request
	o.opens(t, second)
	same(t, "request", o.asks(t, keyOf(second)).Settlement, second.ID)
	same(t, "request of the first", o.asks(t, keyOf(first)).Settlement, first.ID)
}

func openRefusesRepeat(t *testing.T, o Opened) {
	o.opens(t, record("1"))
	again := record("1")
	again.ID = "s-again"
	refused(t, "a taken request", o.Store.Open(t.Context(), opening(again)), settlement.KindExists)
}

func openRefusesLiveDischarge(t *testing.T, o Opened) {
	for _, state := range []settlement.State{
		settlement.StateReceived, settlement.StateSettling, settlement.StateAborting,
		settlement.StateReversing, settlement.StateCommitted, settlement.StateAttention,
	} {
		t.Run(string(state), func(t *testing.T) {
			first := record(string(state))
			first.State = state
			o.opens(t, first)
			second := record("second-" + string(state))
			second.Discharge = first.Discharge
			refused(t, "a taken discharge", o.Store.Open(t.Context(), opening(second)), settlement.KindExists)
			o.unopened(t, second)
		})
	}
}

func openAfterAborted(t *testing.T, o Opened) {
	first := o.opens(t, record("1"))
	first.State, first.Decision = settlement.StateAborted, settlement.Abort
	o.advances(t, lifecycle.Change{Settlement: first})
	second := record("2")
	second.Discharge = first.Discharge
	o.opens(t, second)
}

func openAfterReversed(t *testing.T, o Opened) {
	first := o.commits(t, record("1"), 500)
	o.reverses(t, first)
	second := record("2")
	second.Discharge = first.Discharge
	o.opens(t, second)
}

func openTakesOtherDischarge(t *testing.T, o Opened) {
	first, second := o.opens(t, record("1")), record("2")
	second.Discharge, second.Tenant = first.Discharge, "township-clinic"
	o.opens(t, second)
}

func openRefusesOtherFacility(t *testing.T, o Opened) {
	first, second := o.opens(t, record("1")), record("2")
	second.Discharge, second.Facility = first.Discharge, "H36082700002"
	refused(t, "a taken discharge", o.Store.Open(t.Context(), opening(second)), settlement.KindExists)
}

func openRefusesMessage(t *testing.T, o Opened) {
	first, second := record("1"), record("2")
	first.Legs = append(first.Legs, settlement.Leg{Payer: "ncms-360827", State: settlement.LegPlanned, Message: "allotted"})
	o.opens(t, first)
	second.Legs[0].Message = "allotted"
	refused(t, "a taken message", o.Store.Open(t.Context(), opening(second)), settlement.KindExists)
	o.unopened(t, second)
}

func openRefusesUndo(t *testing.T, o Opened) {
	first, second := fullRecord("1"), record("2")
	o.opens(t, first)
	second.Legs[0].Message = first.Legs[0].Undo
	refused(t, "a taken message", o.Store.Open(t.Context(), opening(second)), settlement.KindExists)
}

func openRefusesSettlement(t *testing.T, o Opened) {
	first, second := o.opens(t, record("1")), record("2")
	second.ID = first.ID
	refused(t, "a taken settlement", o.Store.Open(t.Context(), opening(second)), settlement.KindExists)
	same(t, "settlement", o.reads(t, first.ID), first)
}

func openRefusesNoRequest(t *testing.T, o Opened) {
	s := record("1")
	change := opening(s)
	change.Request = nil
	refused(t, "opening", o.Store.Open(t.Context(), change), settlement.KindInternal)
	o.unopened(t, s)
}

// What failed halfway must be free for whoever asks next.
func openLeavesNothing(t *testing.T, o Opened) {
	first, second := o.opens(t, record("1")), record("2")
	colliding := second
	colliding.Legs = []settlement.Leg{{Payer: "nhsa-360827", State: settlement.LegIntent, Message: first.Legs[0].Message}}
	refused(t, "opening", o.Store.Open(t.Context(), opening(colliding)), settlement.KindExists)
	o.unopened(t, second)
	second = o.opens(t, second)
	same(t, "settlement", o.reads(t, second.ID), second)
}

func openGivenUp(t *testing.T, o Opened) {
	s := record("1")
	refused(t, "opening", o.Store.Open(cancelled(t), opening(s)), settlement.KindUnavailable)
	o.unopened(t, s)
}
