package api

import (
	"strings"
	"testing"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// requests are some messages of the contract.
var requests = []proto.Message{
	&onestopv1.CreateSettlementRequest{}, &onestopv1.QuoteSettlementRequest{}, &onestopv1.ReverseSettlementRequest{}, &onestopv1.GetSettlementRequest{},
}

// The rules of what hospitals send all day must all be understood.
func TestRulesOfTheHotPathAreUnderstood(t *testing.T) {
	for _, message := range []proto.Message{
		&onestopv1.CreateSettlementRequest{}, &onestopv1.ReverseSettlementRequest{}, &onestopv1.GetSettlementRequest{},
	} {
		if m := mouldOf(message.ProtoReflect().Descriptor()); !m.read {
			t.Errorf("%T: not every rule is understood", message)
		}
	}
}

// odd draws text on and around the edges of the rules.
func odd(t *rapid.T, name string) string {
	piece := rapid.SampledFrom([]string{"a", "A", "9", "_", "-", "!", "~", " ", "\n", "\x7f", "张", "é", "/", ":", "%", "\u00a0", "\u200b", "\U0010ffff"})
	filled := strings.Repeat(piece.Draw(t, name), rapid.SampledFrom([]int{0, 1, 15, 16, 24, 25, 40, 41, 50, 51, 64, 65, 100, 101}).Draw(t, name+" times"))
	return filled + rapid.SampledFrom([]string{"", "", "x", "\u200b"}).Draw(t, name+" end")
}

// filled draws a message: each field absent, sound or odd.
func filled(t *rapid.T, message protoreflect.Message, depth int) {
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		name := string(field.Name())
		if field.IsMap() || rapid.IntRange(0, 9).Draw(t, name+" absent") == 0 {
			continue
		}
		switch {
		case field.IsList() && field.Message() != nil && depth < 3:
			list := message.Mutable(field).List()
			for range rapid.SampledFrom([]int{0, 1, 16, 17}).Draw(t, name+" items") {
				filled(t, list.AppendMutable().Message(), depth+1)
			}
		case field.IsList():
		case field.Message() != nil && depth < 3:
			filled(t, message.Mutable(field).Message(), depth+1)
		case field.Kind() == protoreflect.StringKind:
			text := "sound-and-of-16-"
			if rapid.IntRange(0, 7).Draw(t, name+" odd") == 0 {
				text = odd(t, name)
			}
			message.Set(field, protoreflect.ValueOfString(text))
		case field.Kind() == protoreflect.EnumKind:
			number := rapid.SampledFrom([]int32{1, 1, 1, 2, 0, 7, 99, -1}).Draw(t, name)
			message.Set(field, protoreflect.ValueOfEnum(protoreflect.EnumNumber(number)))
		}
	}
}

// What fits the mould keeps the rules, and, where every rule is understood,
// what keeps the rules fits: there is one contract, read twice.
func TestMouldsAgreeWithTheContract(t *testing.T) {
	fitting, bad := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		message := proto.Clone(rapid.SampledFrom(requests).Draw(t, "message"))
		filled(t, message.ProtoReflect(), 0)
		err := protovalidate.Validate(message)
		got := fits(message.ProtoReflect())
		understood := mouldOf(message.ProtoReflect().Descriptor()).read
		if got != (err == nil && understood) {
			t.Errorf("%T fits: %v, %v\n%v", message, got, err, message)
		}
		if got {
			fitting++
		} else {
			bad++
		}
	})
	if !testing.Short() && (fitting == 0 || bad == 0) { // few are drawn in short
		t.Errorf("%d fitted and %d did not: nothing is proved of one", fitting, bad)
	}
}

// A message that leads to itself has no mould, and is no endless work.
func TestAMessageInsideItself(t *testing.T) {
	if fits((&structpb.Struct{}).ProtoReflect()) {
		t.Error("it fits")
	}
}

func TestPatternsThatAreNotUnderstood(t *testing.T) {
	for _, expression := range []string{"this.size() < 3", `this.matches('a') || true`, `this.matches('\n')`, `this.matches("a")`, `this.matches('(')`, `this.matches('a') && this.matches('b')`} {
		if _, understood := pattern(expression); understood {
			t.Errorf("%s is said to be understood", expression)
		}
	}
	for expression, words := range map[string][2]string{
		`this.matches('^[a-c]{2,3}$')`: {"abc", "abca"}, `this.matches('^[^\\p{C}]*$')`: {"张 测试", "a\u200b"},
		`this.matches('b+')`: {"abba", "aa"}, `this.matches('^(a|bc)$')`: {"bc", "b"}, `this.matches('^[a-c]{2,}$')`: {"abcabc", "a"},
	} {
		match, understood := pattern(expression)
		if !understood || !match(words[0]) || match(words[1]) {
			t.Errorf("%s: understood %v, or %q does not match, or %q does", expression, understood, words[0], words[1])
		}
	}
}
