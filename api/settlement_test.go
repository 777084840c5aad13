package api

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// The set of states callers see is closed: every state of the domain has one,
// and every one of the contract stands for something.
func TestEveryStateIsShown(t *testing.T) {
	for _, name := range constantsOf(t, "../settlement/state.go", "State") {
		state := settlement.State(stateTexts[name])
		if state == "" {
			t.Errorf("%s: is it a new state? give it a value of the contract", name)
		}
		if states.toWire(state) == onestopv1.State_STATE_UNSPECIFIED {
			t.Errorf("%s is not shown", name)
		}
		if got := final(states.toWire(state)); got != state.Terminal() {
			t.Errorf("%s: final %v", name, got)
		}
	}
	for number := range onestopv1.State_name {
		if value := onestopv1.State(number); number != 0 && states.toWord(value) == "" {
			t.Errorf("%v stands for nothing", value)
		}
	}
}

var stateTexts = map[string]settlement.State{
	"StateReceived": settlement.StateReceived, "StateSettling": settlement.StateSettling,
	"StateCommitted": settlement.StateCommitted, "StateAborting": settlement.StateAborting,
	"StateAborted": settlement.StateAborted, "StateAttention": settlement.StateAttention,
	"StateReversing": settlement.StateReversing, "StateReversed": settlement.StateReversed,
}

// Every value of every enum of the contract but zero has a word of the domain,
// and comes back from it.
func TestEnumsGoBothWays(t *testing.T) {
	bothWays(t, onestopv1.Mode(0), modes)
	bothWays(t, onestopv1.Scheme(0), schemes)
	bothWays(t, onestopv1.DiseaseClass(0), diseaseClasses)
	bothWays(t, onestopv1.Referral(0), referrals)
	bothWays(t, onestopv1.Source(0), sources)
	bothWays(t, onestopv1.Outcome(0), outcomes)
	bothWays(t, onestopv1.Fund(0), funds)
	bothWays(t, onestopv1.State(0), states)
	if diseaseClasses.toWord(0) != settlement.General || referrals.toWord(0) != settlement.ReferralNone || schemes.toWord(0) != "" {
		t.Error("what stands for a value left out")
	}
	if funds.toWire(settlement.NoFund) != 0 || sources.toWire("lottery") != 0 {
		t.Error("an unknown word is no value")
	}
}

func bothWays[W interface {
	protoreflect.Enum
	comparable
}, D ~string](t *testing.T, zero W, table pairing[W, D]) {
	t.Helper()
	values := zero.Descriptor().Values()
	for i := 1; i < values.Len(); i++ {
		wire := zero.Type().New(values.Get(i).Number()).(W)
		if word := table.toWord(wire); word == "" || table.toWire(word) != wire {
			t.Errorf("%s: %q, and back %v", values.Get(i).Name(), word, table.toWire(word))
		}
	}
}

// Equal settlements are equal bytes, however they came about, and the bytes
// are the settlement as it is read.
func TestEncode(t *testing.T) {
	first, err := Encode(lifecycle.MethodSettle, committed())
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		again, err := Encode(lifecycle.MethodReverse, committed())
		if err != nil || !bytes.Equal(again, first) {
			t.Fatalf("other bytes, %v", err)
		}
	}
	read, s := &onestopv1.Settlement{}, committed()
	if err := proto.Unmarshal(first, read); err != nil || !proto.Equal(read, encodeSettlement(&s)) {
		t.Errorf("%v, %v", read, err)
	}
	if len(read.ProtoReflect().GetUnknown()) != 0 {
		t.Error("unknown fields")
	}
}

// The contract's settlement has no map, whose order in bytes nobody promises.
func TestSettlementHasNoMap(t *testing.T) {
	walk((&onestopv1.Settlement{}).ProtoReflect().Descriptor(), map[protoreflect.FullName]bool{}, func(field protoreflect.FieldDescriptor) {
		if field.IsMap() {
			t.Errorf("%s is a map", field.FullName())
		}
	})
}

// walk visits every field a message can hold.
func walk(message protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool, visit func(protoreflect.FieldDescriptor)) {
	if seen[message.FullName()] {
		return
	}
	seen[message.FullName()] = true
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		visit(field)
		if field.Message() != nil {
			walk(field.Message(), seen, visit)
		}
	}
}

// No answer but the printed sheet has a place for personal data: the fields
// that hold it are marked in the contract, and answers do not reach them.
func TestAnswersHaveNoPlaceForPersonalData(t *testing.T) {
	marked := 0
	personal := func(field protoreflect.FieldDescriptor) bool {
		options, _ := field.Options().(*descriptorpb.FieldOptions)
		return options.GetDebugRedact()
	}
	methods := onestopv1.File_onestop_v1_settlement_service_proto.Services().Get(0).Methods()
	for i := range methods.Len() {
		method := methods.Get(i)
		walk(method.Input(), map[protoreflect.FullName]bool{}, func(field protoreflect.FieldDescriptor) {
			if personal(field) {
				marked++
			}
		})
		walk(method.Output(), map[protoreflect.FullName]bool{}, func(field protoreflect.FieldDescriptor) {
			if personal(field) {
				t.Errorf("%s answers with %s", method.Name(), field.FullName())
			}
		})
	}
	if marked != 6 {
		t.Errorf("%d marked fields in requests; quote and create have three each", marked)
	}
}

// The invented person is looked for in every answer, error and log line of
// every call: only the sheet names them.
func TestNothingPersonalLeaves(t *testing.T) {
	traces := []string{idNumber, personName, insuredNumber, "张", "pneumonia", "19500101"}
	for method, call := range eachCall {
		for _, fail := range []error{nil, &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonPersonMismatch, Field: "beneficiary.name"}} {
			w := serve(t)
			w.fail = fail
			_ = call.grpc(context.Background(), w)
			r := call.rest(w)
			if method == "GetStatement" && fail == nil {
				r.body = strings.ReplaceAll(r.body, personName, "")
				r.body = strings.ReplaceAll(r.body, "pneumonia", "")
			}
			for _, trace := range traces {
				if strings.Contains(r.body, trace) {
					t.Errorf("%s answers with %s: %s", method, trace, r.body)
				}
				if strings.Contains(w.log.String(), trace) {
					t.Errorf("%s logs %s: %s", method, trace, w.log)
				}
			}
		}
	}
}

// What is shown depends on what is certain: shares and the working only once
// settled, the parts of the bill only where they are known.
func TestWhatIsShownWhen(t *testing.T) {
	s := opened()
	s.BillStated = false
	got := encodeSettlement(&s)
	if got.GetAdjudication() != nil || got.GetPayerShares() != nil || got.GetCloseTime() != nil || got.GetReversal() != nil {
		t.Errorf("in progress: %v", got)
	}
	if got.GetBill().GetSubmitted() != "12000.00" || got.GetBill().GetEligible() != "" {
		t.Errorf("bill: %v", got.GetBill())
	}
	s = committed()
	s.BillStated, s.Claim.Bill = false, settlement.Bill{Submitted: 12_000_00}
	got = encodeSettlement(&s)
	if got.GetBill().GetEligible() != "11000.00" || got.GetEncounterId() != "E-77" || got.GetPayerShares()[0].GetPersonalAccount() != "40.00" {
		t.Errorf("settled: %v", got)
	}
	s.Encounter = "own"
	if encodeSettlement(&s).GetEncounterId() != "own" {
		t.Error("the facility's own number of the stay")
	}
	if named := encodeSettlement(&s).GetApprovalNumber(); named != "" {
		t.Errorf("no approval was named: %q", named)
	}
	s.Claim.Approval = "测审7号"
	if encodeSettlement(&s).GetApprovalNumber() != "测审7号" {
		t.Error("the approval that was named")
	}
	asked := time.Date(2012, 8, 10, 0, 0, 0, 0, time.UTC)
	s.Reversal = &settlement.Reversal{Request: otherKey, Cause: "typo", AskedAt: asked, DoneAt: asked.Add(time.Second), Refused: settlement.ReasonReversalRefused}
	got = encodeSettlement(&s)
	if got.GetState() != onestopv1.State_STATE_SETTLED || got.GetReversal().GetRefused() != "REVERSAL_REFUSED" || !strings.Contains(got.GetMessage().GetZh(), "冲正未成功") {
		t.Errorf("reversal refused: %v", got)
	}
}

// What a facility asks reaches the lifecycle field by field.
func TestDecodeAsk(t *testing.T) {
	w := serve(t)
	in := request(func(in *onestopv1.CreateSettlementRequest) {
		in.EncounterId, in.DiseaseClass, in.Disease, in.Emergency = "E-1", onestopv1.DiseaseClass_DISEASE_CLASS_SERIOUS, "尿毒症", true
		in.Referral = onestopv1.Referral_REFERRAL_APPROVED
	})
	if _, err := w.client.CreateSettlement(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	want := claim()
	want.DiseaseClass, want.Disease = settlement.Serious, "尿毒症"
	want.Treatment = settlement.Treatment{Emergency: true, Referral: settlement.ReferralApproved}
	got := w.asked[0]
	if got.Claim != want || !got.BillStated || got.Scheme != settlement.SchemeNCMS || got.Encounter != "E-1" ||
		got.Person != idNumber || got.Name != personName || got.Insured != insuredNumber || got.Actor != "facility/H36082700001" ||
		len(got.Others) != 2 || got.Others[1] != (settlement.Share{Source: settlement.Charity, Amount: 10_00}) {
		t.Errorf("%+v", got)
	}
}

// Only an inpatient must say when they came, and only a care grant has no bill.
func TestDecodeAskByMode(t *testing.T) {
	for _, c := range []struct {
		change func(*onestopv1.CreateSettlementRequest)
		want   settlement.Claim
		stated bool
	}{
		{
			func(in *onestopv1.CreateSettlementRequest) {
				in.Mode, in.AdmissionDate = onestopv1.Mode_MODE_OUTPATIENT, ""
				in.Bill = &onestopv1.Bill{Submitted: "12000"}
			},
			settlement.Claim{Mode: settlement.Outpatient, Bill: settlement.Bill{Submitted: 12_000_00}}, false,
		},
		{
			func(in *onestopv1.CreateSettlementRequest) {
				in.Mode, in.AdmissionDate, in.Bill = onestopv1.Mode_MODE_CARE, "", nil
			},
			settlement.Claim{Mode: settlement.Care}, true,
		},
		{
			func(in *onestopv1.CreateSettlementRequest) {
				in.Mode, in.AdmissionDate = onestopv1.Mode_MODE_INCLINED, ""
			},
			settlement.Claim{Mode: settlement.Inclined, Bill: claim().Bill}, true,
		},
	} {
		ask, err := decodeAsk(context.Background(), request(c.change))
		c.want.DiseaseClass, c.want.Admission, c.want.Discharge = settlement.General, claim().Discharge, claim().Discharge
		c.want.Treatment.Referral = settlement.ReferralNone
		if err != nil || ask.Claim != c.want || ask.BillStated != c.stated {
			t.Errorf("%+v %v, %v", ask.Claim, ask.BillStated, err)
		}
	}
}

// What only some policies ask of a claim is read, or complained of by the name
// the caller gave it.
func TestDecodeAskReadsLocalFields(t *testing.T) {
	ask, err := decodeAsk(t.Context(), request(func(in *onestopv1.CreateSettlementRequest) {
		in.ChosenCategory, in.ContinuedStay, in.NewbornRegistrationDate = "special_care", true, "2012-08-09"
		in.DiseaseClass = onestopv1.DiseaseClass_DISEASE_CLASS_SPECIAL
	}))
	if err != nil || ask.Claim.Choice != "special_care" || !ask.Claim.Continued || ask.Claim.Registered != 20120809 || ask.Claim.DiseaseClass != settlement.Special {
		t.Errorf("%+v, %v", ask.Claim, err)
	}
	_, err = decodeAsk(t.Context(), request(func(in *onestopv1.CreateSettlementRequest) { in.NewbornRegistrationDate = "2012-02-30" }))
	if wrong := each(err); len(wrong) != 1 || wrong[0].Field != "newborn_registration_date" || wrong[0].Reason != settlement.ReasonBadDate {
		t.Errorf("%v", err)
	}
}

// The old form of 15 digits asks for the same person as the full number.
func TestDecodeAskTakesTheOldIdentityNumber(t *testing.T) {
	ask, err := decodeAsk(t.Context(), request(func(in *onestopv1.CreateSettlementRequest) {
		in.Beneficiary.IdNumber = idNumber[:6] + idNumber[8:17]
	}))
	if err != nil || ask.Person != idNumber {
		t.Errorf("another person: %v", err)
	}
}
