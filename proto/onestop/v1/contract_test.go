package onestopv1

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

var declaration = regexp.MustCompile(`^\s*(message|enum|service|rpc) \w+|^\s*(optional |repeated )?[\w.]+ \w+ = \d+( \[|;)`)

// Every message, field, value and call of the contract says what it is.
func TestEverythingIsExplained(t *testing.T) {
	files, err := filepath.Glob("*.proto")
	if err != nil || len(files) != 16 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			if declaration.MatchString(line) && !strings.HasPrefix(strings.TrimSpace(lines[i-1]), "//") {
				t.Errorf("%s:%d: no comment over %s", file, i+1, strings.TrimSpace(line))
			}
		}
	}
}

// requestFields visits every field a caller can fill.
func requestFields(visit func(protoreflect.FieldDescriptor)) {
	seen := make(map[protoreflect.FullName]bool)
	var walk func(protoreflect.MessageDescriptor)
	walk = func(message protoreflect.MessageDescriptor) {
		if seen[message.FullName()] {
			return
		}
		seen[message.FullName()] = true
		for i := range message.Fields().Len() {
			field := message.Fields().Get(i)
			visit(field)
			if field.Message() != nil {
				walk(field.Message())
			}
		}
	}
	for _, file := range []protoreflect.FileDescriptor{File_onestop_v1_settlement_service_proto, File_onestop_v1_attention_service_proto, File_onestop_v1_fund_service_proto, File_onestop_v1_eligibility_service_proto, File_onestop_v1_approval_service_proto, File_onestop_v1_clearing_service_proto, File_onestop_v1_reconciliation_service_proto} {
		methods := file.Services().Get(0).Methods()
		for i := range methods.Len() {
			walk(methods.Get(i).Input())
		}
	}
}

// A caller is told of every field whether it is needed.
func TestRequestFieldsSayWhetherTheyAreNeeded(t *testing.T) {
	requestFields(func(field protoreflect.FieldDescriptor) {
		behavior := proto.GetExtension(field.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
		if len(behavior) != 1 || behavior[0] != annotations.FieldBehavior_REQUIRED && behavior[0] != annotations.FieldBehavior_OPTIONAL {
			t.Errorf("%s: %v", field.FullName(), behavior)
		}
	})
}

// Nothing a caller fills is unbounded: no text in length, no list, no number,
// no enum in its values.
func TestRequestFieldsAreBounded(t *testing.T) {
	requestFields(func(field protoreflect.FieldDescriptor) {
		rules, err := protovalidate.ResolveFieldRules(field)
		if err != nil {
			t.Fatal(err)
		}
		if field.IsList() && !rules.GetRepeated().HasMaxItems() {
			t.Errorf("%s is a list without end", field.FullName())
		}
		bounded := true
		switch field.Kind() {
		case protoreflect.StringKind:
			bounded = len(rules.GetCel()) > 0 || textBounded(rules.GetString())
		case protoreflect.EnumKind:
			bounded = rules.GetEnum().GetDefinedOnly()
		case protoreflect.Int32Kind:
			bounded = rules.GetInt32().HasLte() && rules.GetInt32().HasGte()
		case protoreflect.BytesKind:
			bounded = rules.GetBytes().HasMaxLen()
		}
		if !bounded {
			t.Errorf("%s has no bound", field.FullName())
		}
	})
}

func textBounded(rules *validate.StringRules) bool {
	return rules.HasMaxLen() || rules.HasMaxBytes() || len(rules.GetIn()) > 0
}

// attentionPersonal are words of fields that would name a person.
var attentionPersonal = regexp.MustCompile(`name|number|beneficiary|insured|category|body|certificate`)

// Nothing in the queue names a person: neither does a field, nor is a message
// of it one that does.
func TestAttentionNamesNoPerson(t *testing.T) {
	messages := File_onestop_v1_attention_proto.Messages()
	for i := range messages.Len() {
		fields := messages.Get(i).Fields()
		for j := range fields.Len() {
			field := fields.Get(j)
			if attentionPersonal.MatchString(string(field.Name())) || field.Kind() == protoreflect.BytesKind {
				t.Errorf("%s", field.FullName())
			}
			if of := field.Message(); of != nil && of.ParentFile() != messages.Get(i).ParentFile() &&
				of.Name() != "Text" && of.Name() != "Timestamp" {
				t.Errorf("%s holds a %s", field.FullName(), of.Name())
			}
		}
	}
}

// A quote asks what a settlement asks, field by field, but for the request id
// and what is about holding: same names, numbers, types, behaviours and rules.
func TestQuoteAsksWhatCreateAsks(t *testing.T) {
	quote := (&QuoteSettlementRequest{}).ProtoReflect().Descriptor().Fields()
	create := (&CreateSettlementRequest{}).ProtoReflect().Descriptor().Fields()
	if quote.Len()-1 != create.Len()-2 { // hold; request_id and quote_id
		t.Errorf("%d fields and %d", quote.Len(), create.Len())
	}
	for i := range quote.Len() {
		asked := quote.Get(i)
		if asked.Name() == "hold" {
			continue
		}
		other := create.ByName(asked.Name())
		if other == nil || other.Number() != asked.Number() || other.Kind() != asked.Kind() || other.Message() != asked.Message() || other.Enum() != asked.Enum() {
			t.Errorf("%s is another field", asked.FullName())
		} else if asked.Name() != "discharge_id" && !proto.Equal(asked.Options(), other.Options()) {
			t.Errorf("%s has other rules: %v and %v", asked.FullName(), asked.Options(), other.Options())
		}
	}
}

// The description names fields as JSON does here, and says what REST adds: the
// header with the key, and the answer that is not final.
func TestOpenAPI(t *testing.T) {
	var described struct {
		Paths map[string]map[string]struct {
			Parameters []struct{ Name, In string }
			Responses  map[string]any
		}
		Definitions map[string]struct{ Properties map[string]any }
	}
	if err := json.Unmarshal(OpenAPI, &described); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/v1/settlements", "/v1/settlements/{id}:reverse"} {
		call := described.Paths[path]["post"]
		found := false
		for _, parameter := range call.Parameters {
			found = found || parameter.Name == "Idempotency-Key" && parameter.In == "header"
		}
		if !found || call.Responses["202"] == nil || call.Responses["default"] == nil {
			t.Errorf("%s: %+v", path, call)
		}
	}
	fields := (&CreateSettlementRequest{}).ProtoReflect().Descriptor().Fields()
	properties := described.Definitions["v1CreateSettlementRequest"].Properties
	for i := range fields.Len() {
		if properties[string(fields.Get(i).Name())] == nil {
			t.Errorf("%s is not described", fields.Get(i).Name())
		}
	}
	if len(properties) != fields.Len() {
		t.Errorf("%d properties, %d fields", len(properties), fields.Len())
	}
}
