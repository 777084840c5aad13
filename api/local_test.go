package api

import (
	"testing"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// A quote asks with the same local fields as the settlement it foretells.
func TestQuoteAndSettleAskTheSame(t *testing.T) {
	in := request(func(in *onestopv1.CreateSettlementRequest) {
		in.ChosenCategory, in.ContinuedStay, in.NewbornRegistrationDate, in.Disease = "dibao", true, "2012-08-05", "C50.900x001"
	})
	w := serve(t)
	if r := w.post("/v1/settlements", body(in)); r.status != 201 && r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	quote := &onestopv1.QuoteSettlementRequest{
		FacilityId: in.FacilityId, DischargeId: in.DischargeId, Beneficiary: in.Beneficiary, Scheme: in.Scheme, Mode: in.Mode,
		AdmissionDate: in.AdmissionDate, DischargeDate: in.DischargeDate, Bill: in.Bill, OtherShares: in.OtherShares,
		ChosenCategory: in.ChosenCategory, ContinuedStay: true, NewbornRegistrationDate: in.NewbornRegistrationDate, Disease: in.Disease,
	}
	if r := w.post("/v1/settlements:quote", body(quote)); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if len(w.asked) != 2 || w.asked[0].Claim != w.asked[1].Claim {
		t.Errorf("asked %+v", w.asked)
	}
	if got := w.asked[0].Claim; got.Choice != "dibao" || !got.Continued || got.Registered != 20120805 || got.Disease != "C50.900x001" {
		t.Errorf("asked %+v", got)
	}
}

// What a policy refuses is told as the cashier's or the bureau's to mend, in
// both languages, and with the field it is about.
func TestLocalRefusalsAreTold(t *testing.T) {
	for _, c := range []struct {
		kind   settlement.Kind
		reason settlement.Reason
		field  string
		status int
	}{
		{settlement.KindInvalid, settlement.ReasonChoiceNeeded, "choice", 400},
		{settlement.KindInvalid, settlement.ReasonChoiceNotOffered, "choice", 400},
		{settlement.KindInvalid, settlement.ReasonDiseaseNotListed, "disease", 400},
		{settlement.KindInvalid, settlement.ReasonCrossYear, "admission", 400},
		{settlement.KindBlocked, settlement.ReasonLateClaim, "discharge", 409},
	} {
		w := serve(t)
		w.fail = &settlement.Error{Kind: c.kind, Reason: c.reason, Field: c.field}
		r := w.post("/v1/settlements", body(request()))
		told := r.told(t)
		if r.status != c.status || told.reason() != c.reason || told.field() != callerField(c.field) {
			t.Errorf("%s: %d, field %q", c.reason, r.status, told.field())
		}
		if told.sentences["zh-CN"] == "" || told.sentences["en"] == "" || told.info.GetMetadata()["money_moved"] != "no" {
			t.Errorf("%s: %v", c.reason, told)
		}
	}
}
