package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/onestop-gateway/onestop/api/words"
)

// refusedFile lists bad requests of every verb, and what callers are told: a
// line with the verb and what is put in place of fields of a sound request, and
// below it the answer. Write a request, run with -update, and read the answer.
var refusedFile = filepath.Join("testdata", "refused.txt")

// Whatever is wrong with a request, both transports refuse it alike, name the
// field and say in two languages what to do, before any port is asked.
func TestRefusedRequests(t *testing.T) {
	w, _ := towned(t, nil)
	named := map[string]verb{}
	for _, v := range verbs(t) {
		named[v.name] = v
	}
	was, err := os.ReadFile(refusedFile)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var now strings.Builder
	for line := range strings.Lines(string(was)) {
		if strings.HasPrefix(line, "\t") {
			continue
		}
		name, patch, _ := strings.Cut(strings.TrimSpace(line), " ")
		v, found := named[name]
		if !found {
			t.Fatalf("%s: no such verb", name)
		}
		seen[name] = true
		fmt.Fprintf(&now, "%s %s\n%s", name, patch, w.refusal(t, v, patch))
	}
	if w.calls != 0 {
		t.Errorf("%d calls came through", w.calls)
	}
	for name := range named {
		if !seen[name] && len(named[name].fields()) > 0 && !named[name].method.IsStreamingClient() {
			t.Errorf("%s: no bad request is listed", name)
		}
	}
	if *update {
		if err := os.WriteFile(refusedFile, []byte(now.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(was), now.String()); diff != "" {
		t.Errorf("%s is not what callers are told -was +is:\n%s", refusedFile, diff)
	}
}

// fields are those of the verb's request that the matrix fills.
func (v verb) fields() string { return strings.Trim(requestOf[v.name], "{}") }

// refusal is what both transports say to a sound request with a patch.
func (w *world) refusal(t *testing.T, v verb, patch string) string {
	t.Helper()
	in := v.patched(t, patch)
	overGRPC, overREST := w.callGRPC(t, v, in), w.callREST(t, v, in)
	if overGRPC.code == codes.OK {
		t.Errorf("%s %s: taken", v.name, patch)
		return ""
	}
	said := &bytes.Buffer{}
	for _, heard := range []heard{overGRPC, overREST} {
		p := (&reply{body: heard.text}).told(t)
		text := fmt.Sprintf("\t%s %s", codes.Code(p.GetCode()), p.reason())
		for _, field := range p.fields {
			text += fmt.Sprintf("\n\t%s: %s\n\t%s：%s", field.GetField(), field.GetDescription(), field.GetField(), field.GetLocalizedMessage().GetMessage())
		}
		if p.sentences["en"] == "" || p.sentences["zh-CN"] == "" {
			t.Errorf("%s %s: no sentence in both languages: %v", v.name, patch, p.sentences)
		}
		text += "\n"
		if said.Len() > 0 && said.String() != text {
			t.Errorf("%s %s: gRPC says\n%sREST says\n%s", v.name, patch, said, text)
		}
		said.Reset()
		said.WriteString(text)
	}
	return said.String()
}

// patched is the matrix's request with a patch, which may take fields away.
func (v verb) patched(t *testing.T, patch string) proto.Message {
	t.Helper()
	in := v.fill(t, ownSide)
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(in)
	fields, change := map[string]any{}, map[string]any{}
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	if err == nil {
		err = json.Unmarshal([]byte(patch), &change)
	}
	if err == nil && v.method.Input().Fields().ByName("operator") != nil {
		fields["operator"] = "li"
	}
	maps.Copy(fields, change)
	if err == nil {
		text, err = json.Marshal(fields)
	}
	out := v.message(t, v.method.Input())
	if err == nil {
		err = protojson.Unmarshal(text, out)
	}
	if err != nil {
		t.Fatalf("%s %s: %v", v.name, patch, err)
	}
	return out
}

// Every rule of form that the contract words itself has its Chinese words.
func TestRulesOfFormAreBilingual(t *testing.T) {
	for _, v := range verbs(t) {
		for _, rule := range rulesOf(v.method.Input(), map[protoreflect.FullName]bool{}) {
			if !words.Shaped(rule) {
				t.Errorf("%s: %q has no Chinese words in api/words", v.name, rule)
			}
		}
	}
}

// rulesOf are the rules that a message and what it holds word themselves.
func rulesOf(message protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool) (all []string) {
	if seen[message.FullName()] {
		return nil
	}
	seen[message.FullName()] = true
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		rules, _ := proto.GetExtension(field.Options(), validate.E_Field).(*validate.FieldRules)
		for _, rule := range slices.Concat(rules.GetCel(), rules.GetRepeated().GetItems().GetCel()) {
			all = append(all, rule.GetMessage())
		}
		if field.Kind() == protoreflect.MessageKind {
			all = append(all, rulesOf(field.Message(), seen)...)
		}
	}
	return all
}
