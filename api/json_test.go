package api

import (
	"net/http"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// The id of a settlement to reverse stands in the path and nowhere else.
func TestIDInTheBodyIsRefused(t *testing.T) {
	w := serve(t)
	told := w.post("/v1/settlements/st-1:reverse", `{"id":"st-2","request_id":"`+key+`","cause":"typo"}`).told(t)
	if told.reason() != settlement.ReasonBadDocument || told.field() != "id" || w.calls != 0 {
		t.Errorf("%v", told)
	}
}

// What JSON may say in several ways means one thing: null is absence, white
// space and the order of keys are nothing.
func TestGoodBodies(t *testing.T) {
	good := body(request())
	for name, text := range map[string]string{
		"as it is":       good,
		"spread out":     strings.NewReplacer(",", " ,\r\n\t", "{", "{ ", ":\"", " : \"").Replace(good),
		"escaped":        strings.Replace(good, "H36082700001", `\u00483608270000\u0031`, 1),
		"null is absent": strings.Replace(good, `{"request_id"`, `{"encounter_id":null,"emergency":null,"referral":null,"disease":null,"request_id"`, 1),
	} {
		w := serve(t)
		if r := w.post("/v1/settlements", text); r.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, r.status, r.body)
			continue
		}
		if got := w.asked[0]; got.Facility != "H36082700001" || got.Claim.Bill != claim().Bill || got.Claim.Treatment.Referral != settlement.ReferralNone {
			t.Errorf("%s: asked %+v", name, got)
		}
	}
}

// Keys that stand twice are found by a bit for each field.
func TestMessagesAreSmallEnough(t *testing.T) {
	for _, message := range []proto.Message{&onestopv1.CreateSettlementRequest{}, &onestopv1.QuoteSettlementRequest{}, &onestopv1.ReverseSettlementRequest{}} {
		walk(message.ProtoReflect().Descriptor(), map[protoreflect.FullName]bool{}, func(field protoreflect.FieldDescriptor) {
			if field.Index() >= 64 {
				t.Errorf("%s is field %d of its message", field.FullName(), field.Index())
			}
		})
	}
}

// protojson varies its white space on purpose; ours never varies.
func TestJSONIsCanonical(t *testing.T) {
	s := committed()
	text := body(encodeSettlement(&s))
	if strings.ContainsAny(text, "\n\t") || strings.Contains(text, `": `) || strings.Contains(text, `, "`) {
		t.Errorf("white space between tokens: %s", text)
	}
	if !strings.Contains(text, `"facility_id":"H36082700001"`) || !strings.Contains(text, `"cap_limited":true`) || !strings.Contains(text, `"review":false`) {
		t.Errorf("names or booleans: %s", text)
	}
	if strings.Contains(text, `""`) || strings.Contains(text, "[]") || strings.Contains(text, "null") {
		t.Errorf("something empty: %s", text)
	}
	if body(&onestopv1.ListSettlementsResponse{}) != "{}" {
		t.Error("an empty page")
	}
}

func FuzzRESTBody(f *testing.F) {
	f.Add(body(request()))
	f.Add(`{"bill":{"eligible":"1","\u0065ligible":"1"}}`)
	f.Add(`{"other_shares":[{"amount":"1"},null]}`)
	f.Add("\ufeff{}")
	f.Add(`{"a":"\ud800"}`)
	f.Fuzz(func(t *testing.T, text string) {
		read := &onestopv1.CreateSettlementRequest{}
		err := jsonForm{}.Unmarshal([]byte(text), read)
		if err != nil {
			if settlement.ReasonOf(err) != settlement.ReasonBadDocument || settlement.KindOf(err) != settlement.KindInvalid {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again := &onestopv1.CreateSettlementRequest{}
		if err := (jsonForm{}).Unmarshal([]byte(body(read)), again); err != nil || body(again) != body(read) {
			t.Fatalf("%q does not come back: %v", text, err)
		}
	})
}
