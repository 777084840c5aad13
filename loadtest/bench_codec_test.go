package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// allOf is what is examined of an answer, taken from all of it.
func allOf(s *onestopv1.Settlement) essence {
	a := essence{RequestID: s.GetRequestId(), DischargeID: s.GetDischargeId()}
	if s.GetState() != 0 {
		a.State = s.GetState().String()
	}
	a.Adjudication.Benefit, a.Adjudication.PatientPays = s.GetAdjudication().GetBenefit(), s.GetAdjudication().GetPatientPays()
	a.Adjudication.CapLimited = s.GetAdjudication().GetCapLimited()
	return a
}

// The part of an answer that is read is the same as in the whole, whatever
// stands around it.
func TestEssenceIsThatOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := func(name string) string { return rapid.StringN(0, 12, 40).Draw(t, name) }
		s := &onestopv1.Settlement{
			Id: word("id"), RequestId: word("request"), FacilityId: word("facility"), DischargeId: word("discharge"),
			State: onestopv1.State(rapid.IntRange(0, 6).Draw(t, "state")), Message: &onestopv1.Text{Zh: word("text")},
			Bill: &onestopv1.Bill{Submitted: word("bill")}, CreateTime: timestamppb.Now(),
		}
		if rapid.Bool().Draw(t, "adjudicated") {
			s.Adjudication = &onestopv1.Adjudication{
				Benefit: word("benefit"), PatientPays: word("patient"), CapLimited: proto.Bool(rapid.Bool().Draw(t, "capped")),
				Warnings: []string{word("warning")}, Steps: []*onestopv1.Step{{}, {}},
			}
		}
		text, err := proto.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var got essence
		err = readFields(text, got.settlementField)
		if diff := cmp.Diff(allOf(s), got); err != nil || diff != "" {
			t.Errorf("%v (-whole +essence):\n%s", err, diff)
		}
	})
}

// An answer that is cut short, or none at all, is an error and not an empty
// one.
func TestEssenceOfNonsense(t *testing.T) {
	text, err := proto.Marshal(&onestopv1.Settlement{RequestId: "r", Adjudication: &onestopv1.Adjudication{Benefit: "63.00"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"cut": text[:len(text)-1], "cut inside": append(text[:len(text)-7:len(text)-7], 0x82, 0x01, 0x05, 0x6a), "no tag": {0xff}, "no field 0": {0x00, 0x01},
	} {
		if err := readFields(bad, new(essence).settlementField); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
