package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var update = flag.Bool("update", false, "write the answers of testdata anew")

// everything is a settlement with every field filled, no two amounts alike. It
// does not add up: it is for reading where each figure goes.
func everything() settlement.Settlement {
	s := committed()
	s.Encounter, s.Message, s.Review = "E-1", "部分项目未审核", true
	s.Claim.Approval = "测审7号"
	s.Admission = "0b7c6b1e-1a39-4c1b-9b1e-7a3c2d4e5f60"
	s.Legs[0].Payment.CriticalIllness = 61_00
	s.Legs[0].Payment.Others = []settlement.Share{{Source: settlement.SpecialCare, Amount: 62_00}}
	a := s.Adjudication
	a.CriticalIllness, a.Deductible, a.Inclined, a.Benefit = 63_00, 64_00, 65_00, 2_465_00
	a.Warnings = []settlement.Warning{settlement.WarnBaseFloored}
	a.Candidates = append(a.Candidates, settlement.Candidate{Category: "special_care", Benefit: 66_00, Reason: settlement.ReasonOK})
	s.State = settlement.StateReversed
	s.Reversal = &settlement.Reversal{
		Request: otherKey, Cause: "录入错误", AskedAt: s.ClosedAt.Add(time.Hour), DoneAt: s.ClosedAt.Add(2 * time.Hour),
		Refused: settlement.ReasonReversalRefused,
	}
	return s
}

// Whole answers, as REST sends them. After a change that is meant, write them
// anew with -update and read the difference.
func TestAnswersInFull(t *testing.T) {
	s, open, waits := everything(), opened(), waiting()
	quote := lifecycle.Quote{
		Quote: settlement.Quote{
			ID: "q-1", Discharge: s.Discharge, Claim: s.Claim, Coverage: s.Total(), Adjudication: *s.Adjudication, Legs: s.Legs,
			Others: []settlement.HeldRoom{{Bucket: "total", Amount: 67_00, Until: s.ClosedAt.Add(time.Hour)}},
		},
		State: settlement.QuoteSettled, HeldUntil: s.ClosedAt, Settlement: s.ID,
	}
	failed := faultOf(&settlement.Error{
		Kind: settlement.KindInFlight, Reason: settlement.ReasonRequestInFlight, Field: "bill.eligible", Value: "1", Object: "st-1",
	})
	for name, message := range map[string]proto.Message{
		"settlement": encodeSettlement(&s),
		"opened":     encodeSettlement(&open),
		"quote":      encodeQuote(&quote),
		"page":       encodePage(&lifecycle.Page{Settlements: []settlement.Settlement{s}, Next: &lifecycle.Mark{OpenedAt: s.OpenedAt, ID: s.ID}}, "key"),
		"error":      failed.status.Proto(),
		"attention":  matter(&waits),
	} {
		var got bytes.Buffer
		if err := json.Indent(&got, []byte(body(message)), "", "  "); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

// The settlement of the test above leaves no field of the contract empty, so
// that none can be forgotten.
func TestEverythingIsEverything(t *testing.T) {
	s := everything()
	var visit func(protoreflect.Message)
	visit = func(message protoreflect.Message) {
		for i := range message.Descriptor().Fields().Len() {
			field := message.Descriptor().Fields().Get(i)
			filled := message.Has(field)
			if stepMayLack := message.Descriptor().Name() == "Step"; !filled && !stepMayLack {
				t.Errorf("%s is empty", field.FullName())
			}
			switch {
			case !filled || field.Message() == nil || field.Message().ParentFile().Package() != "onestop.v1":
			case field.IsList():
				for j := range message.Get(field).List().Len() {
					visit(message.Get(field).List().Get(j).Message())
				}
			default:
				visit(message.Get(field).Message())
			}
		}
	}
	visit(encodeSettlement(&s).ProtoReflect())
}
